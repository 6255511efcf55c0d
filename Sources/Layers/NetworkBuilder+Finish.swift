import Diagnostics
import Language
import Network

/// Ending the description: what outputs need becomes the network; what is missing, left over or ambiguous is reported.

extension NetworkBuilder {
    public mutating func finish(_ summary: ProgramSummary, log: inout DiagnosticLog) {
        // Whatever failed has been reported; what looks unused or missing now may be its consequence.
        guard !log.hasErrors else { return }
        guard batch > 0 else { return log.error("the batch must be at least 1, found \(batch)", at: nil) }
        guard checkPresence(summary, log: &log) else { return }
        for output in summary.outputs { tensors[output.index].isUsed = true }
        let outputs = summary.outputs.map { tensors[$0.index].id }
        let needed = nodesNeeded(by: outputs)
        guard checkOutputs(summary, needed, log: &log), let inputs = chooseInputs(summary, needed, log: &log) else {
            return
        }
        warnOfUnusedTensors(log: &log)

        let outputRanges = summary.outputs.indices.map { position in
            summary.outputRanges.indices.contains(position)
                ? summary.outputRanges[position] : nodes[outputs[position].node].range
        }
        var publicTensors = inputs.map { PublicTensor(name: "", tensor: $0, range: nodes[$0.node].range) }
        publicTensors += zip(outputs, outputRanges).map { PublicTensor(name: "", tensor: $0, range: $1) }
        guard namePublicTensors(&publicTensors, log: &log) else { return }
        network = assemble(
            summary, needed.union(inputs.map(\.node)), inputs: Array(publicTensors.prefix(inputs.count)),
            outputs: Array(publicTensors.dropFirst(inputs.count)))
    }

    /// No layers, no input, no output: each the one mistake to tell.
    private func checkPresence(_ summary: ProgramSummary, log: inout DiagnosticLog) -> Bool {
        guard !nodes.isEmpty else {
            let hint = layers.isEmpty ? nil : Note("a layer that is called on nothing makes no tensor")
            log.error("the file describes no layers", at: nil, notes: hint.map { [$0] } ?? [])
            return false
        }
        guard !summary.outputs.isEmpty else {
            log.error("the network has no output", at: nil)
            return false
        }
        guard nodes.indices.contains(where: { !isInputNode($0) }) else {
            log.error(
                "the file describes no layers but its input", at: nodes[0].range,
                notes: [Note("layers that follow it make the network")])
            return false
        }
        return true
    }

    func isInputNode(_ node: Int) -> Bool { isInput(LayerHandle(nodeLayers[node])) }

    /// The nodes that lead to tensors, those that make them included.
    private func nodesNeeded(by outputs: [TensorID]) -> Set<Int> {
        var found: Set<Int> = []
        var open = outputs
        while let tensor = open.popLast() {
            if found.insert(tensor.node).inserted { open += nodes[tensor.node].inputs }
        }
        return found
    }

    private func assemble(
        _ summary: ProgramSummary, _ needed: Set<Int>, inputs: [PublicTensor], outputs: [PublicTensor]
    ) -> Network {
        let kept = needed.sorted()
        var newNumbers: [Int: Int] = [:]
        for (new, old) in kept.enumerated() { newNumbers[old] = new }
        func moved(_ tensor: TensorID) -> TensorID { TensorID(node: newNumbers[tensor.node]!, output: tensor.output) }
        func moved(_ tensor: PublicTensor) -> PublicTensor {
            PublicTensor(name: tensor.name, tensor: moved(tensor.tensor), range: tensor.range)
        }
        let newNodes = kept.map { old in
            var node = nodes[old]
            node.inputs = node.inputs.map(moved)
            return node
        }
        let file = source.name.split(separator: "/").last.map(String.init) ?? source.name
        return Network(
            sourceName: file, modelName: summary.modelName, description: summary.description, batch: batch,
            nodes: newNodes, inputs: inputs.map(moved), outputs: outputs.map(moved), weightsPath: summary.weights?.path,
            weightsRange: summary.weights?.range)
    }
}

// MARK: - Inputs and outputs

extension NetworkBuilder {
    private func outputRange(_ summary: ProgramSummary, _ position: Int) -> SourceRange {
        summary.outputRanges.indices.contains(position)
            ? summary.outputRanges[position] : nodes[tensors[summary.outputs[position].index].id.node].range
    }

