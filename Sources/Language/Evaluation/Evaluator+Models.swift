import Diagnostics

extension Evaluator {
    // MARK: Construction

    /// `Model(inputs, outputs, name=None)`.
    mutating func constructModel(_ call: Call, at range: SourceRange) throws(Halt) -> Value {
        let arguments = try evaluateArguments(of: call) {
            $0 == "name" ? .layer("Model", argument: $0, position: $1) : .other
        }
        guard
            let bound = bind(
                arguments, to: ["inputs", "outputs", "name"], of: "Model", ignoring: ["trainable"], at: range),
            let inputs = bound["inputs"], let outputs = bound["outputs"]
        else {
            if !log.hasErrors { _ = fail("'Model' takes its inputs and outputs: 'Model(inputs, outputs)'", at: range) }
            return failedModel(at: range)
        }
        guard let name = modelName(bound["name"], kind: "functional") else { return failedModel(at: range) }
        let inputTensors = try tensors(in: inputs.value, at: inputs.valueRange, wantedBy: "'inputs' of 'Model'")
        let outputTensors = try tensors(in: outputs.value, at: outputs.valueRange, wantedBy: "'outputs' of 'Model'")
        constructions += 1
        guard let inputTensors, let outputTensors else { return failedModel(at: range) }
        guard !inputTensors.isEmpty, !outputTensors.isEmpty else {
            let what = inputTensors.isEmpty ? "inputs" : "outputs"
            _ = fail("this model has no \(what)", at: inputTensors.isEmpty ? inputs.range : outputs.range)
            return failedModel(at: range)
        }
        let model = ModelValue(
            .functional(inputs: inputTensors, outputs: outputTensors), name: name.text, nameRange: name.range,
            range: range,
            serial: constructions)
        let written =
            call.arguments.first { $0.name == "outputs" } ?? call.arguments.filter { $0.name == nil }.dropFirst().first
        model.outputRanges = ranges(of: outputTensors.count, in: written?.value, otherwise: outputs.valueRange)
        models.append(model)
        return .model(model)
    }

    /// The place of each of several values written as a list, else that of the whole.
    private func ranges(of count: Int, in expression: Expression?, otherwise: SourceRange) -> [SourceRange] {
        switch expression?.kind {
        case .list(let elements)?, .tuple(let elements)?:
            if elements.count == count { return elements.map(\.range) }
        default: break
        }
        return Array(repeating: otherwise, count: count)
    }

    private mutating func failedModel(at range: SourceRange) -> Value {
        constructions += 1
        let model = ModelValue(.failed, name: "model", nameRange: nil, range: range, serial: constructions)
        return .model(model)
    }

    /// `name=`, or the automatic name; `nil` after a report.
    private mutating func modelName(
        _ argument: EvaluatedArgument?, kind: String
    ) -> (text: String, range: SourceRange?)? {
        switch argument?.value {
        case nil, Value.none?: return (elaborator.constructModel(kind: kind), nil)
        case .string(let name)?: return (name, argument!.valueRange)
        case .error?: return nil
        case let value?:
            _ = fail("'name' takes a string, found \(value.kindName)", at: argument!.valueRange)
            return nil
        }
    }

    /// Distributes arguments over the parameters of a built-in; `nil` after a report.
    mutating func bind(
        _ arguments: [EvaluatedArgument], to parameters: [String], of function: String, ignoring ignored: [String] = [],
        at range: SourceRange
    ) -> [String: EvaluatedArgument]? {
        var bound: [String: EvaluatedArgument] = [:]
        for (position, argument) in arguments.enumerated() {
            if let name = argument.name, ignored.contains(name) { continue }
            guard let name = argument.name ?? (position < parameters.count ? parameters[position] : nil) else {
                _ = fail("'\(function)' takes at most \(parameters.count) arguments", at: argument.range)
                return nil
            }
            guard parameters.contains(name) else {
                let didYouMean = suggestion(for: name, among: parameters)
                _ = fail("'\(function)' has no argument '\(name)'" + didYouMean, at: argument.range)
                return nil
            }
            guard bound[name] == nil else {
                _ = fail("argument '\(name)' is given twice", at: argument.range)
                return nil
            }
            bound[name] = argument
        }
        return bound
    }

