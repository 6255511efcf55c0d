/// An initialiser of Keras 3, and what it may be called with; seeds are accepted and ignored (`--seed` rules).
public struct InitializerDescriptor: Sendable {
    /// `he_normal`; the class of the same name without underscores is accepted too.
    public let name: String
    /// Its numbers, in Keras' positional order, with their defaults.
    public let arguments: [(name: String, value: Double)]
    /// Its words (variance_scaling alone has any), in order, with their values; the first is the default.
    public let words: [(name: String, values: [String])]

    init(_ name: String, _ arguments: [(String, Double)] = [], words: [(String, [String])] = []) {
        self.name = name
        self.arguments = arguments
        self.words = words
    }
}

/// The initialisers by the names that Keras 3 gives them in `kernel_initializer=`.
public let initializers = [
    InitializerDescriptor("zeros"),
    InitializerDescriptor("ones"),
    InitializerDescriptor("constant", [("value", 0)]),
    InitializerDescriptor("random_normal", [("mean", 0), ("stddev", 0.05)]),
    InitializerDescriptor("random_uniform", [("minval", -0.05), ("maxval", 0.05)]),
    InitializerDescriptor("truncated_normal", [("mean", 0), ("stddev", 0.05)]),
    InitializerDescriptor(
        "variance_scaling", [("scale", 1)],
        words: [
            ("mode", ["fan_in", "fan_out", "fan_avg"]),
            ("distribution", ["truncated_normal", "normal", "untruncated_normal", "uniform"]),
        ]),
    InitializerDescriptor("glorot_uniform"),
    InitializerDescriptor("glorot_normal"),
    InitializerDescriptor("he_normal"),
    InitializerDescriptor("he_uniform"),
    InitializerDescriptor("lecun_normal"),
    InitializerDescriptor("lecun_uniform"),
    InitializerDescriptor("orthogonal", [("gain", 1)]),
    InitializerDescriptor("identity", [("gain", 1)]),
]

/// Keras' other names for some of them.
private let initializerAliases = [
    "zero": "zeros", "one": "ones", "normal": "random_normal", "uniform": "random_uniform",
    "xavieruniform": "glorot_uniform", "xaviernormal": "glorot_normal", "identityinitializer": "identity",
    "orthogonalinitializer": "orthogonal",
]

/// The initialiser that a word names: `he_normal`, `HeNormal`, `zero`; `nil` where it names none.
public func findInitializer(_ word: String) -> InitializerDescriptor? {
    let plain = word.lowercased().filter { $0 != "_" }
    let name = initializerAliases[plain] ?? plain
    return initializers.first { $0.name == name || $0.name.filter { $0 != "_" } == name }
}
