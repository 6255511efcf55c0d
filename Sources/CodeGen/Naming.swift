/// The names under which a network appears in C. All are identifiers already, distinct from each other.
public struct Naming: Hashable, Sendable {
    /// The prefix of everything: `mobilenet_v1`.
    public var identifier: String
    /// In the order of the plan's inputs and outputs, without `in_` and `out_`.
    public var inputs: [String]
    public var outputs: [String]
    /// The network's source file, without a folder, as the user wrote it.
    public var sourceName: String
    /// The network's description, as the user wrote it.
    public var description: String?
    /// netc's version.
    public var version: String

    public init(
        identifier: String, inputs: [String], outputs: [String], sourceName: String, description: String? = nil,
        version: String
    ) {
        self.identifier = identifier
        self.inputs = inputs
        self.outputs = outputs
        self.sourceName = sourceName
        self.description = description
        self.version = version
    }
}

/// How the weights reach the code.
public enum WeightsForm: String, Hashable, Sendable, CaseIterable {
    /// A file beside the C, taken in by an assembly file.
    case incbin
    /// C arrays.
    case source
    /// An image that the user places.
    case extern
}

/// User text inside a C comment: printable, and unable to end the comment or open another.
func commentText(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        if scalar == "/", result.last == "*" { result += " " }
        if scalar == "*", result.last == "/" { result += " " }
        let isControl =
            scalar.value < 0x20 && scalar != "\n" || scalar.value == 0x7F || (0x80..<0xA0).contains(scalar.value)
        let isBidirectional = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        if scalar == "\\" {
            result += "/"
        } else if !isControl, !isBidirectional {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// User text as a C string literal: everything but plain letters, digits and a few signs is an octal escape.
func stringLiteral(_ text: String) -> String {
    var result = "\""
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "+"),
            UInt8(ascii: ","),
            UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "("),
            UInt8(ascii: ")"):
            result.append(Character(UnicodeScalar(byte)))
        default:
            let octal = String(byte, radix: 8)
            result += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
        }
    }
    return result + "\""
}