    /// `Sequential([…], name=None)`.
    mutating func constructSequential(_ call: Call, at range: SourceRange) throws(Halt) -> Value {
        let outer = current
        let arguments = try evaluateArguments(of: call) {
            $0 == "name" ? .layer("Model", argument: $0, position: $1) : .other
        }
        current = outer
        guard let bound = bind(arguments, to: ["layers", "name"], of: "Sequential", ignoring: ["trainable"], at: range)
        else {
            return failedModel(at: range)
        }
        guard let name = modelName(bound["name"], kind: "sequential") else { return failedModel(at: range) }
        constructions += 1
        let model = ModelValue(.sequential, name: name.text, nameRange: name.range, range: range, serial: constructions)
        models.append(model)
        guard let layers = bound["layers"], !layers.value.isNone else { return .model(model) }
        guard let values = try elements(of: layers.value, at: layers.valueRange) else {
            model.content = .failed
            return .model(model)
        }
        let written = call.arguments.first { $0.name == nil || $0.name == "layers" }
        let places = ranges(of: values.count, in: written?.value, otherwise: layers.valueRange)
        for (value, place) in zip(values, places) { add(value, to: model, at: place) }
        return .model(model)
    }

    /// Appends a layer or model to a sequential model.
    mutating func add(_ value: Value, to model: ModelValue, at range: SourceRange) {
        switch value {
        case .layer(let layer):
            layer.isApplied = true
            if layer.handle == nil { model.content = .failed }
            model.elements.append((value, range))
        case .model(let inner):
            inner.isUsed = true
            inner.isApplied = true
            model.elements.append((value, range))
        case .tensor(let tensor) where model.elements.isEmpty && model.input == nil && inputs.contains(tensor):
            model.input = tensor
        case .error: model.content = .failed
        default:
            _ = fail("a sequential model holds layers, found \(value.kindName)", at: range)
            model.content = .failed
        }
    }

    // MARK: Application

    /// Whether a sequential model begins with an input of its own.
    func hasOwnInput(_ model: ModelValue) -> Bool { model.input != nil || ownInputShape(of: model) != nil }

    private func ownInputShape(of model: ModelValue) -> [Int]? {
        switch model.elements.first?.value {
        case .layer(let layer)?: return layer.handle.flatMap { elaborator.inputShape(of: $0) }
        case .model(let inner)?:
            switch inner.content {
            case .functional(let inputs, _): return inputs.count == 1 ? elaborator.shape(of: inputs[0]) : nil
            case .sequential: return inner.input.map { elaborator.shape(of: $0) } ?? ownInputShape(of: inner)
            case .failed: return nil
            }
        default: return nil
        }
    }

    /// Calls a model on tensors.
    mutating func call(
        _ model: ModelValue, on tensors: [TensorHandle], variable: String?, at range: SourceRange
    ) throws(Halt) -> Value {
        model.isUsed = true
        model.isApplied = true
        applications += 1
        switch model.content {
        case .failed: return failTensor()
        case .functional(let inputs, let outputs):
            try charge(100, at: range)
            guard tensors.count == inputs.count else {
                let wanted = "\(inputs.count) tensor\(inputs.count == 1 ? "" : "s")"
                _ = fail("model '\(model.name)' takes \(wanted), found \(tensors.count)", at: range)
                return failTensor()
            }
            let here = site(range, trail: trail)
            guard let results = elaborator.call(inputs: inputs, outputs: outputs, on: tensors, at: here, log: &log)
            else {
                return failTensor()
            }
            return setCurrent(results, at: range)
        case .sequential:
            guard let results = try applyElements(of: model, from: 0, to: tensors, variable: variable, at: range) else {
                return failTensor()
            }
            return setCurrent(results, at: range)
        }
    }

