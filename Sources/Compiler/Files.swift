import Toolchain

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The bytes of a file of at most `limit` bytes.
package func readFile(_ path: String, limit: Int) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CompilerError.missingInput("cannot read '\(path)': \(systemMessage())") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count == 0 { return bytes }
        if count < 0 {
            if errno == EINTR { continue }
            throw CompilerError.missingInput("cannot read '\(path)': \(systemMessage())")
        }
        guard bytes.count + count <= limit else {
            throw CompilerError.invalidData("'\(path)' is larger than \(limit) bytes")
        }
        bytes += buffer[..<count]
    }
}

/// Whether there is a file that can be read.
package func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

/// The path without symbolic links, `.` and `..`; `nil` where nothing is there.
package func resolvedPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}

/// What the system says about the last call that failed, in lower case.
package func systemMessage() -> String { String(cString: strerror(errno)).lowercased() }

/// Writes a file that appears whole or not at all.
package func writeFile(_ path: String, _ bytes: [UInt8]) throws { try writeFile(path) { sink in try sink(bytes) } }

/// The same for a file that comes in pieces.
func writeFile(_ path: String, _ body: (([UInt8]) throws -> Void) throws -> Void) throws {
    // A device or a pipe can't be replaced: it is written to.
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { return try writePieces(body, to: path) }
    let temporary = "\(path).netc-\(getpid())"
    do {
        try writePieces(body, to: temporary)
    } catch {
        unlink(temporary)
        throw error
    }
    guard rename(temporary, path) == 0 else {
        let reason = systemMessage()
        unlink(temporary)
        throw CompilerError.cannotWrite("cannot write '\(path)': \(reason)")
    }
}

private func writePieces(_ body: (([UInt8]) throws -> Void) throws -> Void, to path: String) throws {
    let file = try OutputFile(path: path)
    try body { try file.append($0) }
    try file.close()
}
