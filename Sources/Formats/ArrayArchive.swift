// Files of named arrays. Opening one reads its directory alone; each tensor is read and converted when it is asked for,
// so that a file of half a gigabyte is never in memory twice.

/// An array in a file, known by its header.
public struct ArrayEntry: Sendable {
    /// The array's name; empty for the one array of an `.npy` file.
    public let name: String
    public let shape: [Int]
    public let elementType: ElementType
    /// The number of elements, checked against the bytes that the file holds for it.
    public let elementCount: Int
    /// Stored column by column, as NumPy does with transposed arrays.
    let isFortranOrder: Bool
    let isBigEndian: Bool
    let location: Location

    enum Location: Sendable {
        /// From this byte of the file on.
        case plain(Int)
        /// In a member of a zip file, after an `.npy` header of this many bytes.
        case member(ZipMember, header: Int)
    }
}

/// An array with its values as float32, row by row.
public struct NamedArray: Hashable, Sendable {
    public var name: String
    public var shape: [Int]
    public var values: [Float]

    /// An array; the number of values must be the shape's.
    public init(name: String, shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *))
        self.name = name
        self.shape = shape
        self.values = values
    }
}

/// The arrays of an `.npy`, `.npz` or `.safetensors` file.
public struct ArrayArchive: Sendable {
    /// In the order in which the file lists them; names are unique.
    public let entries: [ArrayEntry]
    let source: any ByteSource

    /// Reads the directory of a file, whose format its first bytes tell; throws `FormatError`, or what the source throws.
    public init(reading source: some ByteSource) throws {
        self.source = source
        let start = try source.bytes(at: 0, count: min(source.count, 9))
        if start.starts(with: NumPyHeader.magic) {
            entries = [try readNumPyEntry(source)]
        } else if start.starts(with: [0x50, 0x4B]) {
            entries = try readNumPyZip(source)
        } else if start.count == 9, start[8] == UInt8(ascii: "{") {
            entries = try readSafetensors(source)
        } else {
            throw FormatError(
                start.isEmpty ? "the file is empty" : "the file is none of .npy, .npz and .safetensors", at: 0,
                hint: start.starts(with: [0x89, 0x48, 0x44, 0x46])
                    ? "it is HDF5: save the weights as .safetensors or .npz" : nil)
        }
    }

    /// Arrays that something else has found in a source; names are unique.
    init(entries: [ArrayEntry], source: any ByteSource) {
        self.entries = entries
        self.source = source
    }

    /// The same arrays under other names; those for which there is none keep theirs. New names are unique.
    package func renamed(_ name: (ArrayEntry) -> String?) -> ArrayArchive {
        ArrayArchive(
            entries: entries.map { entry in
                ArrayEntry(
                    name: name(entry) ?? entry.name, shape: entry.shape, elementType: entry.elementType,
                    elementCount: entry.elementCount, isFortranOrder: entry.isFortranOrder,
                    isBigEndian: entry.isBigEndian, location: entry.location)
            }, source: source)
    }

    /// The arrays for which the condition holds.
    package func filter(_ isIncluded: (ArrayEntry) -> Bool) -> ArrayArchive {
        ArrayArchive(entries: entries.filter(isIncluded), source: source)
    }

    /// The entry of a name.
    public func entry(named name: String) -> ArrayEntry? { entries.first { $0.name == name } }

    /// Reads an array as float32, row by row; checks its checksum where the format has one.
    public func values(of entry: ArrayEntry) throws -> [Float] {
        var stream: any ByteStream
        switch entry.location {
        case .plain(let offset): stream = PlainStream(source: source, offset: offset)
        case .member(let member, let header):
            stream = try member.open(source)
            _ = try stream.bytes(header)
        }
        let values = try decode(
            entry.elementCount, entry.elementType, bigEndian: entry.isBigEndian, name: entry.name, from: &stream)
        try stream.finish()
        return entry.isFortranOrder ? rowMajor(values, entry.shape) : values
    }

    /// Reads an array with its name and shape.
    public func array(of entry: ArrayEntry) throws -> NamedArray {
        NamedArray(name: entry.name, shape: entry.shape, values: try values(of: entry))
    }
}

/// Elements in column order (first axis fastest) brought into row order.
private func rowMajor(_ values: [Float], _ shape: [Int]) -> [Float] {
    guard shape.count > 1, !values.isEmpty else { return values }
    var strides: [Int] = []
    var step = 1
    for extent in shape {
        strides.append(step)
        step *= extent
    }
    var index = Array(repeating: 0, count: shape.count)
    var offset = 0
    return Array(unsafeUninitializedCapacity: values.count) { buffer, initialized in
        for i in 0..<values.count {
            buffer.initializeElement(at: i, to: values[offset])
            var axis = shape.count - 1
            while axis >= 0 {
                index[axis] += 1
                offset += strides[axis]
                if index[axis] < shape[axis] { break }
                offset -= strides[axis] * shape[axis]
                index[axis] = 0
                axis -= 1
            }
        }
        initialized = values.count
    }
}
