import Diagnostics

extension Lexer {
    /// Reports bytes that are not UTF-8, and NUL bytes, wherever they stand.
    mutating func reportMalformedText() {
        var offset = 0
        var malformed: [SourceRange] = []
        var zeros: [SourceRange] = []
        while offset < text.count {
            if text[offset] < 0x80 {
                if text[offset] == 0 { zeros.append(SourceRange(offset, offset + 1)) }
                offset += 1
                continue
            }
            let (scalar, length) = decodeScalar(text, at: offset)
            if scalar == nil { malformed.append(SourceRange(offset, offset + length)) }
            offset += length
        }
        if let first = malformed.first {
            let shown = text[first.start..<first.end].map { "0x" + String($0, radix: 16, uppercase: true) }
            let others = malformed.count == 1 ? "" : " (and \(malformed.count - 1) more in this file)"
            log.error("not UTF-8: byte \(shown.joined(separator: " "))" + others, at: first)
        }
        if let first = zeros.first {
            let others = zeros.count == 1 ? "" : " (and \(zeros.count - 1) more in this file)"
            log.error("the text holds a NUL byte" + others, at: first)
        }
    }

    /// The bytes of the letter beyond ASCII that stands here, where Python allows it in a name.
    func letterLength(isFirst: Bool) -> Int? {
        let (scalar, length) = decodeScalar(text, at: position)
        guard let scalar, isFirst ? scalar.properties.isXIDStart : scalar.properties.isXIDContinue else { return nil }
        return length
    }

    /// Reports a character that begins no token and steps over it.
    mutating func readUnknownCharacter() {
        let start = position
        let (scalar, length) = decodeScalar(text, at: position)
        position += length
        let range = SourceRange(start, position)
        switch scalar {
        case nil, "\0": break  // Reported with the text as a whole.
        case "\r": log.error("a carriage return stands alone; lines end in LF or CRLF", at: range)
        case "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{AB}", "\u{BB}", "`":
            let quote = scalar == "\u{2018}" || scalar == "\u{2019}" || scalar == "`" ? "'" : "\""
            log.error(
                "'\(scalar!)' is not a quotation mark of the language", at: range, fixIts: [FixIt(range, quote)])
        case "\u{A0}", "\u{2007}", "\u{202F}", "\u{3000}":
            log.error("a non-breaking space; use an ordinary one", at: range, fixIts: [FixIt(range, " ")])
        case "\u{2212}", "\u{2013}", "\u{2014}":
            log.error("'\(scalar!)' is not a minus sign; use '-'", at: range, fixIts: [FixIt(range, "-")])
        case "\u{D7}": log.error("'×' is not an operator; use '*'", at: range, fixIts: [FixIt(range, "*")])
        case "!": log.error("'!' is not an operator; use 'not' or '!='", at: range)
        default: log.error("unexpected character '\(scalar!)'", at: range)
        }
        add(.invalid, from: start)
    }
}
