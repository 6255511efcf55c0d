import Diagnostics

extension Parser {
    mutating func parseFile() -> [Statement] {
        var statements: [Statement] = []
        while kind != .end, log.errorCount < mostErrors {
            if isAt(.dedent) || isAt(.newline) {
                advance()
            } else if isAt(.indent) {
                reportIndentation()
            } else {
                statements += parseStatement()
            }
        }
        return statements
    }

    private func isAt(_ wanted: TokenKind) -> Bool { kind == wanted }

    private mutating func reportIndentation() {
        log.error("this line is indented but opens no block", at: visibleIndentation)
        advance()
    }

    private var visibleIndentation: SourceRange {
        let following = tokens[min(index + 1, tokens.count - 1)].range
        return SourceRange(following.start, following.end)
    }

    /// The statements of one logical line, or one compound statement; a broken one becomes `.invalid`.
    mutating func parseStatement() -> [Statement] {
        let first = index
        do {
            return try nested { (parser: inout Parser) throws(Failure) in try parser.parseCompoundOrLine() }
        } catch {
            return [recover(from: first)]
        }
    }

    private mutating func parseCompoundOrLine() throws(Failure) -> [Statement] {
        let start = token.range.start
        let compound: Statement.Kind
        switch kind {
        case .keyword(.def): compound = try parseBlock()
        case .keyword(.for): compound = try parseFor()
        case .keyword(.if): compound = try parseIf()
        case .keyword(.elif), .keyword(.else): throw fail("this '\(source.string(token.range))' belongs to no 'if'")
        default:
            try rejectUnsupported()
            return try parseSimpleLine()
        }
        return [Statement(kind: compound, range: SourceRange(start, previousEnd))]
    }

    /// Simple statements separated by `;`, up to the end of the line.
    private mutating func parseSimpleLine() throws(Failure) -> [Statement] {
        var statements: [Statement] = []
        repeat {
            if isAt(.newline) || isAt(.end) { break }
            let start = token.range.start
            let kind = try parseSimpleStatement()
            statements.append(Statement(kind: kind, range: SourceRange(start, previousEnd)))
        } while take(.semicolon)
        try expectEndOfLine()
        return statements
    }

    private mutating func expectEndOfLine() throws(Failure) {
        if isAt(.newline) { return advance() }
        if isAt(.end) { return }
        if isAt(.colon) { throw fail("':' opens no block here") }
        throw fail("expected the end of the line, found \(found)")
    }

    // MARK: Simple statements

    private mutating func parseSimpleStatement() throws(Failure) -> Statement.Kind {
        switch kind {
        case .keyword(.pass):
            advance()
            return .pass
        case .keyword(.break):
            advance()
            return .break
        case .keyword(.continue):
            advance()
            return .continue
        case .keyword(.return):
            advance()
            if isAt(.newline) || isAt(.end) || isAt(.semicolon) { return .return(nil) }
            return .return(try parseExpressionList())
        case .keyword(.assert):
            advance()
            let condition = try parseExpression()
            return .assert(condition, message: take(.comma) ? try parseExpression() : nil)
        case .keyword(.import): return try parseImport()
        case .keyword(.from): return try parseFromImport()
        default:
            try rejectUnsupported()
            return try parseAssignmentOrExpression()
        }
    }

    private mutating func parseAssignmentOrExpression() throws(Failure) -> Statement.Kind {
        let first = try parseExpressionList()
        if case .symbol(let symbol) = kind, let update = augmentedOperator(symbol) {
            let place = token.range
            advance()
            let target = try makeTarget(first)
            if case .unpacking = target.kind {
                throw fail("'\(symbol.rawValue)' changes one name at a time", at: place)
            }
            return .augmented(target, update, try parseExpressionList())
        }
        if isAt(.colon), case .name = first.kind {
            advance()
            _ = try parseExpression()
            guard isAt(.assign) else { throw fail("expected '=' and a value after the annotation, found \(found)") }
        }
        guard isAt(.assign) else { return .expression(first) }
        var expressions = [first]
        while take(.assign) { expressions.append(try parseExpressionList()) }
        let value = expressions.removeLast()
        var targets: [Target] = []
        for expression in expressions { targets.append(try makeTarget(expression)) }
        return .assignment(targets, value)
    }

    private mutating func augmentedOperator(_ symbol: Symbol) -> BinaryOperator? {
        guard symbol.rawValue.count > 1, symbol.rawValue.last == "=" else { return nil }
        return BinaryOperator(rawValue: String(symbol.rawValue.dropLast()))
    }

