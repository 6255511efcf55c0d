import IR
import Network

/// The transpose of a convolution, which enlarges an image by its strides.
struct Conv2DTranspose: WeightedSumLayer {
    static let descriptor = LayerDescriptor(
        "Conv2DTranspose", aliases: ["Convolution2DTranspose"],
        summary: "Transposed convolution: each input cell adds the kernel, weighted, to the output.",
        attributes: [
            .filters, .kernelSize, .strides,
            Attribute(
                "padding", .choice(["valid", "same"]), default: .string("valid"),
                "'valid' keeps all of the result; 'same' crops it to input·stride"),
            Attribute(
                "output_padding", .pair(0...1 << 20), default: AttributeValue.none, optional: true,
                "rows and columns added at the end of the output, less than the strides"),
            .dataFormat, .dilation, .activation, .useBias, .initializer("kernel_initializer", "glorot_uniform"),
            .initializer("bias_initializer", "zeros"),
        ],
        ignored: convolutionTrainingAttributes,
        formula:
            "y[h·stride + r·dilation − crop, w·stride + …, n] += kernel[r, s, n, c]·x[h, w, c]; then bias, activation")

    let filters: Int
    let window: ConvolutionWindow
    /// `nil` where it was not given.
    let outputPadding: [Int]?
    let activation: ActivationFunction
    let useBias: Bool
    let kernelInitializer: AttributeValue
    let biasInitializer: AttributeValue

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        filters = attributes.int("filters")
        window = attributes.window
        outputPadding = attributes.isNone("output_padding") ? nil : attributes.ints("output_padding")
        activation = try ActivationFunction(attributes["activation"])
        useBias = attributes.bool("use_bias")
        kernelInitializer = attributes["kernel_initializer"]
        biasInitializer = attributes["bias_initializer"]
        if let outputPadding, zip(outputPadding, window.strides).contains(where: { $0 >= $1 }) {
            throw LayerError(
                "output_padding \(outputPadding[0]), \(outputPadding[1]) must be smaller than the strides "
                    + "\(window.strides[0]), \(window.strides[1])", attribute: "output_padding")
        }
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try requireImage(inputs, "Conv2DTranspose")
        let extents = [0, 1].map { axis in
            transposedOutput(
                input: inputs[0][axis], kernel: window.kernel[axis], stride: window.strides[axis],
                dilation: window.dilation[axis], padding: window.padding, outputPadding: outputPadding?[axis])
        }
        guard extents.allSatisfy({ $0 > 0 }) else {
            throw LayerError("the output of \(inputs[0]) would be \(extents[0])×\(extents[1])", attribute: "padding")
        }
        return [Shape(extents + [filters])]
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        let area = saturatingProduct(window.kernel)
        let kernel = Parameter(
            "kernel", Shape(window.kernel + [filters, inputs[0].channels]),
            .kernel(
                fanIn: saturatingProduct(area, inputs[0].channels), fanOut: saturatingProduct(area, filters)),
            initializer: kernelInitializer)
        let bias = Parameter("bias", Shape([filters]), .bias, initializer: biasInitializer)
        return useBias ? [kernel, bias] : [kernel]
    }

    func macs(for inputs: [Shape]) -> Int { saturatingProduct(inputs[0].dimensions + window.kernel + [filters]) }

    var fieldOfView: FieldOfView {
        let size = [0, 1].map { effectiveKernel(window.kernel[$0], dilation: window.dilation[$0]) }
        return .window(size: size, stride: [1, 1], divisor: window.strides)
    }

    /// The rows and columns cut off the start of the full result.
    private func crop(of input: [Int]) -> [Int] {
        [0, 1].map { axis in
            transposedCrop(
                input: input[axis], kernel: window.kernel[axis], stride: window.strides[axis],
                dilation: window.dilation[axis], padding: window.padding, outputPadding: outputPadding?[axis])
        }
    }
}

extension Conv2DTranspose {
    func accumulate(_ x: RealTensor, weights: RealTensor, bias: [Double]?) -> RealTensor {
        referenceTransposedConvolution(
            x, weights, bias: bias, window: window, crop: crop(of: x.shape.dimensions),
            output: shapes(for: [x.shape])[0])
    }

    /// Every stride-th tap of the kernel meets an output, or all of them where dilation and stride have a common
    /// factor.
    func terms(for input: Shape) -> Int { saturatingProduct(window.kernel + [input.channels]) }
}

extension Conv2DTranspose: LowerableLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let input = builder.shape(of: inputs[0])
        let crop = crop(of: input)
        let convolution = TransposedConvolution(
            kernel: Extent(window.kernel[0], window.kernel[1]), strides: Extent(window.strides[0], window.strides[1]),
            dilation: Extent(window.dilation[0], window.dilation[1]), cropTop: crop[0], cropLeft: crop[1],
            filters: filters, weights: parameters[0], bias: useBias ? parameters[1] : nil,
            epilogue: activation.epilogue)
        let output = shapes(for: [Shape(input)])[0].dimensions
        return [builder.finish(builder.append(.transposedConvolution(convolution), inputs, shape: output), activation)]
    }
}
