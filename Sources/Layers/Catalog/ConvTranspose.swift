import IR
import Network

typealias Conv1DTranspose = ConvTranspose<Line>
typealias Conv2DTranspose = ConvTranspose<Plane>

/// The transpose of a convolution, which enlarges a sequence or an image by its strides.
struct ConvTranspose<S: Space>: WeightedSumLayer {
    static var descriptor: LayerDescriptor {
        LayerDescriptor(
            "Conv\(S.suffix)Transpose", aliases: ["Convolution\(S.suffix)Transpose"],
            summary: "Transposed convolution: each input cell adds the kernel, weighted, to the output.",
            attributes: [
                .filters, S.kernelSize, S.strides,
                Attribute(
                    "padding", .choice(["valid", "same"]), default: .string("valid"),
                    "'valid' keeps all of the result; 'same' crops it to input·stride"),
                Attribute(
                    "output_padding", S.numbers(0...1 << 20), default: AttributeValue.none, optional: true,
                    S.formula(
                        line: "steps added at the end of the output, less than the stride",
                        plane: "rows and columns added at the end of the output, less than the strides")),
                .dataFormat, S.dilation, .activation, .useBias, .initializer("kernel_initializer", "glorot_uniform"),
                .initializer("bias_initializer", "zeros"),
            ],
            ignored: convolutionTrainingAttributes,
            formula: S.formula(
                line: "y[t·stride + r·dilation − crop, n] += kernel[r, n, c]·x[t, c]; then bias, activation",
                plane:
                    "y[h·stride + r·dilation − crop, w·stride + …, n] += kernel[r, s, n, c]·x[h, w, c]; then bias, activation"
            ))
    }

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
        window = attributes.window(over: S.self)
        outputPadding =
            attributes.isNone("output_padding") ? nil : S.lift(attributes.ints("output_padding"), filler: 0)
        activation = try ActivationFunction(attributes["activation"])
        useBias = attributes.bool("use_bias")
        kernelInitializer = attributes["kernel_initializer"]
        biasInitializer = attributes["bias_initializer"]
        if let outputPadding, zip(outputPadding, window.strides).contains(where: { $0 >= $1 }) {
            throw LayerError(
                "output_padding \(S.text(outputPadding, separator: ", ")) must be smaller than the "
                    + "\(S.rank == 1 ? "stride" : "strides") \(S.text(window.strides, separator: ", "))",
                attribute: "output_padding")
        }
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try S.require(inputs, Self.descriptor.name)
        let extents = outputExtents(of: S.image(inputs[0]))
        guard extents.allSatisfy({ $0 > 0 }) else {
            throw LayerError("the output of \(inputs[0]) would be \(S.text(extents))", attribute: "padding")
        }
        return [S.shape(ofImage: extents + [filters])]
    }

    /// Height and width of the result for an image.
    private func outputExtents(of image: Shape) -> [Int] {
        [0, 1].map { axis in
            transposedOutput(
                input: image[axis], kernel: window.kernel[axis], stride: window.strides[axis],
                dilation: window.dilation[axis], padding: window.padding, outputPadding: outputPadding?[axis])
        }
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        let area = saturatingProduct(window.kernel)
        let kernel = Parameter(
            "kernel", Shape(window.kernel.suffix(S.rank) + [filters, inputs[0].channels]),
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
    private func crop(of image: [Int]) -> [Int] {
        [0, 1].map { axis in
            transposedCrop(
                input: image[axis], kernel: window.kernel[axis], stride: window.strides[axis],
                dilation: window.dilation[axis], padding: window.padding, outputPadding: outputPadding?[axis])
        }
    }
}

extension ConvTranspose {
    func accumulate(_ x: RealTensor, weights: RealTensor, bias: [Double]?) -> RealTensor {
        let image = S.image(x)
        let kernel = RealTensor(Shape(window.kernel + [filters, x.shape.channels]), weights.values)
        let y = referenceTransposedConvolution(
            image, kernel, bias: bias, window: window, crop: crop(of: image.shape.dimensions),
            output: Shape(outputExtents(of: image.shape) + [filters]))
        return S.tensor(ofImage: y)
    }

    /// Every stride-th tap of the kernel meets an output, or all of them where dilation and stride have a common
    /// factor.
    func terms(for input: Shape) -> Int { saturatingProduct(window.kernel + [input.channels]) }
}

extension ConvTranspose: LowerableLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let x = builder.image(inputs[0], of: S.self)
        let input = builder.shape(of: x)
        let crop = crop(of: input)
        let weights = Constant(shape: window.kernel + [filters, input[2]], values: parameters[0].values)
        let convolution = TransposedConvolution(
            kernel: Extent(window.kernel[0], window.kernel[1]), strides: Extent(window.strides[0], window.strides[1]),
            dilation: Extent(window.dilation[0], window.dilation[1]), cropTop: crop[0], cropLeft: crop[1],
            filters: filters, weights: weights, bias: useBias ? parameters[1] : nil, epilogue: activation.epilogue)
        let output = outputExtents(of: Shape(input)) + [filters]
        let y = builder.finish(builder.append(.transposedConvolution(convolution), [x], shape: output), activation)
        return [builder.tensor(ofImage: y, of: S.self)]
    }
}
