import Network

typealias SpatialDropout1D = SpatialDropout<Line>
typealias SpatialDropout2D = SpatialDropout<Plane>

/// Whole channels dropped at random. Keras' SpatialDropout1D knows no data_format.
struct SpatialDropout<S: Space>: TrainingOnlyLayer {
    static var descriptor: LayerDescriptor {
        LayerDescriptor.trainingOnly(
            "SpatialDropout\(S.suffix)", "Drops whole channels at random",
            S.rank == 1 ? [.rate, .seed] : [.rate, .dataFormat, .seed])
    }

    init(_ attributes: AttributeValues) throws { if S.rank > 1 { try attributes.requireChannelsLast() } }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try S.require(inputs, Self.descriptor.name)
        return inputs
    }
}
