import Compiler

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard output and standard error.
enum Console {
    /// Writes to standard output; a full disk or a closed pipe is an error like any other.
    static func write(_ text: String) throws {
        guard writeAll(text, to: STDOUT_FILENO) else {
            throw CompilerError.cannotWrite("cannot write to standard output: \(String(cString: strerror(errno)))")
        }
    }

    /// Writes to standard error, where nothing can be done about a failure.
    static func writeError(_ text: String) { _ = writeAll(text, to: STDERR_FILENO) }

    /// Reports an error in one line.
    static func error(_ message: String) { remark("error", "31", message) }

    /// Reports what the user may want to know.
    static func note(_ message: String) { remark("note", "36", message) }

    private static func remark(_ kind: String, _ color: String, _ message: String) {
        writeError(
            colorsErrors
                ? "netc: \u{1B}[1;\(color)m\(kind):\u{1B}[0m \(message)\n" : "netc: \(kind): \(message)\n")
    }

    /// Whether standard error is a terminal that wants colour.
    static var colorsErrors: Bool { isatty(STDERR_FILENO) == 1 && wantsColor }

    /// Whether standard output is a terminal that wants colour.
    static var colorsOutput: Bool { isatty(STDOUT_FILENO) == 1 && wantsColor }

    private static var wantsColor: Bool {
        let noColor = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        let isDumb = getenv("TERM").map { strcmp($0, "dumb") == 0 } ?? true
        return !noColor && !isDumb
    }

    private static func writeAll(_ text: String, to descriptor: Int32) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var position = 0
            while position < bytes.count {
                #if canImport(Glibc)
                    let written = Glibc.write(descriptor, bytes.baseAddress! + position, bytes.count - position)
                #else
                    let written = Darwin.write(descriptor, bytes.baseAddress! + position, bytes.count - position)
                #endif
                if written < 0 {
                    if errno == EINTR { continue }
                    return false
                }
                position += written
            }
            return true
        }
    }
}

/// One line on a terminal's standard error that tells what is being done; nothing elsewhere.
struct Progress: Sendable {
    private let isShown = isatty(STDERR_FILENO) == 1

    /// Replaces the line.
    func show(_ text: String) {
        if isShown { Console.writeError("\r\u{1B}[K" + text.prefix(100)) }
    }

    /// Removes the line.
    func clear() {
        if isShown { Console.writeError("\r\u{1B}[K") }
    }
}
