// An activation after a convolution or product, or a slope for each channel's negative results, is applied to the accumulators before they
// are stored.
import IR

let fuseActivation = Pass(
    "fuse-activation", "applies activations before the products' results are stored", isFusion: true
) { graph, context, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], case .elementwise(let it) = operation.primitive,
            editor.isPrivate(operation.inputs[0])
        else { continue }
        var product = editor.producer(of: operation.inputs[0])
        let channels = editor[operation.output].channels
        guard let epilogue = product.primitive.epilogue?.followed(by: it, channels: channels),
            context.capabilities.supportsEpilogue(
                epilogue, of: product.primitive, inputShape: editor.shape(product.inputs[0]))
        else { continue }
        remarks.append(
            Remark(
                pass: "fuse-activation", layers: editor[operation.output].origin.names,
                text: "applied by \(editor[product.output].origin.leader) before its result is stored"))
        let place = editor.position(of: product.output)
        product.primitive.epilogue = epilogue
        editor.absorb(operationAt: position, into: product, at: place)
    }
    graph = editor.finish()
}

extension Epilogue {
    /// With one more activation at the end, or slopes. Without a residual the first place is taken first, so that a residual can follow.
    fileprivate func followed(by it: Elementwise, channels: Int) -> Epilogue? {
        guard negativeSlope == nil else { return nil }
        var result = self
        if let slopes = it.slopes(ofChannels: channels) {
            result.negativeSlope = slopes
            return addsResidual ? nil : result
        }
        guard it.isActivation, it.activation.isFiniteAtZero, last == .linear else { return nil }
        if addsResidual || first != .linear { result.last = it.activation } else { result.first = it.activation }
        return result
    }
}
