import Network

/// Where a function of one number is defined and steady: what its bound must know besides its values at the ends of an interval.
///
/// Between its poles a function that is no wave must rise, fall, or do the one before and the other behind zero, evenly: then its values at the
/// ends tell how far it comes from its value at the middle.
struct FunctionRange {
    var domain: ClosedRange<Double> = -.infinity ... .infinity
    /// Whether there is a pole between two numbers.
    var hasPole: (Double, Double) -> Bool = { _, _ in false }
    /// It goes up and down between −1 and 1, nowhere steeper than 1.
    var isWave = false

    init(
        domain: ClosedRange<Double> = -.infinity ... .infinity,
        hasPole: @escaping (Double, Double) -> Bool = { _, _ in false }, isWave: Bool = false
    ) {
        (self.domain, self.hasPole, self.isWave) = (domain, hasPole, isWave)
    }

    /// That of a constant power.
    init(power exponent: Double) {
        if exponent != exponent.rounded() { domain = 0 ... .infinity }
        if exponent < 0 { hasPole = { $0 <= 0 && $1 >= 0 } }
    }

    /// The bound through the function applied to z, which is known to within `bound`: none at all where it may be anything or nothing.
    func bound(_ z: Double, _ bound: Double, _ function: (Double) -> Double) -> Double {
        let y = function(z)
        if bound == 0 { return y.isFinite ? pointwiseBound(z, 0, function) : 0 }
        let (low, high) = (z - bound, z + bound)
        let isPartlyDefined = low <= domain.upperBound && high >= domain.lowerBound
        if isPartlyDefined, low < domain.lowerBound || high > domain.upperBound || hasPole(low, high) {
            return .infinity
        }
        if isWave { return min(bound, 2) + pointwiseBound(z, 0, function) }
        if y.isNaN { return 0 }
        return y.isInfinite ? .infinity : pointwiseBound(z, bound, function)
    }
}
