import IR
import Network

typealias DepthwiseConv1D = DepthwiseConv<Line>
typealias DepthwiseConv2D = DepthwiseConv<Plane>

/// A convolution of each channel by itself.
struct DepthwiseConv<S: Space>: WeightedSumLayer {
    static var descriptor: LayerDescriptor {
        LayerDescriptor(
            "DepthwiseConv\(S.suffix)",
            summary: "Convolution of each channel of \(S.noun) by itself.",
            attributes: [
                S.kernelSize, S.strides, S.padding(), .depthMultiplier, .dataFormat, S.dilation, .activation, .useBias,
                .initializer("depthwise_initializer", "glorot_uniform"), .initializer("bias_initializer", "zeros"),
            ],
            ignored: [
                "depthwise_regularizer", "bias_regularizer", "activity_regularizer", "depthwise_constraint",
                "bias_constraint",
            ],
            formula: S.formula(
                line: "y[t, c·multiplier + m] = activation(bias + Σ kernel[r, c, m]·x[t·stride + r·dilation − pad, c])",
                plane:
                    "y[h, w, c·multiplier + m] = activation(bias + Σ kernel[r, s, c, m]·x[h·stride + r·dilation − pad, …, c])"
            ))
    }

    let window: ConvolutionWindow
    let multiplier: Int
    let activation: ActivationFunction
    let useBias: Bool
    let kernelInitializer: AttributeValue
    let biasInitializer: AttributeValue

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        window = attributes.window(over: S.self)
        multiplier = attributes.int("depth_multiplier")
        activation = try ActivationFunction(attributes["activation"])
        useBias = attributes.bool("use_bias")
        kernelInitializer = attributes["depthwise_initializer"]
        biasInitializer = attributes["bias_initializer"]
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try S.require(inputs, Self.descriptor.name)
        try S.requireFit(window, inputs[0], attribute: "kernel_size")
        let filters = saturatingProduct(inputs[0].channels, multiplier)
        return [S.shape(ofImage: window.outputExtents(of: S.image(inputs[0])) + [filters])]
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        let area = saturatingProduct(window.kernel)
        let kernel = Parameter(
            "kernel", Shape(window.kernel.suffix(S.rank) + [inputs[0].channels, multiplier]),
            .kernel(fanIn: area, fanOut: saturatingProduct(area, multiplier)), initializer: kernelInitializer)
        let filters = saturatingProduct(inputs[0].channels, multiplier)
        let bias = Parameter("bias", Shape([filters]), .bias, initializer: biasInitializer)
        return useBias ? [kernel, bias] : [kernel]
    }

    func macs(for inputs: [Shape]) -> Int { saturatingProduct(shapes(for: inputs)[0].dimensions + window.kernel) }

    var fieldOfView: FieldOfView { window.fieldOfView }
}

extension DepthwiseConv {
    func accumulate(_ x: RealTensor, weights: RealTensor, bias: [Double]?) -> RealTensor {
        // Keras' [height, width, channels, multiplier] and [height, width, 1, filters] are the same elements in the
        // same order.
        let kernel = RealTensor(Shape(window.kernel + [1, x.shape.channels * multiplier]), weights.values)
        return S.tensor(
            ofImage: referenceConvolution(S.image(x), kernel, bias: bias, window: window, groups: x.shape.channels))
    }

    func terms(for input: Shape) -> Int { saturatingProduct(window.kernel) }
}

extension DepthwiseConv: LowerableLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let x = builder.image(inputs[0], of: S.self)
        let input = builder.shape(of: x)
        let filters = input[2] * multiplier
        let weights = Constant(shape: window.kernel + [1, filters], values: parameters[0].values)
        let convolution = Convolution(
            kernel: Extent(window.kernel[0], window.kernel[1]), strides: Extent(window.strides[0], window.strides[1]),
            dilation: Extent(window.dilation[0], window.dilation[1]), padding: window.loweredMargins(for: input),
            groups: input[2], filters: filters, weights: weights, bias: useBias ? parameters[1] : nil,
            epilogue: activation.epilogue)
        let output = window.outputExtents(of: Shape(input)) + [filters]
        let y = builder.finish(builder.append(.convolution(convolution), [x], shape: output), activation)
        return [builder.tensor(ofImage: y, of: S.self)]
    }
}
