import Diagnostics

extension Parser {
    /// The arguments that follow a callee.
    mutating func parseCall(of callee: Expression) throws(Failure) -> Expression {
        let start = token.range.start
        advance()
        var arguments: [Argument] = []
        while !isAt(.rightParenthesis) {
            let argument = try parseArgument()
            if argument.name == nil, let named = arguments.last(where: { $0.name != nil }) {
                log.error(
                    "a positional argument follows '\(named.name!)='; positional arguments come first",
                    at: argument.range)
            }
            arguments.append(argument)
            if isAt(.for), arguments.count == 1, argument.name == nil {
                let clauses = try parseComprehensionClauses()
                let range = SourceRange(argument.range.start, previousEnd)
                arguments = [
                    Argument(name: nil, value: Expression(.comprehension(argument.value, clauses), range), range: range)
                ]
            }
            if !take(.comma) { break }
        }
        try expectEndOfElement(.rightParenthesis)
        let argumentRange = SourceRange(start, previousEnd)
        let call = Call(callee: callee, arguments: arguments, argumentRange: argumentRange)
        return Expression(.call(call), callee.range.union(argumentRange))
    }

    private mutating func parseArgument() throws(Failure) -> Argument {
        let start = token.range
        if isAt(.times) || isAt(.power) {
            throw fail("'\(source.string(start))' arguments are not part of the language; write each argument out")
        }
        if next(1) == .symbol(.assign) {
            let name = try expectName("an argument's name")
            advance()
            let value = try parseExpression()
            return Argument(name: name, value: value, range: start.union(value.range))
        }
        let value = try parseExpression()
        if isAt(.colon) {
            throw fail("expected '=' between an argument and its value, found ':'", fixIts: [FixIt(token.range, "=")])
        }
        return Argument(name: nil, value: value, range: value.range)
    }

    // MARK: Strings

    /// One or several adjacent string literals, which join.
    mutating func parseStrings() throws(Failure) -> Expression {
        let start = token.range
        var pieces: [FormattedPiece] = []
        while case .string(let literal) = kind {
            pieces += try parsePieces(literal)
            advance()
        }
        let range = start.union(SourceRange(start.start, previousEnd))
        var plain = ""
        for piece in pieces {
            guard case .text(let text) = piece else { return Expression(.formatted(pieces), range) }
            plain += text
        }
        return Expression(.string(plain), range)
    }

    private mutating func parsePieces(_ pieces: [StringPiece]) throws(Failure) -> [FormattedPiece] {
        var parsed: [FormattedPiece] = []
        for piece in pieces {
            switch piece {
            case .text(let text): parsed.append(.text(text))
            case .field(let range, let conversion, let format, let echo):
                let value = try parseField(range)
                parsed.append(.field(value, conversion: conversion, format: try parsePieces(format), echo: echo))
            }
        }
        return parsed
    }

    /// The expression of an f-string's field, read by a parser of its own over the same text.
    private mutating func parseField(_ range: SourceRange) throws(Failure) -> Expression {
        let tokens = Lexer.tokens(of: range, in: source, log: &log)
        let outer = (self.tokens, index)
        self.tokens = tokens
        index = 0
        defer { (self.tokens, index) = outer }
        let value = try parseExpressionList()
        guard kind == .end else { throw fail("expected '}' after the expression, found \(found)") }
        return value
    }
}
