import IR
import Network

/// A vector, some times over.
struct RepeatVector: LowerableLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "RepeatVector", summary: "A sequence of n times the same vector.",
        attributes: [Attribute("n", .int(extents), "how often the vector is repeated")],
        formula: "y[i, c] = x[c], 0 ≤ i < n")

    let count: Int

    init(_ attributes: AttributeValues) throws { count = attributes.int("n") }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        guard inputs[0].rank == 1 else {
            throw LayerError("RepeatVector expects a vector, found \(inputs[0])")
        }
        return [Shape([count, inputs[0].channels])]
    }

    var fieldOfView: FieldOfView { .all }
}

extension RepeatVector {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [RealTensor(Shape([count, inputs[0].shape.channels]), (0..<count).flatMap { _ in inputs[0].values })]
    }
}

extension RepeatVector {
    /// An image of one pixel, enlarged.
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let channels = builder.shape(of: inputs[0])[0]
        let pixel = builder.reshape(inputs[0], to: [1, 1, channels])
        let row = builder.append(
            .upsampling(Upsampling(.nearest, factor: Extent(1, count))), [pixel], shape: [1, count, channels])
        return [builder.reshape(row, to: [count, channels])]
    }
}
