import Network

/// Whole channels dropped at random.
struct SpatialDropout2D: TrainingOnlyLayer {
    static let descriptor = LayerDescriptor.trainingOnly(
        "SpatialDropout2D", "Drops whole channels at random", [.rate, .dataFormat, .seed])

    init(_ attributes: AttributeValues) throws { try attributes.requireChannelsLast() }
}
