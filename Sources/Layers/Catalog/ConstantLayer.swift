import IR
import Network

/// A weight as a tensor of its own: what one adds to a tensor or multiplies it by. (The IR's `Constant` is its elements.)
struct ConstantLayer: LowerableLayer {
    static let descriptor = LayerDescriptor(
        "Constant", summary: "A tensor of weights, applied to nothing: 'x + Constant((64,))' (beyond Keras).",
        attributes: [
            Attribute("shape", .shape, "the extents; there is no batch"),
            .initializer("initializer", "zeros"),
        ],
        inputCount: 0...0, formula: "y = value")

    let shape: Shape
    let initializer: AttributeValue

    init(_ attributes: AttributeValues) throws {
        let extents = attributes.ints("shape")
        guard (1...maximumRank).contains(extents.count), extents.allSatisfy({ $0 > 0 }) else {
            throw LayerError(
                "expected 1 to \(maximumRank) positive extents, found \(Shape(extents))", attribute: "shape")
        }
        shape = Shape(extents)
        initializer = attributes["initializer"]
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] { [shape] }

    /// Test weights are near 1, so that one may divide by them.
    func parameters(for inputs: [Shape]) -> [Parameter] {
        [Parameter("value", shape, .scale(1), initializer: initializer)]
    }
}

extension ConstantLayer {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] { parameters }

    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        Evaluation(outputs: parameters, bounds: [RealTensor(shape)])
    }
}

extension ConstantLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        [builder.append(.constant(parameters[0]), [], shape: shape.dimensions)]
    }
}
