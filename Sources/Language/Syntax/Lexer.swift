import Diagnostics

/// After so many errors nothing further is looked at: it bounds the work that a hostile file can cause.
let mostErrors = 1000

/// Cuts the text into tokens. Every mistake is reported where it begins, and the rest of the text is read on.
struct Lexer {
    let source: SourceFile
    let text: [UInt8]
    var position: Int
    let end: Int
    var tokens: [Token] = []
    var log: DiagnosticLog
    /// Open brackets with their places, outermost first.
    var brackets: [(symbol: UInt8, offset: Int)] = []
    /// Widths of the open blocks' indentations.
    private var indents = [0]
    private var lineIndent = 0
    private var tabLines: [SourceRange] = []
    private var unclosedBrackets = 0
    /// Inside an f-string's field there are no lines and no indentation.
    private let isField: Bool

    /// Longer files are refused.
    static let largestFile = 4 << 20

    private init(_ source: SourceFile, range: SourceRange, isField: Bool, log: DiagnosticLog) {
        self.source = source
        text = source.text
        position = range.start
        end = range.end
        self.isField = isField
        self.log = log
    }

    /// The tokens of a whole file, ended by `.end`.
    static func tokens(of source: SourceFile, log: inout DiagnosticLog) -> [Token] {
        guard source.text.count <= largestFile else {
            log.error("the file is larger than 4 MiB", at: SourceRange(0, 0))
            return [Token(kind: .end, range: SourceRange(0, 0))]
        }
        var lexer = Lexer(source, range: SourceRange(0, source.text.count), isField: false, log: log)
        lexer.reportMalformedText()
        if source.text.starts(with: [0xEF, 0xBB, 0xBF]) { lexer.position = 3 }
        lexer.readLines()
        log = lexer.log
        return lexer.tokens
    }

    /// The tokens of one field of an f-string.
    static func tokens(of field: SourceRange, in source: SourceFile, log: inout DiagnosticLog) -> [Token] {
        var lexer = Lexer(source, range: field, isField: true, log: log)
        while lexer.position < lexer.end { lexer.readToken() }
        lexer.reportUnclosedBrackets()
        lexer.add(.end, from: lexer.end)
        log = lexer.log
        return lexer.tokens
    }

    func byte(_ ahead: Int = 0) -> UInt8 { position + ahead < end ? text[position + ahead] : 0 }

    mutating func add(_ kind: TokenKind, from start: Int) {
        tokens.append(Token(kind: kind, range: SourceRange(start, position)))
    }

    // MARK: Lines and indentation

    private mutating func readLines() {
        while true {
            while position < end, log.errorCount < mostErrors { readLine() }
            guard !brackets.isEmpty, position >= end else { break }
            recoverFromUnclosedBracket()
        }
        if let last = tokens.last?.kind, last != .newline, last != .dedent { add(.newline, from: position) }
        for _ in 1..<max(1, indents.count) { add(.dedent, from: position) }
        add(.end, from: position)
        reportTabs()
    }

    /// One logical line with the indentation before it, or an empty one.
    private mutating func readLine() {
        let start = position
        let width = readIndentation()
        if isAtEndOfLine { return skipToNextLine() }
        lineIndent = width
        changeIndentation(to: width, from: start)
        while position < end {
            if isAtEndOfLine {
                let atNewline = position
                skipToNextLine()
                if brackets.isEmpty {
                    tokens.append(Token(kind: .newline, range: SourceRange(atNewline, atNewline)))
                    return
                }
            } else {
                readToken()
            }
        }
    }

    private var isAtEndOfLine: Bool {
        let next = byte()
        return position >= end || next == UInt8(ascii: "\n") || next == UInt8(ascii: "#")
            || next == UInt8(ascii: "\r") && byte(1) == UInt8(ascii: "\n")
    }

    private mutating func skipToNextLine() {
        while position < end, text[position] != UInt8(ascii: "\n") { position += 1 }
        if position < end { position += 1 }
    }

    private mutating func readIndentation() -> Int {
        var width = 0
        let start = position
        var hasTab = false
        while position < end {
            switch text[position] {
            case UInt8(ascii: " "): width += 1
            case UInt8(ascii: "\t"):
                width += 4 - width % 4
                hasTab = true
            case 0x0C: width = 0
            default:
                if hasTab, !isAtEndOfLine { tabLines.append(SourceRange(start, position)) }
                return width
            }
            position += 1
        }
        return width
    }

    private mutating func changeIndentation(to width: Int, from start: Int) {
        if width > indents.last! {
            indents.append(width)
            tokens.append(Token(kind: .indent, range: SourceRange(start, position)))
            return
        }
        while width < indents.last! {
            indents.removeLast()
            tokens.append(Token(kind: .dedent, range: SourceRange(position, position)))
            guard width > indents.last! else { continue }
            log.error("this indentation matches no open block", at: SourceRange(start, max(start + 1, position)))
            return
        }
    }

    private mutating func reportTabs() {
        guard let first = tabLines.first else { return }
        let others =
            tabLines.count == 1 ? "" : " (as in \(tabLines.count - 1) more line\(tabLines.count == 2 ? "" : "s"))"
        let width = text[first.start..<first.end].reduce(0) { $1 == 9 ? $0 + 4 - $0 % 4 : $0 + 1 }
        log.error(
            "a tab indents this line; use spaces" + others, at: first,
            fixIts: [FixIt(first, String(repeating: " ", count: width))])
    }

    // MARK: Brackets

    mutating func openBracket(_ symbol: UInt8, at offset: Int) { brackets.append((symbol, offset)) }

