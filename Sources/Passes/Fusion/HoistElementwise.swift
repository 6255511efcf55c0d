// An activation or scale after a concatenation of channels moves before it where a product makes one of the parts for the concatenation alone:
// there it costs nothing, and the other parts cost what they did.
import IR

let hoistElementwise = Pass(
    "hoist-elementwise", "moves activations and scales before concatenations of products", isFusion: true
) { graph, _, remarks in
    let editor = Editor(graph)
    let operations = graph.operations
    graph.operations = []
    var moved: Set<ValueID> = []
    var hoisted: [ValueID: [(part: ValueID, elementwise: Elementwise)]] = [:]
    for operation in operations {
        if case .elementwise(let it) = operation.primitive, let plan = editor.partsToChange(operation, it) {
            moved.insert(operation.inputs[0])
            hoisted[operation.output] = plan
        }
    }
    for operation in operations where !moved.contains(operation.output) {
        guard let parts = hoisted[operation.output] else {
            graph.operations.append(operation)
            continue
        }
        let origin = graph[operation.output].origin
        let inputs = parts.map { part, elementwise in
            graph.append(.elementwise(elementwise), [part], shape: graph[part].shape, origin: origin)
        }
        let axis = graph[operation.output].shape.count - 1
        graph.operations.append(Operation(.concatenation(axis: axis), inputs: inputs, output: operation.output))
        graph[operation.output].origin = graph[operation.inputs[0]].origin.merged(with: origin)
        remarks.append(
            Remark(pass: "hoist-elementwise", layers: origin.names, text: "applied to each part of the concatenation"))
    }
}

extension Editor {
    /// The parts of the concatenation that an operation reads, each with its share of the operation; `nil` where it does not pay.
    fileprivate func partsToChange(_ operation: Operation, _ it: Elementwise) -> [(
        part: ValueID, elementwise: Elementwise
    )]? {
        guard it.combine == nil, !it.isIdentity, it.negativeSlope == nil, isPrivate(operation.inputs[0]) else {
            return nil
        }
        let concatenation = producer(of: operation.inputs[0])
        guard concatenation.primitive == .concatenation(axis: shape(operation.output).count - 1) else { return nil }
        let parts = concatenation.inputs
        let pays = parts.contains { part in
            let epilogue = producer(of: part).primitive.epilogue
            return it.isAffine ? epilogue == Epilogue() : epilogue?.last == .linear
        }
        guard pays, parts.allSatisfy({ isPrivate($0) }) else { return nil }
        var start = 0
        return parts.map { part in
            let range = start..<start + self[part].channels
            start = range.upperBound
            return (part, it.share(of: range))
        }
    }
}

extension Elementwise {
    /// The operation on some of the channels.
    fileprivate func share(of channels: Range<Int>) -> Elementwise {
        var result = self
        result.scale = scale?.share(of: channels)
        result.shift = shift?.share(of: channels)
        return result
    }
}

extension Constant {
    fileprivate func share(of channels: Range<Int>) -> Constant {
        values.count == 1 ? self : Constant(shape: [channels.count], values: Array(values[channels]))
    }
}
