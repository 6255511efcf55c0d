import Compiler
import Diagnostics
import Formats
import KerasFiles
import Network

/// Elements read of one file: members of a zip file, and datasets, may share their bytes.
private let mostElements = 1 << 22

func readArrays(_ bytes: [UInt8]) throws {
    let archive = try ArrayArchive(reading: MemorySource(bytes))
    try checkWeights(archive)
    var rest = mostElements
    for entry in archive.entries where entry.elementCount <= rest {
        rest -= entry.elementCount
        let array = try archive.array(of: entry)
        guard array.values.count == entry.elementCount else {
            throw BrokenPromise("'\(entry.name)' has \(array.values.count) values")
        }
        try checkRoundTrip(array)
    }
}

func readListing(_ bytes: [UInt8]) throws {
    let listing = try HDF5Listing(decoding: bytes)
    guard try HDF5Listing(decoding: listing.encoded) == listing else {
        throw BrokenPromise("the listing is another one when it is written and read again")
    }
    let file = try HDF5File(listing, file: datasets, copies: MemorySource(Array(repeating: 0, count: 1 << 10)))
    try checkWeights(kerasWeights(file, for: smallNetwork.get()))
    var rest = mostElements
    for entry in file.archive.entries where entry.elementCount <= rest {
        rest -= entry.elementCount
        _ = try file.archive.values(of: entry)
    }
}

/// An array is the same after it was written and read.
private func checkRoundTrip(_ array: NamedArray) throws {
    var bytes: [UInt8] = []
    try writeSafetensors([array], as: .float32) { bytes += $0 }
    let copy = try ArrayArchive(reading: MemorySource(bytes))
    let values = try copy.values(of: copy.entries[0])
    guard copy.entries[0].name == array.name, copy.entries[0].shape == array.shape,
        values.map(\.bitPattern) == array.values.map(\.bitPattern)
    else { throw BrokenPromise("'\(array.name)' is another array when it is written and read again") }
}

/// The arrays as the weights of a network, matched by name and shape: parameters that are missing, and arrays of no parameter, are reported.
private func checkWeights(_ archive: ArrayArchive) throws {
    let network = try smallNetwork.get()
    var log = DiagnosticLog()
    let values = matchWeights(of: network, with: archive, fileName: "hostile", log: &log)
    for named in network.parameterInventory() where !log.hasErrors {
        guard values[named.name]?.count == named.parameter.shape.elementCount else {
            throw BrokenPromise("'\(named.name)' is neither read nor missed")
        }
    }
}

/// Its weights are `c/kernel` of 2×2×1×2, `c/bias` of 2, `d/kernel` of 8×1.
private let smallNetwork = Result {
    let text = "Input(3, 3, 1)\nConv2D(2, 2, name=c)\nFlatten()\nDense(1, use_bias=False, name=d)\n"
    let options = ModelOptions(path: "small.net")
    return try readModel(SourceFile(name: options.path, text: Array(text.utf8)), options).network
}

/// The file in which the datasets of a listing lie.
private let datasets = MemorySource(Array(repeating: 0, count: 1 << 16))

/// Takes an HDF5 file's bytes for the listing that `netc list-hdf5` would print: HDF5's own library is none of ours, and runs in a process
/// of its own.
struct ListingOpener: HDF5Opener {
    private static let longest = 1 << 20

    func open(_ image: HDF5Image) throws -> HDF5File {
        var bytes: [UInt8] = []
        try image.copy { piece in if bytes.count + piece.count <= Self.longest { bytes += piece } }
        // Behind the signature, where the whole file is HDF5.
        if case .file = image { bytes.removeFirst(min(8, bytes.count)) }
        return try HDF5File(HDF5Listing(decoding: bytes), file: datasets, copies: MemorySource([]))
    }
}
