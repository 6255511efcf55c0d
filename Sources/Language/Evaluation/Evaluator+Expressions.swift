import Diagnostics

extension Evaluator {
    /// The value of an expression; `variable` is the name that the result will be assigned to.
    mutating func evaluate(_ expression: Expression, variable: String? = nil) throws(Halt) -> Value {
        try charge(at: expression.range)
        switch expression.kind {
        case .none: return .none
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .float(let value): return .float(value)
        case .string(let value): return .string(value)
        case .name(let name): return try lookUp(name, at: expression.range)
        default:
            return try deeper(at: expression.range) { (evaluator: inout Evaluator) throws(Halt) in
                try evaluator.evaluateCompound(expression, variable: variable)
            }
        }
    }

    private mutating func evaluateCompound(_ expression: Expression, variable: String?) throws(Halt) -> Value {
        let range = expression.range
        switch expression.kind {
        case .call(let call): return try evaluateCall(call, at: range, variable: variable)
        case .binary(let left, let update, let right, let place):
            let a = try evaluate(left)
            let b = try evaluate(right)
            return try combine(a, update, b, at: range, operatorRange: place)
        case .attribute(let base, let name, let nameRange):
            return try attribute(name, of: try evaluate(base), at: range, nameRange: nameRange)
        case .index(let base, let index): return try evaluateIndex(base, index, at: range)
        case .slice(let base, let start, let stop, let step):
            return try evaluateSlice(base, start, stop, step, at: range)
        case .list(let elements): return .list(try evaluate(elements))
        case .tuple(let elements): return .tuple(try evaluate(elements))
        case .formatted(let pieces): return try evaluateFormatted(pieces, at: range)
        case .negated(let operand): return try negate(try evaluate(operand), at: range)
        case .positive(let operand): return requireNumber(try evaluate(operand), "+", at: range)
        case .not(let operand):
            guard let holds = try truth(of: operand) else { return .error }
            return .bool(!holds)
        case .conjunction(let operands): return try evaluateLogic(operands, stopsAt: false)
        case .disjunction(let operands): return try evaluateLogic(operands, stopsAt: true)
        case .comparison(let first, let rest): return try evaluateComparison(first, rest)
        case .conditional(let condition, let then, let otherwise):
            guard let holds = try truth(of: condition) else { return .error }
            return try evaluate(holds ? then : otherwise, variable: variable)
        case .comprehension(let element, let clauses): return try evaluateComprehension(element, clauses, at: range)
        case .none, .bool, .int, .float, .string, .name: preconditionFailure("evaluated without recursion")
        }
    }

    private mutating func evaluate(_ elements: [Expression]) throws(Halt) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements { values.append(try evaluate(element)) }
        return values
    }

    private mutating func requireNumber(_ value: Value, _ sign: String, at range: SourceRange) -> Value {
        if value.isNumber || value.isError { return value.asNumber }
        if case .tensor = value { return value }
        return fail("'\(sign)' wants a number, found \(value.kindName)", at: range)
    }

    /// `and`, `or`: the operand that decides, as in Python.
    private mutating func evaluateLogic(_ operands: [Expression], stopsAt deciding: Bool) throws(Halt) -> Value {
        var value = Value.none
        for operand in operands {
            value = try evaluate(operand)
            guard let holds = truth(of: value, at: operand.range) else { return .error }
            if holds == deciding { return value }
        }
        return value
    }

    // MARK: Truth

    mutating func truth(of condition: Expression) throws(Halt) -> Bool? {
        truth(of: try evaluate(condition), at: condition.range)
    }

    /// Python's truth of a value; `nil` where it has none, which is reported.
    mutating func truth(of value: Value, at range: SourceRange) -> Bool? {
        switch value {
        case .none: return false
        case .bool(let value): return value
        case .int(let value): return value != 0
        case .float(let value): return value != 0
        case .string(let value): return !value.isEmpty
        case .list(let container), .tuple(let container): return !container.elements.isEmpty
        case .range(let range): return range.count > 0
        case .tensor:
            _ = fail(
                "a condition cannot depend on a tensor's contents; to test whether it is given, use 'is not None'",
                at: range)
            return nil
        case .layer, .model, .block, .symbol, .symbolCall: return true
        case .ignored:
            _ = fail("\(value.kindName), cannot be used", at: range)
            return nil
        case .error: return nil
        }
    }

    // MARK: Comprehensions

    private mutating func evaluateComprehension(
        _ element: Expression, _ clauses: [ComprehensionClause], at range: SourceRange
    ) throws(Halt) -> Value {
        // The first iterable belongs to the scope outside, as in Python.
        let first = try evaluate(clauses[0].iterable)
        let outer = scope
        scope = Scope(parent: outer)
        defer { scope = outer }
        var values: [Value] = []
        let isComplete = try collect(element, clauses[...], first: first, into: &values, at: range)
        return isComplete ? .list(values) : .error
    }

    private mutating func collect(
        _ element: Expression, _ clauses: ArraySlice<ComprehensionClause>, first: Value?, into values: inout [Value],
        at range: SourceRange
    ) throws(Halt) -> Bool {
        guard let clause = clauses.first else {
            values.append(try evaluate(element))
            try checkCount(values.count, at: range)
            return true
        }
        let iterable: Value
        if let first { iterable = first } else { iterable = try evaluate(clause.iterable) }
        guard let sequence = try iteration(over: iterable, at: clause.iterable.range) else { return false }
        let loopRange = clause.target.range.union(clause.iterable.range)
        var index = 0
        while index < sequence.count {
            try charge(at: loopRange)
            try bind(clause.target, to: sequence[index], isTopLevel: false)
            index += 1
            push(
                .iteration(index, variables: clause.target.names.map { ($0, scope.variables[$0] ?? .none) }, loopRange))
            defer { pop() }
            guard let holds = try conditionsHold(clause.conditions) else { return false }
            if holds, !(try collect(element, clauses.dropFirst(), first: nil, into: &values, at: range)) {
                return false
            }
        }
        return true
    }

    private mutating func conditionsHold(_ conditions: [Expression]) throws(Halt) -> Bool? {
        for condition in conditions {
            guard let holds = try truth(of: condition) else { return nil }
            if !holds { return false }
        }
        return true
    }

    mutating func checkCount(_ count: Int, at range: SourceRange) throws(Halt) {
        if count > Limit.elements { throw halt("a list of more than \(Limit.elements) elements", at: range) }
    }
}
