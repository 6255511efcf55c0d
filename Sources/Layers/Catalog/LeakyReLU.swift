import Network

/// A rectifier with a slope below zero.
struct LeakyReLU: ActivatingLayer {
    static let descriptor = LayerDescriptor(
        "LeakyReLU", summary: "Rectified linear unit with a slope below zero.",
        attributes: [
            Attribute(
                "negative_slope", .float(0...Double.infinity), default: .float(0.3), formerly: "alpha",
                "the slope below zero (the string 'leaky_relu' stands for 0.2)")
        ],
        formula: "y = x where x ≥ 0; negative_slope·x elsewhere")

    let activation: ActivationFunction

    init(_ attributes: AttributeValues) throws {
        activation = .rectifier(slope: ActivationFunction.rounded(attributes.float("negative_slope")))
    }
}
