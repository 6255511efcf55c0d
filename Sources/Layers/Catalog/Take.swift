import IR
import Network

/// Cells chosen along an axis by constant indices.
struct Take: LowerableLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "Take", summary: "Cells chosen along an axis by constant indices.",
        attributes: [
            Attribute(
                "indices", .array, "an index, which takes the axis away, or an array of them; -1 is the last cell"),
            Attribute("axis", .int(-maximumRank...maximumRank), "the axis; the batch is 0, the last -1"),
        ],
        formula: "y[…, i, …] = x[…, indices[i], …]; one element alone is a vector of one")

    let indices: NumberArray
    let axis: Int

    init(_ attributes: AttributeValues) throws {
        indices = try NumberArray(attributes["indices"], attribute: "indices")
        axis = attributes.int("axis")
        guard indices.values.count <= longestTable else {
            throw LayerError("more than \(longestTable) indices", attribute: "indices")
        }
        // Whole numbers beyond are no longer told apart in float32.
        guard let wrong = indices.values.first(where: { $0 != $0.rounded() || abs($0) >= 0x1p24 }) else { return }
        throw LayerError("expected whole numbers as indices, found \(numberLiteral(wrong))", attribute: "indices")
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        let axis = try resolveAxis(axis, of: inputs[0])
        let extent = inputs[0][axis]
        if let wrong = indices.values.first(where: { !(-extent..<extent).contains(Int($0)) }) {
            throw LayerError(
                "index \(Int(wrong)) does not exist among the \(extent) cells of axis \(self.axis) of \(inputs[0])",
                attribute: "indices")
        }
        let result = inputs[0].dimensions[..<axis] + indices.shape.dimensions + inputs[0].dimensions[(axis + 1)...]
        return [Shape(result.isEmpty ? [1] : Array(result))]
    }

    /// The axis without the batch, of a shape that has been checked.
    private func resolved(rank: Int) -> Int { axis < 0 ? axis + rank : axis - 1 }
}

extension Take {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let x = inputs[0]
        let axis = resolved(rank: x.shape.rank)
        let (outer, extent) = (x.shape.dimensions[..<axis].reduce(1, *), x.shape[axis])
        let inner = x.values.count / (outer * extent)
        var values: [Double] = []
        for i in 0..<outer {
            for index in indices.values {
                let cell = index < 0 ? Int(index) + extent : Int(index)
                let start = (i * extent + cell) * inner
                values += x.values[start..<start + inner]
            }
        }
        return [RealTensor(shapes(for: [x.shape])[0], values)]
    }
}

extension Take {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let shape = builder.shape(of: inputs[0])
        let axis = resolved(rank: shape.count)
        let cells = indices.values.map { (Int($0) + shape[axis]) % shape[axis] }
        let chosen = builder.gather(inputs[0], axis: axis, cells)
        return [builder.reshape(chosen, to: shapes(for: [Shape(shape)])[0].dimensions)]
    }
}
