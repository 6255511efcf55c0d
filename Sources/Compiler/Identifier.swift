import CodeGen

/// The name of everything that a model's generated code defines: `--name`, else the model's own name, else the file's stem,
/// made an identifier that C and C++ accept.
package func modelIdentifier(explicit: String?, modelName: String?, path: String) throws -> String {
    if let explicit {
        guard isIdentifier(explicit) else {
            throw CompilerError.usage(
                "'--name \(explicit)' is not an identifier: expected at most \(maximumIdentifierLength) letters, digits and"
                    + " underscores that begin with a letter and are no word of C, C++ or their libraries")
        }
        return explicit
    }
    return identifier(from: modelName ?? fileStem(path))
}

/// Longer names would not fit into file names with the endings that builds add.
let maximumIdentifierLength = 128

/// Text as an identifier: other characters become `_`, leading digits and underscores go, and what is then empty or reserved gets
/// the prefix `net_`.
package func identifier(from text: String) -> String {
    let mapped = String(text.unicodeScalars.map { isIdentifierScalar($0) ? Character($0) : "_" })
    let trimmed = String(mapped.drop { $0 == "_" || $0.isWholeNumber }.prefix(maximumIdentifierLength))
    return trimmed.isEmpty || isReserved(trimmed) ? "net_" + trimmed : trimmed
}

/// Whether the text can name generated code as it stands.
package func isIdentifier(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, !("0"..."9").contains(first), first != "_" else { return false }
    return text.unicodeScalars.allSatisfy(isIdentifierScalar) && text.count <= maximumIdentifierLength
        && !isReserved(text)
}

/// A character of C's basic identifiers.
private func isIdentifierScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "A"..."Z", "a"..."z", "0"..."9", "_": true
    default: false
    }
}

/// The file's name without its folder and its last ending.
package func fileStem(_ path: String) -> String {
    let name = fileName(path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
}

/// The last component of a path.
package func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}

/// The folder that holds a file, `.` for a bare name.
package func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Whether the name means something in C already, or in generated code.
private func isReserved(_ name: String) -> Bool {
    reservedWords.contains(name) || libraryNames.contains(name) || generatedNames.contains(name)
}

/// Keywords of C and C++, macros that compilers predefine, and names that generated headers and their users already have.
private let reservedWords = Set(
    """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class compl concept
    const consteval constexpr constinit const_cast continue co_await co_return co_yield decltype default delete do double
    dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable namespace new
    noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires restrict
    return short signed sizeof static static_assert static_cast struct switch template this thread_local throw true try
    typedef typeid typename typeof typeof_unqual union unsigned using virtual void volatile wchar_t while xor xor_eq
    linux unix i386 main errno netc NULL size_t int32_t int64_t uint32_t uint64_t std
    """.split(whereSeparator: \.isWhitespace).map(String.init))
