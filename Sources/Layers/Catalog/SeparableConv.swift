import IR
import Network

typealias SeparableConv1D = SeparableConv<Line>
typealias SeparableConv2D = SeparableConv<Plane>

/// A depthwise convolution, then a pointwise one.
struct SeparableConv<S: Space>: Layer {
    static var descriptor: LayerDescriptor {
        LayerDescriptor(
            "SeparableConv\(S.suffix)", aliases: ["SeparableConvolution\(S.suffix)"],
            summary: "Depthwise convolution followed by a pointwise one.",
            attributes: [
                .filters, S.kernelSize, S.strides, S.padding(), .dataFormat, S.dilation, .depthMultiplier, .activation,
                .useBias, .initializer("depthwise_initializer", "glorot_uniform"),
                .initializer("pointwise_initializer", "glorot_uniform"), .initializer("bias_initializer", "zeros"),
            ],
            ignored: [
                "depthwise_regularizer", "pointwise_regularizer", "bias_regularizer", "activity_regularizer",
                "depthwise_constraint", "pointwise_constraint", "bias_constraint",
            ],
            formula: S.formula(
                line:
                    "z = depthwise convolution of x; y[t, n] = activation(bias[n] + Σ pointwise_kernel[c, n]·z[t, c])",
                plane:
                    "t = depthwise convolution of x; y[h, w, n] = activation(bias[n] + Σ pointwise_kernel[c, n]·t[h, w, c])"
            ))
    }

    let filters: Int
    let window: ConvolutionWindow
    let multiplier: Int
    let activation: ActivationFunction
    let useBias: Bool
    /// Of the depthwise kernel, the pointwise kernel and the bias.
    let initializers: [AttributeValue]

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        filters = attributes.int("filters")
        window = attributes.window(over: S.self)
        multiplier = attributes.int("depth_multiplier")
        activation = try ActivationFunction(attributes["activation"])
        useBias = attributes.bool("use_bias")
        initializers = ["depthwise", "pointwise", "bias"].map { attributes["\($0)_initializer"] }
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try S.require(inputs, Self.descriptor.name)
        try S.requireFit(window, inputs[0], attribute: "kernel_size")
        return [S.shape(ofImage: window.outputExtents(of: S.image(inputs[0])) + [filters])]
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        let area = saturatingProduct(window.kernel)
        let middle = saturatingProduct(inputs[0].channels, multiplier)
        let depthwise = Parameter(
            "depthwise_kernel", Shape(window.kernel.suffix(S.rank) + [inputs[0].channels, multiplier]),
            .kernel(fanIn: area, fanOut: saturatingProduct(area, multiplier)), initializer: initializers[0])
        let pointwise = Parameter(
            "pointwise_kernel", Shape(Array(repeating: 1, count: S.rank) + [middle, filters]),
            .kernel(fanIn: middle, fanOut: filters), initializer: initializers[1])
        let bias = Parameter("bias", Shape([filters]), .bias, initializer: initializers[2])
        return [depthwise, pointwise] + (useBias ? [bias] : [])
    }

    func macs(for inputs: [Shape]) -> Int {
        let positions = shapes(for: inputs)[0].dimensions.dropLast()
        let middle = saturatingProduct(inputs[0].channels, multiplier)
        let products = saturatingSum(saturatingProduct(window.kernel), filters)
        return saturatingProduct(positions + [middle, products])
    }

    var fieldOfView: FieldOfView { window.fieldOfView }
}

extension SeparableConv {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let middle = depthwise(S.image(inputs[0]), parameters[0])
        let z = pointwise(middle, parameters[1], bias: useBias ? parameters[2].values : nil)
        return [activation.apply(S.tensor(ofImage: z))]
    }

    func summedProducts(for inputs: [Shape]) -> Int { saturatingProduct(inputs[0].channels, multiplier) }

    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        evaluate(inputs, bounds: bounds, parameters, magnitudes: parameters[1].magnitude) { $0 }
    }

    func evaluate(
        _ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor], outputTile: OutputTile
    ) -> Evaluation {
        let weights = RealTensor(Shape([parameters[1].shape.elementCount / filters, filters]), parameters[1].values)
        let magnitudes = outputTile.magnitudes(ofWeights: weights)
        return evaluate(inputs, bounds: bounds, parameters, magnitudes: magnitudes) {
            $0.maximumOverTiles(outputTile).map { 4 * $0 }
        }
    }

    /// The rule of sums of products twice: the intermediate is rounded like a tensor of its own. The second one's bound is widened for its algorithm.
    private func evaluate(
        _ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor], magnitudes second: RealTensor,
        widened: (RealTensor) -> RealTensor
    ) -> Evaluation {
        let (x, xBound) = (S.image(inputs[0]), S.image(bounds[0]))
        let bias = useBias ? parameters[2].values : nil
        let middle = depthwise(x, parameters[0])
        let first = accumulationError(terms: saturatingProduct(window.kernel))
        let middleBound = depthwise(x.errorSource(xBound, relative: first), parameters[0].magnitude)
        let relative = accumulationError(terms: middle.shape.channels)
        let z = pointwise(middle, parameters[1], bias: bias)
        let bound = pointwise(
            middle.errorSource(middleBound, relative: relative), second, bias: bias?.map { abs($0) * relative })
        let (value, valueBound) = activation.evaluate(S.tensor(ofImage: z), S.tensor(ofImage: widened(bound)))
        return Evaluation(outputs: [value], bounds: [valueBound])
    }

    private func depthwise(_ x: RealTensor, _ kernel: RealTensor) -> RealTensor {
        let weights = RealTensor(Shape(window.kernel + [1, x.shape.channels * multiplier]), kernel.values)
        return referenceConvolution(x, weights, bias: nil, window: window, groups: x.shape.channels)
    }

    private func pointwise(_ x: RealTensor, _ kernel: RealTensor, bias: [Double]?) -> RealTensor {
        let weights = RealTensor(Shape([1, 1, x.shape.channels, filters]), kernel.values)
        return referenceConvolution(x, weights, bias: bias, window: ConvolutionWindow(kernel: [1, 1]))
    }
}

extension SeparableConv: LowerableLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let x = builder.image(inputs[0], of: S.self)
        let input = builder.shape(of: x)
        let positions = window.outputExtents(of: Shape(input))
        let middle = input[2] * multiplier
        let depthwise = Convolution(
            kernel: Extent(window.kernel[0], window.kernel[1]), strides: Extent(window.strides[0], window.strides[1]),
            dilation: Extent(window.dilation[0], window.dilation[1]), padding: window.loweredMargins(for: input),
            groups: input[2], filters: middle,
            weights: Constant(shape: window.kernel + [1, middle], values: parameters[0].values))
        let pointwise = Convolution(
            kernel: .one, filters: filters,
            weights: Constant(shape: [1, 1, middle, filters], values: parameters[1].values),
            bias: useBias ? parameters[2] : nil, epilogue: activation.epilogue)
        let t = builder.append(.convolution(depthwise), [x], shape: positions + [middle])
        let y = builder.append(.convolution(pointwise), [t], shape: positions + [filters])
        return [builder.tensor(ofImage: builder.finish(y, activation), of: S.self)]
    }
}
