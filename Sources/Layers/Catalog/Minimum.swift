import IR
import Network

/// The smallest of tensors.
struct Minimum: MergingLayer {
    static let descriptor = LayerDescriptor(
        "Minimum", aliases: ["minimum"], summary: "The smallest of tensors, element by element.",
        inputCount: severalInputs,
        formula: "y = min(a, b, …)")

    static let combine = Elementwise.Operator.minimum

    init(_ attributes: AttributeValues) throws {}
}

extension Minimum {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [fold(inputs) { $0 < $1 || $0.isNaN ? $0 : $1 }]
    }

    /// It moves by no more than what moves most.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        Evaluation(outputs: reference(inputs, parameters), bounds: [fold(bounds) { max($0, $1) }])
    }
}
