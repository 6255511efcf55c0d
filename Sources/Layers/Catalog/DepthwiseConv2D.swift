import IR
import Network

/// A convolution of each channel by itself.
struct DepthwiseConv2D: WeightedSumLayer {
    static let descriptor = LayerDescriptor(
        "DepthwiseConv2D",
        summary: "Convolution of each channel of an image by itself.",
        attributes: [
            .kernelSize, .strides, .padding, .depthMultiplier, .dataFormat, .dilation, .activation, .useBias,
            .initializer("depthwise_initializer", "glorot_uniform"), .initializer("bias_initializer", "zeros"),
        ],
        ignored: [
            "depthwise_regularizer", "bias_regularizer", "activity_regularizer", "depthwise_constraint",
            "bias_constraint",
        ],
        formula:
            "y[h, w, c·multiplier + m] = activation(bias + Σ kernel[r, s, c, m]·x[h·stride + r·dilation − pad, …, c])")

    let window: ConvolutionWindow
    let multiplier: Int
    let activation: ActivationFunction
    let useBias: Bool
    let kernelInitializer: AttributeValue
    let biasInitializer: AttributeValue

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        window = attributes.window
        multiplier = attributes.int("depth_multiplier")
        activation = try ActivationFunction(attributes["activation"])
        useBias = attributes.bool("use_bias")
        kernelInitializer = attributes["depthwise_initializer"]
        biasInitializer = attributes["bias_initializer"]
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try requireImage(inputs, "DepthwiseConv2D")
        try requireFit(window, inputs[0], attribute: "kernel_size")
        return [
            Shape([
                window.outputExtent(0, of: inputs[0][0]), window.outputExtent(1, of: inputs[0][1]),
                saturatingProduct(inputs[0].channels, multiplier),
            ])
        ]
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        let area = saturatingProduct(window.kernel)
        let kernel = Parameter(
            "kernel", Shape(window.kernel + [inputs[0].channels, multiplier]),
            .kernel(fanIn: area, fanOut: saturatingProduct(area, multiplier)), initializer: kernelInitializer)
        let filters = saturatingProduct(inputs[0].channels, multiplier)
        let bias = Parameter("bias", Shape([filters]), .bias, initializer: biasInitializer)
        return useBias ? [kernel, bias] : [kernel]
    }

    func macs(for inputs: [Shape]) -> Int { saturatingProduct(shapes(for: inputs)[0].dimensions + window.kernel) }

    var fieldOfView: FieldOfView { window.fieldOfView }
}

extension DepthwiseConv2D {
    func accumulate(_ x: RealTensor, weights: RealTensor, bias: [Double]?) -> RealTensor {
        // Keras' [height, width, channels, multiplier] and [height, width, 1, filters] are the same elements in the
        // same order.
        let kernel = RealTensor(Shape(window.kernel + [1, x.shape.channels * multiplier]), weights.values)
        return referenceConvolution(x, kernel, bias: bias, window: window, groups: x.shape.channels)
    }

    func terms(for input: Shape) -> Int { saturatingProduct(window.kernel) }
}

extension DepthwiseConv2D: LowerableLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let input = builder.shape(of: inputs[0])
        let output = shapes(for: [Shape(input)])[0].dimensions
        let weights = Constant(shape: window.kernel + [1, output[2]], values: parameters[0].values)
        let convolution = Convolution(
            kernel: Extent(window.kernel[0], window.kernel[1]), strides: Extent(window.strides[0], window.strides[1]),
            dilation: Extent(window.dilation[0], window.dilation[1]), padding: window.loweredMargins(for: input),
            groups: input[2], filters: output[2], weights: weights, bias: useBias ? parameters[1] : nil,
            epilogue: activation.epilogue)
        return [builder.finish(builder.append(.convolution(convolution), inputs, shape: output), activation)]
    }
}
