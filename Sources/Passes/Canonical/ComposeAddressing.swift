// An operation that only moves elements, after another one: the two as one.
import IR

let composeAddressing = Pass(
    "compose-addressing", "joins reshapes, permutations, gathers, slices and paddings in a row"
) { graph, _, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position] else { continue }
        if let composed = editor.composed(operation) {
            editor.put(composed, at: position)
            remarks.append(
                Remark(
                    pass: "compose-addressing", layers: editor[operation.output].origin.names,
                    text: "joined with what is before it as one \(composed.primitive.name)"))
        }
        editor.removeIdentity(at: position, pass: "compose-addressing", remarks: &remarks)
    }
    graph = editor.finish()
}

extension Editor {
    /// The operation as one that reads what its producers read, if that is possible.
    fileprivate func composed(_ operation: Operation) -> Operation? {
        if case .concatenation(let axis) = operation.primitive { return gathered(operation, axis: axis) }
        guard operation.inputs.count == 1 else { return nil }
        if isReshape(operation) { return composed(reshape: operation) }
        let inner = producer(of: operation.inputs[0])
        if case .concatenation(let axis) = inner.primitive { return selected(operation, from: inner, axis: axis) }
        guard let primitive = operation.primitive.composed(after: inner.primitive) else { return nil }
        return Operation(primitive, inputs: inner.inputs, output: operation.output)
    }

    /// Whether it is a reshape, or a permutation that moves no axis longer than 1 past another.
    private func isReshape(_ operation: Operation) -> Bool {
        switch operation.primitive {
        case .reshape: return true
        case .permutation(let axes):
            let input = shape(operation.inputs[0])
            let long = axes.filter { input[$0] > 1 }
            return long == long.sorted() && axes != axes.sorted()
        default: return false
        }
    }

    private func composed(reshape operation: Operation) -> Operation? {
        let inner = producer(of: operation.inputs[0])
        let skips = inner.primitive == .reshape
        guard skips || operation.primitive != .reshape else { return nil }
        return Operation(.reshape, inputs: skips ? inner.inputs : operation.inputs, output: operation.output)
    }

    /// A part of a concatenation, taken from the one operand that holds it.
    private func selected(_ operation: Operation, from concatenation: Operation, axis: Int) -> Operation? {
        var start = 0
        for input in concatenation.inputs {
            let range = start..<start + shape(input)[axis]
            if let primitive = operation.primitive.selection(
                within: range, axis: axis, isLast: axis == shape(input).count - 1)
            {
                return Operation(primitive, inputs: [input], output: operation.output)
            }
            start = range.upperBound
        }
        return nil
    }

    /// Channels of one value, gathered in parts and concatenated, as one gather.
    private func gathered(_ operation: Operation, axis: Int) -> Operation? {
        guard axis == shape(operation.output).count - 1, operation.inputs.count > 1 else { return nil }
        var map: [Int] = []
        var source: ValueID?
        for input in operation.inputs {
            let inner = producer(of: input)
            guard case .channelGather(let part) = inner.primitive, source == nil || source == inner.inputs[0] else {
                return nil
            }
            source = inner.inputs[0]
            map += part
        }
        return source.map { Operation(.channelGather(map), inputs: [$0], output: operation.output) }
    }
}

extension Primitive {
    /// This after the inner one, on the inner one's input.
    fileprivate func composed(after inner: Primitive) -> Primitive? {
        switch (inner, self) {
        case (.permutation(let first), .permutation(let second)): return .permutation(second.map { first[$0] })
        case (.channelGather(let first), .channelGather(let second)): return .channelGather(second.map { first[$0] })
        case (.gather(let first), .gather(var second)):
            guard first.axis == second.axis, first.fill == second.fill else { return nil }
            second.indices = second.indices.map { $0 == Gather.outside ? $0 : first.indices[$0] }
            return .gather(second)
        case (.slice(let axis, let first, _), .slice(let other, let second, let count)):
            guard axis == other else { return nil }
            return .slice(axis: axis, start: first + second, count: count)
        case (.padding(let first), .padding(let second)):
            guard first.hasSameDirection(as: second) else { return nil }
            return .padding(first + second)
        default: return nil
        }
    }

    /// The part of one operand of a concatenation that this takes from the whole, if all of it lies in `range`.
    fileprivate func selection(within range: Range<Int>, axis: Int, isLast: Bool) -> Primitive? {
        switch self {
        case .channelGather(let map) where isLast:
            map.allSatisfy(range.contains) ? .channelGather(map.map { $0 - range.lowerBound }) : nil
        case .slice(let other, let start, let count):
            other == axis && start >= range.lowerBound && start + count <= range.upperBound
                ? .slice(axis: axis, start: start - range.lowerBound, count: count) : nil
        default: nil
        }
    }
}

extension Margins {
    /// Cells all around.
    var isPositive: Bool { min(top, bottom, left, right) >= 0 }

    /// Whether both only add, or both only cut.
    fileprivate func hasSameDirection(as other: Margins) -> Bool {
        (isPositive && other.isPositive)
            || max(max(top, bottom, left, right), max(other.top, other.bottom, other.left, other.right)) <= 0
    }

    static func + (a: Margins, b: Margins) -> Margins {
        Margins(top: a.top + b.top, bottom: a.bottom + b.bottom, left: a.left + b.left, right: a.right + b.right)
    }
}
