import IR
import Network

/// A tensor that comes from outside.
struct InputLayer: LowerableLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "Input", aliases: ["InputLayer"], summary: "An input of the network; the shape leaves the batch out.",
        attributes: [
            Attribute("shape", .shape, default: AttributeValue.none, optional: true, "the extents, without the batch"),
            Attribute("batch_size", .ignored, default: AttributeValue.none, "ignored: --batch N sets the batch"),
            Attribute(
                "batch_shape", .shape, default: AttributeValue.none, optional: true,
                "the extents with the batch in front, instead of shape"),
        ],
        ignored: ["sparse", "ragged", "tensor", "optional"], inputCount: 0...0, formula: "y = the input",
        automaticName: "input_layer")

    let shape: Shape

    init(_ attributes: AttributeValues) throws {
        let attribute = attributes.isNone("shape") ? "batch_shape" : "shape"
        guard !attributes.isNone(attribute) else {
            throw LayerError(
                "an input needs a shape", hint: "for example Input((224, 224, 3)): height, width, channels")
        }
        let extents = attributes.ints(attribute)
        let dimensions = attribute == "shape" ? extents : Array(extents.dropFirst())
        guard (1...maximumRank).contains(dimensions.count) else {
            throw LayerError(
                "expected 1 to \(maximumRank) extents beside the batch, found \(dimensions.count)", attribute: attribute
            )
        }
        guard !dimensions.contains(-1) else {
            throw LayerError(
                "every extent of an input must be known, found None", attribute: attribute,
                hint: "the generated code has fixed sizes")
        }
        guard dimensions.allSatisfy({ $0 > 0 }) else {
            throw LayerError("extents must be positive, found \(Shape(dimensions))", attribute: attribute)
        }
        shape = Shape(dimensions)
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] { [shape] }
}

extension InputLayer {
    /// The value is given from outside as the only input.
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] { inputs }
}

extension InputLayer {
    /// The value that stands for the input is given as the only input.
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] { inputs }
}
