import Target

/// A clang that has been seen to compile and link.
public struct Clang: Hashable, Sendable {
    /// Its path.
    public let path: String
    /// The environment it runs in: that of this process without what alters clang.
    let environment: [String: String]
    /// The triple to make code for; the machine's own where it is `nil`.
    public let triple: String?

    /// Finds clang: `option` (`--clang`), `$NETC_CLANG`, `clang`, `clang-21` … `clang-14` on PATH, then beside the `swift` on PATH; the first
    /// that compiles and links a one-line library.
    ///
    /// One that the user names is taken or refused, without a search. For another `triple` only compiling is tried, for there may be
    /// no libraries to link. Nothing is remembered: hold on to the result.
    public static func find(
        option: String?, environment: [String: String] = processEnvironment(), triple: String? = nil
    ) throws(ToolchainError) -> Clang {
        let cleaned = cleanedEnvironment(environment)
        let named = [("--clang", option ?? ""), ("$NETC_CLANG", environment["NETC_CLANG"] ?? "")].first {
            !$0.1.isEmpty
        }
        let candidates =
            named.map { [($0.0, executable($0.1, environment) ?? $0.1)] }
            ?? candidates(environment: environment).map { ("PATH", $0) }
        var tried: [String] = []
        for (origin, path) in candidates {
            let clang = Clang(path: path, environment: cleaned, triple: triple)
            guard let reason = try clang.probe() else { return clang }
            tried.append("\(path) (from \(origin)): \(reason)")
        }
        throw .noClang(tried: tried.isEmpty ? ["clang, clang-21 … clang-14 on PATH: none is there"] : tried)
    }

    /// The programs to try where the user names none, in order; each once.
    public static func candidates(environment: [String: String] = processEnvironment()) -> [String] {
        let names = ["clang"] + (14...21).reversed().map { "clang-\($0)" }
        var found = names.compactMap { executable($0, environment) }
        if let swift = executable("swift", environment).flatMap({ resolved($0) }), let slash = swift.lastIndex(of: "/")
        {
            found.append(swift[..<slash] + "/clang")
        }
        var seen: Set<String> = []
        return found.filter { isExecutable($0) && seen.insert(resolved($0) ?? $0).inserted }
    }

    /// The first line of `clang --version`.
    public func version() throws(ToolchainError) -> String {
        let output = try checked(["--version"], folder: nil)
        return output.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// The command line with this clang, for several to be run at once.
    public func command(_ arguments: [String], folder: String?, timeLimit: Int = 600) -> Command {
        let target = triple.map { ["--target=\($0)"] } ?? []
        return Command(path, target + arguments, folder: folder, environment: environment, timeLimit: timeLimit)
    }

    /// Runs clang and returns its output; throws what it printed where it fails.
    @discardableResult
    func checked(_ arguments: [String], folder: String?) throws(ToolchainError) -> String {
        let result = try command(arguments, folder: folder).run()
        guard result.status == 0 else { throw .failed(program: path, output: result.output) }
        return result.output
    }

    /// Compiles and links a one-line library; `nil` where that works, else the reason.
    private func probe() throws(ToolchainError) -> String? {
        let folder = try TemporaryFolder(environment: environment)
        defer { folder.remove() }
        let file = try OutputFile(path: folder.path + "/probe.c")
        try file.append(Array("int netc_probe(void) { return 0; }\n".utf8))
        try file.close()
        let mode = triple == nil ? ["-shared", "-fPIC"] : ["-c"]
        do {
            let result = try command(
                ["-fno-lto"] + mode + ["-o", "probe.so", "probe.c"], folder: folder.path, timeLimit: 60
            ).run()
            return result.status == 0 ? nil : lastLine(result.output)
        } catch .cannotRun(_, let reason) {
            return reason
        }
    }
}

/// The program that runs Linux programs of another architecture, `qemu-aarch64`, where it is on PATH.
public func findEmulator(
    of architecture: String, environment: [String: String] = processEnvironment()
) -> String? {
    executable("qemu-\(architecture)", environment) ?? executable("qemu-\(architecture)-static", environment)
}

/// The path of a program: as it is where it holds a slash, else the first on PATH.
func executable(_ name: String, _ environment: [String: String]) -> String? {
    if name.contains("/") { return isExecutable(name) ? absolute(name) : nil }
    for folder in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") {
        let path = "\(folder)/\(name)"
        if isExecutable(path) { return absolute(path) }
    }
    return nil
}

/// The environment without what alters clang, with messages in English.
private func cleanedEnvironment(_ environment: [String: String]) -> [String: String] {
    let altering: Set<String> = [
        "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "OBJC_INCLUDE_PATH", "OBJCPLUS_INCLUDE_PATH", "LIBRARY_PATH",
        "COMPILER_PATH", "GCC_EXEC_PREFIX", "LD_RUN_PATH", "RC_DEBUG_OPTIONS", "QA_OVERRIDE_GCC3_OPTIONS",
    ]
    var cleaned = environment.filter { name, _ in
        !altering.contains(name) && !name.hasPrefix("CCC_") && !name.hasPrefix("CLANG_") && !name.hasPrefix("LC_")
    }
    cleaned["LC_ALL"] = "C"
    return cleaned
}

/// The last line that says something.
private func lastLine(_ text: String) -> String {
    text.split(separator: "\n").last(where: { $0.contains("error") }).map(String.init) ?? "it does not compile"
}
