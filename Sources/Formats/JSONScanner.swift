/// Reads JSON by what is expected at each place: a safetensors header without a tree, nothing nesting deeper than the format does;
/// `JSONValue` on top of it reads what may be anything.
struct JSONScanner {
    let bytes: [UInt8]
    /// Where the text stands in the file, for errors.
    let base: Int
    /// What the text is, for errors.
    let subject: String
    private(set) var position = 0

    init(bytes: [UInt8], base: Int, subject: String = "safetensors header") {
        self.bytes = bytes
        self.base = base
        self.subject = subject
    }

    /// The next character that is no space, without taking it.
    mutating func next() -> UInt8? {
        skipSpace()
        return position < bytes.count ? bytes[position] : nil
    }

    /// Calls `element` for each element of a list; it reads the value.
    mutating func list(_ element: (inout JSONScanner) throws -> Void) throws {
        try expect("[")
        if take("]") { return }
        repeat { try element(&self) } while take(",")
        try expect("]")
    }

    /// The characters of a number or a bare word, as they stand.
    mutating func word() -> String {
        skipSpace()
        let start = position
        while position < bytes.count, Self.isWordCharacter(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isWordCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): true
        default: false
        }
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
        guard position == bytes.count else { throw error("text follows its end") }
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
        FormatError("malformed \(subject): \(message)", at: base + position)
    }
}
