import Formats
import HDF5
import Toolchain

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// HDF5's library is C, and damaged files crash it. So netc starts itself once more, with limits to memory and time, for nothing but a list
// of where the file's datasets lie; whatever happens there is an error about the file here.

/// The command by which netc lists an HDF5 file, and its arguments: the file, the listing and the copies to write.
public let hdf5CommandName = "list-hdf5"

/// Opens HDF5 files through a process of their own.
struct HDF5Process: HDF5Opener {
    /// netc.
    let program: String

    /// Through this program where it is netc; other programs that use the compiler read in their own process.
    static var standard: any HDF5Opener {
        if let own = ownProgram(), fileName(own) == "netc" { return HDF5Process(program: own) }
        return HDF5InProcess()
    }

    func open(_ image: HDF5Image) throws -> HDF5File {
        let workspace = try HDF5Workspace(image)
        let command = Command(
            program, [hdf5CommandName, workspace.file.path, workspace.listing, workspace.copies],
            environment: environment, timeLimit: 120)
        let result = try command.run()
        let last = result.output.split(separator: "\n").last.map(String.init) ?? ""
        let prefix = "netc: error: "
        let message = last.hasPrefix(prefix) ? String(last.dropFirst(prefix.count)) : last
        switch result.status {
        case 0: return try workspace.contents()
        case 69: throw CompilerError.missingLibrary(message)
        case 65: throw FormatError(message)
        default: throw FormatError("the HDF5 library fails on it: the file is damaged")
        }
    }

    /// No plugins, which files could ask for, and no locks, which some file systems lack.
    private var environment: [String: String] {
        var result = ["HDF5_PLUGIN_PRELOAD": "::", "HDF5_USE_FILE_LOCKING": "FALSE"]
        for name in ["NETC_HDF5", "LD_LIBRARY_PATH", "TMPDIR"] { result[name] = processEnvironment()[name] }
        return result
    }
}

/// Opens HDF5 files in this process, for programs that are not netc.
struct HDF5InProcess: HDF5Opener {
    func open(_ image: HDF5Image) throws -> HDF5File {
        let workspace = try HDF5Workspace(image)
        try listHDF5(workspace.file.path, to: workspace.listing, copies: workspace.copies)
        return try workspace.contents()
    }
}

/// What `netc list-hdf5` does: lists a file, in the process at hand, whose memory and time are limited from here on.
public func listHDF5InLimits(_ path: String, to listing: String, copies: String) throws {
    limit(RLIMIT_AS, to: 3 << 30)
    limit(RLIMIT_CPU, to: 60)
    limit(RLIMIT_CORE, to: 0)
    try listHDF5(path, to: listing, copies: copies)
}

#if canImport(Glibc)
    private func limit(_ resource: __rlimit_resource, to value: rlim_t) {
        var limit = rlimit(rlim_cur: value, rlim_max: value)
        setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
    }
#else
    private func limit(_ resource: Int32, to value: rlim_t) {
        var limit = rlimit(rlim_cur: value, rlim_max: value)
        setrlimit(resource, &limit)
    }
#endif

private func listHDF5(_ path: String, to listing: String, copies: String) throws {
    let size = try FileByteSource(path: path).count
    let output = try OutputFile(path: copies)
    do {
        let contents = try listHDF5(path, size: size, library: processEnvironment()["NETC_HDF5"]) {
            try output.append($0)
        }
        try output.close()
        try writeFile(listing, contents.encoded)
    } catch let error as HDF5Error {
        if error.isMissingLibrary { throw CompilerError.missingLibrary(error.description) }
        throw CompilerError.invalidData(error.description)
    }
}

/// The files that a reading takes: those of a folder that is removed when the last of them is no longer read.
private struct HDF5Workspace {
    let folder: TemporaryFolder
    let file: FileByteSource
    var listing: String { folder.path + "/listing" }
    var copies: String { folder.path + "/copies" }

    /// A file as it is; anything else is written into the folder.
    init(_ image: HDF5Image) throws {
        folder = try TemporaryFolder(environment: processEnvironment())
        if case .file(let source as FileByteSource) = image {
            file = source
            return
        }
        let path = folder.path + "/file.h5"
        let output = try OutputFile(path: path)
        try image.copy { try output.append($0) }
        try output.close()
        file = try FileByteSource(path: path)
    }

    func contents() throws -> HDF5File {
        let listing = try HDF5Listing(decoding: try readFile(listing, limit: 256 << 20))
        let copies = try FileByteSource(path: copies)
        return try HDF5File(listing, file: Kept(source: file, folder: folder), copies: copies)
    }
}

/// A file together with the folder that it lies in.
private struct Kept: ByteSource {
    let source: FileByteSource
    let folder: TemporaryFolder

    var count: Int { source.count }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        try source.read(into: buffer, at: offset)
    }
}
