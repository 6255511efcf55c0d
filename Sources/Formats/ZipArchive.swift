/// The members of a zip file by name, for formats that are zip files of other files.
public struct ZipArchive: Sendable {
    private let source: any ByteSource
    private let members: [String: ZipMember]

    /// Reads the directory; throws `FormatError`, or what the source throws.
    public init(_ source: some ByteSource) throws {
        self.source = source
        var members: [String: ZipMember] = [:]
        for member in try readZipDirectory(source) {
            guard members.updateValue(member, forKey: member.name) == nil else {
                throw FormatError("two members are called '\(member.name)'", at: member.headerOffset)
            }
        }
        self.members = members
    }

    /// The names of all members, sorted.
    public var names: [String] { members.keys.sorted() }

    /// The size of a member, inflated; `nil` where there is none of that name.
    public func size(of name: String) -> Int? { members[name]?.size }

    /// The bytes of a member of at most `limit` bytes; `nil` where there is none of that name.
    public func bytes(of name: String, limit: Int) throws -> [UInt8]? {
        guard let member = members[name] else { return nil }
        guard member.size <= limit else {
            throw FormatError(
                "'\(name)' has \(member.size) bytes, where \(limit) are the limit", at: member.headerOffset)
        }
        var stream = try member.open(source)
        let bytes = try stream.bytes(member.size)
        try stream.finish()
        return bytes
    }

    /// Refuses a member that is far larger than its compressed bytes: weights don't shrink so, zip bombs do.
    func checkExpansion(of name: String) throws {
        guard let member = members[name], member.size > 100 << 20, member.size / 20 > member.compressedSize else {
            return
        }
        throw FormatError(
            "'\(name)' claims \(member.size) bytes in \(member.compressedSize) compressed ones, which no weights do",
            at: member.headerOffset)
    }

    /// Passes the bytes of a member on in pieces of bounded size, and checks their checksum at the end.
    public func copy(_ name: String, to sink: ([UInt8]) throws -> Void) throws {
        guard let member = members[name] else { throw FormatError("there is no member '\(name)'") }
        var stream = try member.open(source)
        var rest = member.size
        while rest > 0 {
            let count = min(rest, 1 << 20)
            try sink(stream.bytes(count))
            rest -= count
        }
        try stream.finish()
    }
}
