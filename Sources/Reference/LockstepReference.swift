import Network

/// Walks a network once, in order, and holds two things side by side: the *local* evaluation, in which every tensor that the generated code
/// stored is taken from there, so that an error shows where it is made; and *runs* of the whole reference, the first exact and the others with
/// every stored tensor perturbed within its bound, which tell how far rounding may carry (DESIGN.md, "Numeric contract").
///
/// All share one pass, so that weights are widened once and a tensor is dropped as soon as nothing reads it any more.
package struct LockstepReference {
    /// What the generated code stored for a tensor of the network; `nil` where fusion left none.
    package typealias Stored = (TensorID) -> [Double]?
    /// What is done with a stored tensor, its local value and its bound.
    package typealias Inspect = (TensorID, _ actual: [Double], _ expected: RealTensor, _ bound: RealTensor) -> Void

    private let network: Network
    private let parameters: ReferenceParameters
    /// Runs besides the exact one.
    private let perturbedRuns: Int
    private let seed: UInt64
    /// The output tiles of layers that the generated code computes by Winograd's or Strassen's algorithm, by layer name.
    private let outputTiles: [String: OutputTile]

    /// A tensor on its way: its local value and bound, and its value in each run.
    private struct State {
        var local: RealTensor
        var bound: RealTensor
        var runs: [RealTensor]
        /// The products of the unfinished sum that it is: generated code may yet add constants at its start.
        var summed = 0
        /// It is a weight, or made of weights alone.
        var isConstant = false
    }

    package init(
        _ network: Network, _ parameters: ParameterValues, perturbedRuns: Int, seed: UInt64,
        outputTiles: [String: OutputTile] = [:]
    ) {
        self.outputTiles = outputTiles
        self.network = network
        self.parameters = ReferenceParameters(parameters)
        self.perturbedRuns = perturbedRuns
        self.seed = seed
    }

    /// Evaluates the network on one sample; `inspect` sees each stored tensor with its local evaluation, in order, and `progress` the position
    /// of each node. Returns the public outputs, each in all runs.
    package func evaluate(
        inputs: [RealTensor], stored: Stored, inspect: Inspect, progress: (Int) -> Void
    ) -> [[RealTensor]] {
        var states: [TensorID: State] = [:]
        for (tensor, value) in zip(network.inputs, inputs) {
            states[tensor.tensor] = State(
                local: value, bound: RealTensor(value.shape), runs: Array(repeating: value, count: perturbedRuns + 1))
        }
        let order = network.nodesLeading(to: network.outputs.map(\.tensor), known: Set(states.keys))
        let lastReads = lastReads(in: order)
        for index in order {
            progress(index)
            let node = network.nodes[index]
            let results = evaluate(node, node.inputs.map { states[$0]! })
            for dead in lastReads[index] ?? [] { states[dead] = nil }
            for (output, var state) in results.enumerated() {
                let id = TensorID(node: index, output: output)
                if let actual = stored(id) {
                    inspect(id, actual, state.local, state.bound)
                    settle(&state, at: actual, name: "\(node.name)[\(output)]")
                }
                states[id] = state
            }
        }
        return network.outputs.map { states[$0.tensor]!.runs }
    }

    /// The results of one layer: local ones with bounds, and each run's.
    private func evaluate(_ node: Node, _ inputs: [State]) -> [State] {
        let weights = parameters.tensors(of: node)
        let (values, bounds) = (inputs.map(\.local), inputs.map(\.bound))
        var summed = node.layer.summedProducts(for: values.map(\.shape))
        let local: Evaluation
        if let affine = node.layer as? any AffineLayer {
            summed = inputs[0].summed
            local = affine.evaluate(values, bounds: bounds, weights, afterSumOf: summed)
        } else if let merging = node.layer as? any AffineMergingLayer,
            let varying = inputs.firstIndex(where: { !$0.isConstant }), inputs.count(where: \.isConstant) == 1,
            inputs.count == 2, inputs[varying].summed > 0
        {
            summed = inputs[varying].summed
            local = merging.evaluate(values, bounds: bounds, weights, varying: varying, afterSumOf: summed)
        } else if let tile = outputTiles[node.name] {
            local = node.layer.evaluate(values, bounds: bounds, weights, outputTile: tile)
        } else {
            local = node.layer.evaluate(values, bounds: bounds, weights)
        }
        let runs = (0...perturbedRuns).map { run in node.layer.reference(inputs.map { $0.runs[run] }, weights) }
        return local.outputs.indices.map { output in
            State(
                local: local.outputs[output], bound: local.bounds[output], runs: runs.map { $0[output] },
                summed: summed, isConstant: inputs.allSatisfy(\.isConstant))
        }
    }

    /// Goes on from a stored tensor: locally from what was stored, in the perturbed runs from anywhere within the bound.
    private func settle(_ state: inout State, at actual: [Double], name: String) {
        for run in state.runs.indices.dropFirst() {
            state.runs[run] = state.runs[run].perturbed(
                within: state.bound, seed: seed &+ UInt64(run), name: name)
        }
        state.local = RealTensor(state.local.shape, actual)
        state.bound = RealTensor(state.local.shape)
        state.summed = 0
    }

    /// For each node, the tensors that nothing after it reads.
    private func lastReads(in order: [Int]) -> [Int: [TensorID]] {
        var last: [TensorID: Int] = [:]
        for index in order {
            for input in network.nodes[index].inputs { last[input] = index }
        }
        for output in network.outputs { last[output.tensor] = nil }
        return Dictionary(grouping: last.keys, by: { last[$0]! })
    }
}
