/// Reads the dictionary of an `.npy` header, which is Python text of a fixed form with keys in any order.
struct NumPyScanner {
    let bytes: [UInt8]
    /// Where the text stands in the file, for errors.
    let base: Int
    private var position = 0

    init(bytes: [UInt8], base: Int) {
        self.bytes = bytes
        self.base = base
    }

    /// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }` and white space.
    mutating func dictionary() throws -> (description: String, isFortranOrder: Bool, shape: [Int]) {
        var (description, order, shape): (String?, Bool?, [Int]?) = (nil, nil, nil)
        try expect("{")
        while !take("}") {
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where description == nil: description = try self.description()
            case "fortran_order" where order == nil: order = try bool()
            case "shape" where shape == nil: shape = try self.shape()
            default: throw error("key '\(key)' is unknown or repeated")
            }
            if !take(",") {
                try expect("}")
                break
            }
        }
        skipSpace()
        guard position == bytes.count else { throw error("text follows the dictionary") }
        guard let description, let order, let shape else {
            throw error("one of 'descr', 'fortran_order', 'shape' is missing")
        }
        return (description, order, shape)
    }

    private mutating func description() throws -> String {
        skipSpace()
        guard position < bytes.count, bytes[position] != UInt8(ascii: "[") else {
            throw FormatError(
                "the array holds records, not numbers", at: base + position,
                hint: "save each field as an array of its own")
        }
        return try string()
    }

    private mutating func bool() throws -> Bool {
        if take("True") { return true }
        try expect("False")
        return false
    }

    private mutating func shape() throws -> [Int] {
        var extents: [Int] = []
        try expect("(")
        while !take(")") {
            extents.append(try integer())
            if !take(",") {
                try expect(")")
                break
            }
        }
        return extents
    }

    private mutating func integer() throws -> Int {
        skipSpace()
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        guard let number = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw error("expected an extent of at most 63 bits")
        }
        // Python 2 wrote long integers as `3L`.
        if position < bytes.count, bytes[position] == UInt8(ascii: "L") { position += 1 }
        return number
    }

    private mutating func string() throws -> String {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "'") || bytes[position] == UInt8(ascii: "\"")
        else {
            throw error("expected a quoted string")
        }
        let quote = bytes[position]
        guard let end = bytes[(position + 1)...].firstIndex(of: quote) else { throw error("the string has no end") }
        defer { position = end + 1 }
        return String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0A { position += 1 }
    }

    private mutating func take(_ text: String) -> Bool {
        skipSpace()
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func expect(_ text: String) throws {
        guard take(text) else { throw error("expected '\(text)'") }
    }

    private func error(_ message: String) -> FormatError {
        FormatError("malformed .npy header: \(message)", at: base + position)
    }
}
