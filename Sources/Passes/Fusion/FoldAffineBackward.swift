// Batch normalisation after a convolution or product: scale and shift go into its weights and bias, computed in double precision and rounded
// once. What else the operation does, such as an activation, remains.
import IR

let foldAffineBackward = Pass(
    "fold-affine-backward", "folds scale and shift into the convolution or product before them", isFusion: true
) { graph, _, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], case .elementwise(let it) = operation.primitive,
            it.combine == nil, it.isAffine, editor.isPrivate(operation.inputs[0])
        else { continue }
        let input = operation.inputs[0]
        let place = editor.position(of: input)
        var product = editor.producer(of: input)
        guard let primitive = product.primitive.followed(by: it.affine) else { continue }
        remarks.append(
            Remark(
                pass: "fold-affine-backward", layers: editor[operation.output].origin.names,
                text: "folded into \(editor[input].origin.leader) (\(it.affine.summary))"))
        product.primitive = primitive
        if it.withoutAffine.isIdentity {
            editor.absorb(operationAt: position, into: product, at: place)
        } else {
            editor.put(product, at: place)
            editor[input].tensor = nil
            editor[input].origin = editor[input].origin.merged(with: editor[operation.output].origin)
            editor.put(
                Operation(.elementwise(it.withoutAffine), inputs: [input], output: operation.output), at: position)
        }
    }
    graph = editor.finish()
}

extension Editor {
    /// Removes an operation whose work `product`, at an earlier place, does from now on: the product makes its result.
    mutating func absorb(operationAt position: Int, into product: Operation, at place: Int) {
        let output = operations[position]!.output
        self[output].origin = self[product.output].origin.merged(with: self[output].origin)
        put(nil, at: position)
        put(Operation(product.primitive, inputs: product.inputs, output: output), at: place)
    }
}
