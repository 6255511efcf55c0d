import IR
import Network

/// A part of a tensor.
struct Slice: LowerableLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "Slice", summary: "A part of a tensor.",
        attributes: [
            Attribute("start_indices", .ints(0...Int.max), "the first cell along each axis, without the batch"),
            Attribute("shape", .ints(1...Int.max), "the extents of the part, without the batch"),
        ],
        formula: "y[i, j, …] = x[i + start_indices[0], j + start_indices[1], …]")

    let starts: [Int]
    let extents: [Int]

    init(_ attributes: AttributeValues) throws {
        (starts, extents) = (attributes.ints("start_indices"), attributes.ints("shape"))
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        for (name, numbers) in [("start_indices", starts), ("shape", extents)] where numbers.count != inputs[0].rank {
            throw LayerError(
                "\(numbers.count) numbers for an input of shape \(inputs[0]), which has \(inputs[0].rank) axes",
                attribute: name)
        }
        for (axis, length) in inputs[0].dimensions.enumerated()
        where saturatingSum(starts[axis], extents[axis]) > length {
            throw LayerError(
                "\(extents[axis]) cells from cell \(starts[axis]) of axis \(axis + 1) reach beyond \(inputs[0])",
                attribute: "shape")
        }
        return [Shape(extents)]
    }
}

extension Slice {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        var positions = [0]
        for (axis, length) in inputs[0].shape.dimensions.enumerated() {
            positions = positions.flatMap { row in
                (starts[axis]..<starts[axis] + extents[axis]).map { row * length + $0 }
            }
        }
        return [RealTensor(Shape(extents), positions.map { inputs[0].values[$0] })]
    }
}

extension Slice {
    /// Rows and columns of an image are cut in one step, channels last: they need none.
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        var value = inputs[0]
        let shape = builder.shape(of: value)
        var axes = shape.indices.filter { extents[$0] < shape[$0] }
        if shape.count == 3, axes.starts(with: [0, 1]) {
            let margins = [0, 1].flatMap { [-starts[$0], starts[$0] + extents[$0] - shape[$0]] }
            let cut = Margins(top: margins[0], bottom: margins[1], left: margins[2], right: margins[3])
            value = builder.append(.padding(cut), [value], shape: [extents[0], extents[1], shape[2]])
            axes.removeFirst(2)
        }
        for axis in axes { value = builder.slice(value, axis: axis, start: starts[axis], count: extents[axis]) }
        return [value]
    }
}
