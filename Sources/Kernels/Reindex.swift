import IR
import Target

/// `y[i] = x[j]` where axis k of the result is axis `permutation[k]` of x, for images, sequences and vectors in any layout.
package func permutationKernel(_ permutation: [Int], x: Layout, y: Layout, target: Target) -> KernelInstance {
    precondition(
        permutation.count <= 3 && permutation.sorted() == Array(0..<permutation.count),
        "a permutation of an image's axes")
    let missing = 3 - permutation.count
    let axes = Array(0..<missing) + permutation.map { $0 + missing }
    let xSizes = [x.height, x.width, x.channels]
    precondition([y.height, y.width, y.channels] == axes.map { xSizes[$0] }, "a permutation to another shape")
    let slotOfChannel = x.slotOfChannel
    func offset(_ axis: Int, _ index: Int) -> Int {
        switch axis {
        case 0: return index * x.row
        case 1: return index * x.pixel
        default:
            guard let slot = slotOfChannel[index] else { preconditionFailure("x lacks a channel") }
            return x.offset(slot: slot)
        }
    }
    return reindexInstance(
        rows: (0..<y.height).map { offset(axes[0], $0) }, columns: (0..<y.width).map { offset(axes[1], $0) },
        slots: y.slots.map { $0 < 0 ? -1 : offset(axes[2], $0) }, xStart: 0, yStart: 0, y: y)
}

/// A dense array of the given shape (any rank), whose element `[i, j, …]` is `x[offset + i·strides[0] + j·strides[1] + …]` floats from x's
/// start: permutations and slices of tensors in Keras' order.
package func reindexKernel(shape: [Int], strides: [Int], offset: Int = 0, lanes: Int, target: Target) -> KernelInstance
{
    precondition(shape.count == strides.count, "a stride for each axis")
    let missing = max(0, 3 - shape.count)
    let shape = Array(repeating: 1, count: missing) + shape
    let strides = Array(repeating: 0, count: missing) + strides
    var rows = [0]
    for (size, stride) in zip(shape, strides).dropLast(2) {
        rows = rows.flatMap { row in (0..<size).map { row + $0 * stride } }
    }
    let axes = zip(shape, strides).suffix(2).map { size, stride in (0..<size).map { $0 * stride } }
    let y = Layout(
        .interleaved, lanes: lanes, height: rows.count, width: axes[0].count, slots: Array(0..<axes[1].count))
    return reindexInstance(rows: rows, columns: axes[0], slots: axes[1], xStart: offset, yStart: 0, y: y)
}

/// Tables of where rows, columns and slots of y lie in x; -1 for a slot that becomes zero, -2 for one that keeps what it holds.
func reindexInstance(
    rows: [Int], columns: [Int], slots: [Int], xStart: Int, yStart: Int, y: Layout
) -> KernelInstance {
    let step = columns.count > 1 ? columns[1] - columns[0] : 0
    let isEven = step > 0 && columns.indices.allSatisfy { columns[$0] == $0 * step }
    return KernelInstance(
        template: "reindex",
        constants: [
            ("HEIGHT", .int(rows.count)), ("WIDTH", .int(columns.count)), ("SLOT_COUNT", .int(slots.count)),
            ("X_PIXEL", .int(isEven ? step : 0)),
            ("Y_START", .int(yStart)), ("Y_ROW", .int(y.row)), ("Y_PIXEL", .int(y.pixel)), ("Y_VECTOR", .int(y.vector)),
        ],
        tables: [("ROWS", rows.map { $0 + xStart }), ("COLUMNS", isEven ? [] : columns), ("SLOTS", slots)],
        items: rows.count * y.vectors, choice: "element by element through tables")
}
