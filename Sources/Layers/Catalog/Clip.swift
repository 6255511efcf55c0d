import Network

private let anyNumber = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude

/// Numbers kept between bounds: `keras.ops.clip`.
struct Clip: ActivatingLayer {
    static let descriptor = LayerDescriptor(
        "Clip", summary: "Numbers kept between two bounds (beyond Keras' layers: its operation clip).",
        attributes: [
            Attribute("x_min", .float(anyNumber), optional: true, "the least number; None: no bound"),
            Attribute("x_max", .float(anyNumber), optional: true, "the largest number; None: no bound"),
        ],
        formula: "y = min(max(x, x_min), x_max)")

    let activation: ActivationFunction

    init(_ attributes: AttributeValues) throws {
        func limit(_ name: String, none: Double) -> Double {
            attributes.isNone(name) ? none : ActivationFunction.rounded(attributes.float(name))
        }
        activation = .clip(
            minimum: limit("x_min", none: -.infinity), maximum: limit("x_max", none: .infinity))
    }
}
