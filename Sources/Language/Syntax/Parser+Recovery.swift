import Diagnostics

extension Parser {
    /// Reports Python's statements that the language leaves out, with the way out, and skips them with their blocks.
    mutating func rejectUnsupported() throws(Failure) {
        guard let message = unsupportedMessage else { return }
        throw fail(message)
    }

    private var unsupportedMessage: String? {
        guard case .keyword(let word) = kind else {
            if isAt(.at) { return "decorators are not part of the language; a block is a plain 'def'" }
            return nil
        }
        let way: String
        switch word {
        case .class: way = "classes are not part of the language; write a block: 'def name(x, …):'"
        case .while: way = "'while' is not part of the language; use 'for i in range(n):'"
        case .lambda: way = "'lambda' is not part of the language; define a block with 'def'"
        case .try, .except, .finally: way = "exceptions are not part of the language; test the case with 'if'"
        case .raise: way = "'raise' is not part of the language; use 'assert condition, message'"
        case .with: way = "'with' is not part of the language; write its lines without it"
        case .global, .nonlocal:
            way = "'\(word.rawValue)' is not part of the language; pass the value as an argument and return it"
        case .del: way = "'del' is not part of the language; a name may be assigned again"
        case .async, .await, .yield: way = "'\(word.rawValue)' is not part of the language; a block ends with 'return'"
        default: return nil
        }
        return way
    }

    /// Steps behind the broken statement that began at token `first`, its block included, and poisons the names in it.
    mutating func recover(from first: Int) -> Statement {
        let skipsClauses = tokens[first].kind == .keyword(.try)
        let isUnsupported = { (kind: TokenKind) in
            [
                .keyword(.class), .keyword(.while), .keyword(.try), .keyword(.with), .keyword(.except),
                .keyword(.finally),
            ]
            .contains(kind)
        }
        skipLine()
        if kind == .indent {
            // The block of a broken `for` or `def` may hold mistakes of its own; that of a `class` means nothing.
            if isUnsupported(tokens[first].kind) { skipBlock() } else { readBlock() }
        }
        while skipsClauses, [.keyword(.except), .keyword(.finally), .keyword(.else)].contains(kind) {
            skipLine()
            if kind == .indent { skipBlock() }
        }
        let range = SourceRange(tokens[first].range.start, max(tokens[first].range.end, previousEnd))
        let skipped = tokens[first..<max(first, min(index, tokens.count))]
        return Statement(
            kind: .invalid(names: Self.names(in: skipped), assigned: Self.assigned(in: skipped)), range: range)
    }

    private static func names(in tokens: ArraySlice<Token>) -> [String] {
        tokens.compactMap { if case .name(let name) = $0.kind { name } else { nil } }
    }

    /// The names before `=`, those between `for` and `in`, and those behind `def` and `class`, wherever lines begin with them.
    private static func assigned(in tokens: ArraySlice<Token>) -> [String] {
        var assigned: [String] = []
        for line in tokens.split(whereSeparator: { $0.kind == .newline || $0.kind == .indent || $0.kind == .dedent }) {
            switch line.first!.kind {
            case .keyword(.def), .keyword(.class): assigned += names(in: line.dropFirst().prefix(1))
            case .keyword(.for): assigned += names(in: line.prefix { $0.kind != .keyword(.in) })
            default:
                let left = line.prefix { $0.kind != .symbol(.assign) && $0.kind != .symbol(.leftParenthesis) }
                if left.endIndex < line.endIndex, line[left.endIndex].kind == .symbol(.assign) {
                    assigned += names(in: left)
                }
            }
        }
        return assigned
    }

    private mutating func skipLine() {
        while kind != .newline, kind != .end, kind != .indent, kind != .dedent { advance() }
        if kind == .newline { advance() }
    }

    private mutating func skipBlock() {
        var open = 0
        repeat {
            if kind == .indent { open += 1 }
            if kind == .dedent { open -= 1 }
            if kind == .end { return }
            advance()
        } while open > 0
    }

    /// Parses a block for the sake of its mistakes alone.
    private mutating func readBlock() {
        advance()
        while kind != .dedent, kind != .end, log.errorCount < mostErrors { readStatement() }
        if kind == .dedent { advance() }
    }

    private mutating func readStatement() {
        if kind == .newline || kind == .indent { return advance() }
        _ = parseStatement()
    }
}
