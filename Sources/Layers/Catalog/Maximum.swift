import IR
import Network

/// The largest of tensors.
struct Maximum: MergingLayer {
    static let descriptor = LayerDescriptor(
        "Maximum", aliases: ["maximum"], summary: "The largest of tensors, element by element.",
        inputCount: severalInputs,
        formula: "y = max(a, b, …)")

    static let combine = Elementwise.Operator.maximum

    init(_ attributes: AttributeValues) throws {}
}

extension Maximum {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [fold(inputs) { $0 > $1 || $0.isNaN ? $0 : $1 }]
    }

    /// It moves by no more than what moves most.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        Evaluation(outputs: reference(inputs, parameters), bounds: [fold(bounds) { max($0, $1) }])
    }
}
