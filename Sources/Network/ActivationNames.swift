/// The activations by the names that Keras 3 gives them in `activation=`; `netc layers` shows this list.
public let activationNames = [
    "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "sigmoid", "log_sigmoid", "silu",
    "hard_sigmoid", "hard_silu", "hard_tanh", "tanh", "softplus", "softsign", "exponential", "mish", "hard_shrink",
    "soft_shrink", "tanh_shrink", "sparse_plus", "sparse_sigmoid", "squareplus", "softmax", "log_softmax",
    "sparsemax",
]

/// Functions of `keras.ops` that act on single elements, by their names there: `Activation(keras.ops.sqrt)`, or the name alone.
public let elementaryFunctionNames = [
    "abs", "square", "sqrt", "rsqrt", "reciprocal", "negative", "log", "log1p", "expm1", "floor", "ceil", "round",
    "sign", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "arcsinh", "arccosh", "arctanh", "erf",
]

/// Other names in use for some of them.
public let activationAliases: [(alias: String, name: String)] = [
    ("swish", "silu"), ("hard_swish", "hard_silu"), ("hardswish", "hard_silu"), ("hardsigmoid", "hard_sigmoid"),
    ("exp", "exponential"), ("lrelu", "leaky_relu"), ("absolute", "abs"),
]

/// Keras' functions of these names are no activations of a layer, and why.
public let unsuitableActivations: [(name: String, reason: String, hint: String)] = [
    (
        "glu", "'glu' halves the channels, which no layer's activation does",
        "'a, b = Split(2)(x)', then 'Multiply()([a, Activation(sigmoid)(b)])'"
    ),
    (
        "threshold", "'threshold' needs a threshold and a value, which an activation's name can't give",
        "'ReLU(threshold=t)' has the value 0 up to t"
    ),
]

/// The name in `activationNames` or `elementaryFunctionNames` that a word stands for, in any case; `nil` where it names no activation.
public func canonicalActivation(_ word: String) -> String? {
    let lower = word.lowercased()
    if activationNames.contains(lower) || elementaryFunctionNames.contains(lower) { return lower }
    return activationAliases.first { $0.alias == lower }?.name
}
