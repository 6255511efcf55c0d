import IR
import Network

/// Softmax over one axis or several jointly.
struct Softmax: LowerableLayer {
    static let descriptor = LayerDescriptor(
        "Softmax", summary: "Softmax over an axis.",
        attributes: [
            Attribute(
                "axis", .ints(-maximumRank...maximumRank), default: .list([.int(-1)]),
                "the axis, or a list of axes that are summed over together; the batch is 0")
        ],
        formula: "y_i = exp(x_i) / Σ exp(x_j), the sum over the axis")

    let axes: [Int]

    init(_ attributes: AttributeValues) throws { axes = attributes.ints("axis") }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        guard !axes.isEmpty else { throw LayerError("no axis to sum over", attribute: "axis") }
        let resolved = try axes.map { try resolveAxis($0, of: inputs[0]) }
        guard Set(resolved).count == axes.count else { throw LayerError("an axis is named twice", attribute: "axis") }
        return inputs
    }

    /// The axes without the batch, in order; they have been checked.
    private func resolvedAxes(rank: Int) -> [Int] { axes.map { $0 < 0 ? $0 + rank : $0 - 1 }.sorted() }

    var fieldOfView: FieldOfView { axes == [-1] ? .point : .all }
}

extension Softmax {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [referenceSoftmax(inputs[0], axes: resolvedAxes(rank: inputs[0].shape.rank), false)]
    }

    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let axes = resolvedAxes(rank: inputs[0].shape.rank)
        let (value, bound) = softmaxEvaluation(inputs[0], bounds[0], axes: axes, false)
        return Evaluation(outputs: [value], bounds: [bound])
    }
}

extension Softmax {
    /// Several axes are brought to the end and made one, then put back.
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let shape = builder.shape(of: inputs[0])
        let axes = resolvedAxes(rank: shape.count)
        if axes.count == 1 { return [builder.softmax(inputs[0], axis: axes[0], isLogarithmic: false)] }
        let order = shape.indices.filter { !axes.contains($0) } + axes
        let moved = order.map { shape[$0] }
        let kept = Array(moved.dropLast(axes.count))
        let last = builder.permute(inputs[0], order)
        let flat = builder.reshape(last, to: kept + [axes.reduce(1) { $0 * shape[$1] }])
        let result = builder.appendLike(.softmax(axis: kept.count, isLogarithmic: false), flat)
        let inverse = shape.indices.map { order.firstIndex(of: $0)! }
        return [builder.permute(builder.reshape(result, to: moved), inverse)]
    }
}

extension GraphBuilder {
    /// The value with its axes in another order; itself where the order is its own.
    mutating func permute(_ value: ValueID, _ order: [Int]) -> ValueID {
        if order == Array(order.indices) { return value }
        let shape = shape(of: value)
        return append(.permutation(order), [value], shape: order.map { shape[$0] })
    }
}
