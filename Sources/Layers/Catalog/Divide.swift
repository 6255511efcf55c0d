import IR
import Network

/// The quotient of two tensors, as `keras.ops.divide`.
struct Divide: MergingLayer, AffineMergingLayer {
    static let descriptor = LayerDescriptor(
        "Divide", aliases: ["TrueDivide"],
        summary: "The quotient of two tensors (beyond Keras' layers: its operation divide).", inputCount: 2...2,
        formula: "y = a / b")

    static let combine = Elementwise.Operator.divide

    init(_ attributes: AttributeValues) throws {}
}

extension Divide {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] { [fold(inputs, /)] }

    /// With |b'| ≥ |b| − B_b, `B = (B_a + |a / b|·B_b) / (|b| − B_b)`; none where b may be zero. A constant divisor may become a factor, so
    /// the quotient may be rounded as a sum of one product is.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let (a, b) = (inputs[0], inputs[1])
        let value = a.broadcasting(b, /)
        let divisor = b.zip(bounds[1]) { abs($0) - $1 }
        let moved = value.magnitude.broadcasting(bounds[1], *).broadcasting(bounds[0], +)
        let relative = accumulationError(terms: 1)
        let bound = moved.broadcasting(divisor) { $1 > 0 ? $0 / $1 : .infinity }.zip(value) {
            $1.isFinite ? $0 + relative * ($0 + abs($1)) + smallestNormal : $0
        }
        return Evaluation(outputs: [value], bounds: [bound])
    }
}
