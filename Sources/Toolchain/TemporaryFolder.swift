#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A new folder that is removed, with all in it, when the value goes. Swift lets go of a value after its last use: hold it with
/// `defer { folder.remove() }`.
public final class TemporaryFolder: Sendable {
    public let path: String

    /// Makes a folder below `$TMPDIR`, or `/tmp`.
    public convenience init(environment: [String: String]) throws(ToolchainError) {
        try self.init(template: temporaryRoot(environment) + "/netc-XXXXXX")
    }

    /// Makes a folder whose name is the template with its last six characters, `XXXXXX`, replaced.
    init(template: String) throws(ToolchainError) {
        var name = Array(template.utf8CString)
        guard mkdtemp(&name) != nil else { throw .cannotWrite(path: template, reason: systemReason()) }
        path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { remove() }

    /// Removes the folder now: a library that was loaded from it stays loaded.
    public func remove() { removeTree(path) }
}

/// Removes a file, or a folder with all in it; symbolic links are removed, not followed.
private func removeTree(_ path: String) {
    if unlink(path) == 0 { return }
    if let folder = opendir(path) {
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        closedir(folder)
        for name in names { removeTree(path + "/" + name) }
    }
    rmdir(path)
}
