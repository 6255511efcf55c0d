import IR
import Network

/// The product of tensors.
struct Multiply: MergingLayer, AffineMergingLayer {
    static let descriptor = LayerDescriptor(
        "Multiply", aliases: ["multiply"],
        summary: "The product of tensors, element by element; a vector (c) is lifted to (1, 1, c).",
        inputCount: severalInputs, formula: "y = a·b·…")

    static let combine = Elementwise.Operator.multiply

    init(_ attributes: AttributeValues) throws {}
}

extension Multiply {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] { [fold(inputs, *)] }

    /// With |a'| ≤ |a| + B_a, `B = |a|·B_b + |b|·B_a + B_a·B_b`, and 2u for the rounding of each product.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        var (value, bound) = (inputs[0], bounds[0])
        for (factor, factorBound) in zip(inputs, bounds).dropFirst() {
            let direct = value.magnitude.broadcasting(factorBound, *)
            let other = bound.broadcasting(factor.errorSource(factorBound, relative: 1), *)
            value = value.broadcasting(factor, *)
            bound = direct.zip(other, +).zip(value) { $0 + 2 * unitRoundoff * ($0 + abs($1)) }
        }
        return Evaluation(outputs: [value], bounds: [bound])
    }
}