    /// Turns an expression before `=` into what is assigned.
    mutating func makeTarget(_ expression: Expression) throws(Failure) -> Target {
        switch expression.kind {
        case .name(let name): return Target(kind: .name(name), range: expression.range)
        case .tuple(let elements), .list(let elements):
            var targets: [Target] = []
            for element in elements { targets.append(try makeTarget(element)) }
            return Target(kind: .unpacking(targets), range: expression.range)
        case .index(let base, let index):
            return Target(kind: .element(base, index: index), range: expression.range)
        case .comparison: throw fail("a comparison cannot be assigned to", at: expression.range)
        case .call: throw fail("the result of a call cannot be assigned to", at: expression.range)
        case .attribute: throw fail("an attribute cannot be assigned to", at: expression.range)
        case .none, .bool:
            throw fail(
                "'\(source.string(expression.range))' is a word of the language and cannot be a name",
                at: expression.range)
        default: throw fail("only names, and tuples and lists of names, can be assigned to", at: expression.range)
        }
    }

    // MARK: Imports

    private mutating func parsePath() throws(Failure) -> String {
        var path = try expectName("a module's name")
        while take(.dot) { path += "." + (try expectName("a module's name")) }
        return path
    }

    private mutating func parseImport() throws(Failure) -> Statement.Kind {
        advance()
        var imports: [Import] = []
        repeat {
            let start = token.range
            let path = try parsePath()
            let range = start.union(SourceRange(start.start, previousEnd))
            if take(.as) {
                imports.append(Import(path: path, name: try expectName("a name"), range: range))
            } else {
                let root = String(path.prefix { $0 != "." })
                imports.append(Import(path: root, name: root, range: range))
            }
        } while take(.comma)
        return .importing(imports)
    }

    private mutating func parseFromImport() throws(Failure) -> Statement.Kind {
        advance()
        if isAt(.dot) || isAt(.ellipsis) { throw fail("one file describes one network; no other file can be imported") }
        let start = token.range
        let path = try parsePath()
        let pathRange = start.union(SourceRange(start.start, previousEnd))
        guard take(.import) else { throw fail("expected 'import', found \(found)") }
        if take(.times) { return .importing([Import(path: path, name: nil, range: pathRange)]) }
        let hasParenthesis = take(.leftParenthesis)
        var imports: [Import] = []
        repeat {
            if hasParenthesis, isAt(.rightParenthesis) { break }
            let member = try expectName("a name")
            let name = take(.as) ? try expectName("a name") : member
            imports.append(Import(path: path + "." + member, name: name, range: pathRange))
        } while take(.comma)
        if hasParenthesis { try expectEndOfElement(.rightParenthesis) }
        return .importing(imports)
    }

    // MARK: Compound statements

    /// `:` and the statements of a block, on the same line or indented below.
    private mutating func parseBody(of what: String) throws(Failure) -> [Statement] {
        if isAt(.newline), next(1) == .indent {
            let place = SourceRange(previousEnd, previousEnd)
            log.error("expected ':' at the end of this '\(what)' line", at: place, fixIts: [FixIt(place, ":")])
        } else {
            try expect(.colon, "after '\(what)'", fixIt: true)
        }
        guard isAt(.newline) else { return try parseSimpleLine() }
        advance()
        guard isAt(.indent) else {
            // The line below is not part of the block; it is parsed as a statement of its own.
            log.error("expected an indented block after this '\(what)' line", at: lineEnd)
            return [Statement(kind: .invalid(names: [], assigned: []), range: lineEnd)]
        }
        advance()
        var statements: [Statement] = []
        while !isAt(.dedent), !isAt(.end), log.errorCount < mostErrors {
            if isAt(.indent) {
                reportIndentation()
                // Its block is read as if it stood here.
                while !isAt(.dedent), !isAt(.end) { statements += parseStatement() }
                advance()
            } else if isAt(.newline) {
                advance()
            } else {
                statements += parseStatement()
            }
        }
        if isAt(.dedent) { advance() }
        return statements
    }

    private var lineEnd: SourceRange {
        let end = index >= 2 ? tokens[index - 2].range.end : 0
        return SourceRange(max(0, end - 1), end)
    }

