import Diagnostics

extension Evaluator {
    mutating func execute(_ statements: [Statement], isTopLevel: Bool) throws(Halt) -> Flow {
        for statement in statements {
            try charge(at: statement.range)
            guard log.errorCount < mostErrors else { throw Halt() }
            let flow = try execute(statement, isTopLevel: isTopLevel)
            if case .next = flow { continue }
            return flow
        }
        return .next
    }

    private mutating func execute(_ statement: Statement, isTopLevel: Bool) throws(Halt) -> Flow {
        switch statement.kind {
        case .expression(let expression): try executeExpression(expression)
        case .assignment(let targets, let value):
            try executeAssignment(targets, value, at: statement.range, isTopLevel: isTopLevel)
        case .augmented(let target, let update, let value):
            try executeAugmented(target, update, value, at: statement.range)
        case .block(let definition): try define(definition)
        case .return(let value): return try executeReturn(value, at: statement.range)
        case .for(let target, let iterable, let body):
            return try deeper(at: statement.range) { (evaluator: inout Evaluator) throws(Halt) in
                try evaluator.executeLoop(target, iterable, body)
            }
        case .if(let branches, let otherwise):
            return try deeper(at: statement.range) { (evaluator: inout Evaluator) throws(Halt) in
                try evaluator.executeIf(branches, otherwise, isTopLevel: isTopLevel)
            }
        case .importing(let imports): for item in imports { execute(item) }
        case .assert(let condition, let message): try executeAssert(condition, message, at: statement.range)
        case .pass: break
        case .break: return isInLoop(statement.range, "break") ? .leaveLoop : .next
        case .continue: return isInLoop(statement.range, "continue") ? .nextIteration : .next
        case .mainGuard:
            log.note(
                "ignored: what stands under 'if __name__ == '__main__':' is not part of the network",
                at: statement.range)
        case .invalid(let names, let assigned): poison(mentioned: names, assigned: assigned)
        }
        return .next
    }

    private mutating func isInLoop(_ range: SourceRange, _ word: String) -> Bool {
        if case .iteration? = frames.last { return true }
        _ = fail("'\(word)' outside a loop", at: range)
        return false
    }

    /// Makes names fail silently: what would have been assigned to them is unknown, for a reason that was reported.
    mutating func poison(_ names: some Sequence<String>) {
        for name in names { scope.variables[name] = .error }
        if case .nothing = current {} else { current = .failed }
    }

    /// The names of a statement that was reported: those that it assigns, and those that it may have meant to define.
    private mutating func poison(mentioned: [String], assigned: [String]) {
        poison(assigned)
        current = .failed
        for name in mentioned where find(name) == nil && !isBuiltin(name) && !elaborator.isLayer(name) {
            scope.variables[name] = .error
        }
    }

    private mutating func executeExpression(_ expression: Expression) throws(Halt) {
        if case .string = expression.kind { return }
        let before = constructions
        let value = try evaluate(expression)
        if try applyFresh(value, since: before, variable: nil, at: expression.range) != nil { return }
        if case .call = expression.kind { return }
        if !value.isError, expression.isWithoutEffect {
            log.warning("this value is not used", at: expression.range, notes: trail)
        }
    }

    /// A layer or sequential model constructed by this very statement, and not applied there, applies to the current tensor.
    /// `nil` where the value is something else.
    mutating func applyFresh(
        _ value: Value, since before: Int, variable: String?, at range: SourceRange
    ) throws(Halt) -> Value? {
        switch value {
        case .layer(let layer) where layer.serial > before && !layer.isApplied:
            return applyToCurrent(layer, variable: variable, at: range)
        case .model(let model) where model.serial > before && !model.isApplied && !hasOwnInput(model):
            guard case .tensors(let tensors, _) = current, case .sequential = model.content else { return nil }
            return try call(model, on: tensors, variable: variable, at: range)
        default: return nil
        }
    }

    private mutating func executeReturn(_ expression: Expression?, at range: SourceRange) throws(Halt) -> Flow {
        guard scope.enclosingBlock != nil else {
            _ = fail("'return' outside a block", at: range)
            return .next
        }
        guard let expression else { return .leaveBlock(.none) }
        return .leaveBlock(try evaluate(expression))
    }

    private mutating func executeAssert(
        _ condition: Expression, _ message: Expression?, at range: SourceRange
    ) throws(Halt) {
        guard let holds = try truth(of: condition), !holds else { return }
        var text = "this assertion does not hold"
        if let message {
            let value = try evaluate(message)
            if case .error = value { return }
            text += ": " + (try string(of: value, at: message.range) ?? "")
        }
        _ = fail(text, at: range)
    }

    // MARK: Conditions and loops

