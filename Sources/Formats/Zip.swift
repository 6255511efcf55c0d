// The parts of the zip format that `.npz` files use: stored and deflated members, with zip64 sizes.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

/// A member of a zip file, by its central directory entry.
struct ZipMember: Sendable {
    var name: String
    var isDeflated: Bool
    var crc: UInt32
    var compressedSize: Int
    var size: Int
    /// Of its local header.
    var headerOffset: Int

    /// Opens the member's bytes, after a look at its local header.
    func open(_ source: any ByteSource) throws -> any ByteStream {
        guard headerOffset <= source.count - 30 else {
            throw FormatError("'\(name)' lies outside the file", at: headerOffset)
        }
        let header = try source.bytes(at: headerOffset, count: 30)
        guard littleEndian(header, 0, as: UInt32.self) == 0x0403_4B50 else {
            throw FormatError("no zip member where the directory says '\(name)' is", at: headerOffset)
        }
        let names = Int(littleEndian(header, 26, as: UInt16.self)) + Int(littleEndian(header, 28, as: UInt16.self))
        let start = headerOffset + 30 + names
        guard start <= source.count, compressedSize <= source.count - start else {
            throw FormatError(
                "'\(name)' reaches beyond the end of the file", at: headerOffset, hint: "the file is cut off")
        }
        return isDeflated
            ? InflateStream(self, source: source, offset: start) : StoredStream(self, source: source, offset: start)
    }
}

/// The arrays of an `.npz` file.
func readNumPyZip(_ source: some ByteSource) throws -> [ArrayEntry] {
    var names: Set<String> = []
    var members = try readZipDirectory(source)
    members.removeAll { $0.name.hasSuffix("/") }
    return try members.map { member in
        guard member.name.hasSuffix(".npy") else {
            throw FormatError(
                "'\(member.name)' is not an .npy array", at: member.headerOffset,
                hint: "an .npz is what numpy.savez writes; a .keras file is another format")
        }
        let name = String(member.name.dropLast(4))
        guard names.insert(name).inserted else {
            throw FormatError("two arrays are called '\(name)'", at: member.headerOffset)
        }
        var stream = try member.open(source)
        let header = try NumPyHeader(from: &stream, available: member.size, base: member.headerOffset)
        return ArrayEntry(
            name: name, shape: header.shape, elementType: header.elementType, elementCount: header.elementCount,
            isFortranOrder: header.isFortranOrder, isBigEndian: header.isBigEndian,
            location: .member(member, header: header.length))
    }
}

/// The members of a zip file, in the order of its directory.
func readZipDirectory(_ source: some ByteSource) throws -> [ZipMember] { try ZipDirectory(source).members() }

/// The directory at the end of a zip file.
private struct ZipDirectory {
    /// More members than any network has arrays.
    static let mostMembers = 1 << 20

    let source: any ByteSource
    let offset: Int
    let size: Int
    let count: Int

    /// Finds the directory through the record at the file's end, which a comment may follow.
    init(_ source: some ByteSource) throws {
        self.source = source
        let tailSize = min(source.count, 22 + 65535)
        let tail = try source.bytes(at: source.count - tailSize, count: tailSize)
        guard
            let end = stride(from: tailSize - 22, through: 0, by: -1).first(where: {
                littleEndian(tail, $0, as: UInt32.self) == 0x0605_4B50
            })
        else {
            throw FormatError("the zip file has no directory at its end", at: source.count, hint: "the file is cut off")
        }
        let endOffset = source.count - tailSize + end
        var record = (
            count: Int(littleEndian(tail, end + 10, as: UInt16.self)),
            size: Int(littleEndian(tail, end + 12, as: UInt32.self)),
            offset: Int(littleEndian(tail, end + 16, as: UInt32.self))
        )
        if record.count == 0xFFFF || record.size == 0xFFFF_FFFF || record.offset == 0xFFFF_FFFF {
            record = try Self.zip64Record(source, before: endOffset)
        }
        (count, size, offset) = record
        guard offset <= endOffset, size <= endOffset - offset, count <= Self.mostMembers, count <= size / 46 else {
            throw FormatError("the zip directory lies outside the file", at: endOffset)
        }
    }

