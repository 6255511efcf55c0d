import Network

/// Elements dropped at random, mean and variance kept.
struct AlphaDropout: TrainingOnlyLayer {
    static let descriptor = LayerDescriptor.trainingOnly(
        "AlphaDropout", "Drops elements at random, keeping mean and variance", [.rate, .noiseShape, .seed])

    init(_ attributes: AttributeValues) throws {}
}
