import Formats

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that can't be opened or read: exit code 66.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    /// The system's reason.
    public let reason: String

    /// The reason is that of `errno`.
    init(_ path: String) {
        self.path = path
        reason = String(cString: strerror(errno))
    }

    public var description: String { "can't read '\(path)': \(reason)" }
}

/// The bytes of an open file; pieces are read when they are asked for.
public final class FileByteSource: ByteSource {
    public let path: String
    public let count: Int
    private let descriptor: Int32

    /// Opens a file for reading.
    public init(path: String) throws(FileError) {
        // Without waiting: a pipe without a writer is refused below, not waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = FileError(path)
            close(descriptor)
            throw error
        }
        if status.st_mode & S_IFMT != S_IFREG {
            close(descriptor)
            errno = status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL
            throw FileError(path)
        }
        (self.path, self.descriptor, count) = (path, descriptor, Int(status.st_size))
    }

    deinit { close(descriptor) }

    public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        var done = 0
        while done < buffer.count {
            let got = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, offset + done)
            if got < 0 && errno == EINTR { continue }
            if got == 0 { errno = EIO }  // The file shrank while it was read.
            guard got > 0 else { throw FileError(path) }
            done += got
        }
    }
}

/// Opens a file of arrays (.npy, .npz or .safetensors); throws `FileError` or `FormatError`.
public func readArrays(at path: String) throws -> ArrayArchive {
    try ArrayArchive(reading: FileByteSource(path: path))
}
