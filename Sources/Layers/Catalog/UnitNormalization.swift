import IR
import Network

/// Vectors of length 1.
struct UnitNormalization: LowerableLayer {
    static let descriptor = LayerDescriptor(
        "UnitNormalization", summary: "Divides each sample's elements by their Euclidean length along an axis.",
        attributes: [.normalizedAxes],
        formula: "y = x / max(√Σ x², 1e-12), the sum over the axes")

    let axes: [Int]

    init(_ attributes: AttributeValues) throws { axes = attributes.ints("axis") }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        _ = try resolveAxes(axes, of: inputs[0])
        return inputs
    }

    var fieldOfView: FieldOfView { axes == [-1] ? .point : .all }
}

extension UnitNormalization {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        var y = inputs[0]
        for vector in vectors(of: y.shape, along: resolvedAxes(axes, rank: y.shape.rank)) {
            let square = vector.reduce(0) { $0 + y.values[$1] * y.values[$1] }
            for i in vector { y.values[i] /= max(square.squareRoot(), 1e-12) }
        }
        return [y]
    }

    /// With the sum of squares s off by `B_s = Σ(2|x|·b + b²) + c·u·(√n + 2)·s` and `g(s) = 1/√s`, y is off by
    /// `b·g(s − B_s) + |x|·(g(s − B_s) − g(s))` and a few roundings.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let x = inputs[0].values
        var bound = bounds[0]
        for vector in vectors(of: inputs[0].shape, along: resolvedAxes(axes, rank: inputs[0].shape.rank)) {
            let relative = accumulationError(terms: vector.count)
            let square = vector.reduce(0) { $0 + x[$1] * x[$1] }
            let moved = vector.reduce(0) { $0 + (2 * abs(x[$1]) + bounds[0].values[$1]) * bounds[0].values[$1] }
            let least = max(square - moved - relative * (square + moved), 1e-24)
            let steepest = 1 / least.squareRoot()
            let bend = steepest - 1 / max(square, 1e-24).squareRoot()
            for i in vector {
                let rounding = 8 * unitRoundoff * abs(x[i]) * steepest + smallestNormal
                bound.values[i] = bound.values[i] * steepest + abs(x[i]) * bend + rounding
            }
        }
        return Evaluation(outputs: reference(inputs, parameters), bounds: [bound])
    }
}

extension UnitNormalization {
    /// The mean square is the sum over n: x/√(n·mean) is a factor 1/√n of what it normalises to.
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let shape = builder.shape(of: inputs[0])
        let count = resolvedAxes(axes, rank: shape.count).map { shape[$0] }.reduce(1, *)
        let factor = Float(1 / Double(count).squareRoot())
        let normalization = MomentNormalization(
            .position, epsilon: 0, least: Float(1e-24 / Double(count)), centresVariance: false, centresResult: false,
            scale: Constant(shape: [count], values: Array(repeating: factor, count: count)))
        return [builder.normalize(inputs[0], axes, normalization)]
    }
}
