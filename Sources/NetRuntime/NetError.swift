import CNetABI

/// What can go wrong when a generated library is loaded and run.
public enum NetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `dlopen` refused; the reason is its own.
    case cannotOpen(path: String, reason: String)
    /// A shared library, but none that netc generated.
    case notGenerated(path: String)
    /// Generated for another version of the interface.
    case wrongInterface(path: String, found: Int)
    /// The number of inputs, or of an input's floats, is not what the network takes.
    case wrongInput(String)
    /// The hosted form could not be created: the system's reason.
    case cannotCreate(String)
    /// A call returned a code other than success.
    case failed(code: Int)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "can't open library '\(path)': \(reason)"
        case .notGenerated(let path): "'\(path)' is not a library that netc generated: it has no symbol 'netc_model'"
        case .wrongInterface(let path, let found):
            "'\(path)' has interface version \(found), but version \(NETC_ABI) is needed; build it again"
        case .wrongInput(let message): message
        case .cannotCreate(let reason): "can't create the model: \(reason)"
        case .failed(let code): "the model returned \(code): \(Self.meaning(code))"
        }
    }

    private static func meaning(_ code: Int) -> String {
        switch UInt32(truncatingIfNeeded: code) {
        case NETC_NULL.rawValue: "a null pointer"
        case NETC_MISALIGNED.rawValue: "a workspace that is not 64-byte aligned"
        case NETC_BUSY.rawValue: "another call runs on this object"
        case NETC_UNSUPPORTED.rawValue: "this processor lacks instructions that the code was compiled for"
        case NETC_RANGE.rawValue: "no such step"
        default: "an unknown code"
        }
    }
}
