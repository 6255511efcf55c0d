// A mean over windows behind a 1×1 convolution moves before it: both are linear and change places freely, and the convolution then has fewer
// pixels to compute. DenseNet's transitions take a quarter of their products so. Weights that sum to one leave the bias as it is.
import IR

let poolFirst = Pass("pool-first", "moves average poolings before 1×1 convolutions", isFusion: true) {
    graph, context, remarks in
    guard context.capabilities.reordersLinearOperations else { return }
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], case .pooling(let pooling) = operation.primitive,
            pooling.kind == .average, let before = editor.soleSource(of: operation),
            case .convolution(let convolution) = before.primitive, convolution.kernel == .one,
            convolution.strides == .one, convolution.padding == .zero, convolution.epilogue == Epilogue(),
            editor.saves(pooling, before: convolution, of: before.inputs[0], into: operation.output)
        else { continue }
        let (first, second) = (editor[before.output].origin, editor[operation.output].origin)
        remarks.append(
            Remark(
                pass: "pool-first", layers: second.names,
                text: "moved before \(first.leader), which has fewer pixels to compute"))
        let channels = editor[before.inputs[0]].channels
        let pooled = editor.makeValue(
            Value(shape: editor.shape(operation.output).dropLast() + [channels], origin: second))
        editor[operation.output].origin = first.merged(with: second)
        editor.put(
            Operation(operation.primitive, inputs: before.inputs, output: pooled),
            at: editor.position(of: before.output))
        editor.put(Operation(before.primitive, inputs: [pooled], output: operation.output), at: position)
    }
    graph = editor.finish()
}

extension Editor {
    /// Whether the products that are saved outnumber the additions over windows of more channels, if there are more.
    fileprivate func saves(
        _ pooling: Pooling, before convolution: Convolution, of input: ValueID, into output: ValueID
    ) -> Bool {
        let (before, after) = (shape(input), shape(output))
        let pixels = after[0] * after[1]
        let saved = (before[0] * before[1] - pixels) * before[2] / convolution.groups * convolution.filters
        return saved > pixels * pooling.window.height * pooling.window.width * (before[2] - convolution.filters)
    }
}
