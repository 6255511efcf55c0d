import Diagnostics

extension Parser {
    /// An expression without commas: `a if c else b`, or simpler.
    mutating func parseExpression() throws(Failure) -> Expression {
        try nested { (parser: inout Parser) throws(Failure) in try parser.parseConditional() }
    }

    /// An expression that may be a tuple without parentheses.
    mutating func parseExpressionList() throws(Failure) -> Expression {
        let first = try parseExpression()
        guard isAt(.comma) else { return first }
        var elements = [first]
        while take(.comma) {
            if isAtEndOfExpression { break }
            elements.append(try parseExpression())
        }
        return Expression(.tuple(elements), first.range.union(SourceRange(first.range.start, previousEnd)))
    }

    private var isAtEndOfExpression: Bool {
        switch kind {
        case .newline, .end, .symbol(.assign), .symbol(.semicolon), .symbol(.colon), .symbol(.rightParenthesis),
            .symbol(.rightBracket), .keyword(.in):
            true
        default: false
        }
    }

    private mutating func parseConditional() throws(Failure) -> Expression {
        if isAt(.lambda) { throw fail("'lambda' is not part of the language; define a block with 'def'") }
        if isAt(.yield) || isAt(.await) {
            throw fail("'\(source.string(token.range))' is not part of the language; a block ends with 'return'")
        }
        let value = try parseAny()
        if isAt(.walrus) { throw fail("':=' is not part of the language; assign in a statement of its own") }
        guard take(.if) else { return value }
        let condition = try parseAny()
        guard take(.else) else { throw fail("expected 'else' of this 'if' expression, found \(found)") }
        let otherwise = try parseExpression()
        return Expression(
            .conditional(condition: condition, then: value, otherwise: otherwise), value.range.union(otherwise.range))
    }

    private mutating func parseAny() throws(Failure) -> Expression {
        let first = try parseAll()
        guard isAt(.or) else { return first }
        var operands = [first]
        while take(.or) { operands.append(try parseAll()) }
        return Expression(.disjunction(operands), first.range.union(operands.last!.range))
    }

    private mutating func parseAll() throws(Failure) -> Expression {
        let first = try parseNot()
        guard isAt(.and) else { return first }
        var operands = [first]
        while take(.and) { operands.append(try parseNot()) }
        return Expression(.conjunction(operands), first.range.union(operands.last!.range))
    }

    private mutating func parseNot() throws(Failure) -> Expression {
        let start = token.range
        guard take(.not) else { return try parseComparison() }
        let operand = try nested { (parser: inout Parser) throws(Failure) in try parser.parseNot() }
        return Expression(.not(operand), start.union(operand.range))
    }

    private mutating func parseComparison() throws(Failure) -> Expression {
        let first = try parseSum()
        var links: [ComparisonLink] = []
        while true {
            let start = token.range.start
            guard let comparison = takeComparisonOperator() else { break }
            let range = SourceRange(start, previousEnd)
            links.append(ComparisonLink(comparison: comparison, operand: try parseSum(), range: range))
        }
        guard let last = links.last else { return first }
        return Expression(.comparison(first, links), first.range.union(last.operand.range))
    }

    private mutating func takeComparisonOperator() -> ComparisonOperator? {
        switch kind {
        case .symbol(let symbol):
            guard let comparison = ComparisonOperator(rawValue: symbol.rawValue) else { return nil }
            advance()
            return comparison
        case .keyword(.in):
            advance()
            return .in
        case .keyword(.not) where next(1) == .keyword(.in):
            advance()
            advance()
            return .notIn
        case .keyword(.is):
            advance()
            return take(.not) ? .isNot : .is
        default: return nil
        }
    }

    private mutating func parseSum() throws(Failure) -> Expression {
        var left = try parseProduct()
        while true {
            let place = token.range
            guard case .symbol(let symbol) = kind else { return left }
            try rejectBitOperator(symbol)
            guard symbol == .plus || symbol == .minus else { return left }
            advance()
            try checkHeight(of: left, at: place)
            let right = try parseProduct()
            left = Expression(
                .binary(left, symbol == .plus ? .add : .subtract, right, place), left.range.union(right.range))
        }
    }

