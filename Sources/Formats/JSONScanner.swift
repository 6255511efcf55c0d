/// Reads the JSON of a safetensors header by what is expected at each place, so that no tree is built and nothing nests deeper
/// than the format does.
struct JSONScanner {
    let bytes: [UInt8]
    /// Where the text stands in the file, for errors.
    let base: Int
    private(set) var position = 0

    init(bytes: [UInt8], base: Int) {
        self.bytes = bytes
        self.base = base
    }

    /// Calls `member` with each key of an object; it reads the value. A repeated key is an error.
    mutating func object(_ member: (inout JSONScanner, String) throws -> Void) throws {
        var keys: Set<String> = []
        try expect("{")
        if take("}") { return }
        repeat {
            let key = try string()
            guard keys.insert(key).inserted else { throw error("'\(key)' is there twice") }
            try expect(":")
            try member(&self, key)
        } while take(",")
        try expect("}")
    }

    /// A list of whole numbers that are not negative.
    mutating func integers() throws -> [Int] {
        var result: [Int] = []
        try expect("[")
        if take("]") { return [] }
        repeat {
            guard result.count < 64 else { throw error("the list is too long") }
            result.append(try integer())
        } while take(",")
        try expect("]")
        return result
    }

    mutating func integer() throws -> Int {
        skipSpace()
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        guard let number = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw error("expected a whole number, not negative, of at most 63 bits")
        }
        return number
    }

    mutating func string() throws -> String {
        try expect("\"")
        var text: [UInt8] = []
        while true {
            guard position < bytes.count, bytes[position] >= 0x20 else { throw error("the string has no end") }
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw error("the string is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): try text.append(contentsOf: escape())
            default: text.append(byte)
            }
        }
    }

    /// Only white space may follow.
    mutating func end() throws {
        skipSpace()
        guard position == bytes.count else { throw error("text follows the header's object") }
    }

    /// What follows a backslash, as UTF-8.
    private mutating func escape() throws -> [UInt8] {
        guard position < bytes.count else { throw error("the string has no end") }
        defer { position += 1 }
        switch bytes[position] {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [bytes[position]]
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw error("unknown escape")
        }
    }

    /// `u` and four digits, or two such for what lies beyond the basic plane; leaves the position at the last digit.
    private mutating func unicodeEscape() throws -> [UInt8] {
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]), bytes[(position + 1)...].starts(with: Array("\\u".utf8)) {
            position += 2
            units.append(try codeUnit())
        }
        guard let text = String(validating: units, as: UTF16.self) else {
            throw error("the escape is half a character")
        }
        return Array(text.utf8)
    }

    private mutating func codeUnit() throws -> UInt16 {
        guard position + 4 < bytes.count,
            let unit = UInt16(String(decoding: bytes[(position + 1)...(position + 4)], as: UTF8.self), radix: 16)
        else { throw error("expected four hexadecimal digits") }
        position += 4
        return unit
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        guard take(character) else { throw error("expected '\(character)'") }
    }

    func error(_ message: String) -> FormatError {
        FormatError("malformed safetensors header: \(message)", at: base + position)
    }
}
