import IR
import Network

/// The sum of tensors.
struct Add: MergingLayer, AffineMergingLayer {
    static let descriptor = LayerDescriptor(
        "Add", aliases: ["add"], summary: "The sum of tensors; a vector (c) is lifted to (1, 1, c).",
        inputCount: severalInputs, formula: "y = a + b + …")

    static let combine = Elementwise.Operator.add

    init(_ attributes: AttributeValues) throws {}
}

extension Add {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] { [fold(inputs, +)] }

    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        Evaluation(outputs: reference(inputs, parameters), bounds: [boundOfSum(inputs, bounds)])
    }
}
