import IR
import Network

/// The product over any axes.
struct Prod: ReducingLayer {
    static let descriptor = LayerDescriptor(
        "Prod", summary: "The product of the elements along axes.", attributes: reducingAttributes,
        formula: "y = Π x over the axes; over all of them a vector of one element")

    static let kind = Reduction.Kind.product
    let axes: [Int]?
    let keepsDimensions: Bool

    init(_ attributes: AttributeValues) throws {
        (axes, keepsDimensions) = (Self.axes(attributes), attributes.bool("keepdims"))
    }
}

extension Prod {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [reduce(inputs[0], from: 1, *)]
    }

    /// What the factors' errors can add to the product of their magnitudes; a rounding for each factor; and what a part of the product below
    /// float32's range loses, times the rest.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let count = Double(terms(for: inputs.map(\.shape)))
        let magnitude = reduce(inputs[0].magnitude, from: 1, *)
        let widest = inputs[0].zip(bounds[0]) { abs($0) + $1 }
        let product = reduce(widest, from: 1, *)
        let rest = reduce(widest.map { max($0, 1) }, from: 1, *)
        let moved = product.zip(magnitude) { $0 - $1 + 2 * count * unitRoundoff * $0 }
        let bound = moved.zip(rest) { $0 + count * smallestNormal * $1 }
        return Evaluation(outputs: reference(inputs, parameters), bounds: [bound])
    }
}
