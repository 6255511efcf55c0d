import IR
import Network

/// The sum over any axes.
struct Sum: ReducingLayer, AveragingLayer {
    static let descriptor = LayerDescriptor(
        "Sum", summary: "The sum of the elements along axes.", attributes: reducingAttributes,
        formula: "y = Σ x over the axes; over all of them a vector of one element")

    static let kind = Reduction.Kind.sum
    let axes: [Int]?
    let keepsDimensions: Bool

    init(_ attributes: AttributeValues) throws {
        (axes, keepsDimensions) = (Self.axes(attributes), attributes.bool("keepdims"))
    }
}

extension Sum {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [reduce(inputs[0], from: 0, +)]
    }

    func summedProducts(for inputs: [Shape]) -> Int { terms(for: inputs) }
}
