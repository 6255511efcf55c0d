import Compiler
import Kernels
import Target
import Toolchain

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Measured times of ways to compute, kept between runs in a file of lines: CPU, target, clang, templates, subject, and `way=milliseconds`
/// of each way, with tabs between.
///
/// Lines are only ever added, each by one call of the system, so that processes may share the file; of two lines about one subject the last
/// counts, and what is no such line is passed over.
public struct ChoiceCache: Sendable {
    /// The file; its name says the version of its format.
    public let path: String
    /// What its times depend on: the first four columns.
    package let machine: String

    /// The largest file that is read.
    private static let limit = 1 << 26

    /// The cache of this user, below `$XDG_CACHE_HOME` or `~/.cache`; `nil` where there is neither.
    public init?(target: Target, clang: String, environment: [String: String] = processEnvironment()) {
        func folder(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        guard let root = folder("XDG_CACHE_HOME") ?? folder("HOME").map({ $0 + "/.cache" }) else { return nil }
        self.init(path: root + "/netc/choices-1.tsv", target: target, clang: clang)
    }

    package init(path: String, target: Target, clang: String) {
        let columns = [processorName(), "\(target)", clang, templatesFingerprint()]
        self.init(path: path, machine: columns.map(plain).joined(separator: "\t"))
    }

    /// The times of another machine, in its four columns.
    package init(path: String, machine: String) { (self.path, self.machine) = (path, machine) }

    /// The times in milliseconds of each subject's ways on this machine.
    public func times() -> [String: [String: Double]] {
        guard let bytes = try? readFile(path, limit: Self.limit) else { return [:] }
        var times: [String: [String: Double]] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix(machine + "\t") {
            let columns = line.dropFirst(machine.count + 1).split(separator: "\t")
            guard let subject = columns.first, isSubject(String(subject)) else { continue }
            var ways: [String: Double] = [:]
            for column in columns.dropFirst() {
                let parts = column.split(separator: "=")
                if parts.count == 2, let time = Double(parts[1]), time > 0 { ways[String(parts[0])] = time }
            }
            times[String(subject)] = ways
        }
        return times
    }

    /// Adds measured times. A cache that can't be written is none: the build goes on without it.
    public func add(_ times: [(subject: String, ways: [(name: String, milliseconds: Double)])]) {
        makeFolders()
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        for (subject, ways) in times {
            let columns = ways.map { "\($0.name)=\(rounded($0.milliseconds))" }
            let line = Array(([machine, subject] + columns).joined(separator: "\t").utf8) + [10]
            guard write(descriptor, line, line.count) == line.count else { return }
        }
    }

    private func makeFolders() {
        for (position, character) in path.enumerated() where character == "/" && position > 0 {
            mkdir(String(path.prefix(position)), 0o755)
        }
    }

    /// Four digits, which is more than a clock knows.
    private func rounded(_ value: Double) -> String {
        let scale = pow(10, 3 - floor(log10(max(value, 1e-9))))
        return "\((value * scale).rounded() / scale)"
    }
}

/// A text that fits into one column.
private func plain(_ text: String) -> String {
    String(text.map { $0.isASCII && $0 != "\t" && !$0.isNewline ? $0 : " " })
}

/// A number that differs where a template does: FNV-1a, by Fowler, Noll and Vo.
private func templatesFingerprint() -> String {
    let hash = templateTexts.reduce(into: 0xcbf2_9ce4_8422_2325 as UInt64) { hash, template in
        for byte in template.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    return String(hash, radix: 16)
}
