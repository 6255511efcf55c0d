/// A value of JSON as Python writes it: `NaN` and `Infinity` are numbers.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A whole number of 64 bits.
    case int(Int)
    case float(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Lists and objects nest at most so deep.
    static let deepest = 100

    /// Reads a text; `subject` is what errors call it.
    public init(parsing bytes: [UInt8], subject: String) throws(FormatError) {
        do {
            var scanner = JSONScanner(bytes: bytes, base: 0, subject: subject)
            self = try Self.value(&scanner, depth: 0)
            try scanner.end()
        } catch let error as FormatError {
            throw error
        } catch {
            preconditionFailure("the scanner throws format errors alone")
        }
    }

    private static func value(_ scanner: inout JSONScanner, depth: Int) throws -> JSONValue {
        guard depth < deepest else { throw scanner.error("it nests deeper than \(deepest) levels") }
        switch scanner.next() {
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try scanner.object { scanner, key in members[key] = try value(&scanner, depth: depth + 1) }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try scanner.list { scanner in elements.append(try value(&scanner, depth: depth + 1)) }
            return .array(elements)
        case UInt8(ascii: "\""): return .string(try scanner.string())
        default: return try bareWord(&scanner)
        }
    }

    private static func bareWord(_ scanner: inout JSONScanner) throws -> JSONValue {
        let word = scanner.word()
        switch word {
        case "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "NaN": return .float(.nan)
        case "Infinity": return .float(.infinity)
        case "-Infinity": return .float(-.infinity)
        default:
            if let number = Int(word) { return .int(number) }
            guard let first = word.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
                let number = Double(word)
            else { throw scanner.error("expected a value, found '\(word.prefix(40))'") }
            return .float(number)
        }
    }
}

extension JSONValue {
    /// The member of an object; `nil` where there is none or the value is no object.
    public subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    public var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    public var int: Int? {
        if case .int(let number) = self { number } else { nil }
    }

    /// A number, whole or not.
    public var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .float(let number): number
        default: nil
        }
    }

    public var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    public var isNull: Bool { self == .null }
}