    private mutating func parseBlock() throws(Failure) -> Statement.Kind {
        advance()
        let nameRange = token.range
        let name = try expectName("the block's name")
        try expect(.leftParenthesis, "after the block's name")
        var parameters: [BlockDefinition.Parameter] = []
        var isKeywordOnly = false
        while !isAt(.rightParenthesis) {
            if isAt(.times), next(1) == .symbol(.comma), !isKeywordOnly {
                advance()
                isKeywordOnly = true
            } else {
                parameters.append(try parseParameter(after: parameters, isKeywordOnly: isKeywordOnly))
            }
            if !take(.comma) { break }
        }
        try expectEndOfElement(.rightParenthesis)
        if take(.arrow) { _ = try parseExpression() }
        let body = try parseBody(of: "def")
        return .block(BlockDefinition(name: name, nameRange: nameRange, parameters: parameters, body: body))
    }

    private mutating func parseParameter(
        after others: [BlockDefinition.Parameter], isKeywordOnly: Bool
    ) throws(Failure) -> BlockDefinition.Parameter {
        let range = token.range
        if isAt(.times) || isAt(.power) {
            throw fail("'\(source.string(range))' parameters are not part of the language; name each parameter")
        }
        if isAt(.divide) { throw fail("'/' between parameters is not part of the language") }
        let name = try expectName("a parameter's name")
        if let other = others.first(where: { $0.name == name }) {
            log.error(
                "parameter '\(name)' appears twice", at: range, notes: [Note("the first is here", at: other.range)])
        }
        if take(.colon) { _ = try parseExpression() }
        let value = take(.assign) ? try parseExpression() : nil
        if value == nil, !isKeywordOnly, let other = others.last(where: { $0.defaultValue != nil }) {
            log.error("parameter '\(name)' without a default follows '\(other.name)', which has one", at: range)
        }
        return BlockDefinition.Parameter(name: name, defaultValue: value, range: range, isKeywordOnly: isKeywordOnly)
    }

    mutating func parseLoopTarget() throws(Failure) -> Target {
        let start = token.range
        var elements = [try parseTargetAtom()]
        guard isAt(.comma) else { return elements[0] }
        while take(.comma), !isAt(.in) { elements.append(try parseTargetAtom()) }
        return Target(kind: .unpacking(elements), range: start.union(SourceRange(start.start, previousEnd)))
    }

    private mutating func parseTargetAtom() throws(Failure) -> Target {
        let start = token.range
        if isAt(.leftParenthesis) || isAt(.leftBracket) {
            let closing: Symbol = isAt(.leftParenthesis) ? .rightParenthesis : .rightBracket
            advance()
            let inner = try nested { (parser: inout Parser) throws(Failure) in try parser.parseLoopTarget() }
            try expectEndOfElement(closing)
            return Target(kind: inner.kind, range: start.union(SourceRange(start.start, previousEnd)))
        }
        let name = try expectName("the name of a loop's variable")
        return Target(kind: .name(name), range: start)
    }

    private mutating func parseFor() throws(Failure) -> Statement.Kind {
        advance()
        let target = try parseLoopTarget()
        guard take(.in) else { throw fail("expected 'in' of this 'for', found \(found)") }
        let iterable = try parseExpressionList()
        let body = try parseBody(of: "for")
        if isAt(.else) { throw fail("'else' after a loop is not part of the language") }
        return .for(target: target, iterable: iterable, body: body)
    }

    private mutating func parseIf() throws(Failure) -> Statement.Kind {
        var branches: [(condition: Expression, body: [Statement])] = []
        var otherwise: [Statement] = []
        repeat {
            let word = source.string(token.range)
            advance()
            let condition = try parseExpression()
            if isAt(.assign) {
                throw fail("'=' assigns; a comparison is written '=='", fixIts: [FixIt(token.range, "==")])
            }
            branches.append((condition, try parseBody(of: word)))
        } while isAt(.elif)
        if isAt(.else) {
            if next(1) == .keyword(.if) {
                let range = token.range.union(tokens[index + 1].range)
                throw fail("'else if' is written 'elif'", at: range, fixIts: [FixIt(range, "elif")])
            }
            advance()
            otherwise = try parseBody(of: "else")
        }
        if branches.count == 1, otherwise.isEmpty, isMainGuard(branches[0].condition) { return .mainGuard }
        return .if(branches, otherwise: otherwise)
    }

    /// `__name__ == '__main__'`.
    private func isMainGuard(_ condition: Expression) -> Bool {
        guard case .comparison(let left, let rest) = condition.kind, rest.count == 1, rest[0].comparison == .equal,
            case .name("__name__") = left.kind, case .string("__main__") = rest[0].operand.kind
        else { return false }
        return true
    }
}
