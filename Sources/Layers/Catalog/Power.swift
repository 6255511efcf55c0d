import IR
import Network

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A tensor to a constant power, or to those of another tensor: `keras.ops.power`.
struct Power: LowerableLayer {
    static let descriptor = LayerDescriptor(
        "Power",
        summary: "A power: of one tensor to a number, or of two tensors (beyond Keras' layers: its operation power).",
        attributes: [
            Attribute(
                "exponent", .float(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude),
                default: AttributeValue.none, optional: true,
                "the power of one tensor; none of two")
        ],
        inputCount: 1...2, formula: "y = a^exponent, or a^b; negative numbers have whole powers alone")

    let exponent: Double?

    init(_ attributes: AttributeValues) throws {
        exponent = attributes.isNone("exponent") ? nil : attributes.float("exponent")
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        guard (inputs.count == 1) == (exponent != nil) else {
            throw LayerError(
                exponent == nil
                    ? "Power of one tensor needs 'exponent'" : "Power of two tensors has no 'exponent'",
                attribute: "exponent")
        }
        guard inputs.count == 2 else { return inputs }
        guard let shape = broadcastShape(inputs[0], inputs[1]) else {
            throw LayerError(
                "Power cannot combine shapes \(inputs[0]) and \(inputs[1])",
                hint: "extents must be equal or 1, counted from the last axis")
        }
        return [shape]
    }

    /// As float32 holds the exponent, which is what Keras computes with.
    private var function: ActivationFunction? { exponent.map { .power(ActivationFunction.rounded($0)) } }
}

extension Power {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [function?.apply(inputs[0]) ?? inputs[0].broadcasting(inputs[1]) { pow($0, $1) }]
    }

    /// Of a positive number the ends of both intervals tell how far the power moves.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        if let function {
            let (value, bound) = function.evaluate(inputs[0], bounds[0])
            return Evaluation(outputs: [value], bounds: [bound])
        }
        let value = reference(inputs, parameters)[0]
        let zeros = inputs.map { RealTensor($0.shape) }
        let (lowBase, highBase) = (inputs[0].zip(bounds[0], -), inputs[0].zip(bounds[0], +))
        let (lowPower, highPower) = (inputs[1].zip(bounds[1], -), inputs[1].zip(bounds[1], +))
        var bound = value.map { $0.isFinite ? pointwiseBound($0, 0) { $0 } : 0 }
        if bounds.allSatisfy(\.isZero) { return Evaluation(outputs: [value], bounds: [bound]) }
        for base in [lowBase, highBase] {
            for power in [lowPower, highPower] {
                let end = base.broadcasting(power) { pow($0, $1) }
                bound = bound.zip(end.zip(value) { abs($0 - $1) }) { max($0, $1) + 8 * unitRoundoff * $1 }
            }
        }
        let isSafe = lowBase.broadcasting(zeros[1]) { base, _ in base > 0 ? 1 : 0 }
        return Evaluation(outputs: [value], bounds: [bound.zip(isSafe) { $1 > 0 ? $0 : .infinity }])
    }
}

extension Power {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        guard let function else { return [builder.combine(inputs[0], inputs[1], Elementwise(combine: .power))] }
        return [builder.activate(inputs[0], function)]
    }
}
