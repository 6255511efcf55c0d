// A product with one factor a channel, as at the end of a squeeze-and-excitation (Hu et al. 2018), before a 1×1 convolution: the factors
// multiply the convolution's weights, of which there are fewer than pixels times channels, and the product is never made.
import IR

let scaleWeights = Pass(
    "scale-weights", "multiplies the weights of 1×1 convolutions instead of their inputs", isFusion: true
) { graph, context, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], case .convolution(var convolution) = operation.primitive,
            !convolution.scalesInput, editor.isPrivate(operation.inputs[0]),
            let (image, factors) = editor.factors(of: operation.inputs[0])
        else { continue }
        let judgement = context.capabilities.judgeScaledWeights(convolution, inputShape: editor.shape(image))
        let (first, second) = (editor[operation.inputs[0]].origin, editor[operation.output].origin)
        remarks.append(
            Remark(
                pass: "scale-weights", layers: first.names,
                text:
                    "\(judgement.pays ? "" : "not ")multiplied with the weights of \(second.leader): \(judgement.reason)"
            )
        )
        guard judgement.pays else { continue }
        convolution.scalesInput = true
        editor[operation.output].origin = first.merged(with: second)
        editor.put(nil, at: editor.position(of: operation.inputs[0]))
        editor.put(
            Operation(
                .convolution(convolution), inputs: [image, factors] + operation.inputs.dropFirst(),
                output: operation.output),
            at: position)
    }
    graph = editor.finish()
}

extension Editor {
    /// The image and the vector whose product a value is, if it is no more than that.
    fileprivate func factors(of value: ValueID) -> (image: ValueID, factors: ValueID)? {
        let product = producer(of: value)
        guard product.primitive == .elementwise(Elementwise(combine: .multiply)) else { return nil }
        for (image, factors) in [(0, 1), (1, 0)].map({ (product.inputs[$0], product.inputs[$1]) })
        where shape(image) == shape(value) && shape(factors).reduce(1, *) == self[value].channels
            && self[factors].channels == self[value].channels
        {
            return (image, factors)
        }
        return nil
    }
}
