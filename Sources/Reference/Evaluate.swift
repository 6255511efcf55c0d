// The meaning of a network: its layers' own references, one after the other, in double precision. It shares no code
// with lowering, passes and kernels, and is what their result is compared with.

import Network

/// What to do with the outputs of a node once they are known, before others read them: look at them, or alter them
/// (verification perturbs materialised tensors). `outputs` are those of the node with the given position.
public typealias NodeHook = (_ node: Int, _ outputs: inout [RealTensor]) -> Void

/// The network's outputs, in their order, from its inputs, in theirs. Tensors are dropped as soon as nothing needs them
/// any more.
public func evaluate(
    _ network: Network, inputs: [RealTensor], parameters: ReferenceParameters, hook: NodeHook = { _, _ in }
) -> [RealTensor] {
    precondition(inputs.count == network.inputs.count, "\(inputs.count) inputs for \(network.inputs.count)")
    var given: [TensorID: RealTensor] = [:]
    for (input, value) in zip(network.inputs, inputs) { given[input.tensor] = value }
    let outputs = network.outputs.map(\.tensor)
    let nodes = network.nodesLeading(to: outputs, known: [])
    var live = LiveTensors(network: network, nodes: nodes, wanted: outputs)
    for index in nodes {
        let node = network.nodes[index]
        var results: [RealTensor]
        if let value = given[TensorID(node: index)] {
            results = node.layer.reference([value], [])
        } else {
            results = node.layer.reference(live.read(node.inputs), parameters.tensors(of: node))
        }
        hook(index, &results)
        live.write(results, of: index)
    }
    return outputs.map { live[$0] }
}

/// One tensor of a network and the bound of a float32 evaluation of it (DESIGN.md, "Numeric contract"), from tensors
/// that are known exactly: the local check of verification. Every path from the network's inputs to the tensor must
/// pass through a known one.
public func evaluate(
    _ wanted: TensorID, in network: Network, known: [TensorID: RealTensor], parameters: ReferenceParameters
) -> (value: RealTensor, bound: RealTensor) {
    if let value = known[wanted] { return (value, RealTensor(value.shape)) }
    let nodes = network.nodesLeading(to: [wanted], known: Set(known.keys))
    var values = LiveTensors(network: network, nodes: nodes, wanted: [wanted], known: known)
    var bounds = LiveTensors(
        network: network, nodes: nodes, wanted: [wanted], known: known.mapValues { RealTensor($0.shape) })
    for index in nodes {
        let node = network.nodes[index]
        let evaluation = node.layer.evaluate(
            values.read(node.inputs), bounds: bounds.read(node.inputs), parameters.tensors(of: node))
        values.write(evaluation.outputs, of: index)
        bounds.write(evaluation.bounds, of: index)
    }
    return (values[wanted], bounds[wanted])
}
