import Network

/// The Gaussian error linear unit. Keras has it as an activation only, whose tanh form has no name there.
struct GELU: ActivatingLayer {
    static let descriptor = LayerDescriptor(
        "GELU", summary: "Gaussian error linear unit (beyond Keras' layers: its function gelu).",
        attributes: [
            Attribute("approximate", .bool, default: .bool(false), "use the approximation by tanh")
        ],
        formula: "y = x·Φ(x); approximate: 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))")

    let activation: ActivationFunction

    init(_ attributes: AttributeValues) throws { activation = attributes.bool("approximate") ? .geluTanh : .gelu }
}
