import Diagnostics

/// Builds the syntax tree by recursive descent. A mistake ends its statement, never the run: the parser reports it, steps to the
/// next line and leaves an `.invalid` statement behind.
struct Parser {
    let source: SourceFile
    var tokens: [Token]
    var index = 0
    var log: DiagnosticLog
    /// Open recursions: brackets, operators and blocks.
    var depth = 0

    /// Brackets, operators and blocks nest no deeper.
    static let deepestNesting = 100
    /// Operators, calls and subscripts in a row each hold the one before them, as in `a + b + c`.
    static let tallestExpression = 200

    /// Thrown after a syntax error was reported.
    struct Failure: Error {}

    init(source: SourceFile, tokens: [Token], log: DiagnosticLog) {
        self.source = source
        self.tokens = tokens
        self.log = log
    }

    /// Parses a whole file.
    static func parse(_ source: SourceFile, log: inout DiagnosticLog) -> Program {
        let tokens = Lexer.tokens(of: source, log: &log)
        var parser = Parser(source: source, tokens: tokens, log: log)
        let statements = parser.parseFile()
        log = parser.log
        var description: String?
        if case .expression(let first)? = statements.first?.kind, case .string(let text) = first.kind {
            description = text
        }
        return Program(statements: statements, description: description)
    }

    // MARK: Tokens

    var token: Token { tokens[index] }
    var kind: TokenKind { tokens[index].kind }
    var previousEnd: Int { index > 0 ? tokens[index - 1].range.end : 0 }

    func next(_ ahead: Int) -> TokenKind { tokens[min(index + ahead, tokens.count - 1)].kind }

    mutating func advance() { if index < tokens.count - 1 { index += 1 } }

    func isAt(_ symbol: Symbol) -> Bool { kind == .symbol(symbol) }
    func isAt(_ keyword: Keyword) -> Bool { kind == .keyword(keyword) }

    mutating func take(_ symbol: Symbol) -> Bool {
        guard isAt(symbol) else { return false }
        advance()
        return true
    }

    mutating func take(_ keyword: Keyword) -> Bool {
        guard isAt(keyword) else { return false }
        advance()
        return true
    }

    /// Reports a mistake and gives up the statement; silent where the lexer has reported already.
    func failure(_ message: String, at range: SourceRange? = nil, notes: [Note] = [], fixIts: [FixIt] = [])
        -> Diagnostic?
    {
        if kind == .invalid, range == nil { return nil }
        return Diagnostic(.error, message, at: range ?? visible(token.range), notes: notes, fixIts: fixIts)
    }

    mutating func fail(_ message: String, at range: SourceRange? = nil, notes: [Note] = [], fixIts: [FixIt] = [])
        -> Failure
    {
        if let diagnostic = failure(message, at: range, notes: notes, fixIts: fixIts) { log.report(diagnostic) }
        return Failure()
    }

    /// The end of a line is pointed at where its text ends.
    private func visible(_ range: SourceRange) -> SourceRange {
        switch kind {
        case .newline, .dedent, .end: SourceRange(previousVisibleEnd, previousVisibleEnd)
        default: range
        }
    }

    private var previousVisibleEnd: Int {
        var before = index - 1
        while before >= 0 {
            switch tokens[before].kind {
            case .newline, .indent, .dedent: before -= 1
            default: return tokens[before].range.end
            }
        }
        return 0
    }

    /// What stands here, for "expected …, found …".
    var found: String {
        switch kind {
        case .newline, .end, .dedent: "the end of the line"
        case .indent: "an indentation"
        case .string: "a string"
        default: "'\(source.string(token.range))'"
        }
    }

    mutating func expect(_ symbol: Symbol, _ context: String, fixIt: Bool = false) throws(Failure) {
        if take(symbol) { return }
        let place = previousEnd
        let fixIts = fixIt ? [FixIt(SourceRange(place, place), symbol.rawValue)] : []
        throw fail("expected '\(symbol.rawValue)' \(context), found \(found)", fixIts: fixIts)
    }

    mutating func expectName(_ what: String) throws(Failure) -> String {
        if case .name(let name) = kind {
            advance()
            return name
        }
        if case .keyword(let word) = kind {
            throw fail("'\(word.rawValue)' is a word of the language and cannot be \(what)")
        }
        throw fail("expected \(what), found \(found)")
    }

    /// Runs one level deeper; too many levels are a mistake of their own, so that hostile text cannot exhaust the stack.
    mutating func nested<T>(_ body: (inout Parser) throws(Failure) -> T) throws(Failure) -> T {
        guard depth < Self.deepestNesting else {
            throw fail("nested too deeply: more than \(Self.deepestNesting) levels", at: token.range)
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }
}
