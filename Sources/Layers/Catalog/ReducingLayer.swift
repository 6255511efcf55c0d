import IR
import Network

/// A layer that makes one of the elements along some axes: their sum, mean, product, the largest or the smallest.
protocol ReducingLayer: LowerableLayer {
    /// In Keras' counting; `nil` stands for all but the batch.
    var axes: [Int]? { get }
    var keepsDimensions: Bool { get }
    static var kind: Reduction.Kind { get }
}

extension ReducingLayer {
    static var reducingAttributes: [Attribute] {
        [
            Attribute(
                "axis", .ints(-maximumRank...maximumRank), default: AttributeValue.none, optional: true,
                "the axis, or a list of axes; the batch is 0, and None means all others"),
            Attribute("keepdims", .bool, default: .bool(false), "keep the axes, of extent 1"),
        ]
    }

    static func axes(_ attributes: AttributeValues) -> [Int]? {
        attributes.isNone("axis") ? nil : attributes.ints("axis")
    }

    /// Where no axis is left, the result is a vector of one element.
    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        if let axes {
            guard !axes.isEmpty else { throw LayerError("no axis to reduce", attribute: "axis") }
            let resolved = try axes.map { try resolveAxis($0, of: inputs[0]) }
            guard Set(resolved).count == axes.count else {
                throw LayerError("an axis is named twice", attribute: "axis")
            }
        }
        let reduced = reducedAxes(of: inputs[0])
        let kept = inputs[0].dimensions.enumerated().compactMap { axis, extent in
            reduced.contains(axis) ? (keepsDimensions ? 1 : nil) : extent
        }
        return [Shape(kept.isEmpty ? [1] : kept)]
    }

    /// The axes without the batch; they have been checked.
    fileprivate func reducedAxes(of shape: Shape) -> [Int] {
        axes.map { $0.map { $0 < 0 ? $0 + shape.rank : $0 - 1 } } ?? Array(0..<shape.rank)
    }

    /// How many elements one is made of.
    func terms(for inputs: [Shape]) -> Int { reducedAxes(of: inputs[0]).reduce(1) { $0 * inputs[0][$1] } }

    var fieldOfView: FieldOfView { .all }

    func fieldOfView(for inputs: [Shape]) -> FieldOfView {
        reducedAxes(of: inputs[0]) == [inputs[0].rank - 1] ? .point : .all
    }
}

// MARK: - Reference

extension ReducingLayer {
    /// `combine` over the elements along the axes, beginning with `start`.
    func reduce(_ x: RealTensor, from start: Double, _ combine: (Double, Double) -> Double) -> RealTensor {
        var y = RealTensor(shapes(for: [x.shape])[0], repeating: start)
        let reduced = reducedAxes(of: x.shape)
        var distances = Array(repeating: 0, count: x.shape.rank)
        var distance = 1
        for axis in distances.indices.reversed() where !reduced.contains(axis) {
            distances[axis] = distance
            distance *= x.shape[axis]
        }
        var targets = [0]
        for (axis, extent) in x.shape.dimensions.enumerated() {
            targets = targets.flatMap { start in (0..<extent).map { start + $0 * distances[axis] } }
        }
        for (value, target) in zip(x.values, targets) { y.values[target] = combine(y.values[target], value) }
        return y
    }
}

// MARK: - Lowering

extension ReducingLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let input = Shape(builder.shape(of: inputs[0]))
        let reduced = builder.reduce(inputs[0], along: reducedAxes(of: input), Self.kind)
        return [builder.reshape(reduced, to: shapes(for: [input])[0].dimensions)]
    }
}

extension GraphBuilder {
    /// One of the elements along some axes; the others in their order, under whatever shape. Neighbouring axes that fare alike are one.
    fileprivate mutating func reduce(_ value: ValueID, along axes: [Int], _ kind: Reduction.Kind) -> ValueID {
        let shape = shape(of: value)
        var runs: [(extent: Int, isReduced: Bool)] = []
        for axis in shape.indices where shape[axis] > 1 {
            let isReduced = axes.contains(axis)
            if runs.last?.isReduced == isReduced {
                runs[runs.count - 1].extent *= shape[axis]
            } else {
                runs.append((shape[axis], isReduced))
            }
        }
        switch runs.map(\.isReduced) {
        case [], [false]: return value
        case [true]: return reduceAll(value, kind)
        case [true, false]:
            let isWhole = shape.last == runs[1].extent
            return reducePositions(isWhole ? value : reshape(value, to: runs.map(\.extent)), kind)
        case [false, true] where kind == .sum || kind == .mean:
            return sum(reshape(value, to: runs.map(\.extent)), kind)
        default: return reduceBehindPermutation(value, runs, kind)
        }
    }

    /// Positions first, then what is left of the channels.
    private mutating func reduceAll(_ value: ValueID, _ kind: Reduction.Kind) -> ValueID {
        let shape = shape(of: value)
        let channels = shape[shape.count - 1]
        if channels == 1 || shape.dropLast().allSatisfy({ $0 == 1 }) {
            let count = shape.reduce(1, *)
            if kind == .sum || kind == .mean { return sum(reshape(value, to: [count]), kind) }
            return reducePositions(reshape(value, to: [count, 1]), kind)
        }
        return reduceAll(reducePositions(value, kind), kind)
    }

    /// Channels that are the sum or the mean of others: a product with ones, or with their share.
    private mutating func sum(_ value: ValueID, _ kind: Reduction.Kind) -> ValueID {
        let shape = shape(of: value)
        let count = shape[shape.count - 1]
        let weight: Float = kind == .sum ? 1 : 1 / Float(count)
        let weights = Constant(shape: [count, 1], values: Array(repeating: weight, count: count))
        return append(.matrixProduct(MatrixProduct(weights: weights)), [value], shape: shape.dropLast() + [1])
    }

    private mutating func reducePositions(_ value: ValueID, _ kind: Reduction.Kind) -> ValueID {
        append(.reduction(Reduction(kind)), [value], shape: [shape(of: value).last ?? 1])
    }

    /// What is reduced is brought to the front, what is kept behind it.
    private mutating func reduceBehindPermutation(
        _ value: ValueID, _ runs: [(extent: Int, isReduced: Bool)], _ kind: Reduction.Kind
    ) -> ValueID {
        let order = runs.indices.filter { runs[$0].isReduced } + runs.indices.filter { !runs[$0].isReduced }
        let moved = permute(reshape(value, to: runs.map(\.extent)), order)
        let count = runs.reduce(1) { $1.isReduced ? $0 * $1.extent : $0 }
        return reducePositions(reshape(moved, to: [count, self.shape(of: value).reduce(1, *) / count]), kind)
    }
}
