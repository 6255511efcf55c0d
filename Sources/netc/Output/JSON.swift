import Compiler
import Diagnostics

/// A JSON value whose keys keep their order, so that the same result is the same bytes.
indirect enum JSON {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    /// A document of this program: an object that opens with the schema's number.
    static func document(_ members: [(String, JSON)]) -> JSON { .object([("schema", JSON.int(1))] + members) }

    /// A list of whole numbers.
    static func ints(_ values: [Int]) -> JSON { .array(values.map(JSON.int)) }

    /// The text, indented by two spaces; lists of plain values stay on one line.
    var text: String {
        var result = ""
        write(into: &result, indent: 0)
        return result
    }

    private var isPlain: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    private func write(into text: inout String, indent: Int) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value): text += value.isFinite ? value.description : "null"
        case .string(let value): text += JSON.quoted(value)
        case .array(let values) where values.allSatisfy(\.isPlain):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += ", " }
                value.write(into: &text, indent: indent)
            }
            text += "]"
        case .array(let values):
            JSON.writeBlock(values.map { ("", $0) }, "[", "]", into: &text, indent: indent)
        case .object(let members):
            JSON.writeBlock(members.map { (JSON.quoted($0.0) + ": ", $0.1) }, "{", "}", into: &text, indent: indent)
        }
    }

    private static func writeBlock(
        _ members: [(prefix: String, value: JSON)], _ open: String, _ close: String, into text: inout String,
        indent: Int
    ) {
        text += open
        for (index, member) in members.enumerated() {
            text += (index > 0 ? ",\n" : "\n") + String(repeating: "  ", count: indent + 1) + member.prefix
            member.value.write(into: &text, indent: indent + 1)
        }
        text += members.isEmpty ? close : "\n" + String(repeating: "  ", count: indent) + close
    }

    private static func quoted(_ string: String) -> String {
        var result = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension JSON {
    /// `{"error": …}` for whatever ended a command.
    static func error(_ error: CompilerError) -> JSON {
        var members: [(String, JSON)] = [("code", .int(Int(error.exitCode))), ("message", .string(error.message))]
        if case .invalidModel(let report) = error {
            members.append(("diagnostics", .array(report.diagnostics.map { diagnostic($0, in: report.source) })))
        }
        return .document([("error", .object(members))])
    }

    private static func diagnostic(_ diagnostic: Diagnostic, in source: SourceFile) -> JSON {
        .object([
            ("severity", .string(diagnostic.severity.rawValue)),
            ("message", .string(diagnostic.message)),
            ("file", .string(source.name)),
            ("line", diagnostic.range.map { .int(source.line(of: $0.start)) } ?? .null),
        ])
    }
}
