// Attributes that many layers take in the same words, and the checks that go with them.

import Network

/// Extents, strides and factors that an attribute may give.
let extents = 1...1 << 20

/// Numbers of filters and units.
let widths = 1...1 << 30

/// The most axes a tensor may have, beside the batch.
let maximumRank = 7

extension Attribute {
    static let dataFormat = Attribute(
        "data_format", .choice(["channels_last", "channels_first"]), default: AttributeValue.none, optional: true,
        "the order of the axes; only channels_last is compiled")
    static let activation = Attribute(
        "activation", .activation, default: AttributeValue.none, optional: true,
        "what is done to each sum; None does nothing")
    static let useBias = Attribute("use_bias", .bool, default: .bool(true), "add a bias to each filter")
    static let filters = Attribute("filters", .int(widths), "the number of output channels")
    static let depthMultiplier = Attribute(
        "depth_multiplier", .int(1...1 << 20), default: .int(1), "output channels to an input channel")
    static let seed = Attribute("seed", .ignored, default: AttributeValue.none, "for training only")
    static func initializer(_ name: String, _ value: String) -> Attribute {
        Attribute(name, .initializer, default: .string(value), "how the weights start when there is no file of them")
    }
}

extension AttributeValue {
    static func pair(_ height: Int, _ width: Int) -> AttributeValue { .list([.int(height), .int(width)]) }
}

extension AttributeValues {
    /// The `padding` attribute.
    var padding: PaddingMode {
        guard let mode = PaddingMode(rawValue: string("padding").lowercased()) else {
            preconditionFailure("'padding' is no mode of padding")
        }
        return mode
    }

    /// Throws where the layer is asked for channels_first.
    func requireChannelsLast() throws(LayerError) {
        guard case .string(let format) = self["data_format"], format.lowercased() == "channels_first" else { return }
        throw LayerError(
            "data_format 'channels_first' is not supported", attribute: "data_format",
            hint: "inputs and outputs are height×width×channels; leave data_format out")
    }
}

/// An axis in Keras' counting (the batch is 0, −1 is the last) as an index into a shape without batch.
func resolveAxis(_ axis: Int, of shape: Shape, attribute: String = "axis") throws(LayerError) -> Int {
    let resolved = axis < 0 ? axis + shape.rank : axis - 1
    if axis == 0 || axis == -shape.rank - 1 {
        throw LayerError("axis \(axis) is the batch", attribute: attribute)
    }
    guard shape.dimensions.indices.contains(resolved) else {
        throw LayerError(
            "axis \(axis) does not exist in \(shape), whose axes are 1 to \(shape.rank) (or -\(shape.rank) to -1)",
            attribute: attribute)
    }
    return resolved
}

extension Layer {
    /// The output shapes for inputs that have passed the checks.
    func shapes(for inputs: [Shape]) -> [Shape] {
        do {
            return try outputShapes(for: inputs)
        } catch {
            preconditionFailure("\(Self.descriptor.name): \(error)")
        }
    }
}
