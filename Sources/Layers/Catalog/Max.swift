import IR
import Network

/// The largest along any axes.
struct Max: ReducingLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "Max", summary: "The largest of the elements along axes.", attributes: reducingAttributes,
        formula: "y = max x over the axes; over all of them a vector of one element")

    static let kind = Reduction.Kind.maximum
    let axes: [Int]?
    let keepsDimensions: Bool

    init(_ attributes: AttributeValues) throws {
        (axes, keepsDimensions) = (Self.axes(attributes), attributes.bool("keepdims"))
    }
}

extension Max {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [reduce(inputs[0], from: -.infinity) { $0 > $1 || $0.isNaN ? $0 : $1 }]
    }
}
