/// The bytes of float32 values as a floating-point type, little-endian, rounded to nearest even.
///
/// A finite value that becomes infinite is an error.
func encode(_ values: ArraySlice<Float>, as type: ElementType, name: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * type.size)
    for (index, value) in values.enumerated() {
        switch type {
        case .float32: append(value.bitPattern, to: &bytes)
        case .float64: append(Double(value).bitPattern, to: &bytes)
        case .float16, .bfloat16:
            let narrow = type == .float16 ? narrowToHalf(value) : narrowToBrain(value)
            let infinity: UInt16 = type == .float16 ? 0x7C00 : 0x7F80
            if value.isFinite, narrow & 0x7FFF == infinity {
                throw FormatError("element \(index) of '\(name)' is \(value), which \(type.rawValue) can't hold")
            }
            append(narrow, to: &bytes)
        default: preconditionFailure("only floating-point types are written")
        }
    }
    return bytes
}

/// Appends a number, least significant byte first.
func append<T: FixedWidthInteger>(_ number: T, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
}

/// Passes the encoded values on in pieces of bounded size.
func write(_ values: [Float], as type: ElementType, name: String, to sink: ([UInt8]) throws -> Void) throws {
    let piece = 1 << 18
    for start in stride(from: 0, to: values.count, by: piece) {
        try sink(encode(values[start..<min(start + piece, values.count)], as: type, name: name))
    }
}

/// Single precision to IEEE half, to nearest even.
func narrowToHalf(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(bits >> 16) & 0x8000
    if value.isNaN { return sign | 0x7E00 }
    let magnitude = value.magnitude
    if magnitude >= 65520 { return sign | 0x7C00 }
    if magnitude < 0x1p-14 {
        // Subnormal: a multiple of 2⁻²⁴. The largest rounds to the smallest normal number, whose bits come next.
        return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
    }
    // Adding half of the last place (and the last kept bit) rounds to even; a carry runs into the exponent, as it should.
    let rounded = magnitude.bitPattern + 0xFFF + (magnitude.bitPattern >> 13 & 1)
    return sign | UInt16((rounded >> 13) - (112 << 10))
}

/// Single precision to bfloat16, to nearest even.
func narrowToBrain(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (UInt64(bits) + 0x7FFF + UInt64(bits >> 16 & 1)) >> 16)
}
