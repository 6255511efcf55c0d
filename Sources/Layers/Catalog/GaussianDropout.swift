import Network

/// Multiplicative noise.
struct GaussianDropout: TrainingOnlyLayer {
    static let descriptor = LayerDescriptor.trainingOnly(
        "GaussianDropout", "Multiplies by noise", [.rate, .seed])

    init(_ attributes: AttributeValues) throws {}
}
