import Network

/// Elements dropped at random.
struct Dropout: TrainingOnlyLayer {
    static let descriptor = LayerDescriptor.trainingOnly(
        "Dropout", "Drops elements at random", [.rate, .noiseShape, .seed])

    init(_ attributes: AttributeValues) throws {}
}
