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
    static let kernelSize = Attribute("kernel_size", .pair(extents), "the height and width of the kernel")
    static let strides = Attribute(
        "strides", .pair(extents), default: .pair(1, 1), "the steps of the window along height and width")
    static let dilation = Attribute(
        "dilation_rate", .pair(extents), default: .pair(1, 1), "the distance between the kernel's taps")
    static let padding = Attribute(
        "padding", .choice(["valid", "same"]), default: .string("valid"),
        "'valid' keeps the window inside the image; 'same' adds zeros for an output of ⌈input / stride⌉")
    static let depthMultiplier = Attribute(
        "depth_multiplier", .int(1...1 << 20), default: .int(1), "output channels to an input channel")
    static let seed = Attribute("seed", .ignored, default: AttributeValue.none, "for training only")
    static let keepDimensions = Attribute(
        "keepdims", .bool, default: .bool(false), "keep height and width as axes of extent 1")

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
            preconditionFailure("'padding' is neither valid nor same")
        }
        return mode
    }

    /// The window that `kernel_size`, `strides`, `padding` and `dilation_rate` describe.
    var window: ConvolutionWindow {
        ConvolutionWindow(
            kernel: ints("kernel_size"), strides: ints("strides"), dilation: ints("dilation_rate"), padding: padding)
    }

    /// Throws where the layer is asked for channels_first.
    func requireChannelsLast() throws(LayerError) {
        guard case .string(let format) = self["data_format"], format.lowercased() == "channels_first" else { return }
        throw LayerError(
            "data_format 'channels_first' is not supported", attribute: "data_format",
            hint: "inputs and outputs are height×width×channels; leave data_format out")
    }
}

/// Throws unless the only input is an image; `layer` is the name to report.
func requireImage(_ inputs: [Shape], _ layer: String) throws(LayerError) {
    guard inputs[0].rank != 3 else { return }
    throw LayerError("\(layer) expects an image (height×width×channels), found \(inputs[0])")
}

/// Throws unless the window fits the image.
func requireFit(_ window: ConvolutionWindow, _ image: Shape, attribute: String) throws(LayerError) {
    guard window.padding == .valid else { return }
    let spans = [0, 1].map { effectiveKernel(window.kernel[$0], dilation: window.dilation[$0]) }
    guard spans[0] > image[0] || spans[1] > image[1] else { return }
    let isDilated = window.dilation != [1, 1]
    throw LayerError(
        "a window of \(spans[0])×\(spans[1])\(isDilated ? " (dilation included)" : "") is larger than its input \(image)",
        attribute: attribute, hint: "padding='same' adds zeros around the input")
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
