import Kernels

/// The choices that a generated C file records, for a build that is to make them again. Throws where there are none.
public func recordedChoices(inFile path: String) throws -> Choices {
    let text = String(decoding: try readFile(path, limit: 1 << 28), as: UTF8.self)
    var choices = Choices()
    for line in text.split(whereSeparator: \.isNewline) {
        // The comment at the top ends before the first directive.
        if line.hasPrefix("#") { break }
        guard let equals = line.firstRange(of: " = ") else { continue }
        let subject = String(line[..<equals.lowerBound].drop { $0 == " " })
        guard isSubject(subject) else { continue }
        choices.ways[subject] = String(line[equals.upperBound...])
    }
    guard !choices.ways.isEmpty else {
        throw CompilerError.invalidData(
            "'\(path)' records no choices of kernels: give a C file that 'netc build --tune' wrote")
    }
    return choices
}
