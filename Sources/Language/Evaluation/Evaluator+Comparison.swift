import Diagnostics

extension Evaluator {
    /// A chain `a < b <= c`, each operand evaluated once.
    mutating func evaluateComparison(_ first: Expression, _ links: [ComparisonLink]) throws(Halt) -> Value {
        var left = try evaluate(first)
        var leftRange = first.range
        for link in links {
            let right = try evaluate(link.operand)
            let range = leftRange.union(link.operand.range)
            guard let holds = try compare(left, link.comparison, right, at: range) else { return .error }
            if !holds { return .bool(false) }
            (left, leftRange) = (right, link.operand.range)
        }
        return .bool(true)
    }

    /// `nil` after a report, or where an operand failed.
    private mutating func compare(
        _ left: Value, _ comparison: ComparisonOperator, _ right: Value, at range: SourceRange
    ) throws(Halt) -> Bool? {
        if left.isError || right.isError { return nil }
        switch comparison {
        case .is, .isNot:
            let same = isSame(left, right)
            if !left.isNone, !right.isNone, !left.isBool, !right.isBool, !left.isReference {
                _ = fail("'is' compares with None; values are compared with '=='", at: range)
                return nil
            }
            return same == (comparison == .is)
        case .in, .notIn:
            guard let found = try contains(right, left, at: range) else { return nil }
            return found == (comparison == .in)
        default: break
        }
        for value in [left, right] {
            if case .ignored = value {
                _ = fail("\(value.kindName), cannot be used", at: range)
                return nil
            }
        }
        if left.isTensor || right.isTensor, !left.isNone, !right.isNone {
            _ = fail("a condition cannot depend on a tensor's contents", at: range)
            return nil
        }
        switch comparison {
        case .equal: return try equal(left, right, at: range)
        case .notEqual: return try equal(left, right, at: range).map { !$0 }
        default: return try ordered(left, comparison, right, at: range)
        }
    }

    private func isSame(_ a: Value, _ b: Value) -> Bool {
        switch (a, b) {
        case (.none, .none): true
        case (.bool(let a), .bool(let b)): a == b
        case (.tensor(let a), .tensor(let b)): a == b
        case (.list(let a), .list(let b)): a === b
        case (.layer(let a), .layer(let b)): a === b
        case (.model(let a), .model(let b)): a === b
        case (.block(let a), .block(let b)): a === b
        default: false
        }
    }

    /// Python's `==`; never a mistake but where nesting is hostile.
    mutating func equal(_ a: Value, _ b: Value, at range: SourceRange, level: Int = 0) throws(Halt) -> Bool? {
        try charge(at: range)
        guard level < 64 else { throw halt("lists are nested too deeply to be compared", at: range) }
        switch (a, b) {
        case (.string(let a), .string(let b)): return a.unicodeScalars.elementsEqual(b.unicodeScalars)
        case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
            if a === b { return true }
            guard a.elements.count == b.elements.count else { return false }
            for (x, y) in zip(a.elements, b.elements) {
                guard let same = try equal(x, y, at: range, level: level + 1) else { return nil }
                if !same { return false }
            }
            return true
        case (.range(let a), .range(let b)):
            return a.count == b.count
                && (a.count == 0 || a.start == b.start && (a.count == 1 || a.step == b.step))
        case (.symbol(let a), .symbol(let b)): return a == b
        case (.error, _), (_, .error): return nil
        default:
            if let order = a.order(with: b) { return order == .same }
            return isSame(a, b)
        }
    }

    private mutating func ordered(
        _ a: Value, _ comparison: ComparisonOperator, _ b: Value, at range: SourceRange
    ) throws(Halt) -> Bool? {
        guard let order = try order(a, b, at: range) else {
            _ = fail("'\(comparison.rawValue)' does not compare \(a.kindName) and \(b.kindName)", at: range)
            return nil
        }
        switch comparison {
        case .less: return order == .before
        case .greater: return order == .after
        case .lessOrEqual: return order == .before || order == .same
        default: return order == .after || order == .same
        }
    }

    /// The order of numbers, strings, lists and tuples; `nil` where there is none.
    mutating func order(_ a: Value, _ b: Value, at range: SourceRange, level: Int = 0) throws(Halt) -> Order? {
        try charge(at: range)
        guard level < 64 else { throw halt("lists are nested too deeply to be compared", at: range) }
        if let order = a.order(with: b) { return order }
        switch (a, b) {
        case (.string(let a), .string(let b)):
            if a.unicodeScalars.elementsEqual(b.unicodeScalars) { return .same }
            return a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars) ? .before : .after
        case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
            for (x, y) in zip(a.elements, b.elements) {
                guard let same = try equal(x, y, at: range, level: level + 1) else { return nil }
                if !same { return try order(x, y, at: range, level: level + 1) }
            }
            return Value.int(a.elements.count).order(with: .int(b.elements.count))
        default: return nil
        }
    }

    private mutating func contains(_ container: Value, _ value: Value, at range: SourceRange) throws(Halt) -> Bool? {
        switch container {
        case .string(let text):
            guard case .string(let part) = value else {
                _ = fail("'in' a string wants a string, found \(value.kindName)", at: range)
                return nil
            }
            try charge(text.utf8.count / 16 + 1, at: range)
            return containsText(Array(text.utf8), Array(part.utf8))
        case .range(let integers):
            guard let number = value.number, number == number.rounded(),
                let wanted = value.integer ?? Int(exactly: number)
            else {
                return false
            }
            let (distance, overflow) = wanted.subtractingReportingOverflow(integers.start)
            return !overflow && distance % integers.step == 0 && (0..<integers.count).contains(distance / integers.step)
        case .list, .tuple:
            for element in try elements(of: container, at: range) ?? [] {
                if isSame(element, value) { return true }
                guard let same = try equal(element, value, at: range) else { return nil }
                if same { return true }
            }
            return false
        default:
            _ = fail("'in' wants a list, tuple, range or string, found \(container.kindName)", at: range)
            return nil
        }
    }

    private func containsText(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard !part.isEmpty else { return true }
        guard part.count <= text.count else { return false }
        return (0...text.count - part.count).contains {
            text[$0] == part[0] && text[$0..<$0 + part.count].elementsEqual(part)
        }
    }
}

/// How two values stand; `unordered` is that of NaN.
enum Order {
    case before
    case same
    case after
    case unordered
}

extension Value {
    /// The exact order of two numbers; `nil` where one is none.
    func order(with other: Value) -> Order? {
        if let a = integer, let b = other.integer { return a < b ? .before : a == b ? .same : .after }
        guard let a = number, let b = other.number else { return nil }
        if a.isNaN || b.isNaN { return .unordered }
        if a != b { return a < b ? .before : .after }
        // Equal after rounding: an integer beyond 53 bits decides by what rounding took away.
        guard let whole = integer ?? other.integer else { return .same }
        let float = integer == nil ? a : b
        let exact: Order
        if float >= 0x1p63 {
            exact = .before
        } else {
            let back = Int(float)
            exact = whole < back ? .before : whole == back ? .same : .after
        }
        if exact == .same || integer != nil { return exact }
        return exact == .before ? .after : .before
    }

    var isBool: Bool {
        if case .bool = self { return true }
        return false
    }

    fileprivate var isReference: Bool {
        switch self {
        case .tensor, .list, .layer, .model, .block: true
        default: false
        }
    }
}
