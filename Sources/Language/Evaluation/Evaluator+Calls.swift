import Diagnostics

/// An argument of a call after evaluation.
struct EvaluatedArgument {
    var name: String?
    var value: Value
    var range: SourceRange
    var valueRange: SourceRange
    var isBareWord = false
}

extension Evaluator {
    /// Where the argument of a call goes: it decides what a bare word means there.
    enum ArgumentPlace {
        case layer(String, argument: String?, position: Int)
        case block
        case other
    }

    mutating func evaluateCall(_ call: Call, at range: SourceRange, variable: String?) throws(Halt) -> Value {
        switch call.callee.kind {
        case .name(let name):
            if let value = find(name) { return try self.call(value, call, at: range, variable: variable) }
            return try callGlobal(name, path: nil, call, at: range, variable: variable)
        case .attribute(let base, let name, let nameRange):
            let object = try evaluate(base)
            if case .symbol(let path) = object {
                return try callGlobal(name, path: path + "." + name, call, at: range, variable: variable)
            }
            return try callMethod(name, of: object, base, call, at: range, nameRange: nameRange)
        default:
            let callee = try evaluate(call.callee)
            return try self.call(callee, call, at: range, variable: variable)
        }
    }

    /// Calls a value.
    private mutating func call(
        _ value: Value, _ call: Call, at range: SourceRange, variable: String?
    ) throws(Halt) -> Value {
        switch value {
        case .layer(let layer):
            guard let tensors = try tensorArguments(of: call, callee: "layer '\(layer.name)'") else {
                return failTensor()
            }
            return apply(layer, to: tensors, variable: variable, at: range)
        case .model(let model):
            guard let tensors = try tensorArguments(of: call, callee: "model '\(model.name)'") else {
                return failTensor()
            }
            return try self.call(model, on: tensors, variable: variable, at: range)
        case .block(let block): return try self.call(block, call, at: range)
        case .symbol(let path):
            let last = path.split(separator: ".").last.map(String.init) ?? path
            return try callGlobal(last, path: path == last ? nil : path, call, at: range, variable: variable)
        case .error:
            // Its arguments may hold mistakes of their own.
            _ = try evaluateArguments(of: call) { _, _ in .block }
            return failTensor()
        case .tensor:
            return fail(
                "a tensor cannot be called; layers are applied to tensors: 'Layer(…)(tensor)'", at: call.callee.range)
        default: return fail("\(value.kindName) cannot be called", at: call.callee.range)
        }
    }

    /// After a failure in place of a tensor, bare layers fail silently.
    mutating func failTensor() -> Value {
        current = .failed
        return .error
    }

    /// Calls a name that is no variable: a layer, a model, a function, or something ignored.
    private mutating func callGlobal(
        _ name: String, path: String?, _ call: Call, at range: SourceRange, variable: String?
    ) throws(Halt) -> Value {
        if let path, isIgnored(path: path) { return ignore(path, at: range, "it does not change the network") }
        if path == nil, let function = Self.functions[name] { return try self.call(function, name, call, at: range) }
        if elaborator.isLayer(name), path.map(isOutsideLayers) != true {
            return try constructLayer(name, call, at: range, variable: variable)
        }
        switch name {
        case "Model", "Functional": return try constructModel(call, at: range)
        case "Sequential": return try constructSequential(call, at: range)
        case "Output" where path == nil: return try nameOutputs(call, at: range)
        case "load_weights" where path == nil: return try loadWeights(call, at: range)
        case "print" where path == nil: return ignore(name, at: range, "a network prints nothing")
        case "int_shape" where path != nil: return try shapeArgument(of: call, at: range)
        case "image_data_format" where path != nil: return .string("channels_last")
        default: return try reportUnknownCallee(name, path: path, call)
        }
    }

