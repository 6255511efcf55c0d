extension Primitive {
    /// What happens to each accumulated element, for the primitives that accumulate; `nil` for others. Setting it on others is an error.
    public var epilogue: Epilogue? {
        get {
            switch self {
            case .convolution(let it): it.epilogue
            case .transposedConvolution(let it): it.epilogue
            case .matrixProduct(let it): it.epilogue
            case .separable(let it): it.epilogue
            default: nil
            }
        }
        set {
            guard let newValue else { preconditionFailure("an epilogue cannot be taken away") }
            switch self {
            case .convolution(var it):
                it.epilogue = newValue
                self = .convolution(it)
            case .transposedConvolution(var it):
                it.epilogue = newValue
                self = .transposedConvolution(it)
            case .matrixProduct(var it):
                it.epilogue = newValue
                self = .matrixProduct(it)
            case .separable(var it):
                it.epilogue = newValue
                self = .separable(it)
            default: preconditionFailure("\(name) has no epilogue")
            }
        }
    }

    /// Whether the last input is a residual that the epilogue adds.
    public var addsResidual: Bool { epilogue?.addsResidual ?? false }

    /// The word for the primitive in dumps and messages.
    public var name: String {
        switch self {
        case .input: "input"
        case .constant: "constant"
        case .convolution: "convolution"
        case .transposedConvolution: "transposed_convolution"
        case .matrixProduct: "matrix_product"
        case .matmul: "matmul"
        case .separable: "separable"
        case .pooling: "pooling"
        case .reduction: "reduction"
        case .elementwise: "elementwise"
        case .softmax: "softmax"
        case .sparsemax: "sparsemax"
        case .concatenation: "concatenation"
        case .padding: "padding"
        case .channelGather: "channel_gather"
        case .gather: "gather"
        case .slice: "slice"
        case .permutation: "permutation"
        case .reshape: "reshape"
        case .upsampling: "upsampling"
        case .resampling: "resampling"
        case .localResponse: "local_response"
        case .momentNormalization: "moment_normalization"
        }
    }
}
