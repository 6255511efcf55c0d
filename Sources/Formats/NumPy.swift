// The `.npy` format, versions 1 to 3: a magic, a Python dictionary as text, the elements.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

/// What stands before the elements of an `.npy` file.
struct NumPyHeader {
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// NumPy itself writes a few hundred bytes at most.
    static let longest = 1 << 16

    var shape: [Int]
    var elementType: ElementType
    var isBigEndian: Bool
    var isFortranOrder: Bool
    /// Bytes before the first element.
    var length: Int
    var elementCount: Int

    /// Reads a header; `available` are the bytes of the whole file and `base` is where it starts, for errors.
    init(from stream: inout any ByteStream, available: Int, base: Int) throws {
        guard available >= 10 else { throw FormatError("the .npy header is cut off", at: base) }
        let start = try stream.bytes(10)
        guard start.starts(with: Self.magic) else {
            throw FormatError("not an .npy file: its magic is missing", at: base)
        }
        guard (1...3).contains(start[6]) else {
            throw FormatError(".npy version \(start[6]) is unknown; versions 1 to 3 are read", at: base + 6)
        }
        var textLength = Int(littleEndian(start, 8, as: UInt16.self))
        var textStart = 10
        if start[6] > 1 {
            guard available >= 12 else { throw FormatError("the .npy header is cut off", at: base) }
            textLength |= Int(littleEndian(try stream.bytes(2), 0, as: UInt16.self)) << 16
            textStart = 12
        }
        guard textLength <= available - textStart, textLength <= Self.longest else {
            throw FormatError("the .npy header claims \(textLength) bytes, more than there are", at: base + 8)
        }
        length = textStart + textLength
        var scanner = NumPyScanner(bytes: try stream.bytes(textLength), base: base + textStart)
        let fields = try scanner.dictionary()
        (elementType, isBigEndian) = try parseDescription(fields.description, at: base + textStart)
        (shape, isFortranOrder) = (fields.shape, fields.isFortranOrder)
        guard let count = Formats.elementCount(shape, size: elementType.size) else {
            throw FormatError("shape \(tuple(shape)) is too large or negative", at: base + textStart)
        }
        elementCount = count
        guard count <= (available - length) / elementType.size else {
            throw FormatError(
                "shape \(tuple(shape)) of \(elementType.rawValue) needs \(count * elementType.size) bytes, "
                    + "but \(available - length) follow the header", at: base + length, hint: "the file is cut off")
        }
        guard count * elementType.size == available - length else {
            throw FormatError(
                "\(available - length - count * elementType.size) bytes follow the last element",
                at: base + length + count * elementType.size)
        }
    }
}

/// The one entry of an `.npy` file.
func readNumPyEntry(_ source: some ByteSource) throws -> ArrayEntry {
    var stream: any ByteStream = PlainStream(source: source, offset: 0)
    let header = try NumPyHeader(from: &stream, available: source.count, base: 0)
    return ArrayEntry(
        name: "", shape: header.shape, elementType: header.elementType, elementCount: header.elementCount,
        isFortranOrder: header.isFortranOrder, isBigEndian: header.isBigEndian, location: .plain(header.length))
}

/// Writes an array as an `.npy` file of float32 or float64, piece by piece; the name is not kept.
public func writeNumPy(_ array: NamedArray, as type: ElementType = .float32, to sink: ([UInt8]) throws -> Void) throws {
    precondition(type == .float32 || type == .float64)
    var text = "{'descr': '<f\(type.size)', 'fortran_order': False, 'shape': \(tuple(array.shape)), }"
    // NumPy aligns the elements to 64 bytes with spaces and a newline.
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    var header = NumPyHeader.magic + [1, 0]
    append(UInt16(text.utf8.count), to: &header)
    try sink(header + Array(text.utf8))
    try write(array.values, as: type, name: array.name, to: sink)
}

/// A shape as a Python tuple.
package func tuple(_ shape: [Int]) -> String {
    "(" + shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
}

/// `<f4` and its kin: byte order, kind and size.
private func parseDescription(_ text: String, at offset: Int) throws -> (ElementType, Bool) {
    let types: [String: ElementType] = [
        "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
        "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
    ]
    guard let order = text.first, "<>|=".contains(order), let type = types[String(text.dropFirst())] else {
        throw FormatError(
            "element type '\(text)' is not a number type that is read", at: offset,
            hint: "save the array with .astype('float32')")
    }
    return (type, order == ">")
}
