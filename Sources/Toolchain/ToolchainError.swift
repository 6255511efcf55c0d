/// What can go wrong with clang and with writing files, mapped to the command line's exit codes in one place.
public enum ToolchainError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing found that compiles and links; `tried` says what was looked at and why each failed.
    case noClang(tried: [String])
    /// A program ran and failed.
    case failed(program: String, output: String)
    /// A program could not be started.
    case cannotRun(program: String, reason: String)
    /// A program ran longer than allowed and was ended.
    case timedOut(program: String, seconds: Int)
    /// The user interrupted; what was running has been ended.
    case interrupted
    /// A file or folder can't be written.
    case cannotWrite(path: String, reason: String)

    /// 69: no usable clang, or clang failed; 74: cannot write; 130: interrupted.
    public var exitCode: Int32 {
        switch self {
        case .noClang, .failed, .cannotRun, .timedOut: 69
        case .interrupted: 130
        case .cannotWrite: 74
        }
    }

    public var description: String {
        switch self {
        case .noClang(let tried):
            "no usable clang found; install one (Debian: apt-get install clang libc6-dev) or name it with '--clang PATH'"
                + tried.map { "\n  tried \($0)" }.joined()
        case .failed(let program, let output): "'\(program)' failed" + (output.isEmpty ? "" : ":\n\(output)")
        case .cannotRun(let program, let reason): "can't run '\(program)': \(reason)"
        case .timedOut(let program, let seconds): "'\(program)' ran longer than \(seconds) s and was ended"
        case .interrupted: "interrupted"
        case .cannotWrite(let path, let reason): "can't write '\(path)': \(reason)"
        }
    }
}