    /// Returns whether a bracket was open.
    mutating func closeBracket(_ symbol: UInt8, at offset: Int) -> Bool {
        let shown = Character(Unicode.Scalar(symbol))
        guard let open = brackets.popLast() else {
            log.error("'\(shown)' closes no bracket", at: SourceRange(offset, offset + 1))
            return false
        }
        let expected = Self.closing(open.symbol)
        if expected != symbol {
            log.error(
                "expected '\(Character(Unicode.Scalar(expected)))', found '\(shown)'",
                at: SourceRange(offset, offset + 1),
                notes: [
                    Note(
                        "to match this '\(Character(Unicode.Scalar(open.symbol)))'",
                        at: SourceRange(open.offset, open.offset + 1))
                ])
            // The statement has its report; the parser must not add another.
            add(.invalid, from: offset)
        }
        return true
    }

    private static func closing(_ symbol: UInt8) -> UInt8 {
        switch symbol {
        case UInt8(ascii: "("): UInt8(ascii: ")")
        case UInt8(ascii: "["): UInt8(ascii: "]")
        default: UInt8(ascii: "}")
        }
    }

    private mutating func reportUnclosedBrackets() {
        guard let open = brackets.last else { return }
        log.error(
            "'\(Character(Unicode.Scalar(open.symbol)))' is never closed", at: SourceRange(open.offset, open.offset + 1)
        )
        add(.invalid, from: position)
    }

    /// At the end of the text with a bracket open: reports it and reads again from the next line that looks like a new statement.
    private mutating func recoverFromUnclosedBracket() {
        let outermost = brackets[0].offset
        let resume = unclosedBrackets < 8 ? nextStatement(after: outermost) : end
        unclosedBrackets += 1
        brackets.removeAll { $0.offset >= resume }
        position = resume
        tokens.removeAll { $0.range.start >= resume }
        tabLines.removeAll { $0.start >= resume }
        let open = brackets.last?.offset ?? outermost
        reportUnclosedBrackets()
        // The parser meets the report right behind the bracket, before anything else that may seem wrong there.
        let invalid = tokens.removeLast()
        tokens.insert(invalid, at: (tokens.firstIndex { $0.range.start > open }) ?? tokens.count)
        brackets = []
        tokens.append(Token(kind: .newline, range: SourceRange(position, position)))
    }

    /// The first line after `offset` that is not indented deeper than the line of `offset` and does not begin with a closing bracket.
    private func nextStatement(after offset: Int) -> Int {
        var line = source.line(of: offset) + 1
        while line <= source.line(of: max(0, end - 1)) {
            let range = source.contentRange(ofLine: line)
            let content = text[range.start..<range.end]
            let indent = content.prefix { $0 == 0x20 || $0 == 0x09 }.count
            let startsStatement = content.dropFirst(indent).first.map { isNameStart($0) } ?? false
            if startsStatement, indent <= lineIndent { return range.start }
            line += 1
        }
        return end
    }

    // MARK: Tokens

    mutating func readToken() {
        let start = position
        let first = byte()
        switch first {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0C: position += 1
        case UInt8(ascii: "\n") where isField, UInt8(ascii: "\r") where isField && byte(1) == UInt8(ascii: "\n"):
            position += 1
        case UInt8(ascii: "\\"): readContinuation()
        case UInt8(ascii: "\""), UInt8(ascii: "'"): readString(prefix: "", from: start)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): readNumber()
        case UInt8(ascii: ".") where isDigit(byte(1)): readNumber()
        default:
            if isNameStart(first) { readName() } else { readSymbol() }
        }
    }

    private mutating func readContinuation() {
        let start = position
        position += 1
        if byte() == UInt8(ascii: "\r"), byte(1) == UInt8(ascii: "\n") { position += 1 }
        if byte() == UInt8(ascii: "\n"), position < end {
            position += 1
        } else {
            log.error(
                "a '\\' continues a line only where it is the line's last character", at: SourceRange(start, start + 1))
            add(.invalid, from: start)
        }
    }

    private mutating func readName() {
        let start = position
        while position < end {
            if byte() < 0x80 {
                guard isNameStart(byte()) || isDigit(byte()) else { break }
                position += 1
            } else {
                guard let length = letterLength(isFirst: position == start) else { break }
                position += length
            }
        }
        if position == start { return readUnknownCharacter() }
        let name = source.string(SourceRange(start, position))
        let quote = byte()
        if quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""), name.utf8.count <= 2,
            name.allSatisfy({ "rRbBuUfF".contains($0) })
        {
            return readString(prefix: name.lowercased(), from: start)
        }
        add(Keyword.byName[name].map { .keyword($0) } ?? .name(name), from: start)
    }

    private mutating func readSymbol() {
        let start = position
        for length in [3, 2, 1] where position + length <= end {
            guard let symbol = Symbol.byText[Array(text[position..<position + length])] else { continue }
            position += length
            switch symbol {
            case .leftParenthesis, .leftBracket, .leftBrace: openBracket(text[start], at: start)
            case .rightParenthesis, .rightBracket, .rightBrace:
                if !closeBracket(text[start], at: start) { return add(.invalid, from: start) }
            default: break
            }
            return add(.symbol(symbol), from: start)
        }
        readUnknownCharacter()
    }
}

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

/// Whether a byte may begin a name; bytes above 127 are looked at as letters later.
func isNameStart(_ byte: UInt8) -> Bool {
    byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") || byte == UInt8(ascii: "_") || byte >= 0x80
}
