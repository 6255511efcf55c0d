/// What each layer of a network costs and sees: the figures of `netc summary`.

/// One application of a layer.
public struct LayerSummary: Sendable {
    public var name: String
    /// The layer's canonical type name.
    public var type: String
    /// Without the batch.
    public var outputShapes: [Shape]
    /// Elements of all its parameters; none for the second and further applications of one layer, which share the first one's.
    public var parameters: Int
    public var trainableParameters: Int
    /// Products of convolutions and dense layers for one sample.
    public var macs: Int
    public var receptiveField: ReceptiveField
    /// The names of the layers whose results it reads.
    public var inputs: [String]
    /// Its weights are an earlier application's.
    public var sharesWeights: Bool
    /// Its line in the source.
    public var line: Int
}

/// The layers of a network and their totals.
public struct NetworkSummary: Sendable {
    /// In the order of the network's nodes.
    public var layers: [LayerSummary]
    public var parameters: Int { layers.reduce(0) { saturatingSum($0, $1.parameters) } }
    public var trainableParameters: Int { layers.reduce(0) { saturatingSum($0, $1.trainableParameters) } }
    /// For one sample.
    public var macs: Int { layers.reduce(0) { saturatingSum($0, $1.macs) } }
    /// In float32.
    public var weightBytes: Int { saturatingProduct(parameters, 4) }
}

extension Network {
    /// Counts parameters, products and receptive fields.
    public func summary() -> NetworkSummary {
        let reaches = self.reaches()
        let rows = zip(nodes.indices, isFirstApplication()).map { index, isFirst in
            let node = nodes[index]
            let owned = isFirst ? node.parameters : []
            return LayerSummary(
                name: node.name, type: node.type, outputShapes: node.outputShapes, parameters: elementCount(of: owned),
                trainableParameters: elementCount(of: owned.filter(\.isTrainable)),
                macs: node.layer.macs(for: node.inputs.map(shape(of:))), receptiveField: reaches[index].field,
                inputs: node.inputs.map { nodes[$0.node].name }, sharesWeights: !isFirst, line: node.line)
        }
        return NetworkSummary(layers: rows)
    }

    private func elementCount(of parameters: [Parameter]) -> Int {
        parameters.reduce(0) { saturatingSum($0, $1.shape.elementCount) }
    }

    /// What the results of every node see of the input.
    private func reaches() -> [Reach] {
        var result: [Reach] = []
        for node in nodes {
            let inputs = node.inputs.map { result[$0.node] }
            let joined = inputs.dropFirst().reduce(inputs.first ?? .pixel) { $0.joined(with: $1) }
            result.append(
                seesVector(node) ? .all : joined.through(node.layer.fieldOfView(for: node.inputs.map(shape(of:)))))
        }
        return result
    }

    /// A sum of products over a vector, which has no positions left: Dense after Flatten.
    private func seesVector(_ node: Node) -> Bool {
        node.inputs.contains { shape(of: $0).rank == 1 }
            && node.parameters.contains { if case .kernel = $0.role { true } else { false } }
    }
}
