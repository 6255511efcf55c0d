import IR
import Network

/// A learned factor for each channel (CaiT, Touvron et al. 2021), as in Keras' ConvNeXt.
struct LayerScale: AffineLayer {
    static let descriptor = LayerDescriptor(
        "LayerScale", summary: "A learned factor for each channel (beyond Keras' layers; as in its ConvNeXt).",
        attributes: [
            Attribute("init_values", .float(-1e30...1e30), "what the factors start from without a weights file"),
            Attribute(
                "projection_dim", .int(1...1 << 30), default: AttributeValue.none, optional: true,
                "the number of channels, which the input tells too"),
        ],
        formula: "y = gamma·x")

    let start: Double
    let channels: Int?

    init(_ attributes: AttributeValues) throws {
        start = attributes.float("init_values")
        channels = attributes.isNone("projection_dim") ? nil : attributes.int("projection_dim")
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        if let channels, channels != inputs[0].channels {
            throw LayerError(
                "\(channels) factors for the \(inputs[0].channels) channels of \(inputs[0])",
                attribute: "projection_dim", hint: "leave it out")
        }
        return inputs
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        [
            Parameter(
                "gamma", Shape([inputs[0].channels]), .scale(start),
                initializer: .call("constant", ["value": .float(start)]))
        ]
    }
}

extension LayerScale {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [inputs[0].broadcasting(parameters[0], *)]
    }

    /// A sum of one product, so that the factor may be folded into weights.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let source = inputs[0].errorSource(bounds[0], relative: accumulationError(terms: 1))
        return Evaluation(
            outputs: reference(inputs, parameters), bounds: [source.broadcasting(parameters[0].magnitude, *)])
    }
}

extension LayerScale: LowerableLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        [builder.appendLike(.elementwise(Elementwise(scale: parameters[0])), inputs[0])]
    }
}
