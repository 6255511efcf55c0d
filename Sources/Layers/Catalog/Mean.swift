import IR
import Network

/// The mean over any axes.
struct Mean: ReducingLayer, AveragingLayer {
    static let descriptor = LayerDescriptor(
        "Mean", summary: "The mean of the elements along axes.", attributes: reducingAttributes,
        formula: "y = Σ x / n over the axes; over all of them a vector of one element")

    static let kind = Reduction.Kind.mean
    let axes: [Int]?
    let keepsDimensions: Bool

    init(_ attributes: AttributeValues) throws {
        (axes, keepsDimensions) = (Self.axes(attributes), attributes.bool("keepdims"))
    }
}

extension Mean {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let count = Double(terms(for: inputs.map(\.shape)))
        return [reduce(inputs[0], from: 0, +).map { $0 / count }]
    }

    func summedProducts(for inputs: [Shape]) -> Int { terms(for: inputs) }
}
