import Target

// The shared parts of templates, cut down to what the kernels of one file need.

/// The shared texts without definitions that nothing in `kernels` leads to, functions that no kernel names (of activations, say), and what only serves
/// templates that are compiled alone.
///
/// A definition is a paragraph: lines up to a blank one that is followed by text in the first column. C defines before it uses, so one
/// walk from the end decides.
func neededParts(
    of shared: [(name: String, text: String)], by kernels: [String], target: Target
) -> [(name: String, text: String)] {
    var used: Set<Substring> = []
    for kernel in kernels { used.formUnion(identifiers(in: kernel)) }
    var result: [(name: String, text: String)] = []
    for (name, text) in shared.reversed() {
        var kept: [String] = []
        for paragraph in paragraphs(withoutConditions(text, target: target)).reversed() {
            let names = definedNames(in: paragraph)
            guard names.isEmpty || names.contains(where: { used.contains($0) }) else { continue }
            let isEnumeration = paragraph.contains { $0 == "enum {" }
            let lines = paragraph.enumerated().filter { number, line in
                if !isEnumeration { return !isIdleCase(line, used) }
                // The first member is 0, as fields of structures are by default.
                return number > 0 && paragraph[number - 1] == "enum {" || !isIdleMember(line, used)
            }.map(\.element)
            used.formUnion(identifiers(in: lines.joined(separator: "\n")))
            kept.append(lines.joined(separator: "\n"))
        }
        if !kept.isEmpty { result.append((name, kept.reversed().joined(separator: "\n\n"))) }
    }
    return result.reversed()
}

/// Whether a line is a case of a `switch` for a constant that no kernel names.
private func isIdleCase(_ line: Substring, _ used: Set<Substring>) -> Bool {
    let code = line.drop { $0 == " " }
    guard code.hasPrefix("case "), code.hasSuffix(";"), let colon = code.firstIndex(of: ":") else { return false }
    return !used.contains(code[..<colon].dropFirst(5))
}

/// Whether a line is a member of an enumeration that nothing names; the numbers of the others don't matter.
private func isIdleMember(_ line: Substring, _ used: Set<Substring>) -> Bool {
    let name = line.drop { $0 == " " }.prefix { $0.isUppercase || $0.isNumber || $0 == "_" }
    guard line.hasPrefix("    "), !name.isEmpty, !used.contains(name) else { return false }
    let rest = line.drop { $0 == " " }.dropFirst(name.count)
    return rest.isEmpty || rest.hasPrefix(",")
}

/// The lines of a text without the compiler's marks and without `#if… #endif`: of `#if VL == 16 … #else … #endif` the half for these vectors
/// stays, of `#ifdef __ARM_NEON … #endif` what is for this target; an include guard goes, its contents stay; any other condition gives a template that is compiled alone a default, and goes as a whole.
private func withoutConditions(_ text: String, target: Target) -> [Substring] {
    var lines: [Substring] = []
    var depth = 0
    var isGuard = false
    /// Within a choice by the target: whether this half is the one.
    var isChosen: Bool?
    let all = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in all.enumerated() where line != "/* netc: shared */" {
        if line.hasPrefix("#if VL == ") {
            isChosen = line.dropFirst(10) == "\(target.lanes)"
        } else if line == "#ifdef __ARM_NEON" {
            isChosen = target.instructionSet == .neon
        } else if let chosen = isChosen, line.hasPrefix("#") {
            isChosen = line == "#else" ? !chosen : nil
        } else if isChosen == false {
            continue
        } else if line.hasPrefix("#if") {
            if depth == 0 { isGuard = number + 1 < all.count && all[number + 1].hasPrefix("#define ") }
            depth += 1
        } else if line.hasPrefix("#endif") {
            depth -= 1
        } else if depth == 0 || isGuard && !(number > 0 && all[number - 1].hasPrefix("#ifndef ")) {
            lines.append(line)
        }
    }
    return lines
}

/// Groups of lines with a blank line and a first column in use between them.
private func paragraphs(_ lines: [Substring]) -> [[Substring]] {
    var result: [[Substring]] = [[]]
    for line in lines {
        let startsNew =
            result[result.count - 1].last?.isEmpty == true && line.first.map { $0 != " " && $0 != "}" } == true
        if startsNew { result.append([]) }
        result[result.count - 1].append(line)
    }
    return result.map { paragraph in
        Array(paragraph.reversed().drop { $0.isEmpty }.reversed().drop { $0.isEmpty })
    }.filter { !$0.isEmpty }
}

/// The functions, types, constants and macros that a paragraph defines.
private func definedNames(in paragraph: [Substring]) -> [Substring] {
    var names: [Substring] = []
    var isEnumeration = false
    for line in paragraph {
        if line.hasPrefix("enum {") { isEnumeration = true }
        if isEnumeration {
            names += identifiers(in: line).filter { $0.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" } }
            if line.contains("}") { isEnumeration = false }
        } else if line.hasPrefix("#define ") {
            names += identifiers(in: line.dropFirst(8)).prefix(1)
        } else if line.hasPrefix("static const "), let open = line.firstIndex(of: "[") {
            names += identifiers(in: line[..<open]).suffix(1)
        } else if line.hasPrefix("static "), let open = line.firstIndex(of: "(") {
            names += identifiers(in: line[..<open]).suffix(1)
        } else if line.hasPrefix("typedef "), line.hasSuffix(";") {
            names += identifiers(in: line.dropFirst(8)).dropFirst().prefix(1)
        } else if line.hasPrefix("} ") {
            names += identifiers(in: line).suffix(1)
        }
    }
    return names
}

/// The identifiers and words of C text, in order, without those of comments.
private func identifiers(in text: some StringProtocol) -> [Substring] {
    var result: [Substring] = []
    var rest = Substring(text)
    while let first = rest.first {
        if rest.hasPrefix("/*") {
            rest = rest.firstIndex(of: "*").map { rest[rest.index(after: $0)...] } ?? ""
            while let star = rest.firstIndex(of: "*"), !rest[star...].hasPrefix("*/") {
                rest = rest[rest.index(after: star)...]
            }
            rest = rest.firstIndex(of: "*").map { rest[$0...].dropFirst(2) } ?? ""
        } else if first.isLetter || first == "_" {
            let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            result.append(word)
            rest = rest[word.endIndex...]
        } else {
            rest = rest.dropFirst()
        }
    }
    return result
}
