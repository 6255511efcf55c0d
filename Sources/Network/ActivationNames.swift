/// The activations by the names that Keras 3 gives them in `activation=`; `netc layers` shows this list.
public let activationNames = [
    "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "sigmoid", "log_sigmoid", "silu",
    "hard_sigmoid", "hard_silu", "hard_tanh", "tanh", "softplus", "softsign", "exponential", "mish", "hard_shrink",
    "soft_shrink", "tanh_shrink", "sparse_plus", "sparse_sigmoid", "squareplus", "softmax", "log_softmax",
    "sparsemax",
]

/// Other names in use for some of them.
public let activationAliases: [(alias: String, name: String)] = [
    ("swish", "silu"), ("hard_swish", "hard_silu"), ("hardswish", "hard_silu"), ("hardsigmoid", "hard_sigmoid"),
    ("exp", "exponential"), ("lrelu", "leaky_relu"),
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

/// The name in `activationNames` that a word stands for, in any case; `nil` where it names no activation.
public func canonicalActivation(_ word: String) -> String? {
    let lower = word.lowercased()
    if activationNames.contains(lower) { return lower }
    return activationAliases.first { $0.alias == lower }?.name
}
