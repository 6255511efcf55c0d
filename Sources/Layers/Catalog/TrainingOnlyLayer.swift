import IR
import Network

/// A layer that does something in training only: at inference its output is its input.
protocol TrainingOnlyLayer: LowerableLayer, CarryingLayer {}

extension TrainingOnlyLayer {
    func outputShapes(for inputs: [Shape]) throws -> [Shape] { inputs }

    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] { inputs }

    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] { inputs }
}

extension LayerDescriptor {
    /// The descriptor of such a layer.
    static func trainingOnly(_ name: String, _ does: String, _ attributes: [Attribute]) -> LayerDescriptor {
        LayerDescriptor(
            name, summary: "\(does) in training; at inference it does nothing.", attributes: attributes,
            formula: "y = x")
    }
}

extension Attribute {
    /// The share of elements that is dropped.
    static let rate = Attribute("rate", .float(0...1), "the share that is dropped in training")
    static let noiseShape = Attribute("noise_shape", .ignored, default: AttributeValue.none, "for training only")
}
