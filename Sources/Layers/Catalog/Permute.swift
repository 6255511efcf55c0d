import IR
import Network

/// The axes in another order.
struct Permute: LowerableLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "Permute", summary: "The axes in another order.",
        attributes: [
            Attribute("dims", .ints(1...maximumRank), "for each axis of the output, that of the input, counted from 1")
        ],
        formula: "axis i of y is axis dims[i] of x")

    /// Counted from 0, without the batch.
    let order: [Int]

    init(_ attributes: AttributeValues) throws {
        let axes = attributes.ints("dims")
        guard axes.sorted() == Array(1..<axes.count + 1) else {
            throw LayerError("expected each of the axes 1 to \(axes.count) once, found \(axes)", attribute: "dims")
        }
        order = axes.map { $0 - 1 }
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        guard order.count == inputs[0].rank else {
            throw LayerError(
                "\(order.count) axes for an input of shape \(inputs[0]), which has \(inputs[0].rank)",
                attribute: "dims")
        }
        return [Shape(order.map { inputs[0][$0] })]
    }
}

extension Permute {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let x = inputs[0]
        var distances = Array(repeating: 1, count: x.shape.rank)
        for axis in distances.indices.dropLast().reversed() {
            distances[axis] = distances[axis + 1] * x.shape[axis + 1]
        }
        var positions = [0]
        for axis in order {
            positions = positions.flatMap { start in (0..<x.shape[axis]).map { start + $0 * distances[axis] } }
        }
        return [RealTensor(shapes(for: [x.shape])[0], positions.map { x.values[$0] })]
    }
}

extension Permute {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        [builder.permute(inputs[0], order)]
    }
}
