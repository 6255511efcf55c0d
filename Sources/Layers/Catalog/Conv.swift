import IR
import Network

typealias Conv1D = Conv<Line>
typealias Conv2D = Conv<Plane>

/// A convolution over a sequence or an image.
struct Conv<S: Space>: WeightedSumLayer {
    static var descriptor: LayerDescriptor {
        LayerDescriptor(
            "Conv\(S.suffix)", aliases: ["Convolution\(S.suffix)"],
            summary: "Convolution of \(S.noun): standard, pointwise, grouped, strided, dilated.",
            attributes: [
                .filters, S.kernelSize, S.strides, S.padding(hasCausal: S.rank == 1), .dataFormat, S.dilation,
                Attribute(
                    "groups", .int(widths), default: .int(1),
                    "into how many independent convolutions the channels are split"),
                .activation, .useBias, .initializer("kernel_initializer", "glorot_uniform"),
                .initializer("bias_initializer", "zeros"),
            ],
            ignored: convolutionTrainingAttributes,
            formula: S.formula(
                line: "y[t, n] = activation(bias[n] + Σ kernel[r, c, n]·x[t·stride + r·dilation − pad, c])",
                plane:
                    "y[h, w, n] = activation(bias[n] + Σ kernel[r, s, c, n]·x[h·stride + r·dilation − pad, w·stride + …, c])"
            ))
    }

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
        window = attributes.window(over: S.self)
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
        try S.require(inputs, Self.descriptor.name)
        guard inputs[0].channels % groups == 0 else {
            throw LayerError(
                "\(groups) groups do not divide the \(inputs[0].channels) channels of \(inputs[0])", attribute: "groups"
            )
        }
        try S.requireFit(window, inputs[0], attribute: "kernel_size")
        return [S.shape(ofImage: window.outputExtents(of: S.image(inputs[0])) + [filters])]
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        let depth = inputs[0].channels / groups
        let area = saturatingProduct(window.kernel)
        let kernel = Parameter(
            "kernel", Shape(window.kernel.suffix(S.rank) + [depth, filters]),
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

extension Conv {
    func accumulate(_ x: RealTensor, weights: RealTensor, bias: [Double]?) -> RealTensor {
        let kernel = RealTensor(Shape(window.kernel + [x.shape.channels / groups, filters]), weights.values)
        return S.tensor(ofImage: referenceConvolution(S.image(x), kernel, bias: bias, window: window, groups: groups))
    }

    func terms(for input: Shape) -> Int { saturatingProduct(window.kernel + [input.channels / groups]) }
}

extension Conv: LowerableLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let x = builder.image(inputs[0], of: S.self)
        let input = builder.shape(of: x)
        let weights = Constant(shape: window.kernel + [input[2] / groups, filters], values: parameters[0].values)
        let convolution = Convolution(
            kernel: Extent(window.kernel[0], window.kernel[1]), strides: Extent(window.strides[0], window.strides[1]),
            dilation: Extent(window.dilation[0], window.dilation[1]), padding: window.loweredMargins(for: input),
            groups: groups, filters: filters, weights: weights, bias: useBias ? parameters[1] : nil,
            epilogue: activation.epilogue)
        let output = window.outputExtents(of: Shape(input)) + [filters]
        let y = builder.finish(builder.append(.convolution(convolution), [x], shape: output), activation)
        return [builder.tensor(ofImage: y, of: S.self)]
    }
}
