/// Decodes the scalar that begins at `offset`. Where the bytes are not UTF-8, the scalar is `nil` and the length is that of the
/// longest malformed prefix, at least 1, as the Unicode standard recommends.
package func decodeScalar(_ text: [UInt8], at offset: Int) -> (scalar: Unicode.Scalar?, length: Int) {
    let first = text[offset]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let count: Int
    var lowest: UInt8 = 0x80
    var highest: UInt8 = 0xBF
    switch first {
    case 0xC2...0xDF: count = 1
    case 0xE0: (count, lowest) = (2, 0xA0)
    case 0xED: (count, highest) = (2, 0x9F)
    case 0xE1...0xEF: count = 2
    case 0xF0: (count, lowest) = (3, 0x90)
    case 0xF1...0xF3: count = 3
    case 0xF4: (count, highest) = (3, 0x8F)
    default: return (nil, 1)
    }
    var value = UInt32(first) & (0x3F >> UInt32(count))
    for step in 1...count {
        guard offset + step < text.count, (lowest...highest).contains(text[offset + step]) else { return (nil, step) }
        (lowest, highest) = (0x80, 0xBF)
        value = value << 6 | UInt32(text[offset + step] & 0x3F)
    }
    return (Unicode.Scalar(value), count + 1)
}

/// Makes text safe for a terminal: control characters, marks that reorder text and the like become visible escapes.
package func printable(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    return text.unicodeScalars.reduce(into: "") { $0 += printable($1) }
}

/// One scalar as a terminal may show it: itself, or an escape such as `\x1b` or `\u202e`.
package func printable(_ scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator:
        let digits = String(scalar.value, radix: 16)
        let width = scalar.value <= 0xFF ? 2 : 4
        let padding = String(repeating: "0", count: max(0, width - digits.count))
        return (width == 2 ? "\\x" : "\\u") + padding + digits
    default:
        return String(Character(scalar))
    }
}

/// The number of terminal cells that a printable scalar takes.
func cellWidth(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
        return 2
    default: return 1
    }
}
