import IR

extension ActivationFunction {
    /// The IR's activation; `nil` for softmax and sparsemax, which are primitives of their own.
    var lowered: Activation? {
        switch self {
        case .linear: .linear
        case .rectifier(let maximum, let slope, let threshold):
            .rectifier(maximum: Float(maximum), slope: Float(slope), threshold: Float(threshold))
        case .elu(let alpha): .elu(alpha: Float(alpha))
        case .selu: .selu
        case .celu(let alpha): .celu(alpha: Float(alpha))
        case .gelu: .gelu
        case .geluTanh: .geluTanh
        case .sigmoid: .sigmoid
        case .logSigmoid: .logSigmoid
        case .silu: .silu
        case .hardSigmoid: .hardSigmoid
        case .hardSilu: .hardSilu
        case .hardTanh: .hardTanh
        case .tanh: .tanh
        case .softplus: .softplus
        case .softsign: .softsign
        case .exponential: .exponential
        case .mish: .mish
        case .hardShrink: .hardShrink
        case .softShrink: .softShrink
        case .tanhShrink: .tanhShrink
        case .sparsePlus: .sparsePlus
        case .sparseSigmoid: .sparseSigmoid
        case .squareplus: .squareplus
        case .clip(let minimum, let maximum): .clip(minimum: Float(minimum), maximum: Float(maximum))
        case .power(let exponent): .power(Float(exponent))
        case .elementary(let elementary): ElementaryFunction(rawValue: elementary.rawValue).map(Activation.elementary)
        case .softmax, .sparsemax: nil
        }
    }

    /// What an accumulating primitive does with it in its epilogue.
    var epilogue: Epilogue { Epilogue(first: fitsEpilogue ? lowered ?? .linear : .linear) }

    fileprivate var fitsEpilogue: Bool { lowered?.isFiniteAtZero ?? false }
}

extension GraphBuilder {
    /// The activation as an operation of its own; nothing for the linear one.
    mutating func activate(_ value: ValueID, _ activation: ActivationFunction) -> ValueID {
        if activation == .linear { return value }
        guard let lowered = activation.lowered else { return finish(value, activation) }
        return appendLike(.elementwise(Elementwise(activation: lowered)), value)
    }

    /// What an epilogue could not do: softmax, sparsemax and functions without a value at zero.
    mutating func finish(_ value: ValueID, _ activation: ActivationFunction) -> ValueID {
        switch activation {
        case .softmax(let isLogarithmic):
            appendLike(.softmax(axis: shape(of: value).count - 1, isLogarithmic: isLogarithmic), value)
        case .sparsemax: appendLike(.sparsemax, value)
        default:
            activation.fitsEpilogue
                ? value : appendLike(.elementwise(Elementwise(activation: activation.lowered!)), value)
        }
    }
}
