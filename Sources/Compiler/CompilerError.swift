import Diagnostics
import Formats
import Import
import ONNX
import Target
import Toolchain

/// Why a command could not finish. Each case has its exit code; only a comparison that failed ends with 1.
public enum CompilerError: Error, Sendable {
    /// The command line asks for something that does not exist: 64.
    case usage(String)
    /// The model has mistakes, all of them in the log: 65.
    case invalidModel(DiagnosticReport)
    /// Weights or data are not what they should be: 65.
    case invalidData(String)
    /// A file to read is not there: 66.
    case missingInput(String)
    /// A library that a file's format needs is not installed: 69.
    case missingLibrary(String)
    /// No clang that works, or clang failed: 69.
    case noCompiler(String)
    /// A mistake of ours: 70.
    case internalError(String)
    /// A file can't be written: 74.
    case cannotWrite(String)
    /// The user interrupted: 130.
    case interrupted

    /// What the process exits with.
    public var exitCode: Int32 {
        switch self {
        case .usage: 64
        case .invalidModel, .invalidData: 65
        case .missingInput: 66
        case .noCompiler, .missingLibrary: 69
        case .internalError: 70
        case .cannotWrite: 74
        case .interrupted: 130
        }
    }

    /// One line, without the diagnostics.
    public var message: String {
        switch self {
        case .usage(let text), .invalidData(let text), .missingInput(let text), .missingLibrary(let text),
            .noCompiler(let text), .internalError(let text), .cannotWrite(let text):
            text
        case .invalidModel(let report): report.summary
        case .interrupted: "interrupted"
        }
    }
}

extension CompilerError {
    /// An error of one of the modules below; `nil` for one of an unknown kind.
    public init?(_ error: any Error) {
        switch error {
        case let error as CompilerError: self = error
        case let error as FileError: self = .missingInput("\(error)")
        case let error as FormatError: self = .invalidData("\(error)")
        case let error as ExportError: self = .invalidData("\(error)")
        case let error as ImportError: self = .invalidData("\(error)")
        case let error as TargetError: self = .usage("\(error)")
        case ToolchainError.interrupted: self = .interrupted
        case let error as ToolchainError where error.exitCode == 74: self = .cannotWrite("\(error)")
        case let error as ToolchainError: self = .noCompiler("\(error)")
        default: return nil
        }
    }
}

/// The diagnostics of a file, ready to be shown.
public struct DiagnosticReport: Sendable {
    public var source: SourceFile
    public var diagnostics: [Diagnostic]
    /// The most errors to show.
    public var errorLimit: Int

    public init(source: SourceFile, diagnostics: [Diagnostic], errorLimit: Int) {
        self.source = source
        self.diagnostics = diagnostics
        self.errorLimit = errorLimit
    }

    /// As clang shows them.
    public func rendered(color: Bool) -> String {
        render(diagnostics, in: source, color: color, errorLimit: errorLimit)
    }

    /// `mobilenet.net: 2 errors`.
    public var summary: String {
        let errors = diagnostics.count { $0.severity == .error }
        return "\(source.name): \(errors) error\(errors == 1 ? "" : "s")"
    }
}
