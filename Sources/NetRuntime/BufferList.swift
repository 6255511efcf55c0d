/// Memory for several tensors, with the arrays of pointers that the C interface takes.
final class BufferList {
    private let buffers: [UnsafeMutableBufferPointer<Float>]
    let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    let constantPointers: UnsafeMutablePointer<UnsafeRawPointer?>

    /// Buffers of these numbers of floats, all zero, aligned to cache lines.
    init(_ counts: [Int]) {
        buffers = counts.map { count in
            let raw = UnsafeMutableRawPointer.allocate(byteCount: max(4 * count, 64), alignment: 64)
            let floats = UnsafeMutableBufferPointer(
                start: raw.bindMemory(to: Float.self, capacity: count), count: count)
            floats.initialize(repeating: 0)
            return floats
        }
        pointers = .allocate(capacity: max(counts.count, 1))
        constantPointers = .allocate(capacity: max(counts.count, 1))
        for (index, buffer) in buffers.enumerated() {
            (pointers + index).initialize(to: UnsafeMutableRawPointer(buffer.baseAddress!))
            (constantPointers + index).initialize(to: UnsafeRawPointer(buffer.baseAddress!))
        }
    }

    deinit {
        for buffer in buffers { UnsafeMutableRawPointer(buffer.baseAddress!).deallocate() }
        pointers.deallocate()
        constantPointers.deallocate()
    }

    /// Copies values in; their numbers have been checked.
    func set(_ values: [[Float]]) {
        for (buffer, values) in zip(buffers, values) { _ = buffer.update(fromContentsOf: values) }
    }

    func values() -> [[Float]] { buffers.map(Array.init) }
    func values(_ index: Int) -> [Float] { Array(buffers[index]) }
}
