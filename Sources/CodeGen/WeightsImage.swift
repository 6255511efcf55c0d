import Kernels

/// The weights of all calls in one image, each at a multiple of 64 bytes, in the order of the steps. Equal ones are kept once.
public struct WeightsImage: Sendable {
    /// Each with its offset in floats from the start of the image, in order, without overlaps.
    public private(set) var segments: [(offset: Int, values: [Float])] = []
    /// Floats of the whole image, a multiple of 16 and at least 16.
    public private(set) var floats = 0
    private var known: [Key: [Int]] = [:]

    private struct Key: Hashable {
        var count: Int
        var hash: UInt64
    }

    init() {}

    /// The offset in floats of the given weights, added to the image if they are not there yet.
    mutating func add(_ values: [Float]) -> Int {
        let key = Key(count: values.count, hash: fingerprint(values))
        for candidate in known[key] ?? []
        where segments[candidate].values.elementsEqual(values, by: { $0.bitPattern == $1.bitPattern }) {
            return segments[candidate].offset
        }
        known[key, default: []].append(segments.count)
        let offset = floats
        segments.append((offset, values))
        floats += (values.count + 15) / 16 * 16
        return offset
    }

    mutating func close() { floats = max(floats, 16) }

    /// The bytes of the image, segment by segment with the zeros between them, in order: little endian float32.
    public func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let zeros = [Float](repeating: 0, count: 16)
        var written = 0
        for segment in segments {
            try segment.values.withUnsafeBytes(body)
            written += segment.values.count
            let gap = (16 - written % 16) % 16
            if gap > 0 { try zeros.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<(gap * 4)])) } }
            written += gap
        }
        if written < floats { try zeros.withUnsafeBytes(body) }
    }
}

/// FNV-1a over 32-bit words: equal weights give equal numbers, on every machine.
func fingerprint(_ values: [Float], from start: UInt64 = 0xcbf2_9ce4_8422_2325) -> UInt64 {
    var hash = start
    values.withUnsafeBufferPointer { buffer in
        for value in buffer { hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01b3 }
    }
    return hash
}

/// FNV-1a over bytes.
func fingerprint(_ text: String, from start: UInt64 = 0xcbf2_9ce4_8422_2325) -> UInt64 {
    text.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
