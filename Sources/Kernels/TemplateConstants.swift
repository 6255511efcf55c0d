// The block of constants of a template: what stands in it, and how an instance's values take the place of the sample's. Its lines are
//
//     enum {
//         HEIGHT = 14, WIDTH = 14,                             constants HEIGHT and WIDTH
//     };
//     const pooling_shape shape = {
//         .vectors = 2, .x = {.row = 28 * VL, .pixel = VL},    constants VECTORS, X_ROW and X_PIXEL; with another name than `shape`,
//     };                                                       that name comes first
//     static const float EPSILON = 1e-3f;                      constant EPSILON
//     static const int VALID[] = {-1, -1};                     table VALID
//
// Lines stay as they are; of a structure, fields that are 0 are left out, as C allows, and of tables those without an entry of interest.

/// The values of an instance, taken out one by one as the block names them.
struct TemplateConstants {
    private let template: String
    private var constants: [String: ConstantValue] = [:]
    private var tables: [String: [Int]] = [:]
    private var idle: [String]
    private var twice: String?
    /// What stands before the names of the structure whose lines these are.
    private var prefix = ""

    init(_ instance: KernelInstance) {
        template = instance.template
        idle = idleTables(of: instance)
        for (name, value) in instance.constants where constants.updateValue(value, forKey: name) != nil { twice = name }
        for (name, values) in instance.tables { tables[name] = values }
    }

    /// The block with these values.
    ///
    /// Throws `TemplateError` where a constant or table is missing, unknown or given twice.
    mutating func fill(_ sample: String) throws -> String {
        if let twice { throw TemplateError(template, "constant '\(twice)' is given twice") }
        var lines: [String] = []
        for line in sample.split(separator: "\n", omittingEmptySubsequences: true) {
            let indent = String(line.prefix { $0 == " " })
            lines += try fill(line: line.drop { $0 == " " }).map { indent + $0 }
        }
        if let unknown = constants.keys.sorted().first ?? tables.keys.sorted().first {
            throw TemplateError(template, "has no constant '\(unknown)'")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private mutating func fill(line: Substring) throws -> [String] {
        if line == "enum {" || line == "};" {
            prefix = ""
            return [String(line)]
        }
        if line.hasPrefix("enum { "), line.hasSuffix(" };") {
            var rest = line.dropFirst(7).dropLast(3)
            return ["enum { \(try entries(&rest, path: "").joined(separator: ", ")) };"]
        }
        if line.hasPrefix("static const int "), let open = line.firstIndex(of: "[") {
            let name = String(line[..<open].dropFirst(17))
            guard let values = tables.removeValue(forKey: name) else {
                throw TemplateError(template, "table '\(name)' is missing")
            }
            return idle.contains(name) ? [] : tableLines(name, values)
        }
        let words = line.split(separator: " ")
        if line.hasPrefix("const "), line.hasSuffix(" = {"), words.count == 5 {
            prefix = words[2] == "shape" ? "" : words[2].uppercased() + "_"
            return [String(line)]
        }
        if line.hasPrefix("static const float "), words.count == 6 {
            return ["static const float \(words[3]) = \(text(try take(String(words[3]))));"]
        }
        var rest = line
        let entries = try entries(&rest, path: prefix)
        guard rest.isEmpty else { throw TemplateError(template, "can't read the line '\(line)' of its constants") }
        return entries.isEmpty ? [] : [entries.joined(separator: ", ") + ","]
    }

    /// `NAME = value, .field = value, .group = {.field = value}` up to the end or a closing brace.
    private mutating func entries(_ rest: inout Substring, path: String) throws -> [String] {
        var result: [String] = []
        while let first = rest.first, first != "}" {
            let name = rest.prefix { $0 != " " }
            rest = rest.dropFirst(name.count)
            guard rest.hasPrefix(" = ") else { throw TemplateError(template, "can't read '\(name)' of its constants") }
            rest = rest.dropFirst(3)
            let isField = name.hasPrefix(".")
            let key = path + (isField ? name.dropFirst().uppercased() : String(name))
            if rest.first == "{" {
                rest = rest.dropFirst()
                let inner = try entries(&rest, path: key + "_")
                rest = rest.dropFirst()
                if !inner.isEmpty { result.append("\(name) = {\(inner.joined(separator: ", "))}") }
            } else {
                rest = rest.drop { $0 != "," && $0 != "}" }
                let value = try take(key)
                if !isField || !isZero(value) { result.append("\(name) = \(text(value))") }
            }
            rest = rest.drop { $0 == "," || $0 == " " }
        }
        return result
    }

    private mutating func take(_ name: String) throws -> ConstantValue {
        guard let value = constants.removeValue(forKey: name) else {
            throw TemplateError(template, "constant '\(name)' is missing")
        }
        return value
    }
}

/// Whether C's default value of a field is this one. Of names those are that stand first in their enumerations.
private func isZero(_ value: ConstantValue) -> Bool {
    switch value {
    case .int(let number): number == 0
    case .float(let number): number.bitPattern == 0
    case .name(let text): ["LINEAR", "NOTHING"].contains(text)
    }
}

private func text(_ value: ConstantValue) -> String {
    switch value {
    case .int(let number): String(number)
    case .float(let number): cLiteral(number)
    case .name(let text): text
    }
}

/// A float as C writes it, exact to the last bit.
package func cLiteral(_ value: Float) -> String {
    if value.isNaN { return "__builtin_nanf(\"\")" }
    if value.isInfinite { return value < 0 ? "-__builtin_inff()" : "__builtin_inff()" }
    return "\(value)f"
}

private func tableLines(_ name: String, _ values: [Int]) -> [String] {
    let entries = tableEntries(values)
    let whole = "static const int \(name)[] = {\(entries.joined(separator: ", "))};"
    if whole.count <= 120 { return [whole] }
    var lines: [String] = []
    var line = "   "
    for (index, entry) in entries.enumerated() {
        let piece = entry + (index + 1 < entries.count ? "," : "")
        if line.count + 1 + piece.count > 120 {
            lines.append(line)
            line = "   "
        }
        line += " " + piece
    }
    return ["static const int \(name)[] = {"] + lines + [line, "};"]
}

/// Numbers of a table; four or more equal ones in a row as `[3 ... 9] = 15`.
private func tableEntries(_ values: [Int]) -> [String] {
    var entries: [String] = []
    var rest = values[...]
    while let value = rest.first {
        let run = rest.prefix { $0 == value }
        entries += run.count < 4 ? run.map(String.init) : ["[\(run.startIndex) ... \(run.endIndex - 1)] = \(value)"]
        rest = rest[run.endIndex...]
    }
    return entries
}
