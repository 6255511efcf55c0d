import Diagnostics

extension Evaluator {
    /// `Layer(args)`: constructs a layer. `Input` and `Constant` give their tensors at once, and so does Keras' functional form
    /// `add([a, b])`.
    mutating func constructLayer(
        _ name: String, _ call: Call, at range: SourceRange, variable: String?
    ) throws(Halt) -> Value {
        try charge(10, at: range)
        var arguments = try evaluateArguments(of: call) { .layer(name, argument: $0, position: $1) }
        var applied: EvaluatedArgument?
        if let first = arguments.first, first.name == nil || first.name == "inputs", first.value.holdsTensors {
            guard name.first?.isLowercase == true else { return reportTensorInConstruction(name, call, first) }
            applied = arguments.removeFirst()
        }
        if arguments.contains(where: \.value.isError) { return failTensor() }
        var converted: [LayerArgument] = []
        for argument in arguments {
            let value = try argumentValue(argument.value, at: argument.valueRange)
            converted.append(
                LayerArgument(
                    name: argument.name, value: value, range: argument.range, valueRange: argument.valueRange,
                    isBareWord: argument.isBareWord))
        }
        let handle = elaborator.construct(name, arguments: converted, at: site(range, trail: trail), log: &log)
        constructions += 1
        let layer = LayerValue(handle, name: name, range: range, serial: constructions)
        if let applied {
            guard let tensors = try tensors(in: applied.value, at: applied.valueRange, wantedBy: "'\(name)'") else {
                return failTensor()
            }
            return apply(layer, to: tensors, variable: variable, at: range)
        }
        guard let handle else {
            // A failed Input gives no tensor.
            return .layer(layer)
        }
        if elaborator.isConstant(handle) {
            let before = current
            let value = apply(layer, to: [], variable: variable, at: range)
            if case .tensor = value { current = before }
            return value
        }
        guard elaborator.isInput(handle) else { return .layer(layer) }
        let value = apply(layer, to: [], variable: variable, at: range)
        if case .tensor(let tensor) = value { inputs.append(tensor) }
        return value
    }

    private mutating func reportTensorInConstruction(_ name: String, _ call: Call, _ argument: EvaluatedArgument)
        -> Value
    {
        let isAlone = call.arguments.count == 1
        let message = "'\(name)' takes its tensors in parentheses of their own: '\(name)(…)(tensors)'"
        let fixIts = isAlone ? [insertion("()", at: call.callee.range.end)] : []
        _ = fail(message, at: argument.range, fixIts: fixIts)
        return failTensor()
    }

    /// Applies a layer to tensors; the result is the current tensor.
    mutating func apply(
        _ layer: LayerValue, to tensors: [TensorHandle], variable: String?, at range: SourceRange
    ) -> Value {
        layer.isApplied = true
        applications += 1
        guard let handle = layer.handle,
            let results = elaborator.apply(
                handle, to: tensors, variable: variable, at: site(range, trail: trail), log: &log)
        else { return failTensor() }
        let value = setCurrent(results, at: range)
        if case .tensor = value, elaborator.givesList(handle) { return .list([value]) }
        return value
    }

    /// Makes tensors the current ones: one as itself, several as a list.
    mutating func setCurrent(_ tensors: [TensorHandle], at range: SourceRange) -> Value {
        current = .tensors(tensors, range)
        return tensors.count == 1 ? .tensor(tensors[0]) : .list(tensors.map { .tensor($0) })
    }

    /// A bare layer line: applies the layer to the current tensor.
    mutating func applyToCurrent(_ layer: LayerValue, variable: String?, at range: SourceRange) -> Value {
        switch current {
        case .failed: return .error
        case .tensors(let tensors, _): return apply(layer, to: tensors, variable: variable, at: range)
        case .nothing:
            guard let handle = layer.handle else { return failTensor() }
            guard let shape = elaborator.inputShape(of: handle) else {
                _ = fail(
                    "'\(layer.name)' has no tensor to apply to; begin with an Input, as in 'Input((224, 224, 3))'",
                    at: range)
                return failTensor()
            }
            guard let input = makeInput(shape, at: range) else { return failTensor() }
            return apply(layer, to: [input], variable: variable, at: range)
        }
    }

    /// The input that `input_shape=` of a first layer stands for.
    mutating func makeInput(_ shape: [Int], at range: SourceRange) -> TensorHandle? {
        guard let input = elaborator.makeInput(shape: shape, at: site(range, trail: trail), log: &log) else {
            return nil
        }
        inputs.append(input)
        return input
    }

    /// A value as a layer sees it.
    mutating func argumentValue(_ value: Value, at range: SourceRange, level: Int = 0) throws(Halt) -> ArgumentValue {
        try charge(at: range)
        guard level < 16 else { return .unsuitable("a list nested too deeply") }
        switch value {
        case .none: return .none
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .float(let value): return .float(value)
        case .string(let value): return .string(value)
        case .list(let container): return .list(try argumentValues(container.elements, at: range, level: level))
        case .tuple(let container): return .tuple(try argumentValues(container.elements, at: range, level: level))
        case .range(let integers):
            try charge(integers.count, at: range)
            return .list((0..<integers.count).map { .int(integers[$0]) })
        case .symbol(let path): return .symbol(path.split(separator: ".").last.map(String.init) ?? path, arguments: [:])
        case .symbolCall(let name, let arguments): return .symbol(name, arguments: arguments)
        case .tensor, .layer, .model, .block, .ignored, .error: return .unsuitable(value.kindName)
        }
    }

    private mutating func argumentValues(
        _ values: [Value], at range: SourceRange, level: Int
    ) throws(Halt) -> [ArgumentValue] {
        var converted: [ArgumentValue] = []
        for value in values { converted.append(try argumentValue(value, at: range, level: level + 1)) }
        return converted
    }
}

extension Value {
    /// Whether it is a tensor or a list or tuple that begins with one.
    var holdsTensors: Bool {
        switch self {
        case .tensor: true
        case .list(let container), .tuple(let container):
            if case .tensor? = container.elements.first { true } else { false }
        default: false
        }
    }

    var isNone: Bool {
        if case .none = self { return true }
        return false
    }
}
