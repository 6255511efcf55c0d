import IR
import Network

/// Tensors side by side.
struct Concatenate: LowerableLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "Concatenate", aliases: ["concatenate"], summary: "Tensors side by side along an axis.",
        attributes: [
            Attribute(
                "axis", .int(-maximumRank...maximumRank), default: .int(-1), "the axis; the batch is 0, the last -1")
        ],
        inputCount: 1...100_000, formula: "y = a, then b, … along the axis")

    let axis: Int

    init(_ attributes: AttributeValues) throws { axis = attributes.int("axis") }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        var result = inputs[0]
        let axis = try resolveAxis(axis, of: result)
        for (position, other) in inputs.enumerated().dropFirst() {
            var expected = other
            if other.rank == result.rank { expected.dimensions[axis] = inputs[0][axis] }
            guard expected == inputs[0] else {
                throw LayerError(
                    "Concatenate cannot join shapes \(inputs[0]) and \(other) (input \(position + 1)) along axis \(self.axis)",
                    hint: "all extents but that of the axis must be equal")
            }
            result.dimensions[axis] = saturatingSum(result[axis], other[axis])
        }
        return [result]
    }

    /// The axis without the batch, of shapes that have been checked.
    private func resolved(rank: Int) -> Int { axis < 0 ? axis + rank : axis - 1 }
}

extension Concatenate {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let shape = shapes(for: inputs.map(\.shape))[0]
        let axis = resolved(rank: shape.rank)
        let outer = shape.dimensions[..<axis].reduce(1, *)
        var values: [Double] = []
        values.reserveCapacity(shape.elementCount)
        for i in 0..<outer {
            for input in inputs {
                let length = input.values.count / outer
                values += input.values[i * length..<(i + 1) * length]
            }
        }
        return [RealTensor(shape, values)]
    }
}

extension Concatenate {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        if inputs.count == 1 { return inputs }
        return [builder.concatenate(inputs, axis: resolved(rank: builder.shape(of: inputs[0]).count))]
    }
}
