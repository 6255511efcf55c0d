import Diagnostics

extension Lexer {
    /// A string literal; `position` is at its opening quote, `start` at its prefix.
    mutating func readString(prefix: String, from start: Int) {
        if prefix.contains("b") {
            log.error("byte strings are not part of the language", at: SourceRange(start, position + 1))
        } else if prefix.count == 2, Set(prefix) != ["r", "f"] {
            log.error("'\(prefix)' is not a prefix of strings", at: SourceRange(start, position))
        }
        let quote = byte()
        let isTriple = byte(1) == quote && byte(2) == quote && position + 2 < end
        position += isTriple ? 3 : 1
        var reader = StringReader(
            source: source, position: position, end: end, quote: quote, isTriple: isTriple, isRaw: prefix.contains("r"),
            isFormatted: prefix.contains("f"), log: log)
        let pieces = reader.read()
        position = reader.position
        log = reader.log
        guard let pieces else {
            if !reader.hasReported {
                let what = isTriple ? "this string is never closed" : "this string is not closed before the line ends"
                log.error(what, at: SourceRange(start, start + prefix.utf8.count + (isTriple ? 3 : 1)))
            }
            // The rest of the line went into the string; so did, perhaps, the brackets that close.
            brackets = []
            return add(.invalid, from: start)
        }
        add(.string(pieces), from: start)
    }
}

/// Reads one string literal from behind its opening quotes to behind its closing ones.
private struct StringReader {
    let source: SourceFile
    var position: Int
    let end: Int
    let quote: UInt8
    let isTriple: Bool
    let isRaw: Bool
    let isFormatted: Bool
    var log: DiagnosticLog
    var hasReported = false

    private var text: [UInt8] { source.text }

    init(
        source: SourceFile, position: Int, end: Int, quote: UInt8, isTriple: Bool, isRaw: Bool, isFormatted: Bool,
        log: DiagnosticLog
    ) {
        self.source = source
        self.position = position
        self.end = end
        self.quote = quote
        self.isTriple = isTriple
        self.isRaw = isRaw
        self.isFormatted = isFormatted
        self.log = log
    }

    private func byte(_ ahead: Int = 0) -> UInt8 { position + ahead < end ? source.text[position + ahead] : 0 }

    private var isAtClosingQuote: Bool {
        position < end && byte() == quote && (!isTriple || byte(1) == quote && byte(2) == quote)
    }

    private var isAtLineEnd: Bool { position >= end || byte() == UInt8(ascii: "\n") }

    /// `nil` where the string does not end.
    mutating func read() -> [StringPiece]? {
        guard let pieces = readPieces(inFormat: false, depth: 0) else {
            if !isTriple { while !isAtLineEnd { position += 1 } }
            return nil
        }
        position += isTriple ? 3 : 1
        return pieces
    }

    /// Text and fields up to the closing quote or, in a format specification, up to its `}`.
    private mutating func readPieces(inFormat: Bool, depth: Int) -> [StringPiece]? {
        var pieces: [StringPiece] = []
        var bytes: [UInt8] = []
        func flushed() -> [StringPiece] {
            bytes.isEmpty ? pieces : pieces + [.text(String(decoding: bytes, as: UTF8.self))]
        }
        while true {
            if isAtClosingQuote { return inFormat ? nil : flushed() }
            if position >= end || !isTriple && isAtLineEnd { return nil }
            let next = byte()
            if next == UInt8(ascii: "\\") {
                guard readEscape(into: &bytes) else { return nil }
            } else if isFormatted, inFormat, next == UInt8(ascii: "}") {
                return flushed()
            } else if isFormatted, !inFormat, next == byte(1), next == UInt8(ascii: "{") || next == UInt8(ascii: "}") {
                bytes.append(next)
                position += 2
            } else if isFormatted, next == UInt8(ascii: "{") {
                pieces = flushed()
                bytes = []
                guard let field = readField(depth: depth) else { return nil }
                pieces.append(field)
            } else if isFormatted, next == UInt8(ascii: "}") {
                fail("a single '}' in an f-string is written '}}'", at: SourceRange(position, position + 1))
                return nil
            } else if next == UInt8(ascii: "\r"), byte(1) == UInt8(ascii: "\n") {
                position += 1
            } else {
                bytes.append(next)
                position += 1
            }
        }
    }

    private mutating func fail(_ message: String, at range: SourceRange) {
        log.error(message, at: range)
        hasReported = true
    }

    // MARK: Fields of f-strings

