import Network

extension Network {
    /// The nodes that tensors are computed by, in order, going back no further than known tensors.
    func nodesLeading(to wanted: [TensorID], known: Set<TensorID>) -> [Int] {
        var isNeeded = Array(repeating: false, count: nodes.count)
        var pending = wanted
        while let tensor = pending.popLast() {
            if known.contains(tensor) || isNeeded[tensor.node] { continue }
            isNeeded[tensor.node] = true
            pending += nodes[tensor.node].inputs
        }
        return isNeeded.indices.filter { isNeeded[$0] }
    }
}

/// The tensors at hand while nodes are evaluated in order: each is dropped after the last node that reads it.
struct LiveTensors {
    private var tensors: [TensorID: RealTensor]
    /// How many reads of each tensor are to come. Wanted ones count one more and so are never dropped.
    private var reads: [TensorID: Int] = [:]

    init(network: Network, nodes: [Int], wanted: [TensorID], known: [TensorID: RealTensor] = [:]) {
        tensors = known
        for node in nodes {
            for input in network.nodes[node].inputs { reads[input, default: 0] += 1 }
        }
        for tensor in wanted { reads[tensor, default: 0] += 1 }
    }

    /// A tensor that is at hand.
    subscript(tensor: TensorID) -> RealTensor {
        guard let value = tensors[tensor] else { preconditionFailure("tensor \(tensor) is not at hand") }
        return value
    }

    /// The inputs of a node, which drops those that nothing else reads.
    mutating func read(_ inputs: [TensorID]) -> [RealTensor] {
        let values = inputs.map { self[$0] }
        for input in inputs {
            reads[input, default: 1] -= 1
            if reads[input] == 0 { tensors[input] = nil }
        }
        return values
    }

    /// Keeps those outputs of a node that something reads.
    mutating func write(_ outputs: [RealTensor], of node: Int) {
        for (output, value) in outputs.enumerated() {
            let tensor = TensorID(node: node, output: output)
            if reads[tensor, default: 0] > 0 { tensors[tensor] = value }
        }
    }
}
