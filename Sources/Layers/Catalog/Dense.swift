import IR
import Network

/// A matrix product over the last axis.
struct Dense: WeightedSumLayer {
    static let descriptor = LayerDescriptor(
        "Dense", summary: "Fully connected layer over the last axis of a tensor of any rank.",
        attributes: [
            Attribute("units", .int(widths), "the number of outputs"), .activation, .useBias,
            .initializer("kernel_initializer", "glorot_uniform"), .initializer("bias_initializer", "zeros"),
        ],
        ignored: convolutionTrainingAttributes,
        formula: "y[…, n] = activation(bias[n] + Σ kernel[k, n]·x[…, k])")

    let units: Int
    let activation: ActivationFunction
    let useBias: Bool
    let kernelInitializer: AttributeValue
    let biasInitializer: AttributeValue

    init(_ attributes: AttributeValues) throws {
        units = attributes.int("units")
        activation = try ActivationFunction(attributes["activation"])
        useBias = attributes.bool("use_bias")
        kernelInitializer = attributes["kernel_initializer"]
        biasInitializer = attributes["bias_initializer"]
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        [Shape(Array(inputs[0].dimensions.dropLast()) + [units])]
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        let depth = inputs[0].channels
        let kernel = Parameter(
            "kernel", Shape([depth, units]), .kernel(fanIn: depth, fanOut: units), initializer: kernelInitializer)
        return useBias ? [kernel, Parameter("bias", Shape([units]), .bias, initializer: biasInitializer)] : [kernel]
    }

    func macs(for inputs: [Shape]) -> Int { saturatingProduct(inputs[0].dimensions + [units]) }
}

extension Dense {
    func accumulate(_ x: RealTensor, weights: RealTensor, bias: [Double]?) -> RealTensor {
        referenceProduct(x, weights, bias: bias)
    }

    func terms(for input: Shape) -> Int { input.channels }
}

extension Dense: LowerableLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let product = MatrixProduct(
            weights: parameters[0], bias: useBias ? parameters[1] : nil, epilogue: activation.epilogue)
        let shape = Array(builder.shape(of: inputs[0]).dropLast()) + [units]
        return [builder.finish(builder.append(.matrixProduct(product), inputs, shape: shape), activation)]
    }
}
