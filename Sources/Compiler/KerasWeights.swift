import Formats
import KerasFiles
import Network

/// Whether a file is HDF5, by its first bytes.
func isHDF5(_ path: String) -> Bool {
    guard let source = try? FileByteSource(path: path), source.count >= 8,
        let start = try? source.bytes(at: 0, count: 8)
    else { return false }
    return start == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
}

/// Opens a weights file of Keras, its arrays named by the network's parameters; every failure has its exit code.
func openKerasWeights(_ path: String, for network: Network) throws -> ArrayArchive {
    do {
        return try kerasWeights(HDF5Process.standard.open(.file(FileByteSource(path: path))), for: network)
    } catch let error as FormatError {
        throw CompilerError.invalidData("'\(path)': \(error)")
    }
}
