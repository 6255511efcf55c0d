import IR
import Network

/// The difference of two tensors.
struct Subtract: MergingLayer, AffineMergingLayer {
    static let descriptor = LayerDescriptor(
        "Subtract", aliases: ["subtract"], summary: "The difference of two tensors.", inputCount: 2...2,
        formula: "y = a − b")

    static let combine = Elementwise.Operator.subtract

    init(_ attributes: AttributeValues) throws {}
}

extension Subtract {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] { [fold(inputs, -)] }

    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        Evaluation(outputs: reference(inputs, parameters), bounds: [boundOfSum(inputs, bounds)])
    }
}