    /// Applies a sequential model's layers in order.
    private mutating func applyElements(
        of model: ModelValue, from first: Int, to tensors: [TensorHandle], variable: String?, at range: SourceRange
    ) throws(Halt) -> [TensorHandle]? {
        try deeper(at: range) { (evaluator: inout Evaluator) throws(Halt) in
            evaluator.push(.model(model.name, range))
            defer { evaluator.pop() }
            var tensors = tensors
            for (index, element) in model.elements.enumerated().dropFirst(first) {
                try evaluator.charge(10, at: element.range)
                let name = index == model.elements.count - 1 ? variable : nil
                let result: Value
                switch element.value {
                case .layer(let layer): result = evaluator.apply(layer, to: tensors, variable: name, at: element.range)
                case .model(let inner):
                    result = try evaluator.call(inner, on: tensors, variable: name, at: element.range)
                default: preconditionFailure("a sequential model holds layers and models")
                }
                guard let next = try evaluator.tensors(in: result, at: element.range, wantedBy: "a layer") else {
                    return nil
                }
                tensors = next
            }
            return tensors
        }
    }

    /// The inputs and outputs of a model; a sequential one is applied to its own input, as far as it has not been.
    mutating func ends(of model: ModelValue) throws(Halt) -> (inputs: [TensorHandle], outputs: [TensorHandle])? {
        switch model.content {
        case .failed: return nil
        case .functional(let inputs, let outputs): return (inputs, outputs)
        case .sequential: break
        }
        if model.input == nil, let shape = ownInputShape(of: model) {
            guard let input = makeInput(shape, at: model.elements[0].range) else { return nil }
            model.input = input
        }
        guard let input = model.input else {
            _ = fail(
                "model '\(model.name)' has no input; begin it with an Input or give its first layer 'input_shape='",
                at: model.range)
            return nil
        }
        let (before, count) = model.built ?? ([input], 0)
        let outer = current
        defer { current = outer }
        guard let output = try applyElements(of: model, from: count, to: before, variable: nil, at: model.range) else {
            model.content = .failed
            return nil
        }
        model.built = (output, model.elements.count)
        let place = model.elements.last?.range ?? model.range
        model.outputRanges = Array(repeating: place, count: output.count)
        return ([input], output)
    }

    // MARK: Methods and attributes

    mutating func callMethod(_ name: String, of model: ModelValue, _ call: Call, at range: SourceRange) throws(Halt)
        -> Value
    {
        switch name {
        case "add":
            guard case .sequential = model.content else {
                if case .failed = model.content { return .error }
                return fail("only a Sequential model has 'add'", at: range)
            }
            guard call.arguments.count == 1, call.arguments[0].name == nil || call.arguments[0].name == "layer" else {
                return fail("'add' takes one layer", at: call.argumentRange)
            }
            let outer = current
            let value = try evaluate(call.arguments[0].value)
            current = outer
            add(value, to: model, at: call.arguments[0].value.range)
            return .none
        case "load_weights": return try loadWeights(call, at: range)
        case "get_layer", "pop": return fail("'\(name)' of a model is not part of the language", at: range)
        case "summary": return ignore("model.summary", at: range, "use 'netc summary'")
        case "predict", "predict_on_batch": return ignore("model.\(name)", at: range, "use 'netc run'")
        case "compile", "fit", "evaluate", "build", "save", "save_weights", "export", "train_on_batch", "test_on_batch",
            "get_weights", "set_weights", "count_params":
            return ignore("model.\(name)", at: range, "it does not change the network")
        default:
            let known = ["add", "compile", "fit", "evaluate", "summary", "load_weights", "predict", "save"]
            return fail("a model has no '\(name)' here" + suggestion(for: name, among: known), at: call.callee.range)
        }
    }

    mutating func attribute(_ name: String, of model: ModelValue, at range: SourceRange) throws(Halt) -> Value {
        switch name {
        case "input", "inputs", "output", "outputs":
            guard let ends = try ends(of: model) else { return .error }
            let tensors = name.hasPrefix("in") ? ends.inputs : ends.outputs
            if name.last == "s" || tensors.count > 1 { return .list(tensors.map { .tensor($0) }) }
            return .tensor(tensors[0])
        case "name": return .string(model.name)
        case "trainable": return .bool(true)
        default:
            return fail(
                "a model has no attribute '\(name)' here"
                    + suggestion(for: name, among: ["input", "inputs", "output", "outputs", "name"]), at: range)
        }
    }
}