    private mutating func parseProduct() throws(Failure) -> Expression {
        var left = try parseSign()
        while case .symbol(let symbol) = kind {
            let place = token.range
            if symbol == .at { throw fail("'@' is not part of the language; a Dense layer multiplies matrices") }
            guard [.times, .divide, .floorDivide, .modulo].contains(symbol) else { return left }
            advance()
            try checkHeight(of: left, at: place)
            let right = try parseSign()
            left = Expression(
                .binary(left, BinaryOperator(rawValue: symbol.rawValue)!, right, place), left.range.union(right.range))
        }
        return left
    }

    private mutating func rejectBitOperator(_ symbol: Symbol) throws(Failure) {
        switch symbol {
        case .ampersand, .bar, .caret, .shiftLeft, .shiftRight, .tilde:
            let instead =
                switch symbol {
                case .ampersand: "; use 'and'"
                case .bar: "; use 'or'"
                case .caret: "; a power is written '**'"
                default: ""
                }
            throw fail("the operator '\(symbol.rawValue)' is not part of the language" + instead)
        default: return
        }
    }

    /// Chains are built in a loop but walked by recursion.
    private mutating func checkHeight(of expression: Expression, at place: SourceRange) throws(Failure) {
        if expression.height > Self.tallestExpression {
            throw fail(
                "the expression is too long: more than \(Self.tallestExpression) operators hold each other", at: place)
        }
    }

    private mutating func parseSign() throws(Failure) -> Expression {
        let start = token.range
        guard isAt(.minus) || isAt(.plus) || isAt(.tilde) else { return try parsePower() }
        if isAt(.tilde) { try rejectBitOperator(.tilde) }
        let isNegated = isAt(.minus)
        advance()
        let operand = try nested { (parser: inout Parser) throws(Failure) in try parser.parseSign() }
        return Expression(isNegated ? .negated(operand) : .positive(operand), start.union(operand.range))
    }

    private mutating func parsePower() throws(Failure) -> Expression {
        let base = try parsePostfix()
        let place = token.range
        guard take(.power) else { return base }
        let exponent = try nested { (parser: inout Parser) throws(Failure) in try parser.parseSign() }
        return Expression(.binary(base, .power, exponent, place), base.range.union(exponent.range))
    }

    // MARK: Calls, subscripts, attributes

    private mutating func parsePostfix() throws(Failure) -> Expression {
        var value = try parseAtom()
        while case .symbol(let symbol) = kind {
            let place = token.range
            switch symbol {
            case .leftParenthesis: value = try parseCall(of: value)
            case .leftBracket: value = try parseSubscript(of: value)
            case .dot:
                advance()
                let range = token.range
                let name = try expectAttributeName()
                value = Expression(.attribute(value, name, range), value.range.union(range))
            default: return value
            }
            try checkHeight(of: value, at: place)
        }
        return value
    }

    private mutating func expectAttributeName() throws(Failure) -> String {
        if case .name(let name) = kind {
            advance()
            return name
        }
        throw fail("expected a name after '.', found \(found)")
    }

    private mutating func parseSubscript(of value: Expression) throws(Failure) -> Expression {
        advance()
        if isAt(.rightBracket) { throw fail("expected an index between '[' and ']'") }
        var parts: [Expression?] = [nil]
        var colons = 0
        while !isAt(.rightBracket) {
            if take(.colon) {
                colons += 1
                parts.append(nil)
                guard colons <= 2 else {
                    throw fail("a slice has at most two ':'", at: SourceRange(previousEnd - 1, previousEnd))
                }
            } else {
                guard parts[parts.count - 1] == nil else { break }
                parts[parts.count - 1] = try parseExpression()
            }
        }
        if isAt(.comma) { throw fail("one index at a time; layers slice tensors (Cropping2D, Split)") }
        try expect(.rightBracket, "after the index")
        let range = value.range.union(SourceRange(value.range.start, previousEnd))
        if colons == 0 { return Expression(.index(value, parts[0]!), range) }
        return Expression(.slice(value, start: parts[0], stop: parts[1], step: parts.count > 2 ? parts[2] : nil), range)
    }

    // MARK: Atoms

