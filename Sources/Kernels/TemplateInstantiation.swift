import Templates

// A template becomes a kernel function by replacing its block of constants and its name, and by leaving out what the instance has none of. There is no
// other logic. A kernel whose shape is told by arguments has no constants.
//
//     /* what it does */
//     #include "vector.c"              shared templates, emitted once
//     /* netc: shared */               optional: emitted once, whatever the number of instances
//     /* netc: kernel */               from here on: once an instance
//     static NOINLINE void pooling(IN x, OUT y, int first, int last) {
//         /* netc: constants */
//         const pooling_shape shape = {.vectors = 2, .x = {.row = 28 * VL, ... }};     or an enumeration: see TemplateConstants.swift
//         /* netc: end */

/// A template and an instance that do not fit: an internal error.
public struct TemplateError: Error, Sendable, CustomStringConvertible {
    public var description: String

    init(_ template: String, _ problem: String) { description = "template '\(template)': \(problem)" }
}

/// All templates.
package var templateTexts: [(name: String, text: String)] {
    (0..<netc_template_count()).map { index in
        let template = netc_template_at(index)
        return (String(cString: template.name), String(cString: template.text))
    }
}

/// The text of a template under its name; `nil` where there is none.
package func templateText(_ name: String) -> String? {
    for index in 0..<netc_template_count() {
        let template = netc_template_at(index)
        if String(cString: template.name) == name { return String(cString: template.text) }
    }
    return nil
}

/// A kernel function ready to stand in a C file.
package struct InstantiatedKernel: Sendable {
    /// Texts that must stand before it, once a file, in order.
    package var shared: [(name: String, text: String)]
    package var kernel: String
    /// The names of its parameters in order: `x`, `x2`, `factors`, `weights`, `ahead`, `y`, `scratch`, those of arguments, `first`, `last`.
    package var parameters: [String]
}

/// Writes an instance of a template as a function of the given name. Parameters of operands that the instance lacks are left out; x stands in
/// their place, where nothing is read.
///
/// Throws `TemplateError` where a constant or table is missing or unknown.
package func instantiate(
    _ instance: KernelInstance, named name: String, without lacking: [String] = []
) throws -> InstantiatedKernel {
    guard let text = templateText(instance.template) else { throw TemplateError(instance.template, "is not embedded") }
    guard let (_, kernel) = text.split(atLine: "/* netc: kernel */") else {
        throw TemplateError(instance.template, "has no line '/* netc: kernel */'")
    }
    let (head, block, body) = try parts(of: kernel, instance)
    guard var signature = Signature(head, function: instance.template) else {
        throw TemplateError(instance.template, "the kernel's function must be called '\(instance.template)'")
    }
    let omitted = signature.parameters.filter(lacking.contains)
    signature.omit(omitted)
    let idle = idleTables(of: instance)
    let code = body.replacingIdentifiers { omitted.contains($0) ? "x" : idle.contains($0) ? "NONE" : nil }
    return InstantiatedKernel(
        shared: try sharedTexts(of: instance.template), kernel: signature.renamed(name) + block + code,
        parameters: signature.parameters)
}

/// A kernel up to its constants, these with the instance's values, and what stands behind them.
private func parts(
    of kernel: String, _ instance: KernelInstance
) throws -> (head: String, block: String, body: String) {
    var constants = TemplateConstants(instance)
    guard let (head, rest) = kernel.split(atLine: "/* netc: constants */") else {
        return (kernel, try constants.fill(""), "")
    }
    guard let (sample, body) = rest.split(atLine: "/* netc: end */") else {
        throw TemplateError(instance.template, "has no end of its constants")
    }
    return (head, try constants.fill(sample), body)
}

/// Tables without an entry of interest, in whose place `NONE` of vector.c stands.
func idleTables(of instance: KernelInstance) -> [String] {
    instance.tables.filter { $0.values.isEmpty || $0.values == [0] }.map(\.name)
}

/// The shared text of a template and of those it includes, in the order in which C needs them.
private func sharedTexts(of template: String) throws -> [(name: String, text: String)] {
    guard let text = templateText(template) else { throw TemplateError(template, "is not embedded") }
    var result: [(name: String, text: String)] = []
    var own: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix("#include \"") {
            let included = String(line.dropFirst(10).prefix { $0 != "." })
            for part in try sharedTexts(of: included) where !result.contains(where: { $0.name == part.name }) {
                result.append(part)
            }
        } else {
            own.append(line)
        }
    }
    let body = own.joined(separator: "\n")
    let isKernel = body.split(atLine: "/* netc: kernel */") != nil
    let shared = (body.split(atLine: "/* netc: kernel */")?.0 ?? body)
    if !isKernel {
        result.append((template, shared))
    } else if let (comment, part) = shared.split(atLine: "/* netc: shared */") {
        result.append((template, comment + part))
    } else {
        result.append((template, shared))
    }
    return result
}

/// The head of a kernel function, up to its constants.
private struct Signature {
    private var before: Substring
    private var after: Substring
    private var declarations: [Substring]
    private(set) var parameters: [String]

    init?(_ head: String, function: String) {
        let needle = "void \(function)("
        guard let start = head.firstRange(of: needle), let close = head[start.upperBound...].firstIndex(of: ")") else {
            return nil
        }
        before = head[..<start.lowerBound]
        after = head[close...]
        declarations = head[start.upperBound..<close].split(separator: ",").map { $0.drop(while: \.isWhitespace) }
        parameters = declarations.map { String($0.reversed().prefix { isOfIdentifier($0) }.reversed()) }
    }

    mutating func omit(_ names: [String]) {
        let kept = parameters.indices.filter { !names.contains(parameters[$0]) }
        (declarations, parameters) = (kept.map { declarations[$0] }, kept.map { parameters[$0] })
    }

    func renamed(_ name: String) -> String { before + "void \(name)(\(declarations.joined(separator: ", "))" + after }
}

private func isOfIdentifier(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
}

extension String {
    /// The text with other identifiers where there are such, but for the names of fields.
    fileprivate func replacingIdentifiers(_ replacement: (String) -> String?) -> String {
        var result = ""
        var rest = self[...]
        while let first = rest.first {
            let word = rest.prefix(while: isOfIdentifier)
            let piece = word.isEmpty ? rest.prefix { !isOfIdentifier($0) } : word
            let isName = !word.isEmpty && !first.isNumber && result.last != "."
            result += (isName ? replacement(String(word)) : nil) ?? String(piece)
            rest = rest[piece.endIndex...]
        }
        return result
    }
}

extension StringProtocol {
    /// The text before and after a line that holds just the given text, indented or not.
    fileprivate func split(atLine text: String) -> (String, String)? {
        guard let range = firstRange(of: text) else { return nil }
        let lineStart = self[..<range.lowerBound].lastIndex(of: "\n").map { index(after: $0) } ?? startIndex
        let lineEnd = self[range.upperBound...].firstIndex(of: "\n").map { index(after: $0) } ?? endIndex
        return (String(self[..<lineStart]), String(self[lineEnd...]))
    }

    /// The first occurrence of a text, byte by byte.
    fileprivate func firstRange(of needle: String) -> Range<String.Index>? {
        let (text, wanted) = (Array(utf8), Array(needle.utf8))
        guard wanted.count <= text.count else { return nil }
        for start in 0...(text.count - wanted.count) where text[start] == wanted[0] {
            if text[start..<(start + wanted.count)].elementsEqual(wanted) {
                let lower = utf8.index(utf8.startIndex, offsetBy: start)
                return lower..<utf8.index(lower, offsetBy: wanted.count)
            }
        }
        return nil
    }
}
