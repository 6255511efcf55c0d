// A function of the elements of an image, such as a rescaling, that a convolution alone reads is computed by that convolution as it takes the image in,
// which is then read by nothing else: others might want it in another order.
// Which kernels can do that they say themselves.
import IR

let fusePrologue = Pass(
    "fuse-prologue", "computes functions of an image's elements in the convolution that reads it", isFusion: true
) { graph, context, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard var operation = editor.operations[position], case .convolution(var convolution) = operation.primitive,
            convolution.prologue == nil, let before = editor.soleSource(of: operation),
            case .elementwise(let prologue) = before.primitive, prologue.combine == nil,
            case .input = editor.producer(of: before.inputs[0]).primitive, editor.isPrivate(before.inputs[0])
        else { continue }
        convolution.prologue = prologue
        let judgement = context.capabilities.judgeFusedPrologue(
            convolution, inputShape: editor.shape(before.inputs[0]))
        let (first, second) = (editor[before.output].origin, editor[operation.output].origin)
        remarks.append(
            Remark(
                pass: "fuse-prologue", layers: first.names,
                text: "\(judgement.pays ? "" : "not ")computed by \(second.leader): \(judgement.reason)"))
        guard judgement.pays else { continue }
        operation.primitive = .convolution(convolution)
        operation.inputs[0] = before.inputs[0]
        editor[operation.output].origin = second.merged(with: first)
        editor.put(nil, at: editor.position(of: before.output))
        editor.put(operation, at: position)
    }
    graph = editor.finish()
}