    private mutating func reportUnknownCallee(_ name: String, path: String?, _ call: Call) throws(Halt) -> Value {
        guard unknownNames.insert(call.callee.range).inserted else {
            _ = try evaluateArguments(of: call) { _, _ in .block }
            return failTensor()
        }
        let known = visibleNames.filter { if case .block? = find($0) { true } else { false } }
        let candidates = elaborator.layerNames + known + callableNames
        try chargeSearch(among: candidates.count, at: call.callee.range)
        let wordRange: SourceRange
        if case .attribute(_, _, let range) = call.callee.kind {
            wordRange = range
        } else {
            wordRange = call.callee.range
        }
        let match = closestMatch(to: name, among: candidates)
        if path == nil, match == nil, let later = laterBlock(name) {
            return fail(
                "block '\(name)' is used before it is defined", at: wordRange,
                notes: [Note("it is defined here", at: later)])
        }
        let didYouMean = match.map { "; did you mean '\($0)'?" } ?? ""
        _ = fail(
            "unknown layer or block '\(path ?? name)'" + didYouMean, at: wordRange,
            fixIts: match.map { [FixIt(wordRange, $0)] } ?? [])
        _ = try evaluateArguments(of: call) { _, _ in .block }
        return failTensor()
    }

    /// Where the file defines the block.
    private func laterBlock(_ name: String) -> SourceRange? {
        for statement in program.statements {
            if case .block(let block) = statement.kind, block.name == name { return block.nameRange }
        }
        return nil
    }

    mutating func ignore(_ what: String, at range: SourceRange, _ reason: String) -> Value {
        log.note("ignored: '\(what)' (\(reason))", at: range)
        return .ignored(what)
    }

    // MARK: Arguments

    mutating func evaluateArguments(
        of call: Call, place: (String?, Int) -> ArgumentPlace
    ) throws(Halt) -> [EvaluatedArgument] {
        var evaluated: [EvaluatedArgument] = []
        for (position, argument) in call.arguments.enumerated() {
            let (value, isBareWord) = try evaluateArgument(argument.value, place(argument.name, position))
            evaluated.append(
                EvaluatedArgument(
                    name: argument.name, value: value, range: argument.range, valueRange: argument.value.range,
                    isBareWord: isBareWord))
        }
        return evaluated
    }

    private mutating func evaluateArgument(
        _ expression: Expression, _ place: ArgumentPlace
    ) throws(Halt) -> (Value, isBareWord: Bool) {
        switch expression.kind {
        case .name(let name) where find(name) == nil && !Self.modules.contains(name):
            guard let word = bareWord(name, place, at: expression.range) else {
                return (try lookUp(name, at: expression.range), false)
            }
            return (word, true)
        case .conditional(let condition, let then, let otherwise):
            guard let holds = try truth(of: condition) else { return (.error, false) }
            return try evaluateArgument(holds ? then : otherwise, place)
        case .call(let call):
            if let symbol = try evaluateSymbolCall(call, place, at: expression.range) { return (symbol, false) }
        default: break
        }
        return (try evaluate(expression), false)
    }

    /// A word that names no variable is a string where the argument takes strings.
    private mutating func bareWord(_ name: String, _ place: ArgumentPlace, at range: SourceRange) -> Value? {
        switch place {
        case .layer(let layer, let argument, let position):
            guard elaborator.acceptsString(layer: layer, argument: argument, position: position) else { return nil }
            return .string(name)
        case .block:
            // A block tells nothing about its parameters: a word that resembles a variable is taken for a slip.
            let isLocal = scope.enclosingBlock?.locals.contains(name) ?? false
            if isLocal || isBuiltin(name) || closestMatch(to: name, among: visibleNames) != nil { return nil }
            if elaborator.isLayer(name) { return nil }
            return .string(name)
        case .other: return nil
        }
    }