    /// The record of large files, found through a locator just before the ordinary one.
    private static func zip64Record(
        _ source: some ByteSource, before end: Int
    ) throws -> (count: Int, size: Int, offset: Int) {
        let wrong = FormatError("the zip64 directory is malformed", at: end)
        guard end >= 20 + 56 else { throw wrong }
        let locator = try source.bytes(at: end - 20, count: 20)
        guard littleEndian(locator, 0, as: UInt32.self) == 0x0706_4B50,
            let offset = Int(exactly: littleEndian(locator, 8, as: UInt64.self)), offset <= end - 20 - 56
        else { throw wrong }
        let record = try source.bytes(at: offset, count: 56)
        guard littleEndian(record, 0, as: UInt32.self) == 0x0606_4B50,
            let count = Int(exactly: littleEndian(record, 32, as: UInt64.self)),
            let size = Int(exactly: littleEndian(record, 40, as: UInt64.self)),
            let directory = Int(exactly: littleEndian(record, 48, as: UInt64.self))
        else { throw wrong }
        return (count, size, directory)
    }

    /// All members, checked to be of a kind that is read.
    func members() throws -> [ZipMember] {
        let bytes = try source.bytes(at: offset, count: size)
        var position = 0
        return try (0..<count).map { _ in try member(bytes, &position) }
    }

    private func member(_ bytes: [UInt8], _ position: inout Int) throws -> ZipMember {
        let start = position
        guard start <= bytes.count - 46, littleEndian(bytes, start, as: UInt32.self) == 0x0201_4B50 else {
            throw FormatError("malformed zip directory", at: offset + start)
        }
        func short(_ at: Int) -> Int { Int(littleEndian(bytes, start + at, as: UInt16.self)) }
        func long(_ at: Int) -> Int { Int(littleEndian(bytes, start + at, as: UInt32.self)) }
        let (nameEnd, extraEnd) = (start + 46 + short(28), start + 46 + short(28) + short(30))
        position = extraEnd + short(32)
        guard position <= bytes.count else { throw FormatError("malformed zip directory", at: offset + start) }
        var member = ZipMember(
            name: String(decoding: bytes[(start + 46)..<nameEnd], as: UTF8.self), isDeflated: short(10) == 8,
            crc: UInt32(long(16)), compressedSize: long(20), size: long(24), headerOffset: long(42))
        guard short(8) & 1 == 0 else { throw FormatError("'\(member.name)' is encrypted", at: offset + start) }
        guard short(10) == 0 || short(10) == 8 else {
            throw FormatError(
                "'\(member.name)' is compressed by method \(short(10)); stored and deflated members are read",
                at: offset + start, hint: "write it with numpy.savez or numpy.savez_compressed")
        }
        try readZip64Sizes(Array(bytes[nameEnd..<extraEnd]), into: &member)
        try check(member, at: offset + start)
        return member
    }

    /// Replaces sizes that did not fit in 32 bits by those of the extra field.
    private func readZip64Sizes(_ extra: [UInt8], into member: inout ZipMember) throws {
        var position = 0
        while position + 4 <= extra.count {
            let length = Int(littleEndian(extra, position + 2, as: UInt16.self))
            let end = position + 4 + length
            guard end <= extra.count else { break }
            if littleEndian(extra, position, as: UInt16.self) == 1 {
                var field = position + 4
                for path in [\ZipMember.size, \.compressedSize, \.headerOffset]
                where member[keyPath: path] == 0xFFFF_FFFF {
                    guard field + 8 <= end, let value = Int(exactly: littleEndian(extra, field, as: UInt64.self)) else {
                        throw FormatError("the zip64 sizes of '\(member.name)' are malformed")
                    }
                    member[keyPath: path] = value
                    field += 8
                }
            }
            position = end
        }
    }

    /// Refuses sizes that can't be right, so that nothing is allocated on a file's word: deflate shrinks at most 1032-fold.
    private func check(_ member: ZipMember, at offset: Int) throws {
        let most = member.isDeflated ? 1040 : 1
        let (limit, overflow) = member.compressedSize.multipliedReportingOverflow(by: most)
        guard member.compressedSize <= source.count, !overflow, member.size <= limit + (member.isDeflated ? 64 : 0),
            member.isDeflated || member.size == member.compressedSize
        else {
            throw FormatError(
                "'\(member.name)' claims \(member.size) bytes, which its \(member.compressedSize) stored bytes can't hold",
                at: offset)
        }
    }
}
