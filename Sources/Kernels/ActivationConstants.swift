import IR

extension Activation {
    /// How `activate` of vector.c is told of this function: the kind's name and the numbers a, b, c.
    package var templateForm: (kind: String, a: Float, b: Float, c: Float) {
        switch self {
        case .linear: ("LINEAR", 0, 0, 0)
        case .rectifier(let maximum, let slope, let threshold):
            rectifierForm(maximum: maximum, slope: slope, threshold: threshold)
        case .elu(let alpha): ("ELU", alpha, 0, 0)
        case .selu: ("SELU", 0, 0, 0)
        case .celu(let alpha): ("CELU", alpha, 0, 0)
        case .gelu: ("GELU", 0, 0, 0)
        case .geluTanh: ("GELU_TANH", 0, 0, 0)
        case .sigmoid: ("SIGMOID", 0, 0, 0)
        case .logSigmoid: ("LOG_SIGMOID", 0, 0, 0)
        case .silu: ("SILU", 0, 0, 0)
        case .binarySilu: ("BINARY_SILU", 0, 0, 0)
        case .hardSigmoid: ("HARD_SIGMOID", 0, 0, 0)
        case .hardSilu: ("HARD_SILU", 0, 0, 0)
        case .sixfoldHardSilu: ("SIXFOLD_HARD_SILU", 0, 0, 0)
        case .hardTanh: ("HARD_TANH", 0, 0, 0)
        case .tanh: ("TANH", 0, 0, 0)
        case .softplus: ("SOFTPLUS", 0, 0, 0)
        case .softsign: ("SOFTSIGN", 0, 0, 0)
        case .exponential: ("EXPONENTIAL", 0, 0, 0)
        case .mish: ("MISH", 0, 0, 0)
        case .hardShrink: ("HARD_SHRINK", 0, 0, 0)
        case .softShrink: ("SOFT_SHRINK", 0, 0, 0)
        case .tanhShrink: ("TANH_SHRINK", 0, 0, 0)
        case .sparsePlus: ("SPARSE_PLUS", 0, 0, 0)
        case .sparseSigmoid: ("SPARSE_SIGMOID", 0, 0, 0)
        case .squareplus: ("SQUAREPLUS", 0, 0, 0)
        case .clip(let minimum, let maximum): clipForm(minimum: minimum, maximum: maximum)
        case .power(let exponent): powerForm(exponent)
        case .elementary(let function): (function.rawValue.uppercased(), 0, 0, 0)
        }
    }

    /// The constants `NAME`, `NAME_A`, `NAME_B`, `NAME_C` of a template.
    package func templateConstants(_ name: String) -> [(name: String, value: ConstantValue)] {
        let form = templateForm
        return [
            (name, .name(form.kind)), (name + "_A", .float(form.a)), (name + "_B", .float(form.b)),
            (name + "_C", .float(form.c)),
        ]
    }
}

/// The cheapest kind that covers a rectifier; no kind is given an infinite number.
private func rectifierForm(maximum: Float, slope: Float, threshold: Float) -> (
    kind: String, a: Float, b: Float, c: Float
) {
    if slope == 0 && threshold == 0 {
        return maximum.isFinite ? ("CLIPPED_RELU", maximum, 0, 0) : ("RELU", 0, 0, 0)
    }
    return maximum.isFinite ? ("RECTIFIER", maximum, slope, threshold) : ("LEAKY_RELU", 0, slope, threshold)
}

/// A function without logarithms where there is one.
private func powerForm(_ exponent: Float) -> (kind: String, a: Float, b: Float, c: Float) {
    let kinds: [Float: String] = [-1: "RECIPROCAL", -0.5: "RSQRT", 0.5: "SQRT", 1: "LINEAR", 2: "SQUARE"]
    return kinds[exponent].map { ($0, 0, 0, 0) } ?? ("POWER", exponent, 0, 0)
}

/// The kind that has the bounds that there are.
private func clipForm(minimum: Float, maximum: Float) -> (kind: String, a: Float, b: Float, c: Float) {
    if minimum == -.infinity { return maximum == .infinity ? ("LINEAR", 0, 0, 0) : ("AT_MOST", maximum, 0, 0) }
    return maximum == .infinity ? ("AT_LEAST", minimum, 0, 0) : ("CLIP", minimum, maximum, 0)
}
