import Diagnostics
import Language
import Network

/// Calling a model: its layers are applied again, with their weights, to other tensors.

extension NetworkBuilder {
    public mutating func call(
        inputs: [TensorHandle], outputs: [TensorHandle], on arguments: [TensorHandle], at site: Site,
        log: inout DiagnosticLog
    ) -> [TensorHandle]? {
        guard checkArguments(arguments, of: inputs, at: site, log: &log) else { return nil }
        for tensor in inputs + outputs { tensors[tensor.index].isUsed = true }
        for input in inputs { modelInputs.insert(tensors[input.index].id) }
        let results = Set(outputs)
        var image: [Int: TensorHandle] = [:]
        for (input, argument) in zip(inputs, arguments) { image[input.index] = argument }
        for node in path(from: inputs, to: outputs) {
            guard applyAgain(node, &image, results: results, at: site, log: &log) else { return nil }
        }
        return outputs.map { image[$0.index]! }
    }

    private func checkArguments(
        _ arguments: [TensorHandle], of inputs: [TensorHandle], at site: Site, log: inout DiagnosticLog
    ) -> Bool {
        guard arguments.count == inputs.count else {
            let count = inputs.count == 1 ? "one tensor" : "\(inputs.count) tensors"
            log.error("this model takes \(count), found \(arguments.count)", at: site.range, notes: site.trail)
            return false
        }
        for (position, (input, argument)) in zip(inputs, arguments).enumerated() {
            let (expected, found) = (tensors[input.index].shape, tensors[argument.index].shape)
            guard expected != found else { continue }
            let node = nodes[tensors[input.index].id.node]
            log.error(
                "this model takes a tensor of shape \(expected), found \(found)", at: site.range,
                notes: [Note("the model's input is made here", at: node.range)]
                    + origin(of: argument, position: inputs.count > 1 ? position : nil, besides: site.trail)
                    + site.trail)
            return false
        }
        return true
    }

    /// The nodes that lead from inputs to outputs, in order.
    private func path(from inputs: [TensorHandle], to outputs: [TensorHandle]) -> [Int] {
        let given = Set(inputs.map { tensors[$0.index].id })
        var found: Set<Int> = []
        var open = outputs.map { tensors[$0.index].id }
        while let tensor = open.popLast() {
            guard !given.contains(tensor), found.insert(tensor.node).inserted else { continue }
            open += nodes[tensor.node].inputs
        }
        return found.sorted()
    }

    /// Applies the layer of one node of a model to what its inputs have become.
    private mutating func applyAgain(
        _ node: Int, _ image: inout [Int: TensorHandle], results: Set<TensorHandle>, at site: Site,
        log: inout DiagnosticLog
    ) -> Bool {
        let layer = LayerHandle(nodeLayers[node])
        guard !isInput(layer) else {
            log.error(
                "the model's outputs need the input '\(nodes[node].name)', which is not among its inputs",
                at: site.range,
                notes: [Note("made here", at: nodes[node].range)] + site.trail)
            return false
        }
        let inputs = nodes[node].inputs.map { image[nodeTensors[$0.node][$0.output]]! }
        guard let made = apply(layer, to: inputs, variable: nil, at: site, log: &log) else { return false }
        for (old, new) in zip(nodeTensors[node], made) {
            image[old] = new
            // What the model itself leaves unused is no mistake of the call.
            if !results.contains(TensorHandle(old)) { tensors[new.index].isUsed = true }
            if tensors[new.index].variable == nil { tensors[new.index].variable = tensors[old].variable }
        }
        return true
    }
}
