/// Random access to the bytes of a file. This module does no input or output of its own: whoever opens the file provides this.
public protocol ByteSource: Sendable {
    /// The number of bytes.
    var count: Int { get }

    /// Fills the whole buffer with the bytes from `offset` on, all of which lie within `count`; throws where the file can't be read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws
}

extension ByteSource {
    /// The bytes `offset ..< offset + count`, which the caller has checked to lie within the source and to be few.
    public func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        precondition(offset >= 0 && count >= 0 && offset <= self.count - count)
        return try Array(unsafeUninitializedCapacity: count) { buffer, initialized in
            try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            initialized = count
        }
    }
}

/// Bytes in memory.
public struct MemorySource: ByteSource {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var count: Int { bytes.count }

    public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count]))
        }
    }
}

/// Bytes in sequence: a piece of a source as it is, or inflated.
protocol ByteStream {
    /// Fills the whole buffer with the next bytes.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws
    /// Checks what can be checked only once all bytes were read.
    mutating func finish() throws
}

extension ByteStream {
    /// The next bytes as an array; the caller has checked that they are few.
    mutating func bytes(_ count: Int) throws -> [UInt8] {
        try Array(unsafeUninitializedCapacity: count) { buffer, initialized in
            try read(into: UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }
}

/// A range of a source, read in order; the caller has checked that the range lies within it.
struct PlainStream: ByteStream {
    let source: any ByteSource
    var offset: Int

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws {
        precondition(offset <= source.count - buffer.count)
        try source.read(into: buffer, at: offset)
        offset += buffer.count
    }

    mutating func finish() {}
}

/// Reads little-endian numbers out of a few bytes.
func littleEndian<T: FixedWidthInteger>(_ bytes: [UInt8], _ offset: Int, as type: T.Type) -> T {
    bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
}
