/// What an HDF5 file holds: where the elements of each dataset lie, and the attributes that are text.
///
/// The HDF5 library is asked for this alone, in a process of its own; the elements are read without it. Those that lie in the file in one
/// piece are read from there, all others have been copied into a second file.
public struct HDF5Listing: Hashable, Sendable {
    public struct Dataset: Hashable, Sendable {
        /// From the root, without a leading slash: `layers/conv2d/vars/0`.
        public var path: String
        public var shape: [Int]
        public var elementType: ElementType
        public var isBigEndian: Bool
        /// Of the first element, in the file; in the second file where `isCopied`.
        public var offset: Int
        public var isCopied: Bool

        public init(
            path: String, shape: [Int], elementType: ElementType, isBigEndian: Bool, offset: Int, isCopied: Bool
        ) {
            self.path = path
            self.shape = shape
            self.elementType = elementType
            self.isBigEndian = isBigEndian
            self.offset = offset
            self.isCopied = isCopied
        }
    }

    public var datasets: [Dataset] = []
    /// The attributes of groups that are texts or lists of texts, by the path of the group (empty for the root) and their names.
    public var texts: [String: [String: [String]]] = [:]
    /// Datasets that can't be read, by path, and why.
    public var unreadable: [String: String] = [:]

    public init() {}
}

extension HDF5Listing {
    /// As JSON.
    public var encoded: [UInt8] {
        let rows = datasets.map { dataset in
            let shape = dataset.shape.map(String.init).joined(separator: ",")
            let numbers = "\(dataset.isBigEndian),\(dataset.offset),\(dataset.isCopied)"
            return "[\(quoted(dataset.path)),[\(shape)],\"\(dataset.elementType.rawValue)\",\(numbers)]"
        }
        let groups = texts.sorted { $0.key < $1.key }.map { path, attributes in
            let members = attributes.sorted { $0.key < $1.key }.map { name, texts in
                "\(quoted(name)):[\(texts.map(quoted).joined(separator: ","))]"
            }
            return "\(quoted(path)):{\(members.joined(separator: ","))}"
        }
        let reasons = unreadable.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
        let parts = [
            "\"datasets\":[\(rows.joined(separator: ",\n"))]", "\"texts\":{\(groups.joined(separator: ",\n"))}",
            "\"unreadable\":{\(reasons.joined(separator: ",\n"))}",
        ]
        return Array("{\(parts.joined(separator: ",\n"))}\n".utf8)
    }

    /// What `encoded` gives.
    public init(decoding bytes: [UInt8]) throws(FormatError) {
        let value = try JSONValue(parsing: bytes, subject: "listing of an HDF5 file")
        guard let rows = value["datasets"]?.array, let groups = value["texts"]?.object,
            let reasons = value["unreadable"]?.object
        else { throw FormatError("the listing of an HDF5 file is incomplete") }
        for row in rows {
            guard let fields = row.array, fields.count == 6, let path = fields[0].string, let shape = fields[1].array,
                let type = fields[2].string.flatMap(ElementType.init), let isBigEndian = fields[3].bool,
                let offset = fields[4].int, let isCopied = fields[5].bool
            else { throw FormatError("the listing of an HDF5 file has a malformed row") }
            datasets.append(
                Dataset(
                    path: path, shape: shape.compactMap(\.int), elementType: type, isBigEndian: isBigEndian,
                    offset: offset, isCopied: isCopied))
        }
        texts = groups.mapValues { ($0.object ?? [:]).mapValues { ($0.array ?? []).compactMap(\.string) } }
        unreadable = reasons.compactMapValues(\.string)
    }
}

/// An HDF5 file by its listing: the datasets are its arrays, named by their paths.
public struct HDF5File: Sendable {
    public var archive: ArrayArchive
    public var texts: [String: [String: [String]]]
    public var unreadable: [String: String]
    /// Of the file and what was copied of it.
    public var byteCount: Int

    /// Checks that every dataset lies within the file, or within the second file where it was copied.
    public init(_ listing: HDF5Listing, file: some ByteSource, copies: some ByteSource) throws(FormatError) {
        var entries: [ArrayEntry] = []
        var names: Set<String> = []
        for dataset in listing.datasets {
            let size = dataset.isCopied ? copies.count : file.count
            guard let count = elementCount(dataset.shape, size: dataset.elementType.size),
                dataset.offset >= 0, dataset.offset <= size,
                count * dataset.elementType.size <= size - dataset.offset
            else {
                throw FormatError(
                    "dataset '\(dataset.path)' of shape \(dataset.shape) reaches beyond the end of the file",
                    at: dataset.offset, hint: "the file is cut off or damaged")
            }
            guard names.insert(dataset.path).inserted else {
                throw FormatError("two datasets are called '\(dataset.path)'")
            }
            entries.append(
                ArrayEntry(
                    name: dataset.path, shape: dataset.shape, elementType: dataset.elementType, elementCount: count,
                    isFortranOrder: false, isBigEndian: dataset.isBigEndian,
                    location: .plain(dataset.offset + (dataset.isCopied ? file.count : 0))))
        }
        archive = ArrayArchive(entries: entries, source: JoinedSource(first: file, second: copies))
        texts = listing.texts
        unreadable = listing.unreadable
        byteCount = file.count + copies.count
    }
}

/// Two sources in a row; no read crosses from one into the other.
private struct JoinedSource: ByteSource {
    let first: any ByteSource
    let second: any ByteSource

    var count: Int { first.count + second.count }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        if offset < first.count {
            try first.read(into: buffer, at: offset)
        } else {
            try second.read(into: buffer, at: offset - first.count)
        }
    }
}

/// An HDF5 file to be read: as it is, or a member of a zip file.
public enum HDF5Image: Sendable {
    case file(any ByteSource)
    case member(String, of: ZipArchive)
}

extension HDF5Image {
    /// Passes all bytes on in pieces; throws before the first where so many are not to be believed.
    public func copy(to sink: ([UInt8]) throws -> Void) throws {
        switch self {
        case .file(let source):
            var offset = 0
            while offset < source.count {
                let count = min(source.count - offset, 1 << 20)
                try sink(source.bytes(at: offset, count: count))
                offset += count
            }
        case .member(let name, let archive):
            try archive.checkExpansion(of: name)
            try archive.copy(name, to: sink)
        }
    }
}

/// Opens HDF5 files: it is input and output, and another library, so it comes from outside.
public protocol HDF5Opener: Sendable {
    /// Throws where the library is missing or the file is none that it reads.
    func open(_ image: HDF5Image) throws -> HDF5File
}
