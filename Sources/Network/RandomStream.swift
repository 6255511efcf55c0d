/// Random numbers that are the same on every machine: SplitMix64 (Steele, Lea, Flood 2014) keyed by a seed and a tensor's name, so that
/// a tensor's numbers depend on nothing else; and normal numbers from them with no function but + − × ÷ and the square root.
package struct RandomStream: Sendable {
    private var bits: SplitMix64

    package init(seed: UInt64, name: String) {
        // FNV-1a over the name, then mixed with the seed.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        var mixed = SplitMix64(seed: seed)
        bits = SplitMix64(seed: SplitMix64.mix(hash ^ mixed.next()))
    }

    /// 64 random bits.
    mutating func next() -> UInt64 { bits.next() }

    /// Uniform on (0, 1): a multiple of 2⁻⁵³ that is neither end.
    mutating func unit() -> Double {
        Double((next() >> 12) << 1 | 1) * 0x1p-53
    }

    /// Uniform on (low, high).
    package mutating func uniform(_ low: Double, _ high: Double) -> Double { low + unit() * (high - low) }

    /// Normal, mean 0 and deviation 1.
    mutating func normal() -> Double { inverseNormal(unit()) }

    /// The same, given that it lies within two deviations.
    mutating func truncatedNormal() -> Double {
        let tail = 0.022750131948179207
        return inverseNormal(tail + unit() * (1 - 2 * tail))
    }
}

/// The quantile of the standard normal distribution: Wichura's algorithm AS 241 (1988), PPND7, good to seven digits.
func inverseNormal(_ p: Double) -> Double {
    let q = p - 0.5
    if abs(q) <= 0.425 {
        let r = 0.180625 - q * q
        let upper = ((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179
        let lower = ((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1
        return q * upper / lower
    }
    let r = (-naturalLogarithm(q < 0 ? p : 1 - p)).squareRoot()
    let tail: Double
    if r <= 5 {
        let s = r - 1.6
        let upper = ((0.17023821103 * s + 1.3067284816) * s + 2.7568153900) * s + 1.4234372777
        tail = upper / ((0.12021132975 * s + 0.73700164250) * s + 1)
    } else {
        let s = r - 5
        let upper = ((0.017337203997 * s + 0.42868294337) * s + 3.0812263860) * s + 6.6579051150
        tail = upper / ((0.012258202635 * s + 0.24197894225) * s + 1)
    }
    return q < 0 ? -tail : tail
}

/// The natural logarithm of a positive normal number, by its binary exponent and the series of artanh: no library's rounding in it.
private func naturalLogarithm(_ x: Double) -> Double {
    var (mantissa, exponent) = (x.significand, Double(x.exponent))
    if mantissa > 1.4142135623730951 {
        mantissa /= 2
        exponent += 1
    }
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    let series = ((((square / 11 + 1.0 / 9) * square + 1.0 / 7) * square + 1.0 / 5) * square + 1.0 / 3) * square + 1
    return exponent * 0.6931471805599453 + 2 * s * series
}
