import IR
import Network

/// Writes a network as primitives: each layer lowers its own applications, and every result is labelled with the tensor of the
/// network that it equals.
///
/// `parameters` holds every parameter of the inventory; its arrays are shared, not copied.
public func lower(_ network: Network, parameters: ParameterValues) -> Graph {
    var lowering = NetworkLowering(network: network, parameters: parameters)
    for node in network.nodes.indices { lowering.lower(node) }
    return lowering.finish()
}

private struct NetworkLowering {
    let network: Network
    let parameters: ParameterValues
    /// The position of each public input's node.
    let inputPositions: [Int: Int]
    var builder = GraphBuilder()
    /// The values of each node's outputs.
    var values: [[ValueID]] = []

    init(network: Network, parameters: ParameterValues) {
        self.network = network
        self.parameters = parameters
        inputPositions = Dictionary(
            uniqueKeysWithValues: zip(network.inputs.map(\.tensor.node), network.inputs.indices))
    }

    mutating func lower(_ index: Int) {
        let node = network.nodes[index]
        builder.origin = origin(of: node)
        let outputs = lowerLayer(node, index)
        precondition(outputs.count == node.outputShapes.count, "\(node.type) lowered to \(outputs.count) values")
        for (position, value) in outputs.enumerated() {
            let shape = node.outputShapes[position].dimensions
            precondition(builder.shape(of: value) == shape, "\(node.type) '\(node.name)' lowered to a wrong shape")
            // A layer that does nothing returns its input, which bears its producer's label already.
            if builder.graph[value].tensor == nil {
                builder.label(value, Value.NetworkTensor(node: index, output: position))
            }
        }
        values.append(outputs)
    }

    private func origin(of node: Node) -> Origin {
        Origin([Origin.Layer(name: node.name, type: node.type, line: node.line)])
    }

    private mutating func lowerLayer(_ node: Node, _ index: Int) -> [ValueID] {
        if let position = inputPositions[index] {
            return [builder.append(.input(position), [], shape: node.outputShapes[0].dimensions)]
        }
        guard let layer = node.layer as? any LowerableLayer else { preconditionFailure("\(node.type) has no lowering") }
        let constants = node.parameters.map { parameter in
            guard let values = parameters[node.fullName(of: parameter)] else {
                preconditionFailure("no values for \(node.fullName(of: parameter))")
            }
            return Constant(shape: parameter.shape.dimensions, values: values)
        }
        return layer.lower(node.inputs.map { values[$0.node][$0.output] }, constants, into: &builder)
    }

    /// Names the graph's ends. An output that equals an input or another output becomes a value of its own.
    consuming func finish() -> Graph {
        var graph = builder.graph
        var ends = Set(network.inputs.map { values[$0.tensor.node][0] })
        for output in network.outputs {
            var value = values[output.tensor.node][output.tensor.output]
            if !ends.insert(value).inserted {
                let label = Value.NetworkTensor(node: output.tensor.node, output: output.tensor.output)
                value = graph.append(
                    .elementwise(Elementwise()), [value], shape: graph[value].shape,
                    origin: origin(of: network.nodes[output.tensor.node]), tensor: label)
            }
            graph.outputs.append(value)
        }
        graph.inputNames = network.inputs.map(\.name)
        graph.outputNames = network.outputs.map(\.name)
        graph.sourceName = network.sourceName.split(separator: "/").last.map(String.init) ?? ""
        return graph
    }
}
