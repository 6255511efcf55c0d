import IR
import Network

/// A convolution over an image.
struct Conv2D: WeightedSumLayer {
    static let descriptor = LayerDescriptor(
        "Conv2D", aliases: ["Convolution2D"],
        summary: "Convolution of an image: standard, pointwise, grouped, strided, dilated.",
        attributes: [
            .filters, .kernelSize, .strides, .padding, .dataFormat, .dilation,
            Attribute(
                "groups", .int(widths), default: .int(1),
                "into how many independent convolutions the channels are split"),
            .activation, .useBias, .initializer("kernel_initializer", "glorot_uniform"),
            .initializer("bias_initializer", "zeros"),
        ],
        ignored: convolutionTrainingAttributes,
        formula:
            "y[h, w, n] = activation(bias[n] + Σ kernel[r, s, c, n]·x[h·stride + r·dilation − pad, w·stride + …, c])")

    let filters: Int
    let window: ConvolutionWindow
    let groups: Int
    let activation: ActivationFunction
    let useBias: Bool
    let kernelInitializer: AttributeValue
    let biasInitializer: AttributeValue

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        filters = attributes.int("filters")
        window = attributes.window
        groups = attributes.int("groups")
        activation = try ActivationFunction(attributes["activation"])
        useBias = attributes.bool("use_bias")
        kernelInitializer = attributes["kernel_initializer"]
        biasInitializer = attributes["bias_initializer"]
        guard filters % groups == 0 else {
            throw LayerError("\(groups) groups do not divide \(filters) filters", attribute: "groups")
        }
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try requireImage(inputs, "Conv2D")
        guard inputs[0].channels % groups == 0 else {
            throw LayerError(
                "\(groups) groups do not divide the \(inputs[0].channels) channels of \(inputs[0])", attribute: "groups"
            )
        }
        try requireFit(window, inputs[0], attribute: "kernel_size")
        return [Shape([window.outputExtent(0, of: inputs[0][0]), window.outputExtent(1, of: inputs[0][1]), filters])]
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        let depth = inputs[0].channels / groups
        let area = saturatingProduct(window.kernel)
        let kernel = Parameter(
            "kernel", Shape(window.kernel + [depth, filters]),
            .kernel(fanIn: saturatingProduct(area, depth), fanOut: saturatingProduct(area, filters)),
            initializer: kernelInitializer)
        let bias = Parameter("bias", Shape([filters]), .bias, initializer: biasInitializer)
        return useBias ? [kernel, bias] : [kernel]
    }

    func macs(for inputs: [Shape]) -> Int {
        let output = shapes(for: inputs)[0]
        return saturatingProduct(output.dimensions + window.kernel + [inputs[0].channels / groups])
    }

    var fieldOfView: FieldOfView { window.fieldOfView }
}

extension Conv2D {
    func accumulate(_ x: RealTensor, weights: RealTensor, bias: [Double]?) -> RealTensor {
        referenceConvolution(x, weights, bias: bias, window: window, groups: groups)
    }

    func terms(for input: Shape) -> Int { saturatingProduct(window.kernel + [input.channels / groups]) }
}

extension Conv2D: LowerableLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let input = builder.shape(of: inputs[0])
        let convolution = Convolution(
            kernel: Extent(window.kernel[0], window.kernel[1]), strides: Extent(window.strides[0], window.strides[1]),
            dilation: Extent(window.dilation[0], window.dilation[1]), padding: window.loweredMargins(for: input),
            groups: groups, filters: filters, weights: parameters[0], bias: useBias ? parameters[1] : nil,
            epilogue: activation.epilogue)
        let output = shapes(for: [Shape(input)])[0].dimensions
        return [builder.finish(builder.append(.convolution(convolution), inputs, shape: output), activation)]
    }
}