    private mutating func readField(depth: Int) -> StringPiece? {
        let opening = SourceRange(position, position + 1)
        guard depth < 2 else {
            fail("fields of an f-string are nested too deeply", at: opening)
            return nil
        }
        position += 1
        let start = position
        guard skipExpression() else {
            fail("'{' of an f-string is never closed", at: opening)
            return nil
        }
        var range = SourceRange(start, position)
        var echo: String?
        if byte() == UInt8(ascii: "=") {
            position += 1
            while byte() == UInt8(ascii: " ") { position += 1 }
            echo = source.string(SourceRange(start, position))
        }
        range = trimmed(range)
        guard range.start < range.end else {
            fail("'{}' of an f-string holds no expression", at: SourceRange(opening.start, position + 1))
            return nil
        }
        var conversion: Unicode.Scalar?
        if byte() == UInt8(ascii: "!") {
            conversion = Unicode.Scalar(byte(1))
            guard let letter = conversion, letter == "r" || letter == "s" || letter == "a" else {
                fail("a conversion is '!r', '!s' or '!a'", at: SourceRange(position, position + 1))
                return nil
            }
            position += 2
        }
        var format: [StringPiece] = []
        if byte() == UInt8(ascii: ":") {
            position += 1
            guard let pieces = readPieces(inFormat: true, depth: depth + 1) else {
                if !hasReported { fail("'{' of an f-string is never closed", at: opening) }
                return nil
            }
            format = pieces
        }
        guard byte() == UInt8(ascii: "}"), position < end else {
            fail("'{' of an f-string is never closed", at: opening)
            return nil
        }
        position += 1
        return .field(range, conversion: conversion, format: format, echo: echo)
    }

    private func trimmed(_ range: SourceRange) -> SourceRange {
        var range = range
        while range.start < range.end, text[range.start] <= 0x20 { range.start += 1 }
        while range.start < range.end, text[range.end - 1] <= 0x20 { range.end -= 1 }
        return range
    }

    /// Steps to the `=`, `!`, `:` or `}` that ends the expression.
    private mutating func skipExpression() -> Bool {
        var depth = 0
        while position < end, !isAtClosingQuote, isTriple || !isAtLineEnd {
            let next = byte()
            switch next {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "}"):
                if depth <= 0 { return true }
                depth -= 1
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                position += 1
                while position < end, byte() != next, !isAtLineEnd, !isAtClosingQuote { position += 1 }
            case UInt8(ascii: ":") where depth <= 0: return true
            case UInt8(ascii: "!") where depth <= 0 && byte(1) != UInt8(ascii: "="): return true
            case UInt8(ascii: "=") where depth <= 0 && isEcho: return true
            case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">"):
                if byte(1) == UInt8(ascii: "=") { position += 1 }
            default: break
            }
            position += 1
        }
        return false
    }

    /// Whether this `=` is that of `{x=}`.
    private var isEcho: Bool {
        var next = position + 1
        while next < end, text[next] == UInt8(ascii: " ") { next += 1 }
        guard next < end else { return false }
        return text[next] == UInt8(ascii: "}") || text[next] == UInt8(ascii: ":")
            || text[next] == UInt8(ascii: "!")
                && !(next + 1 < end && text[next + 1] == UInt8(ascii: "="))
    }

    // MARK: Escapes

    private mutating func readEscape(into bytes: inout [UInt8]) -> Bool {
        let start = position
        position += 1
        guard position < end else { return false }
        let letter = byte()
        if isRaw {
            bytes.append(UInt8(ascii: "\\"))
            if !isTriple, isAtLineEnd { return false }
            bytes.append(letter)
            position += 1
            return true
        }
        position += 1
        switch letter {
        case UInt8(ascii: "\n"): break
        case UInt8(ascii: "\r") where byte() == UInt8(ascii: "\n"): position += 1
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): bytes.append(letter)
        case UInt8(ascii: "n"): bytes.append(10)
        case UInt8(ascii: "t"): bytes.append(9)
        case UInt8(ascii: "r"): bytes.append(13)
        case UInt8(ascii: "a"): bytes.append(7)
        case UInt8(ascii: "b"): bytes.append(8)
        case UInt8(ascii: "f"): bytes.append(12)
        case UInt8(ascii: "v"): bytes.append(11)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            position -= 1
            var value: UInt32 = 0
            for _ in 0..<3 where byte() >= UInt8(ascii: "0") && byte() <= UInt8(ascii: "7") && position < end {
                value = value * 8 + UInt32(byte() - UInt8(ascii: "0"))
                position += 1
            }
            append(value, into: &bytes, from: start)
        case UInt8(ascii: "x"): appendHexadecimal(digits: 2, into: &bytes, from: start)
        case UInt8(ascii: "u"): appendHexadecimal(digits: 4, into: &bytes, from: start)
        case UInt8(ascii: "U"): appendHexadecimal(digits: 8, into: &bytes, from: start)
        default:
            position -= 1
            let length = decodeScalar(text, at: position).length
            let range = SourceRange(start, position + length)
            log.error("'\(source.string(range))' is not an escape; a backslash is written '\\\\'", at: range)
            position += length
        }
        return true
    }

    private mutating func appendHexadecimal(digits: Int, into bytes: inout [UInt8], from start: Int) {
        var value: UInt32 = 0
        var count = 0
        while count < digits, position < end, let digit = Character(Unicode.Scalar(byte())).hexDigitValue, byte() < 0x80
        {
            value = value << 4 | UInt32(digit)
            position += 1
            count += 1
        }
        guard count == digits else {
            return log.error("expected \(digits) hexadecimal digits in this escape", at: SourceRange(start, position))
        }
        append(value, into: &bytes, from: start)
    }

    private mutating func append(_ value: UInt32, into bytes: inout [UInt8], from start: Int) {
        guard let scalar = Unicode.Scalar(value) else {
            return log.error("this escape names no character", at: SourceRange(start, position))
        }
        bytes.append(contentsOf: Array(String(Character(scalar)).utf8))
    }
}
