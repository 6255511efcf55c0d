import Diagnostics

extension Evaluator {
    /// `Output(t, …)`: names the outputs; without tensors, the current one.
    mutating func nameOutputs(_ call: Call, at range: SourceRange) throws(Halt) -> Value {
        let arguments = try evaluateArguments(of: call) { _, _ in .other }
        if arguments.isEmpty {
            switch current {
            case .nothing: return fail("'Output' has no tensor to name", at: range)
            case .failed: return .error
            case .tensors(let tensors, _): namedOutputs += tensors.map { ($0, range) }
            }
            return .none
        }
        for argument in arguments {
            if let name = argument.name {
                return fail("'Output' takes tensors, not '\(name)='", at: argument.range)
            }
            guard let found = try tensors(in: argument.value, at: argument.valueRange, wantedBy: "'Output'") else {
                return .error
            }
            namedOutputs += found.map { ($0, argument.valueRange) }
        }
        return .none
    }

    /// `load_weights('file')`.
    mutating func loadWeights(_ call: Call, at range: SourceRange) throws(Halt) -> Value {
        let arguments = try evaluateArguments(of: call) { _, _ in .other }
        guard let first = arguments.first, first.name == nil || first.name == "filepath" else {
            return fail("'load_weights' takes the name of a file", at: range)
        }
        guard case .string(let path) = first.value else {
            if first.value.isError { return .error }
            return fail("'load_weights' takes the name of a file, found \(first.value.kindName)", at: first.valueRange)
        }
        for argument in arguments.dropFirst() {
            return fail("'load_weights' takes one argument here, the name of a file", at: argument.range)
        }
        if let earlier = weights, earlier.range != first.valueRange {
            return fail(
                "a second weights file", at: first.valueRange, notes: [Note("the first is here", at: earlier.range)])
        }
        weights = (path, first.valueRange)
        return .none
    }

    /// Tells the elaborator what the program says besides its layers.
    mutating func finish() throws(Halt) {
        var summary = ProgramSummary(inputs: nil, outputs: [], outputRanges: [])
        let unused = models.filter { !$0.isUsed }
        let isFlowing = if case .tensors = current { true } else { false }
        // A sequential model without input that nothing calls is the network only where there is nothing else.
        let network = unused.last { model in
            if case .sequential = model.content { return hasOwnInput(model) || !isFlowing }
            return true
        }
        if let network {
            guard let ends = try ends(of: network) else { return }
            if let output = namedOutputs.first {
                _ = fail(
                    "the outputs are named twice: by 'Output' and by a model", at: output.range,
                    notes: [Note("the model is here", at: network.range)])
                return
            }
            summary.inputs = ends.inputs
            summary.outputs = ends.outputs
            summary.outputRanges = network.outputRanges
            summary.modelName = network.nameRange == nil ? nil : network.name
            summary.modelNameRange = network.nameRange
        } else {
            let outputs = plainOutputs()
            summary.outputs = outputs.map(\.tensor)
            summary.outputRanges = outputs.map(\.range)
            summary.inputs = inputsOutsideModels()
        }
        for model in unused where model !== network {
            log.warning("model '\(model.name)' is never used", at: model.range)
        }
        summary.description = program.description
        summary.weights = weights
        // A list that came to hold tensors was never a parameter.
        summary.parameters = parameters.filter(\.value.isPlain).map { ($0.name, $0.text) }
        if !log.hasErrors { elaborator.finish(summary, log: &log) }
    }

    /// The inputs without those `Input(…)` that begin a sequential model which was only called: nothing ever reads them. `nil`
    /// where there are none such; the elaborator knows the inputs of the other models that it was asked to call.
    private func inputsOutsideModels() -> [TensorHandle]? {
        guard models.contains(where: { $0.input != nil && $0.built == nil }) else { return nil }
        let inner = models.flatMap { model in
            if case .functional(let inputs, _) = model.content { return inputs }
            return model.input.map { [$0] } ?? []
        }
        return inputs.filter { !inner.contains($0) }
    }

    /// Without a model: `Output(…)`, else the variable `outputs`, else the last current tensor.
    private func plainOutputs() -> [(tensor: TensorHandle, range: SourceRange)] {
        if !namedOutputs.isEmpty { return namedOutputs }
        if let range = outputsVariableRange {
            switch globals.variables["outputs"] {
            case .tensor(let tensor)?: return [(tensor, range)]
            case .list(let container)?, .tuple(let container)?:
                let tensors = container.elements.compactMap { if case .tensor(let tensor) = $0 { tensor } else { nil } }
                if !tensors.isEmpty, tensors.count == container.elements.count { return tensors.map { ($0, range) } }
            default: break
            }
        }
        guard case .tensors(let tensors, let range) = current else { return [] }
        return tensors.map { ($0, range) }
    }
}
