import Network

// Deep networks under test weights may end in a softmax or sigmoid so far in its flat part that no input moves it, and an error before it would
// not show in the outputs. Then the layers before the outputs are given smaller weights.

extension Network {
    /// The parameters with those of the last layers before the outputs multiplied by a factor.
    func damped(_ parameters: ParameterValues, by factor: Float) -> ParameterValues {
        var result = parameters
        for node in lastLayersWithParameters() {
            for parameter in node.parameters where parameter.role.isLinear {
                result[node.fullName(of: parameter)]?.withUnsafeMutableBufferPointer { values in
                    for index in values.indices { values[index] *= factor }
                }
            }
        }
        return result
    }

    /// Backwards from each output, the first layers that have parameters.
    private func lastLayersWithParameters() -> [Node] {
        var found: [String: Node] = [:]
        var seen: Set<Int> = []
        var pending = outputs.map(\.tensor.node)
        while let index = pending.popLast() {
            guard seen.insert(index).inserted else { continue }
            let node = nodes[index]
            if node.parameters.isEmpty { pending += node.inputs.map(\.node) } else { found[node.name] = node }
        }
        return found.values.sorted { $0.name < $1.name }
    }
}

extension ParameterRole {
    /// Whether the layer's result grows with it.
    fileprivate var isLinear: Bool {
        switch self {
        case .kernel, .bias, .gamma, .beta: true
        case .movingMean, .movingVariance, .alpha, .scale, .state: false
        }
    }
}

/// By how much the output that moves least does for the best of several inputs, relative to its size.
func response(_ library: any GeneratedLibrary, _ inputs: [[[Float]]]) throws -> Float {
    let results = try inputs.map { try library.invoke($0) }
    let responses = results[0].indices.map { index in
        let first = results[0][index]
        let size = first.reduce(Float.leastNormalMagnitude) { max($0, $1.magnitude) }
        return results.dropFirst().reduce(Float(0)) { best, other in
            zip(first, other[index]).reduce(best) { max($0, ($1.0 - $1.1).magnitude / size) }
        }
    }
    return responses.min() ?? 0
}
