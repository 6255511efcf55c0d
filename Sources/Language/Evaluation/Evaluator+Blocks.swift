import Diagnostics

extension Evaluator {
    /// `def name(parameters):` binds the block; defaults are evaluated now, as in Python.
    mutating func define(_ definition: BlockDefinition) throws(Halt) {
        var defaults: [Value?] = []
        for parameter in definition.parameters {
            if let value = parameter.defaultValue { defaults.append(try evaluate(value)) } else { defaults.append(nil) }
        }
        var captured: Scope?
        if scope !== globals {
            captured = scope
            capturedScopes.append(scope)
        }
        let block = BlockValue(definition, defaults: defaults, scope: captured)
        bind(definition.name, to: .block(block), at: definition.nameRange, isTopLevel: false)
    }

    /// Calls a block with the arguments of a call.
    mutating func call(_ block: BlockValue, _ call: Call, at range: SourceRange) throws(Halt) -> Value {
        let arguments = try evaluateArguments(of: call) { _, _ in .block }
        let definition = block.definition
        if activeBlocks.contains(where: { $0 === definition }) {
            _ = fail("block '\(definition.name)' calls itself; recursion is not part of the language", at: range)
            return failTensor()
        }
        guard frames.count < Limit.frames else { throw halt("blocks and loops are nested too deeply", at: range) }
        guard let variables = bindArguments(arguments, to: block, at: range) else { return failTensor() }
        let outer = scope
        scope = Scope(parent: block.scope, block: definition)
        scope.variables = variables
        calls += 1
        push(.call(block: definition.name, number: calls, range))
        activeBlocks.append(definition)
        defer {
            scope = outer
            pop()
            activeBlocks.removeLast()
        }
        let applicationsBefore = applications
        let flow = try execute(definition.body, isTopLevel: false)
        return result(of: flow, at: range, hasApplied: applications > applicationsBefore)
    }

    /// What the call gives, and the current tensor after it.
    private mutating func result(of flow: Flow, at range: SourceRange, hasApplied: Bool) -> Value {
        if case .leaveBlock(let value) = flow, !value.isNone {
            switch value {
            case .tensor(let tensor): current = .tensors([tensor], range)
            case .error: current = .failed
            default:
                if value.holdsTensors, case .list(let container) = value { adoptCurrent(container, at: range) }
                if value.holdsTensors, case .tuple(let container) = value { adoptCurrent(container, at: range) }
            }
            return value
        }
        // A block of bare layer lines gives the tensor that it made.
        guard hasApplied else { return .none }
        switch current {
        case .tensors(let tensors, _): return setCurrent(tensors, at: range)
        case .failed: return .error
        case .nothing: return .none
        }
    }

    private mutating func adoptCurrent(_ container: Container, at range: SourceRange) {
        let tensors = container.elements.compactMap { if case .tensor(let tensor) = $0 { tensor } else { nil } }
        if tensors.count == container.elements.count { current = .tensors(tensors, range) }
    }

    // MARK: Parameters

    /// The block's variables at its start; `nil` after a report.
    private mutating func bindArguments(
        _ arguments: [EvaluatedArgument], to block: BlockValue, at range: SourceRange
    ) -> [String: Value]? {
        let definition = block.definition
        let positional = definition.parameters.filter { !$0.isKeywordOnly }
        let defined = Note("block '\(definition.name)' is defined here", at: definition.nameRange)
        var variables: [String: Value] = [:]
        var position = 0
        var isRight = true
        for argument in arguments {
            guard let name = argument.name else {
                if position < positional.count {
                    variables[positional[position].name] = argument.value
                } else if position == positional.count {
                    let count = positional.count
                    _ = fail(
                        "block '\(definition.name)' takes \(count) positional argument\(count == 1 ? "" : "s")",
                        at: argument.range, notes: [defined])
                    isRight = false
                }
                position += 1
                continue
            }
            if !definition.parameters.contains(where: { $0.name == name }) {
                let names = definition.parameters.map(\.name)
                _ = fail(
                    "block '\(definition.name)' has no parameter '\(name)'" + suggestion(for: name, among: names),
                    at: argument.range, notes: [defined])
                isRight = false
            } else if variables[name] != nil {
                _ = fail("argument '\(name)' is given twice", at: argument.range, notes: [defined])
                isRight = false
            } else {
                variables[name] = argument.value
            }
        }
        for (parameter, value) in zip(definition.parameters, block.defaults) where variables[parameter.name] == nil {
            variables[parameter.name] = value
        }
        let missing = definition.parameters.map(\.name).filter { variables[$0] == nil }
        if isRight, !missing.isEmpty {
            let names = missing.map { "'\($0)'" }.joined(separator: ", ")
            _ = fail("the call of block '\(definition.name)' lacks \(names)", at: range, notes: [defined])
            isRight = false
        }
        return isRight ? variables : nil
    }
}
