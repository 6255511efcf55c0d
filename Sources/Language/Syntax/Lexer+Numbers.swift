import Diagnostics

extension Lexer {
    /// A number as in Python: `3`, `1_000`, `0x1F`, `0.5`, `1e-3`.
    mutating func readNumber() {
        let start = position
        while position < end {
            let next = byte()
            let isSign = next == UInt8(ascii: "+") || next == UInt8(ascii: "-")
            let isHexadecimal =
                text[start] == UInt8(ascii: "0") && start + 1 < end && text[start + 1] | 0x20 == UInt8(ascii: "x")
            guard
                isDigit(next) || next == UInt8(ascii: ".") || isNameStart(next) && next < 0x80
                    || isSign && !isHexadecimal && text[position - 1] | 0x20 == UInt8(ascii: "e")
                        && text[start..<position].dropLast().allSatisfy({
                            $0 < UInt8(ascii: ":") || $0 == UInt8(ascii: "_")
                        })
            else { break }
            position += 1
        }
        let range = SourceRange(start, position)
        let spelled = source.string(range)
        if let kind = parseNumber(spelled) { return add(kind, from: start) }
        log.error(numberMistake(spelled), at: range)
        add(.invalid, from: start)
    }

    private func numberMistake(_ spelled: String) -> String {
        let digits = spelled.filter { $0 != "_" }
        if digits.allSatisfy(\.isNumber) {
            if digits.count > 1, digits.first == "0", Int(digits) != 0 {
                return "an integer does not begin with 0: '\(spelled)'"
            }
            if !spelled.contains("__"), spelled.last != "_" { return "the integer '\(spelled)' does not fit 64 bits" }
        }
        if spelled.last == "j" || spelled.last == "J" {
            return "complex numbers are not part of the language: '\(spelled)'"
        }
        return "'\(spelled)' is not a number"
    }
}

/// The token of a number as spelled in the source; `nil` where it is none or does not fit 64 bits.
func parseNumber(_ spelled: String) -> TokenKind? {
    let bytes = Array(spelled.utf8)
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "_") {
        // An underscore stands between two digits, or after the prefix of a radix.
        guard index > 0, index + 1 < bytes.count, isDigitOrLetter(bytes[index - 1]), isDigitOrLetter(bytes[index + 1])
        else {
            return nil
        }
    }
    let digits = spelled.filter { $0 != "_" }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.lowercased().hasPrefix(prefix) {
        let rest = digits.dropFirst(2)
        guard rest.first != "+", rest.first != "-" else { return nil }
        return Int(rest, radix: radix).map { .int($0) }
    }
    if digits.utf8.allSatisfy(isDigit) {
        guard digits.utf8.first != UInt8(ascii: "0") || digits.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) else {
            return nil
        }
        return Int(digits).map { .int($0) }
    }
    return parseFloat(digits).map { .float($0) }
}

/// A decimal floating-point number without sign: digits, point, exponent, and nothing else.
func parseFloat(_ text: String) -> Double? {
    let bytes = Array(text.utf8)
    var index = 0
    func skipDigits() -> Int {
        let start = index
        while index < bytes.count, isDigit(bytes[index]) { index += 1 }
        return index - start
    }
    var count = skipDigits()
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
        index += 1
        count += skipDigits()
    }
    guard count > 0 else { return nil }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
        index += 1
        if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
        guard skipDigits() > 0 else { return nil }
    }
    guard index == bytes.count else { return nil }
    // Swift wants a digit on both sides of the point.
    var spelled = text.hasPrefix(".") ? "0" + text : text
    if let point = spelled.firstIndex(of: ".") {
        let next = spelled.index(after: point)
        if next == spelled.endIndex || !spelled[next].isNumber { spelled.insert("0", at: next) }
    }
    return Double(spelled)
}

private func isDigitOrLetter(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
}