    private mutating func parseAtom() throws(Failure) -> Expression {
        let range = token.range
        switch kind {
        case .name(let name):
            advance()
            return Expression(.name(name), range)
        case .int(let value):
            advance()
            return Expression(.int(value), range)
        case .float(let value):
            advance()
            return Expression(.float(value), range)
        case .string: return try parseStrings()
        case .keyword(.none):
            advance()
            return Expression(.none, range)
        case .keyword(.true), .keyword(.false):
            let value = isAt(.true)
            advance()
            return Expression(.bool(value), range)
        case .symbol(.leftParenthesis): return try parseParenthesis()
        case .symbol(.leftBracket): return try parseList()
        case .symbol(.leftBrace):
            throw fail("dictionaries and sets are not part of the language; use a list of tuples")
        case .symbol(.times), .symbol(.power):
            throw fail("'\(source.string(range))' before a value (unpacking) is not part of the language")
        case .symbol(.ellipsis): throw fail("'...' is not part of the language; an empty block holds 'pass'")
        case .keyword(.not), .keyword(.lambda), .keyword(.yield), .keyword(.await):
            // `-not x`, `x + lambda: 0`: let the right rule speak.
            return try parseExpression()
        case .keyword(let word): throw fail("expected an expression, found '\(word.rawValue)'")
        default: throw fail("expected an expression, found \(found)")
        }
    }

    private mutating func parseParenthesis() throws(Failure) -> Expression {
        let start = token.range
        advance()
        if take(.rightParenthesis) { return Expression(.tuple([]), SourceRange(start.start, previousEnd)) }
        let first = try parseExpression()
        if isAt(.for) {
            let clauses = try parseComprehensionClauses()
            try expect(.rightParenthesis, "after the generator")
            return Expression(.comprehension(first, clauses), SourceRange(start.start, previousEnd))
        }
        guard isAt(.comma) else {
            try expectEndOfElement(.rightParenthesis)
            return Expression(first.kind, SourceRange(start.start, previousEnd))
        }
        var elements = [first]
        while take(.comma), !isAt(.rightParenthesis) { elements.append(try parseExpression()) }
        try expectEndOfElement(.rightParenthesis)
        return Expression(.tuple(elements), SourceRange(start.start, previousEnd))
    }

    private mutating func parseList() throws(Failure) -> Expression {
        let start = token.range
        advance()
        var elements: [Expression] = []
        while !isAt(.rightBracket) {
            elements.append(try parseExpression())
            if elements.count == 1, isAt(.for) {
                let clauses = try parseComprehensionClauses()
                try expect(.rightBracket, "after the comprehension")
                return Expression(.comprehension(elements[0], clauses), SourceRange(start.start, previousEnd))
            }
            if !take(.comma) { break }
        }
        try expectEndOfElement(.rightBracket)
        return Expression(.list(elements), SourceRange(start.start, previousEnd))
    }

    /// `,` or the closing bracket; a value that follows directly lacks a comma.
    mutating func expectEndOfElement(_ closing: Symbol) throws(Failure) {
        if take(closing) { return }
        if beginsExpression {
            let place = SourceRange(previousEnd, previousEnd)
            throw fail("expected ',' or '\(closing.rawValue)', found \(found)", fixIts: [FixIt(place, ",")])
        }
        throw fail("expected ',' or '\(closing.rawValue)', found \(found)")
    }

    private var beginsExpression: Bool {
        switch kind {
        case .name, .int, .float, .string, .symbol(.leftParenthesis), .symbol(.leftBracket): true
        default: false
        }
    }

    mutating func parseComprehensionClauses() throws(Failure) -> [ComprehensionClause] {
        var clauses: [ComprehensionClause] = []
        while take(.for) {
            let target = try parseLoopTarget()
            guard take(.in) else { throw fail("expected 'in' of this comprehension, found \(found)") }
            let iterable = try parseCondition()
            var conditions: [Expression] = []
            while take(.if) { conditions.append(try parseCondition()) }
            clauses.append(ComprehensionClause(target: target, iterable: iterable, conditions: conditions))
            guard clauses.count <= 8 else { throw fail("a comprehension has at most 8 'for'") }
        }
        return clauses
    }

    /// An expression in which `if` is no operator.
    private mutating func parseCondition() throws(Failure) -> Expression {
        try nested { (parser: inout Parser) throws(Failure) in try parser.parseAny() }
    }
}
