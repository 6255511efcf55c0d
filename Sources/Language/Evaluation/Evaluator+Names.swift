import Diagnostics

extension Evaluator {
    /// The value of a variable as Python finds it: this scope, the scopes around it, the file. `nil` where there is none.
    func find(_ name: String) -> Value? {
        var next: Scope? = scope
        while let here = next {
            if let value = here.variables[name] { return value }
            // A name that the block assigns somewhere is its own, though it may not be bound yet.
            if let block = here.block, block.locals.contains(name) { return nil }
            next = here.parent
        }
        return globals.variables[name]
    }

    /// The value of a name in an expression.
    mutating func lookUp(_ name: String, at range: SourceRange) throws(Halt) -> Value {
        if let value = find(name) { return value }
        if Self.modules.contains(name) { return .symbol(name) }
        if isBuiltin(name) { return .symbol(name) }
        if elaborator.isLayer(name) {
            return fail(
                "the layer '\(name)' lacks its parentheses", at: range, fixIts: [insertion("()", at: range.end)])
        }
        return try reportUndefined(name, at: range)
    }

    func insertion(_ text: String, at offset: Int) -> FixIt { FixIt(SourceRange(offset, offset), text) }

    mutating func reportUndefined(_ name: String, at range: SourceRange) throws(Halt) -> Value {
        guard unknownNames.insert(range).inserted else { return .error }
        if let block = scope.enclosingBlock, block.locals.contains(name) {
            var notes: [Note] = []
            if globals.variables[name] != nil {
                notes = [
                    Note(
                        "block '\(block.name)' assigns '\(name)', so it is not the '\(name)' of the file",
                        at: block.nameRange)
                ]
            }
            return fail("'\(name)' is used before it is assigned", at: range, notes: notes)
        }
        let candidates = visibleNames + builtinNames
        try chargeSearch(among: candidates.count, at: range)
        if let later = laterDefinition(of: name) {
            return fail(
                "'\(name)' is used before it is defined", at: range, notes: [Note("it is defined here", at: later)])
        }
        let match = closestMatch(to: name, among: candidates)
        return fail(
            "undefined name '\(name)'" + (match.map { "; did you mean '\($0)'?" } ?? ""), at: range,
            fixIts: match.map { [FixIt(range, $0)] } ?? [])
    }

    /// Where the file assigns or defines the name at top level.
    private func laterDefinition(of name: String) -> SourceRange? {
        for statement in program.statements {
            switch statement.kind {
            case .assignment(let targets, _):
                for target in targets where target.names.contains(name) { return target.range }
            case .block(let block) where block.name == name: return block.nameRange
            default: break
            }
        }
        return nil
    }

    /// Every variable in sight, for "did you mean"; none where a hostile file would make the search long.
    var visibleNames: [String] {
        guard log.errorCount < 100, globals.variables.count < 5000 else { return [] }
        var names = Set(globals.variables.keys)
        var next: Scope? = scope
        while let here = next {
            names.formUnion(here.variables.keys)
            next = here.parent
        }
        return names.sorted()
    }

    /// The old value for `name += …`.
    mutating func lookUpForUpdate(_ name: String, at range: SourceRange) throws(Halt) -> Value {
        if let value = find(name) { return value }
        return try reportUndefined(name, at: range)
    }

    /// Assigns to a variable of the current scope.
    mutating func bind(_ name: String, to value: Value, at range: SourceRange, isTopLevel: Bool) {
        if case .tensor(let tensor) = value { elaborator.bind(tensor, to: name) }
        if case .list(let container) = value, name == "outputs" {
            for case .tensor(let tensor) in container.elements { elaborator.bind(tensor, to: name) }
        }
        scope.variables[name] = value
        guard scope === globals else { return }
        if name == "outputs" { outputsVariableRange = range }
        note(parameter: name, value, at: range, isTopLevel: isTopLevel)
    }

    // MARK: Definitions of the command line

    /// Keeps the list of what `-D` may replace, and warns where an assignment undoes a replacement.
    private mutating func note(parameter name: String, _ value: Value, at range: SourceRange, isTopLevel: Bool) {
        if let index = definitions.firstIndex(where: { $0.name == name }), let replaced = definitions[index].replaced,
            replaced != range
        {
            log.warning(
                "this assignment stands: -D \(name) replaced only the first", at: range,
                notes: [Note("the first is here", at: replaced)])
        }
        if unsuitableParameters.contains(name) || parameters.contains(where: { $0.name == name }) { return }
        if isTopLevel, value.isPlain, let text = value.literal() {
            parameters.append(Parameter(name: name, value: value, text: text, range: range))
        } else if !value.isError {
            unsuitableParameters.insert(name)
        }
    }

