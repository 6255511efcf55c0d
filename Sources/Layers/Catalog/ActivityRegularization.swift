import Network

/// A term of the loss.
struct ActivityRegularization: TrainingOnlyLayer {
    static let descriptor = LayerDescriptor.trainingOnly(
        "ActivityRegularization", "Adds its input's magnitude to the loss",
        [
            Attribute("l1", .ignored, default: .float(0), "for training only"),
            Attribute("l2", .ignored, default: .float(0), "for training only"),
        ])

    init(_ attributes: AttributeValues) throws {}
}
