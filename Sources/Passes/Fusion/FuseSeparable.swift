// A depthwise convolution, the pointwise one that it alone reads and the pointwise one that alone reads it become one kernel, so that the
// tensors between them stay in cache. Whether that pays the kernels' cost model says.
import IR

let fuseSeparable = Pass("fuse-separable", "makes depthwise and pointwise convolutions one kernel", isFusion: true) {
    graph, context, remarks in
    guard context.separable != .never else { return }
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], case .convolution(let convolution) = operation.primitive,
            let before = editor.soleSource(of: operation), let separable = joined(before, convolution, in: editor),
            let judgement = context.judge(separable, inputShape: editor.shape(before.inputs[0]))
        else { continue }
        let (first, second) = (editor[before.output].origin, editor[operation.output].origin)
        let result =
            "computed by \(judgement.pays ? "one kernel" : "two kernels"), \(first.leader) and \(second.leader)"
        remarks.append(
            Remark(
                pass: "fuse-separable", layers: first.names + second.names, text: "\(result): \(judgement.reason)"))
        guard judgement.pays else { continue }
        editor[operation.output].origin = first.merged(with: second)
        editor.put(nil, at: editor.position(of: before.output))
        editor.put(
            Operation(
                .separable(separable), inputs: before.inputs + operation.inputs.dropFirst(), output: operation.output),
            at: position)
    }
    graph = editor.finish()
}

/// What an operation and the convolution that alone reads it would be together; `nil` where they are no depthwise and pointwise ones.
private func joined(_ before: Operation, _ convolution: Convolution, in editor: Editor) -> Separable? {
    guard !before.primitive.addsResidual else { return nil }
    switch before.primitive {
    case .convolution(let first):
        if convolution.isPointwise {
            return first.isDepthwise(inputChannels: editor[before.inputs[0]].channels)
                ? Separable(depthwise: first, pointwise: convolution) : nil
        }
        return first.isPointwise && convolution.isDepthwise(inputChannels: first.filters)
            ? Separable(expansion: first, depthwise: convolution, pointwise: nil) : nil
    case .separable(let separable):
        guard separable.pointwise == nil, convolution.isPointwise else { return nil }
        return Separable(expansion: separable.expansion, depthwise: separable.depthwise, pointwise: convolution)
    default: return nil
    }
}

extension PassContext {
    /// Whether one kernel is to compute all stages; `nil` where there is none that could.
    fileprivate func judge(_ separable: Separable, inputShape: [Int]) -> Judgement? {
        guard capabilities.canFuseSeparable(separable, inputShape: inputShape) else { return nil }
        if self.separable == .always { return Judgement(pays: true, reason: "asked for") }
        return capabilities.judgeFusedSeparable(separable, inputShape: inputShape)
    }
}
