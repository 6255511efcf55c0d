import Compiler

/// The readers of files that others wrote, fed from memory as the commands feed them from files: for the fuzzer, and for the test that
/// repeats what the fuzzer once found.
public enum Reader: String, CaseIterable, Sendable {
    /// `.net` text, up to the parameters of the network.
    case net
    case safetensors
    /// `.npy` and `.npz`.
    case numpy
    case onnx
    /// A `.keras` or `.h5` file whose HDF5 is a listing instead; or what a `.keras` file holds, as text: see `kerasArchive`.
    case keras
    /// What `netc list-hdf5` prints, as arrays and as a network's weights.
    case hdf5Listing = "hdf5-listing"
}

/// A reader did what it may not do, short of a crash.
public struct BrokenPromise: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

extension Reader {
    /// Reads the bytes of a file. Returns the error that a user would see, or `nil` where the file is read.
    ///
    /// Throws `BrokenPromise` where the error is none about the file, or where what was read is not what it should be.
    public func read(_ bytes: [UInt8]) throws(BrokenPromise) -> String? {
        do {
            switch self {
            case .net: try readNet(bytes)
            case .safetensors, .numpy: try readArrays(bytes)
            case .onnx: try readONNX(bytes)
            case .keras: try readKeras(bytes)
            case .hdf5Listing: try readListing(bytes)
            }
            return nil
        } catch let broken as BrokenPromise {
            throw broken
        } catch {
            return try reason(error)
        }
    }
}

/// What the user is told: an error about the file, with the exit code for such.
private func reason(_ error: any Error) throws(BrokenPromise) -> String {
    guard let known = CompilerError(error) else { throw BrokenPromise("an error of no known kind: \(error)") }
    guard known.exitCode == 65 else { throw BrokenPromise("exit code \(known.exitCode): \(known.message)") }
    guard case .invalidModel(let report) = known else { return known.message }
    let text = report.rendered(color: false)
    guard report.diagnostics.contains(where: { $0.severity == .error }), text.contains("error: ") else {
        throw BrokenPromise("a model is refused without a reason: \(text)")
    }
    return text
}