    /// `HeNormal(seed=1)`, `keras.regularizers.l2(1e-4)`, `GELU(approximate=True)` where a layer's argument takes strings.
    private mutating func evaluateSymbolCall(
        _ call: Call, _ place: ArgumentPlace, at range: SourceRange
    ) throws(Halt) -> Value? {
        guard case .layer(let layer, let argument, let position) = place,
            elaborator.acceptsString(layer: layer, argument: argument, position: position),
            let name = try symbolName(of: call.callee)
        else { return nil }
        if elaborator.isLayer(name), elaborator.acceptsLayer(layer: layer, argument: argument, position: position) {
            // Python constructs the layer here, which counts in the automatic names.
            if case .error = try constructLayer(name, call, at: range, variable: nil) { return .error }
        }
        var arguments: [String: ArgumentValue] = [:]
        for (index, argument) in try evaluateArguments(of: call, place: { _, _ in .block }).enumerated() {
            if case .error = argument.value { return .error }
            arguments[argument.name ?? String(index)] = try argumentValue(argument.value, at: argument.valueRange)
        }
        return .symbolCall(name, arguments)
    }

    /// The last component of a callee that is no variable, function or model.
    private mutating func symbolName(of callee: Expression) throws(Halt) -> String? {
        switch callee.kind {
        case .name(let name):
            switch find(name) {
            case .symbol(let path)?: return path.split(separator: ".").last.map(String.init)
            case nil: return isFunction(name) ? nil : name
            default: return nil
            }
        case .attribute(let base, let name, _):
            guard case .symbol = symbolBase(base) else { return nil }
            return name
        default: return nil
        }
    }

    /// A dotted name's value without reports.
    private func symbolBase(_ expression: Expression) -> Value {
        switch expression.kind {
        case .name(let name): find(name) ?? (Self.modules.contains(name) ? .symbol(name) : .error)
        case .attribute(let base, let name, _):
            if case .symbol(let path) = symbolBase(base) { .symbol(path + "." + name) } else { .error }
        default: .error
        }
    }

    /// The tensors that a layer or model is called on: `f(t)`, `f([a, b])`, with `training=False` and `mask=None` accepted.
    mutating func tensorArguments(of call: Call, callee: String) throws(Halt) -> [TensorHandle]? {
        let arguments = try evaluateArguments(of: call) { _, _ in .other }
        var tensors: [TensorHandle] = []
        var isComplete = true
        for argument in arguments {
            switch argument.name {
            case nil, "inputs":
                guard let found = try self.tensors(in: argument.value, at: argument.valueRange, wantedBy: callee) else {
                    isComplete = false
                    continue
                }
                tensors += found
            case "training":
                if case .bool(true) = argument.value {
                    _ = fail("only inference is compiled: 'training=True' cannot be honoured", at: argument.range)
                    isComplete = false
                }
            case "mask" where argument.value.isNone: break
            case let name?:
                _ = fail("\(callee) takes tensors here, not '\(name)='", at: argument.range)
                isComplete = false
            }
        }
        if isComplete, tensors.isEmpty {
            _ = fail("\(callee) is called without a tensor", at: call.argumentRange)
            return nil
        }
        return isComplete ? tensors : nil
    }

    /// The tensors of a tensor, list or tuple; reports anything else.
    mutating func tensors(in value: Value, at range: SourceRange, wantedBy callee: String) throws(Halt)
        -> [TensorHandle]?
    {
        switch value {
        case .tensor(let tensor): return [tensor]
        case .list(let container), .tuple(let container):
            try charge(container.elements.count, at: range)
            var tensors: [TensorHandle] = []
            for element in container.elements {
                switch element {
                case .tensor(let tensor): tensors.append(tensor)
                case .error: return nil
                case .layer(let layer) where layer.handle == nil: return nil
                default:
                    _ = fail(
                        "\(callee) takes tensors, found \(element.kindName) in this list" + hint(element), at: range)
                    return nil
                }
            }
            return tensors
        case .error: return nil
        case .layer(let layer) where layer.handle == nil: return nil
        default:
            _ = fail("\(callee) takes a tensor, found \(value.kindName)" + hint(value), at: range)
            return nil
        }
    }

    private func hint(_ value: Value) -> String {
        if case .layer = value { return " that is not applied to anything" }
        return ""
    }
}
