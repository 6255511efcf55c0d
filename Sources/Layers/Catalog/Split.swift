import IR
import Network

/// A tensor cut into equal parts.
struct Split: LowerableLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "Split", summary: "Cuts a tensor into equal parts along an axis; the result is a list.",
        attributes: [
            Attribute("sections", .int(1...100_000), "the number of parts"),
            Attribute(
                "axis", .int(-maximumRank...maximumRank), default: .int(-1), "the axis; the batch is 0, the last -1"),
        ],
        formula: "y_i = part i of x along the axis", givesList: true)

    let sections: Int
    let axis: Int

    init(_ attributes: AttributeValues) throws {
        sections = attributes.int("sections")
        axis = attributes.int("axis")
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        let axis = try resolveAxis(axis, of: inputs[0])
        guard inputs[0][axis] % sections == 0 else {
            throw LayerError(
                "\(sections) sections do not divide the \(inputs[0][axis]) cells of axis \(self.axis) of \(inputs[0])",
                attribute: "sections")
        }
        var part = inputs[0]
        part.dimensions[axis] /= sections
        return Array(repeating: part, count: sections)
    }

    /// The axis without the batch, of a shape that has been checked.
    private func resolved(rank: Int) -> Int { axis < 0 ? axis + rank : axis - 1 }
}

extension Split {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let x = inputs[0]
        let axis = resolved(rank: x.shape.rank)
        let outer = x.shape.dimensions[..<axis].reduce(1, *)
        let row = x.values.count / outer
        let length = row / sections
        return shapes(for: [x.shape]).enumerated().map { section, shape in
            var values: [Double] = []
            for i in 0..<outer {
                let start = i * row + section * length
                values += x.values[start..<start + length]
            }
            return RealTensor(shape, values)
        }
    }
}

extension Split {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        if sections == 1 { return inputs }
        let input = builder.shape(of: inputs[0])
        let axis = resolved(rank: input.count)
        let length = input[axis] / sections
        return shapes(for: [Shape(input)]).enumerated().map { section, shape in
            let start = section * length
            let primitive: Primitive =
                axis == input.count - 1
                ? .channelGather(Array(start..<start + length)) : .slice(axis: axis, start: start, count: length)
            return builder.append(primitive, inputs, shape: shape.dimensions)
        }
    }
}
