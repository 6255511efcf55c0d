// Equal operations on equal inputs are computed once.
import IR

let removeCommonSubexpressions = Pass("remove-common-subexpressions", "computes equal operations once") {
    graph, _, remarks in
    var editor = Editor(graph)
    // By inputs, kind and a few weights: hashing all weights would take longer than comparing the few candidates.
    var candidates: [Key: [Int]] = [:]
    for position in editor.positions {
        guard let operation = editor.operations[position] else { continue }
        if case .input = operation.primitive { continue }
        let key = Key(operation)
        let equal = candidates[key, default: []].first { other in
            let first = editor.operations[other]!
            return editor.shape(first.output) == editor.shape(operation.output)
                && first.primitive == operation.primitive
                && editor.canReplace(operation.output, with: first.output)
        }
        guard let equal, let first = editor.operations[equal] else {
            candidates[key, default: []].append(position)
            continue
        }
        remarks.append(
            Remark(
                pass: "remove-common-subexpressions", layers: editor[operation.output].origin.names,
                text: "computed once with \(editor[first.output].origin.leader)"))
        editor.put(nil, at: position)
        editor.replaceUses(of: operation.output, with: first.output)
    }
    graph = editor.finish()
}

private struct Key: Hashable {
    var name: String
    var inputs: [ValueID]
    var weights: [Float]

    init(_ operation: Operation) {
        name = operation.primitive.name
        inputs = operation.inputs
        weights =
            switch operation.primitive {
            case .convolution(let it): Array(it.weights.values.prefix(4))
            case .transposedConvolution(let it): Array(it.weights.values.prefix(4))
            case .matrixProduct(let it): Array(it.weights.values.prefix(4))
            case .elementwise(let it): Array(((it.scale?.values ?? []) + [0] + (it.shift?.values ?? [])).prefix(8))
            case .constant(let it): Array(it.values.prefix(4))
            default: []
            }
    }
}
