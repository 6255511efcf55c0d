import IR
import Network

/// The mean of tensors.
struct Average: MergingLayer {
    static let descriptor = LayerDescriptor(
        "Average", aliases: ["average"], summary: "The mean of tensors, element by element.", inputCount: severalInputs,
        formula: "y = (a + b + …) / n")

    static let combine = Elementwise.Operator.add

    init(_ attributes: AttributeValues) throws {}
}

extension Average {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [fold(inputs, +).map { $0 / Double(inputs.count) }]
    }

    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let bound = boundOfSum(inputs, bounds).map { $0 / Double(inputs.count) }
        return Evaluation(outputs: reference(inputs, parameters), bounds: [bound])
    }
}

extension Average {
    /// The last addition scales the sum.
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let sum = builder.chain(inputs.dropLast(), .add)
        let scale = Constant(shape: [1], values: [Float(1 / Double(inputs.count))])
        return [builder.combine(sum, inputs[inputs.count - 1], Elementwise(combine: .add, scale: scale))]
    }
}