    /// The value that `-D` gives to the one name of an assignment, where it has not been used yet.
    mutating func replacement(for targets: [Target], _ expression: Expression) -> Value? {
        guard !definitions.isEmpty else { return nil }
        for target in targets {
            guard case .name(let name) = target.kind,
                let index = definitions.lastIndex(where: { $0.name == name && $0.replaced == nil && !$0.isRejected })
            else { continue }
            if makesTensor(expression) {
                definitions[index].isRejected = true
                _ = fail("-D \(name): '\(name)' is not a parameter but names a tensor or layer", at: target.range)
                continue
            }
            for other in definitions.indices where definitions[other].name == name {
                definitions[other].replaced = target.range
            }
            return definitions[index].value
        }
        return nil
    }

    /// Whether an expression gives a tensor, layer or model, judged without evaluating it.
    private func makesTensor(_ expression: Expression) -> Bool {
        switch expression.kind {
        case .name(let name):
            switch find(name) {
            case .tensor?, .layer?, .model?: return true
            default: return false
            }
        case .call(let call):
            switch call.callee.kind {
            case .name(let name):
                if case .block(let block)? = find(name) { return returnsTensor(block.definition.body) }
                if find(name) != nil { return true }
                return !isFunction(name)
            case .attribute: return true
            default: return true
            }
        case .binary(let left, _, let right, _): return makesTensor(left) || makesTensor(right)
        case .conditional(_, let then, let otherwise): return makesTensor(then) || makesTensor(otherwise)
        default: return false
        }
    }

    private func returnsTensor(_ body: [Statement]) -> Bool {
        body.contains { statement in
            switch statement.kind {
            case .return(let value?): value.callsLayer(elaborator)
            case .expression(let value), .assignment(_, let value): value.callsLayer(elaborator)
            case .for(_, _, let body): returnsTensor(body)
            case .if(let branches, let otherwise):
                branches.contains { returnsTensor($0.body) } || returnsTensor(otherwise)
            default: false
            }
        }
    }

    mutating func reportUnusedDefinitions() {
        for definition in definitions where definition.replaced == nil && !definition.isRejected {
            let names = parameters.filter(\.value.isPlain).map(\.name)
            let known = names.isEmpty ? "the file has none" : "the parameters are " + names.joined(separator: ", ")
            let message =
                unsuitableParameters.contains(definition.name)
                ? "-D \(definition.name): '\(definition.name)' is not a parameter of the file"
                : "-D \(definition.name): the file assigns no such parameter"
                    + suggestion(for: definition.name, among: names)
            let similar = closestMatch(to: definition.name, among: names)
            let place = parameters.first { $0.name == similar }?.range
            log.error(message, at: nil, notes: [Note(known, at: place)])
            definitions = definitions.map { definition.name == $0.name ? $0.rejected : $0 }
        }
    }
}

extension Evaluator.Definition {
    var rejected: Self {
        var copy = self
        copy.isRejected = true
        return copy
    }
}

extension Expression {
    /// Whether a layer is called somewhere in it.
    func callsLayer(_ elaborator: any Elaborator) -> Bool {
        guard case .call(let call) = kind else { return false }
        switch call.callee.kind {
        case .name(let name): return elaborator.isLayer(name)
        case .attribute(_, let name, _): return elaborator.isLayer(name)
        default: return call.callee.callsLayer(elaborator)
        }
    }
}

/// The value of `-D name=text`: a literal of the language, else the text as a string.
func parseDefinition(_ text: String) -> Value {
    let source = SourceFile(name: "", text: Array(text.utf8))
    var log = DiagnosticLog()
    let program = Parser.parse(source, log: &log)
    guard !log.hasErrors, program.statements.count == 1, case .expression(let expression) = program.statements[0].kind,
        let value = literalValue(of: expression)
    else { return .string(text) }
    return value
}

private func literalValue(of expression: Expression) -> Value? {
    switch expression.kind {
    case .none: return Value.none
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .float(let value): return .float(value)
    case .string(let value): return .string(value)
    case .positive(let operand): return literalValue(of: operand).flatMap { $0.isNumber ? $0 : nil }
    case .negated(let operand):
        switch literalValue(of: operand) {
        case .int(let value)?: return .int(-value)
        case .float(let value)?: return .float(-value)
        default: return nil
        }
    case .list(let elements), .tuple(let elements):
        var values: [Value] = []
        for element in elements {
            guard let value = literalValue(of: element) else { return nil }
            values.append(value)
        }
        if case .list = expression.kind { return .list(values) }
        return .tuple(values)
    default: return nil
    }
}