    private func checkOutputs(_ summary: ProgramSummary, _ needed: Set<Int>, log: inout DiagnosticLog) -> Bool {
        var first: [TensorHandle: Int] = [:]
        for (position, output) in summary.outputs.enumerated() {
            let range = outputRange(summary, position)
            let node = tensors[output.index].id.node
            if isInputNode(node) {
                log.error(
                    "the input '\(publicName(of: tensors[output.index].id))' is itself an output", at: range,
                    notes: [Note("the input is made here", at: nodes[node].range)])
            } else if let earlier = first[output] {
                log.error(
                    "'\(publicName(of: tensors[output.index].id))' is an output twice", at: range,
                    notes: [Note("it is an output here first", at: outputRange(summary, earlier))])
            }
            first[output] = first[output] ?? position
        }
        return !log.hasErrors
    }

    /// The inputs in the order of the generated interface; `nil` where they don't fit the outputs, which has been reported.
    private mutating func chooseInputs(
        _ summary: ProgramSummary, _ needed: Set<Int>, log: inout DiagnosticLog
    ) -> [TensorID]? {
        guard let listed = summary.inputs else { return declaredInputs(needed, log: &log) }
        var inputs: [TensorID] = []
        for handle in listed {
            tensors[handle.index].isUsed = true
            let input = tensors[handle.index].id
            let node = nodes[input.node]
            if !isInputNode(input.node) {
                log.error(
                    "'\(publicName(of: input))' is listed as an input of the model but is the result of \(node.type)",
                    at: node.range, notes: [Note("inputs are made by Input(…)")])
            } else if inputs.contains(input) {
                log.error("the input '\(publicName(of: input))' is listed twice", at: node.range)
            } else if !needed.contains(input.node) {
                reportUnused(input, log: &log)
            }
            inputs.append(input)
        }
        if !log.hasErrors { checkReach(summary, inputs, log: &log) }
        return log.hasErrors ? nil : inputs
    }

    /// Without a `Model`, every input that was declared counts, but for those of models that were called.
    private func declaredInputs(_ needed: Set<Int>, log: inout DiagnosticLog) -> [TensorID]? {
        var inputs: [TensorID] = []
        for node in nodes.indices where isInputNode(node) {
            let input = TensorID(node: node)
            if needed.contains(node) {
                inputs.append(input)
            } else if !modelInputs.contains(input) {
                reportUnused(input, log: &log)
            }
        }
        if inputs.isEmpty, !log.hasErrors {
            log.error(
                "no output needs an input, and there is none", at: nil, notes: [Note("inputs are made by Input(…)")])
        }
        return log.hasErrors ? nil : inputs
    }

    private func reportUnused(_ input: TensorID, log: inout DiagnosticLog) {
        let node = nodes[input.node]
        log.error("no output needs the input '\(publicName(of: input))'", at: node.range, notes: node.trail)
    }

    /// Every output must be computable from the listed inputs.
    private func checkReach(_ summary: ProgramSummary, _ inputs: [TensorID], log: inout DiagnosticLog) {
        for (position, output) in summary.outputs.enumerated() {
            let sources = nodesNeeded(by: [tensors[output.index].id]).sorted().filter(isInputNode)
            let missing = sources.filter { !inputs.contains(TensorID(node: $0)) }
            guard let first = missing.first else { continue }
            let name = publicName(of: tensors[output.index].id)
            let message =
                missing.count == sources.count
                ? "no input of the model reaches its output '\(name)'"
                : "the output '\(name)' needs an input that the model does not list"
            let source = Note(
                "it is computed from '\(publicName(of: TensorID(node: first)))', made here", at: nodes[first].range)
            log.error(message, at: outputRange(summary, position), notes: [source])
        }
    }

    private func warnOfUnusedTensors(log: inout DiagnosticLog) {
        for tensor in tensors where !tensor.isUsed && !modelInputs.contains(tensor.id) {
            let node = nodes[tensor.id.node]
            let subject =
                if let variable = tensor.variable {
                    "'\(variable)', the result of \(node.type),"
                } else if node.outputShapes.count > 1 {
                    "result \(tensor.id.output + 1) of \(node.type) '\(node.name)'"
                } else {
                    "the result of \(node.type) '\(node.name)'"
                }
            log.warning("\(subject) is never used", at: node.range)
        }
    }
}
