import Network

/// Additive noise.
struct GaussianNoise: TrainingOnlyLayer {
    static let descriptor = LayerDescriptor.trainingOnly(
        "GaussianNoise", "Adds noise",
        [Attribute("stddev", .float(0...1), "the noise's standard deviation in training"), .seed])

    init(_ attributes: AttributeValues) throws {}
}
