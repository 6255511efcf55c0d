/// Prints diagnostics as clang does, sorted by their place in the file: message, source line, caret range, fix-it, notes, and a
/// closing line that counts them.
///
/// `errorLimit` is the number of errors after which the rest is left out; 0 means no limit. Escape sequences appear only where
/// `color` is set, and no control character of the source or of a name reaches the text.
public func render(_ diagnostics: [Diagnostic], in source: SourceFile, color: Bool, errorLimit: Int) -> String {
    let renderer = Renderer(source: source, paint: Paint(isOn: color))
    let sorted = diagnostics.enumerated().sorted {
        ($0.element.range?.start ?? -1, $0.offset) < ($1.element.range?.start ?? -1, $1.offset)
    }
    var text = ""
    var errors = 0
    var warnings = 0
    for diagnostic in sorted.lazy.map(\.element) {
        if diagnostic.severity == .error, errorLimit > 0, errors == errorLimit {
            text += renderer.headline("fatal error", "too many errors emitted, stopping now", at: nil)
            break
        }
        if diagnostic.severity == .error { errors += 1 }
        if diagnostic.severity == .warning { warnings += 1 }
        text += renderer.render(diagnostic)
    }
    return text + closingLine(errors: errors, warnings: warnings)
}

private func closingLine(errors: Int, warnings: Int) -> String {
    let parts = [(warnings, "warning"), (errors, "error")].filter { $0.0 > 0 }
        .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
    return parts.isEmpty ? "" : parts.joined(separator: " and ") + " generated.\n"
}

private struct Renderer {
    let source: SourceFile
    let paint: Paint

    func render(_ diagnostic: Diagnostic) -> String {
        var text = headline(diagnostic.severity.rawValue, diagnostic.message, at: diagnostic.range)
        if let range = diagnostic.range { text += excerpt(range, fixIts: diagnostic.fixIts) }
        for note in diagnostic.notes {
            text += headline("note", note.message, at: note.range)
            if let range = note.range { text += excerpt(range, fixIts: []) }
        }
        return text
    }

    /// `file:line:column: severity: message`.
    func headline(_ severity: String, _ message: String, at range: SourceRange?) -> String {
        var place = printable(source.name) + ":"
        if let range {
            let start = min(range.start, source.text.count)
            place += "\(source.line(of: start)):\(source.column(of: start)):"
        }
        let style = severity == "warning" ? Paint.magenta : severity == "note" ? Paint.cyan : Paint.red
        return paint(place, Paint.bold) + " " + paint("\(severity):", style) + " "
            + paint(printable(message), Paint.bold)
            + "\n"
    }

    private func excerpt(_ range: SourceRange, fixIts: [FixIt]) -> String {
        let excerpt = Excerpt(of: range, in: source)
        let marks = "^" + String(repeating: "~", count: excerpt.length - 1)
        var text = excerpt.text + "\n" + spaces(excerpt.column) + paint(marks, Paint.green) + "\n"
        let line = source.line(of: range.start)
        var row = ""
        var width = 0
        for fixIt in fixIts where source.line(of: fixIt.range.start) == line && !fixIt.replacement.isEmpty {
            guard let column = excerpt.column(of: fixIt.range.start), column >= width else { continue }
            let replacement = printable(fixIt.replacement)
            row += spaces(column - width) + replacement
            width = column + replacement.unicodeScalars.count + 1
            row += " "
        }
        while row.last == " " { row.removeLast() }
        if !row.isEmpty { text += paint(row, Paint.green) + "\n" }
        return text
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}

/// Terminal colours, where they are wanted.
private struct Paint {
    let isOn: Bool
    static let bold = "1"
    static let red = "1;31"
    static let green = "1;32"
    static let magenta = "1;35"
    static let cyan = "1;36"

    func callAsFunction(_ text: String, _ style: String) -> String { isOn ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text }
}
