import Import

/// What the axes of a tensor are reduced by.
let reductionOperators: [String: Operator] = [
    "ReduceMean": { importer, node in try importer.reduce(node) { $0.layer("Mean", $2, $1) } },
    "ReduceSum": { importer, node in try importer.reduce(node) { $0.layer("Sum", $2, $1) } },
    "ReduceMax": { importer, node in try importer.reduce(node) { $0.layer("Max", $2, $1) } },
    "ReduceMin": { importer, node in try importer.reduce(node) { $0.layer("Min", $2, $1) } },
    "ReduceProd": { importer, node in try importer.reduce(node) { $0.layer("Prod", $2, $1) } },
    "ReduceL1": { importer, node in try importer.reduce(node) { $0.layer("Sum", $2, $0.function("abs", $1)) } },
    "ReduceL2": { importer, node in
        try importer.reduce(node) { $0.function("sqrt", $0.layer("Sum", $2, $0.function("square", $1))) }
    },
    "ReduceSumSquare": { importer, node in try importer.reduce(node) { $0.layer("Sum", $2, $0.function("square", $1)) }
    },
    "ReduceLogSum": { importer, node in try importer.reduce(node) { $0.function("log", $0.layer("Sum", $2, $1)) } },
    "ReduceLogSumExp": { importer, node in
        try importer.reduce(node) { importer, x, axes in
            // The largest element comes first off, then on again: no exponential overflows.
            let largest = importer.layer("Max", axes, x)
            let rest = importer.layer("Subtract", [], [x, largest], list: true)
            let sum = importer.layer("Sum", axes, importer.layer("Activation", ["'exponential'"], rest))
            return importer.layer("Add", [], [importer.function("log", sum), largest], list: true)
        }
    },
]

extension Importer {
    /// Reduces axes; the layers keep them with extent 1, and whether ONNX does is a matter of labels.
    mutating func reduce(
        _ node: OperatorNode, _ body: (inout Importer, Program.Tensor, [String]) throws -> Program.Tensor
    ) throws {
        let keeps = try node.bool("keepdims", default: true)
        let doesNothing = try node.bool("noop_with_empty_axes", default: false)
        let given = try integers(node, "axes", orInput: 1)
        if case .literal(let literal) = try value(node, 0) {
            return define(node, try reduced(node.type, literal, given, keeps: keeps, doesNothing: doesNothing))
        }
        let x = try dynamic(node, 0)
        let rank = x.onnx.count
        var axes = Array(Set(try (given ?? []).map { try axis($0, rank: rank) })).sorted()
        if axes.isEmpty {
            if doesNothing,
                !["ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"].contains(node.type)
            {
                return define(node, x)
            }
            if !doesNothing { axes = Array(0..<rank) }
        }
        let result = try reduced(x, axes, body)
        let onnx = result.onnx.indices.compactMap { axes.contains($0) ? (keeps ? Axis() : nil) : result.onnx[$0] }
        define(node, Dynamic(onnx: onnx, net: result.net, tensor: result.tensor))
    }

    /// The tensor with axes of extent 1 in place of those that are reduced.
    mutating func reduced(
        _ x: Dynamic, _ axes: [Int], _ body: (inout Importer, Program.Tensor, [String]) throws -> Program.Tensor
    ) throws -> Dynamic {
        // Axes of extent 1 have nothing to reduce.
        let wide = axes.filter { !atoms.resolve(x.onnx[$0]).isEmpty }
        if wide.contains(where: { atoms.resolve(x.onnx[$0]) == [AtomTable.batch] }) { throw MixedBatch() }
        let (value, places) = try axiswise(
            x,
            with: wide.isEmpty ? Array(axes.prefix(1).filter { atoms.resolve(x.onnx[$0]) != [AtomTable.batch] }) : wide)
        guard !places.isEmpty else {
            // Over no axis at all: each element by itself.
            let lone = try arranged(value, value.net + [[]])
            let tensor = try body(&self, lone.tensor, ["axis=\(lone.net.count)", "keepdims=True"])
            return Dynamic(onnx: lone.onnx, net: lone.net, tensor: tensor)
        }
        let numbers = places.map { $0 + 1 }.sorted()
        let text = numbers.count == 1 ? "axis=\(numbers[0])" : "axis=\(list(numbers))"
        let tensor = try body(&self, value.tensor, [text, "keepdims=True"])
        var result = Dynamic(onnx: value.onnx, net: value.net, tensor: tensor)
        for axis in axes { result.onnx[axis] = [] }
        for place in places { result.net[place] = [] }
        return result
    }

    /// The same of a literal.
    private func reduced(
        _ type: String, _ literal: Literal, _ given: [Int]?, keeps: Bool, doesNothing: Bool
    ) throws -> Literal {
        let rank = literal.shape.count
        var axes = Set(try (given ?? []).map { try axis($0, rank: rank) })
        if axes.isEmpty {
            if doesNothing { return literal }
            axes = Set(0..<rank)
        }
        guard literal.count > 0, literal.count < 1 << 22 else {
            throw OperatorProblem("reduces a constant of \(literal.count) elements")
        }
        let outer = (0..<rank).filter { !axes.contains($0) }
        let turned = try literal.transposed(outer + axes.sorted())
        let inner = axes.reduce(1) { $0 * literal.shape[$1] }
        let shape = (0..<rank).compactMap { axes.contains($0) ? (keeps ? 1 : nil) : literal.shape[$0] }
        let rows = stride(from: 0, to: turned.count, by: inner)
        if let integers = turned.integers {
            guard let combine = wholeReductions[type] else { throw OperatorProblem("is not computed on whole numbers") }
            return Literal(shape, integers: rows.map { integers[$0 + 1..<$0 + inner].reduce(integers[$0], combine) })
        }
        guard let combine = realReductions[type] else { throw OperatorProblem("is not computed on constants") }
        let floats = try turned.floats()
        return Literal(
            shape,
            floats: rows.map { row in
                let total = floats[row + 1..<row + inner].reduce(Double(floats[row])) { combine($0, Double($1)) }
                return Float(type == "ReduceMean" ? total / Double(inner) : total)
            })
    }
}

private let wholeReductions: [String: @Sendable (Int, Int) -> Int] = [
    "ReduceSum": { $0 &+ $1 }, "ReduceProd": { $0 &* $1 }, "ReduceMax": { max($0, $1) }, "ReduceMin": { min($0, $1) },
]

private let realReductions: [String: @Sendable (Double, Double) -> Double] = [
    "ReduceSum": { $0 + $1 }, "ReduceMean": { $0 + $1 }, "ReduceProd": { $0 * $1 }, "ReduceMax": { max($0, $1) },
    "ReduceMin": { min($0, $1) },
]
