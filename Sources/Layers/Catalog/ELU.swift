import Network

/// The exponential linear unit.
struct ELU: ActivatingLayer {
    static let descriptor = LayerDescriptor(
        "ELU", summary: "Exponential linear unit.",
        attributes: [
            Attribute("alpha", .float(-1e30...1e30), default: .float(1), "the limit of the negative part, negated")
        ],
        formula: "y = x where x > 0; alpha·(exp(x) − 1) elsewhere")

    let activation: ActivationFunction

    init(_ attributes: AttributeValues) throws {
        activation = .elu(alpha: ActivationFunction.rounded(attributes.float("alpha")))
    }
}
