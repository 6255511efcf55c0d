// A depthwise convolution and the pointwise one that alone reads it become one kernel, so that the tensor between them stays in cache.
// Whether that pays the kernels' cost model says.
import IR

let fuseSeparable = Pass("fuse-separable", "makes depthwise and pointwise convolutions one kernel", isFusion: true) {
    graph, context, remarks in
    guard context.separable != .never else { return }
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], case .convolution(let pointwise) = operation.primitive,
            pointwise.isPointwise, editor.isPrivate(operation.inputs[0])
        else { continue }
        let before = editor.producer(of: operation.inputs[0])
        guard case .convolution(let depthwise) = before.primitive, !depthwise.epilogue.addsResidual,
            depthwise.isDepthwise(inputChannels: editor[before.inputs[0]].channels),
            let judgement = context.judge(depthwise, pointwise, inputShape: editor.shape(before.inputs[0]))
        else { continue }
        let (first, second) = (editor[before.output].origin, editor[operation.output].origin)
        let result =
            "computed by \(judgement.pays ? "one kernel" : "two kernels"), \(first.leader) and \(second.leader)"
        remarks.append(
            Remark(
                pass: "fuse-separable", layers: first.names + second.names, text: "\(result): \(judgement.reason)"))
        guard judgement.pays else { continue }
        let origin = editor[before.output].origin.merged(with: editor[operation.output].origin)
        editor[operation.output].origin = origin
        editor.put(nil, at: editor.position(of: before.output))
        editor.put(
            Operation(
                .separable(Separable(depthwise: depthwise, pointwise: pointwise)),
                inputs: before.inputs + operation.inputs.dropFirst(), output: operation.output), at: position)
    }
    graph = editor.finish()
}

extension PassContext {
    /// Whether one kernel is to compute both; `nil` where there is none that could.
    fileprivate func judge(_ depthwise: Convolution, _ pointwise: Convolution, inputShape: [Int]) -> Judgement? {
        guard capabilities.canFuseSeparable(depthwise: depthwise, pointwise: pointwise, inputShape: inputShape) else {
            return nil
        }
        if separable == .always { return Judgement(pays: true, reason: "asked for") }
        return capabilities.judgeFusedSeparable(depthwise: depthwise, pointwise: pointwise, inputShape: inputShape)
    }
}

extension Convolution {
    /// One pixel to one pixel, all channels.
    fileprivate var isPointwise: Bool {
        kernel == .one && strides == .one && padding == .zero && groups == 1
    }
}
