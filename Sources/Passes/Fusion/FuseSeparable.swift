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
            context.fuses(depthwise, pointwise, inputShape: editor.shape(before.inputs[0]))
        else { continue }
        let names = editor[before.output].origin.names + editor[operation.output].origin.names
        remarks.append(
            Remark(pass: "fuse-separable", layers: names, text: "computed by one kernel, without the tensor between"))
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
    fileprivate func fuses(_ depthwise: Convolution, _ pointwise: Convolution, inputShape: [Int]) -> Bool {
        let exists = capabilities.canFuseSeparable(depthwise: depthwise, pointwise: pointwise, inputShape: inputShape)
        return switch separable {
        case .never: false
        case .always: exists
        case .byCost:
            exists
                && capabilities.prefersFusedSeparable(
                    depthwise: depthwise, pointwise: pointwise, inputShape: inputShape)
        }
    }
}

extension Convolution {
    /// One pixel to one pixel, all channels.
    fileprivate var isPointwise: Bool {
        kernel == .one && strides == .one && padding == .zero && groups == 1
    }
}
