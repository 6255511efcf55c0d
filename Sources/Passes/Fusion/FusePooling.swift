// A pooling that alone reads a convolution's map is done by that convolution before it stores anything, so that the map, several times the
// size of the result, is never made. Which kernels can do that they say themselves.
import IR

let fusePooling = Pass("fuse-pooling", "pools maps before the convolutions store them", isFusion: true) {
    graph, context, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], case .pooling(let pooling) = operation.primitive,
            let before = editor.soleSource(of: operation), case .convolution(var convolution) = before.primitive,
            convolution.pooling == nil
        else { continue }
        convolution.pooling = pooling
        let judgement = context.capabilities.judgeFusedPooling(
            convolution, inputShape: editor.shape(before.inputs[0]))
        let (first, second) = (editor[before.output].origin, editor[operation.output].origin)
        remarks.append(
            Remark(
                pass: "fuse-pooling", layers: second.names,
                text: judgement.pays
                    ? "done by \(first.leader) before its map is stored: \(judgement.reason)"
                    : "not done by \(first.leader): \(judgement.reason)"))
        guard judgement.pays else { continue }
        let fused = Operation(.convolution(convolution), inputs: before.inputs, output: before.output)
        editor.absorb(operationAt: position, into: fused, at: editor.position(of: before.output))
    }
    graph = editor.finish()
}
