import IR
import Network

/// The smallest along any axes.
struct Min: ReducingLayer {
    static let descriptor = LayerDescriptor(
        "Min", summary: "The smallest of the elements along axes.", attributes: reducingAttributes,
        formula: "y = min x over the axes; over all of them a vector of one element")

    static let kind = Reduction.Kind.minimum
    let axes: [Int]?
    let keepsDimensions: Bool

    init(_ attributes: AttributeValues) throws {
        (axes, keepsDimensions) = (Self.axes(attributes), attributes.bool("keepdims"))
    }
}

extension Min {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [reduce(inputs[0], from: .infinity) { $0 < $1 || $0.isNaN ? $0 : $1 }]
    }

    /// It moves by no more than what moves most.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        Evaluation(outputs: reference(inputs, parameters), bounds: [reduce(bounds[0], from: 0) { max($0, $1) }])
    }
}
