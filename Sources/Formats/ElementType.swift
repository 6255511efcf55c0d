/// The element types that files hold; everything becomes float32 on reading.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
    case float16, bfloat16, float32, float64
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case bool

    /// Bytes of one element.
    public var size: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }
}

/// The number of elements of a shape from a file, or `nil` where it is negative, of absurd rank, or its bytes exceed any memory.
public func elementCount(_ shape: [Int], size: Int) -> Int? {
    guard shape.count <= 32, shape.allSatisfy({ $0 >= 0 }) else { return nil }
    // Zero makes the product small however large the other extents are; these are limited all the same.
    var count = 1
    for extent in shape where extent != 0 {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard !overflow, product <= 1 << 40 else { return nil }
        count = product
    }
    return shape.contains(0) ? 0 : count
}

/// Reads `count` elements from the stream as float32, in pieces, so that only the result is as large as the tensor.
///
/// Integers are rounded to the nearest float; a float64 beyond float32's range is an error, NaN and infinity are kept.
func decode(
    _ count: Int, _ type: ElementType, bigEndian: Bool = false, name: String, from stream: inout any ByteStream
) throws -> [Float] {
    try Array(unsafeUninitializedCapacity: count) { buffer, initialized in
        if type == .float32, bigEndian == (1.bigEndian == 1) {
            try stream.read(
                into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(4 * count)]))
        } else {
            try decodeInPieces(
                into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]), type, bigEndian, name, &stream)
        }
        initialized = count
    }
}

/// Elements that lie in a row in a source, as float32; throws for a file that can't be read and a float64 beyond float32's range.
///
/// `offset` and the bytes behind it must lie within the source.
public func readElements(
    of source: any ByteSource, at offset: Int, count: Int, as type: ElementType, name: String
) throws -> [Float] {
    var stream: any ByteStream = PlainStream(source: source, offset: offset)
    return try decode(count, type, name: name, from: &stream)
}

/// Converts through a buffer of a megabyte.
private func decodeInPieces(
    into result: UnsafeMutableBufferPointer<Float>, _ type: ElementType, _ bigEndian: Bool, _ name: String,
    _ stream: inout any ByteStream
) throws {
    let piece = (1 << 20) / type.size
    var start = 0
    while start < result.count {
        let count = min(piece, result.count - start)
        var bytes = try stream.bytes(count * type.size)
        if bigEndian == (1.littleEndian == 1) { swapBytes(&bytes, size: type.size) }
        bytes.withUnsafeBytes { raw in
            for i in 0..<count { result.initializeElement(at: start + i, to: element(raw, i * type.size, type)) }
        }
        if type == .float64, let wrong = firstOverflow(result, start, bytes) {
            throw FormatError(
                "element \(start + wrong.index) of '\(name)' is \(wrong.value), which float32 can't hold",
                hint: "scale the weights or save them as float32")
        }
        start += count
    }
}

/// Turns the bytes of every element around.
private func swapBytes(_ bytes: inout [UInt8], size: Int) {
    for start in stride(from: 0, to: bytes.count, by: size) { bytes[start..<start + size].reverse() }
}

/// The first finite double that became an infinite float.
private func firstOverflow(
    _ result: UnsafeMutableBufferPointer<Float>, _ start: Int, _ bytes: [UInt8]
) -> (index: Int, value: Double)? {
    bytes.withUnsafeBytes { raw in
        for i in 0..<raw.count / 8 where result[start + i].isInfinite {
            let value = raw.loadUnaligned(fromByteOffset: 8 * i, as: Double.self)
            if value.isFinite { return (i, value) }
        }
        return nil
    }
}

/// One element in the machine's byte order.
@inline(__always)
private func element(_ raw: UnsafeRawBufferPointer, _ offset: Int, _ type: ElementType) -> Float {
    func load<T: BitwiseCopyable>(_: T.Type) -> T { raw.loadUnaligned(fromByteOffset: offset, as: T.self) }
    return switch type {
    case .float32: load(Float.self)
    case .float64: Float(load(Double.self))
    case .float16: widen(half: load(UInt16.self))
    case .bfloat16: Float(bitPattern: UInt32(load(UInt16.self)) << 16)
    case .int8: Float(load(Int8.self))
    case .int16: Float(load(Int16.self))
    case .int32: Float(load(Int32.self))
    case .int64: Float(load(Int64.self))
    case .uint8: Float(load(UInt8.self))
    case .uint16: Float(load(UInt16.self))
    case .uint32: Float(load(UInt32.self))
    case .uint64: Float(load(UInt64.self))
    case .bool: load(UInt8.self) == 0 ? 0 : 1
    }
}

/// IEEE half precision to single, exactly.
func widen(half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let exponent = UInt32(half >> 10) & 0x1F
    let fraction = UInt32(half & 0x3FF)
    switch exponent {
    case 0:
        let magnitude = Float(fraction) * 0x1p-24
        return sign == 0 ? magnitude : -magnitude
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
}