    private mutating func executeIf(
        _ branches: [(condition: Expression, body: [Statement])], _ otherwise: [Statement], isTopLevel: Bool
    ) throws(Halt) -> Flow {
        for (index, branch) in branches.enumerated() {
            guard let holds = try truth(of: branch.condition) else {
                // Which branch would run is unknown: what any of them assigns is too.
                for skipped in branches[index...] { poison(assignedNames(in: skipped.body)) }
                poison(assignedNames(in: otherwise))
                return .next
            }
            if holds { return try execute(branch.body, isTopLevel: isTopLevel) }
        }
        return try execute(otherwise, isTopLevel: isTopLevel)
    }

    private mutating func executeLoop(
        _ target: Target, _ iterable: Expression, _ body: [Statement]
    ) throws(Halt) -> Flow {
        let value = try evaluate(iterable)
        guard let sequence = try iteration(over: value, at: iterable.range) else {
            poison(target.names)
            poison(assignedNames(in: body))
            return .next
        }
        let loopRange = target.range.union(iterable.range)
        var index = 0
        // A list that grows while it is walked is walked to its new end, as in Python.
        while index < sequence.count {
            try charge(at: loopRange)
            let element = sequence[index]
            index += 1
            try bind(target, to: element, isTopLevel: false)
            push(.iteration(index, variables: target.names.map { ($0, scope.variables[$0] ?? .none) }, loopRange))
            defer { pop() }
            switch try execute(body, isTopLevel: false) {
            case .next, .nextIteration: continue
            case .leaveLoop: return .next
            case .leaveBlock(let value): return .leaveBlock(value)
            }
        }
        return .next
    }

    // MARK: Assignment

    private mutating func executeAssignment(
        _ targets: [Target], _ expression: Expression, at range: SourceRange, isTopLevel: Bool
    ) throws(Halt) {
        if isTopLevel, let value = replacement(for: targets, expression) {
            for target in targets { try bind(target, to: value, isTopLevel: true) }
            return
        }
        let before = constructions
        var variable: String?
        if case .name(let name) = targets[0].kind { variable = name }
        var value = try evaluate(expression, variable: variable)
        if !layerUses.keepsLayer(range),
            let applied = try applyFresh(value, since: before, variable: variable, at: expression.range)
        {
            value = applied
        }
        for target in targets { try bind(target, to: value, isTopLevel: isTopLevel) }
    }

    private mutating func executeAugmented(
        _ target: Target, _ update: BinaryOperator, _ expression: Expression, at range: SourceRange
    ) throws(Halt) {
        var old: Value
        switch target.kind {
        case .name(let name): old = try lookUpForUpdate(name, at: target.range)
        case .element(let base, let index):
            old = try evaluate(Expression(.index(base, index), target.range))
        case .unpacking: old = .error
        }
        let right = try evaluate(expression)
        if update == .add, case .list(let container) = old, !right.isError {
            // `+=` on a list changes the list itself, which other names may share.
            guard let added = try elements(of: right, at: expression.range) else { return }
            try charge(added.count, at: range)
            guard try canHold(container, added, at: range) else { return }
            container.elements += added
            return
        }
        old = try combine(old, update, right, at: range, operatorRange: range)
        try bind(target, to: old, isTopLevel: false)
    }

    /// Binds what stands before `=` or between `for` and `in`.
    mutating func bind(_ target: Target, to value: Value, isTopLevel: Bool) throws(Halt) {
        switch target.kind {
        case .name(let name): bind(name, to: value, at: target.range, isTopLevel: isTopLevel)
        case .unpacking(let targets):
            let elements: [Value]
            if case .error = value {
                elements = Array(repeating: .error, count: targets.count)
            } else if !value.isSequence {
                _ = fail("cannot unpack \(value.kindName) into \(targets.count) names", at: target.range)
                elements = Array(repeating: .error, count: targets.count)
            } else if let found = try self.elements(of: value, at: target.range) {
                if found.count == targets.count {
                    elements = found
                } else {
                    let names = "\(targets.count) name" + (targets.count == 1 ? "" : "s")
                    let values = "\(found.count) value" + (found.count == 1 ? "" : "s")
                    _ = fail("cannot unpack \(values) into \(names)", at: target.range)
                    elements = Array(repeating: .error, count: targets.count)
                }
            } else {
                elements = Array(repeating: .error, count: targets.count)
            }
            for (inner, element) in zip(targets, elements) { try bind(inner, to: element, isTopLevel: false) }
        case .element(let base, let index): try assign(value, to: base, index, at: target.range)
        }
    }
}

extension Scope {
    /// The block whose call this scope, or a comprehension's scope around it, belongs to.
    var enclosingBlock: BlockDefinition? { block ?? parent?.enclosingBlock }
}

extension Expression {
    /// Whether nothing happens when it is evaluated as a statement.
    var isWithoutEffect: Bool {
        switch kind {
        case .call, .comprehension: false
        case .binary(let left, _, let right, _): left.isWithoutEffect && right.isWithoutEffect
        case .conditional(_, let then, let otherwise): then.isWithoutEffect && otherwise.isWithoutEffect
        case .tuple(let elements), .list(let elements): elements.allSatisfy(\.isWithoutEffect)
        case .index(let base, _): base.isWithoutEffect
        default: true
        }
    }
}
