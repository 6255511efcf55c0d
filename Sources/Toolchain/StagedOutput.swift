// Output files appear all at once or not at all, as far as a file system allows: they are written in a hidden sibling of their
// folder and renamed one by one, the header last. Whoever sees a new header finds everything it promises.

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files on their way into a folder. What is not committed goes when the value goes.
public final class StagedOutput: Sendable {
    /// Where the files are going.
    public let destination: String
    private let stage: TemporaryFolder

    /// Stages output for a folder, which is made, with its parents, if it isn't there.
    public init(into destination: String) throws(ToolchainError) {
        try makeFolders(destination)
        self.destination = destination
        // The trailing slash of `generated/` would make the stage a child; a child of "." is what a sibling can be without knowing a parent.
        var base = destination
        while base.count > 1, base.hasSuffix("/") { base.removeLast() }
        let isBare = base.split(separator: "/").last.map { $0 == "." || $0 == ".." } ?? true
        stage = try TemporaryFolder(template: isBare ? base + "/.netc-XXXXXX" : base + ".netc-XXXXXX")
    }

    /// The folder in which the files lie for now: where to let clang write.
    public var folder: String { stage.path }

    /// Where a file lies for now; the folders its name asks for are made.
    public func path(_ name: String) throws(ToolchainError) -> String {
        if let slash = name.lastIndex(of: "/") { try makeFolders(folder + "/" + name[..<slash]) }
        return folder + "/" + name
    }

    /// Writes a file, replacing one of that name.
    public func write(_ name: String, _ text: String) throws(ToolchainError) {
        let file = try OutputFile(path: path(name))
        try file.append(Array(text.utf8))
        try file.close()
    }

    /// Writes a file piece by piece through the closure's argument.
    public func write(_ name: String, _ body: (OutputFile) throws -> Void) throws {
        let file = try OutputFile(path: path(name))
        try body(file)
        try file.close()
    }

    /// Removes what was not committed.
    public func discard() { stage.remove() }

    /// Moves the files into their folder in this order; name the header last.
    public func commit(_ names: [String]) throws(ToolchainError) {
        for name in names {
            let (from, to) = (folder + "/" + name, destination + "/" + name)
            if let slash = name.lastIndex(of: "/") { try makeFolders(destination + "/" + name[..<slash]) }
            guard rename(from, to) == 0 else { throw .cannotWrite(path: to, reason: systemReason()) }
        }
    }
}

/// A file being written.
public final class OutputFile {
    private let path: String
    private var descriptor: Int32

    /// Creates the file, or empties it.
    public init(path: String) throws(ToolchainError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemReason()) }
    }

    deinit { if descriptor >= 0 { systemClose(descriptor) } }

    public func append(_ bytes: [UInt8]) throws(ToolchainError) {
        var failure: ToolchainError?
        bytes.withUnsafeBytes { raw in
            do throws(ToolchainError) { try append(raw) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Appends raw memory: an array of floats as it lies.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(ToolchainError) {
        var done = 0
        while done < bytes.count {
            let count = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .cannotWrite(path: path, reason: systemReason()) }
            done += count
        }
    }

    /// Closes the file, which is when some file systems notice that they are full.
    public func close() throws(ToolchainError) {
        defer { descriptor = -1 }
        guard systemClose(descriptor) == 0 else { throw .cannotWrite(path: path, reason: systemReason()) }
    }
}

/// `close`, where a method hides it.
@discardableResult
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }

/// Makes a folder and the folders above it.
func makeFolders(_ path: some StringProtocol) throws(ToolchainError) {
    let path = String(path)
    var status = stat()
    if stat(path, &status) == 0 {
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .cannotWrite(path: path, reason: systemReason(ENOTDIR)) }
        return
    }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try makeFolders(path[..<slash]) }
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw .cannotWrite(path: path, reason: systemReason()) }
}
