import CZlib

/// Adds bytes to a checksum; zlib counts in 32 bits, so in pieces.
private func updated(_ crc: UInt, with buffer: UnsafeMutableRawBufferPointer) -> UInt {
    var crc = crc
    var start = 0
    while start < buffer.count {
        let count = min(1 << 30, buffer.count - start)
        crc = crc32(crc, buffer.baseAddress!.advanced(by: start).assumingMemoryBound(to: UInt8.self), UInt32(count))
        start += count
    }
    return crc
}

private func checkEnd(_ member: ZipMember, read: Int, crc: UInt, at offset: Int) throws {
    guard read == member.size else { throw FormatError("'\(member.name)' ends early", at: offset) }
    guard crc == UInt(member.crc) else {
        throw FormatError("the checksum of '\(member.name)' is wrong", at: offset, hint: "the file is damaged")
    }
}

/// The bytes of a member that is stored as it is.
struct StoredStream: ByteStream {
    let member: ZipMember
    let start: Int
    var plain: PlainStream
    var crc: UInt = 0

    init(_ member: ZipMember, source: any ByteSource, offset: Int) {
        self.member = member
        start = offset
        plain = PlainStream(source: source, offset: offset)
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws {
        guard buffer.count <= start + member.size - plain.offset else {
            throw FormatError("'\(member.name)' ends early", at: plain.offset)
        }
        try plain.read(into: buffer)
        crc = updated(crc, with: buffer)
    }

    mutating func finish() throws { try checkEnd(member, read: plain.offset - start, crc: crc, at: start) }
}

/// The bytes of a deflated member. A class, for zlib keeps the address of its state.
final class InflateStream: ByteStream {
    private let member: ZipMember
    private let source: any ByteSource
    private let start: Int
    private let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var input: [UInt8] = []
    /// Compressed bytes taken from the source, and inflated bytes handed out.
    private var (taken, given) = (0, 0)
    private var crc: UInt = 0

    init(_ member: ZipMember, source: any ByteSource, offset: Int) {
        (self.member, self.source, start) = (member, source, offset)
        state.initialize(to: z_stream())
        // 15 bits of window without a zlib header: raw deflate, as zip has it.
        let result = inflateInit2_(state, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(result == Z_OK, "zlib can't start")
    }

    deinit {
        inflateEnd(state)
        state.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        while done < buffer.count {
            if state.pointee.avail_in == 0 { try refill() }
            done += try inflateOnce(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
        }
        given += done
        crc = updated(crc, with: buffer)
    }

    func finish() throws { try checkEnd(member, read: given, crc: crc, at: start) }

    private func refill() throws {
        let count = min(1 << 18, member.compressedSize - taken)
        input = try source.bytes(at: start + taken, count: count)
        taken += count
    }

    /// Inflates what is at hand into the buffer and returns how much came out.
    private func inflateOnce(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let room = min(buffer.count, 1 << 30)
        let offered = state.pointee.avail_in
        let result = input.withUnsafeMutableBufferPointer { bytes in
            if offered == 0 { state.pointee.avail_in = UInt32(bytes.count) }
            let used = bytes.count - Int(state.pointee.avail_in)
            state.pointee.next_in = bytes.baseAddress.map { $0 + used }
            state.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
            state.pointee.avail_out = UInt32(room)
            return inflate(state, Z_NO_FLUSH)
        }
        let produced = room - Int(state.pointee.avail_out)
        switch result {
        case Z_OK where produced > 0 || (state.pointee.avail_in == 0 && taken < member.compressedSize): return produced
        case Z_STREAM_END where produced == buffer.count: return produced
        case Z_BUF_ERROR where state.pointee.avail_in == 0 && taken < member.compressedSize: return produced
        default: throw FormatError("the compressed data of '\(member.name)' is damaged or ends early", at: start)
        }
    }
}
