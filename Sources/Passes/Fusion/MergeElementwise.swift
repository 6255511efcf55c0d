// Elementwise operations in a row, where one can do the work of both: affine after affine, an activation after either.
import IR

let mergeElementwise = Pass("merge-elementwise", "joins elementwise operations in a row", isFusion: true) {
    graph, _, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], case .elementwise(let outer) = operation.primitive,
            outer.combine == nil, editor.isPrivate(operation.inputs[0])
        else { continue }
        var before = editor.producer(of: operation.inputs[0])
        guard case .elementwise(let inner) = before.primitive, let merged = inner.followed(by: outer) else { continue }
        remarks.append(
            Remark(
                pass: "merge-elementwise", layers: editor[operation.output].origin.names,
                text: "joined with \(editor[before.output].origin.leader)"))
        let place = editor.position(of: before.output)
        before.primitive = .elementwise(merged)
        editor.absorb(operationAt: position, into: before, at: place)
    }
    graph = editor.finish()
}

extension Elementwise {
    /// One operation that does this and then `next`, which has one operand.
    fileprivate func followed(by next: Elementwise) -> Elementwise? {
        var result: Elementwise
        if activation == .linear, negativeSlope == nil {
            result = next.isAffine ? with(affine.followed(by: next.affine)) : self
            result.activation = next.activation
        } else if negativeSlope == nil, !next.isAffine, next.activation == .linear {
            result = self
        } else {
            return nil
        }
        result.negativeSlope = next.negativeSlope
        return result
    }
}
