// A sum of two equal shapes, one of them made by a convolution or product for this sum alone: the other is added to the accumulators. The
// product moves to the place of the sum, where both operands are there; of two products the later one takes the sum.
import IR

let fuseResidual = Pass("fuse-residual", "adds residuals before the products' results are stored", isFusion: true) {
    graph, context, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let sum = editor.operations[position], case .elementwise(let it) = sum.primitive,
            it == Elementwise(combine: .add, activation: it.activation), it.activation.isFiniteAtZero,
            editor.shape(sum.inputs[0]) == editor.shape(sum.inputs[1])
        else { continue }
        let candidates = sum.inputs.filter { editor.isPrivate($0) }
            .sorted { editor.position(of: $0) > editor.position(of: $1) }
        for value in candidates {
            let other = sum.inputs[0] == value ? sum.inputs[1] : sum.inputs[0]
            guard let fused = editor.fused(value, adding: other, it.activation, context, into: sum.output) else {
                continue
            }
            remarks.append(
                Remark(
                    pass: "fuse-residual", layers: editor[sum.output].origin.names,
                    text: "added by \(editor[value].origin.leader) before its result is stored"))
            editor[sum.output].origin = editor[value].origin.merged(with: editor[sum.output].origin)
            editor.put(nil, at: editor.position(of: value))
            editor.put(fused, at: position)
            break
        }
    }
    graph = editor.finish()
}

extension Editor {
    /// The product that makes `value` with the residual in its epilogue.
    fileprivate func fused(
        _ value: ValueID, adding residual: ValueID, _ activation: Activation, _ context: PassContext,
        into output: ValueID
    ) -> Operation? {
        var product = producer(of: value)
        guard var epilogue = product.primitive.epilogue, !epilogue.addsResidual, epilogue.negativeSlope == nil
        else { return nil }
        // A last activation without a residual is a first one.
        if epilogue.first == .linear { epilogue = Epilogue(first: epilogue.last) }
        guard epilogue.last == .linear else { return nil }
        epilogue.addsResidual = true
        epilogue.last = activation
        guard
            context.capabilities.supportsEpilogue(
                epilogue, of: product.primitive, inputShape: shape(product.inputs[0]))
        else { return nil }
        product.primitive.epilogue = epilogue
        return Operation(product.primitive, inputs: product.inputs + [residual], output: output)
    }
}
