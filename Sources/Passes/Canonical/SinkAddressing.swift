// Moves elementwise operations before the reshape or channel permutation that feeds them, so that they meet the convolution behind it:
// one-dimensional layers are images between two reshapes.
import IR

let sinkAddressing = Pass("sink-addressing", "moves elementwise operations before reshapes and channel permutations") {
    graph, _, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position] else { continue }
        let moved = editor.sinkReshapes(at: position, operation) || editor.sinkPermutation(at: position, operation)
        guard moved else { continue }
        remarks.append(
            Remark(
                pass: "sink-addressing", layers: editor[operation.output].origin.names,
                text: "moved before a \(editor.operations[position]!.primitive.name)"))
    }
    graph = editor.finish()
}

extension Editor {
    /// Exchanges an elementwise operation or concatenation of channels with the reshapes that are its operands.
    fileprivate mutating func sinkReshapes(at position: Int, _ operation: Operation) -> Bool {
        let reshapes = operation.inputs.map { producer(of: $0) }
        guard let source = reshapes.first?.inputs.first.map({ shape($0) }),
            reshapes.allSatisfy({ $0.primitive == .reshape && isPrivate($0.output) }),
            let (primitive, inner) = operation.primitive.movedBeforeReshapes(
                from: reshapes.map { shape($0.inputs[0]) }, to: operation.inputs.map { shape($0) },
                result: shape(operation.output))
        else { return false }
        precondition(inner.count == source.count)
        let value = makeValue(
            Value(shape: inner, origin: self[operation.output].origin, tensor: self[operation.output].tensor))
        // The operands of all reshapes are defined before the last of them.
        let place = operation.inputs.map { self.position(of: $0) }.max()!
        for input in operation.inputs { put(nil, at: self.position(of: input)) }
        put(Operation(primitive, inputs: reshapes.map { $0.inputs[0] }, output: value), at: place)
        put(Operation(.reshape, inputs: [value], output: operation.output), at: position)
        return true
    }

    /// Exchanges an elementwise operation of one operand with the channel permutation before it.
    fileprivate mutating func sinkPermutation(at position: Int, _ operation: Operation) -> Bool {
        guard operation.inputs.count == 1, case .elementwise(let it) = operation.primitive else { return false }
        let gather = producer(of: operation.inputs[0])
        guard case .channelGather(let map) = gather.primitive, isPrivate(gather.output),
            map.sorted() == Array(0..<self[gather.inputs[0]].channels), let moved = it.moved(before: map)
        else { return false }
        let value = makeValue(Value(shape: shape(operation.output), origin: self[operation.output].origin))
        let place = self.position(of: gather.output)
        put(Operation(.elementwise(moved), inputs: gather.inputs, output: value), at: place)
        put(Operation(gather.primitive, inputs: [value], output: operation.output), at: position)
        return true
    }
}

extension Primitive {
    /// The primitive on the reshapes' operands and the shape of its result there, if the same elements meet.
    fileprivate func movedBeforeReshapes(from sources: [[Int]], to shapes: [[Int]], result: [Int]) -> (
        Primitive, [Int]
    )? {
        guard sources.allSatisfy({ !$0.isEmpty }) else { return nil }
        let keepsChannels = zip(sources, shapes).allSatisfy { $0.last == $1.last }
        switch self {
        case .elementwise(var it):
            guard sources.dropFirst().allSatisfy({ $0 == sources[0] }), shapes.allSatisfy({ $0 == result }),
                keepsChannels || !it.dependsOnChannels
            else { return nil }
            if let slope = it.negativeSlope, slope.shape == result {
                it.negativeSlope = Constant(shape: sources[0], values: slope.values)
            }
            return (.elementwise(it), sources[0])
        case .concatenation(let axis):
            guard axis == result.count - 1, keepsChannels,
                sources.allSatisfy({ $0.dropLast() == sources[0].dropLast() })
            else { return nil }
            let inner = sources[0].dropLast() + [result[axis]]
            return (.concatenation(axis: inner.count - 1), Array(inner))
        default: return nil
        }
    }
}

extension Elementwise {
    /// Whether it has a constant for each channel or element.
    fileprivate var dependsOnChannels: Bool {
        [scale, shift, negativeSlope].contains { ($0?.values.count ?? 1) > 1 }
    }

    /// The same with the constants in the order of the channels before a permutation of them.
    fileprivate func moved(before map: [Int]) -> Elementwise? {
        guard negativeSlope?.shape.count ?? 1 == 1 else { return nil }
        var result = self
        result.scale = scale?.moved(before: map)
        result.shift = shift?.moved(before: map)
        result.negativeSlope = negativeSlope?.moved(before: map)
        return result
    }
}

extension Constant {
    fileprivate func moved(before map: [Int]) -> Constant {
        guard values.count > 1 else { return self }
        var result = self
        for (channel, source) in map.enumerated() { result.values[source] = values[channel] }
        return result
    }
}
