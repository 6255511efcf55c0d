import Network

/// A rectifier, cut off at a maximum where one is given.
struct ReLU: ActivatingLayer {
    static let descriptor = LayerDescriptor(
        "ReLU", summary: "Rectified linear unit; ReLU(6) is ReLU6.",
        attributes: [
            Attribute(
                "max_value", .float(0...Double.infinity), default: AttributeValue.none, optional: true,
                "the largest output; None sets no limit"),
            Attribute(
                "negative_slope", .float(0...Double.infinity), default: .float(0), "the slope below the threshold"),
            Attribute("threshold", .float(0...Double.infinity), default: .float(0), "where the positive part begins"),
        ],
        formula:
            "y = max_value where x ≥ max_value; x where threshold < x < max_value; else negative_slope·(x − threshold)")

    let activation: ActivationFunction

    init(_ attributes: AttributeValues) throws {
        let maximum = attributes.isNone("max_value") ? .infinity : attributes.float("max_value")
        let threshold = attributes.float("threshold")
        guard threshold <= maximum else {
            throw LayerError("threshold \(threshold) is above max_value \(maximum)", attribute: "threshold")
        }
        activation = .rectifier(
            maximum: ActivationFunction.rounded(maximum),
            slope: ActivationFunction.rounded(attributes.float("negative_slope")),
            threshold: ActivationFunction.rounded(threshold))
    }
}
