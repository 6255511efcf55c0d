import IR
import Target

/// What a copy does to y's slots whose channel x doesn't hold.
package enum OtherSlots: Hashable, Sendable {
    case zero
    /// They keep what they hold: other inputs of a concatenation write them.
    case keep
}

/// y = x as tensors, whatever the layouts: channels are found by the slots that hold them.
///
/// x must hold every channel of y where other slots become zero. For a concatenation, x's slots are numbered by the channels of the result.
package func copyKernel(x: Layout, y: Layout, others: OtherSlots = .zero, target: Target) -> KernelInstance {
    precondition(x.height == y.height && x.width == y.width, "a copy of another size")
    return copyRectangle(Rectangle(x: x, y: y), others: others)
}

/// y = x with zeros around it, or with its edges cut off. Two kernels that do not depend on each other where there are zeros.
package func padKernels(_ margins: Margins, x: Layout, y: Layout, target: Target) -> [KernelInstance] {
    precondition(
        y.height == x.height + margins.top + margins.bottom && y.width == x.width + margins.left + margins.right,
        "padding to another size")
    let rectangle = Rectangle(margins, x: x, y: y)
    precondition(rectangle.height > 0 && rectangle.width > 0, "padding that leaves nothing of the image")
    let copy = copyRectangle(rectangle, others: .zero)
    if rectangle.height == y.height && rectangle.width == y.width { return [copy] }
    return [copy, zeroMargins(rectangle)]
}

/// `start ..< start + count` of x along its rows (axis 0) or columns (axis 1).
package func sliceKernel(axis: Int, start: Int, count: Int, x: Layout, y: Layout, target: Target) -> KernelInstance {
    precondition(axis == 0 || axis == 1, "a slice along the channels is a choice of slots")
    let margins =
        axis == 0
        ? Margins(top: -start, bottom: start + count - x.height, left: 0, right: 0)
        : Margins(top: 0, bottom: 0, left: -start, right: start + count - x.width)
    return padKernels(margins, x: x, y: y, target: target)[0]
}

/// Zeros in the border of a buffer.
package func zeroBorderKernel(_ y: Layout, target: Target) -> KernelInstance {
    zeroKernel(
        y, start: 0, height: y.height, width: y.width, before: y.origin, behind: y.right * y.pixel + y.bottom * y.row)
}

/// Equal parts of two images.
private struct Rectangle {
    var x: Layout
    var y: Layout
    var height: Int
    var width: Int
    /// Rows and columns of x and y before the part.
    var xTop = 0
    var xLeft = 0
    var yTop = 0
    var yLeft = 0

    init(x: Layout, y: Layout) { (self.x, self.y, height, width) = (x, y, y.height, y.width) }

    init(_ margins: Margins, x: Layout, y: Layout) {
        (self.x, self.y) = (x, y)
        (xTop, yTop) = (max(-margins.top, 0), max(margins.top, 0))
        (xLeft, yLeft) = (max(-margins.left, 0), max(margins.left, 0))
        height = min(x.height - xTop, y.height - yTop)
        width = min(x.width - xLeft, y.width - yLeft)
    }

    var xStart: Int { xTop * x.row + xLeft * x.pixel }
    var yStart: Int { yTop * y.row + yLeft * y.pixel }
}

private func zeroMargins(_ part: Rectangle) -> KernelInstance {
    let y = part.y
    let (bottom, right) = (y.height - part.yTop - part.height, y.width - part.yLeft - part.width)
    return zeroKernel(
        y, start: part.yStart, height: part.height, width: part.width, before: part.yStart,
        behind: right * y.pixel + bottom * y.row)
}

/// Zeros around a part of an image that begins `start` floats from its first element: `before` floats before it, those between its rows,
/// and `behind` floats behind it.
private func zeroKernel(
    _ y: Layout, start: Int, height: Int, width: Int, before: Int, behind: Int
) -> KernelInstance {
    let isBlocked = y.order == .blocked
    return KernelInstance(
        template: "zero_border", constants: [],
        arguments: [
            ("rows", height), ("run", width * y.pixel), ("row", y.row), ("plane", isBlocked ? y.vector : 0),
            ("start", start), ("before", before), ("behind", behind),
        ],
        items: isBlocked ? y.vectors : 1, choice: "runs of border cells")
}

/// The fastest kernel that the slots allow.
private func copyRectangle(_ part: Rectangle, others: OtherSlots) -> KernelInstance {
    wholeVectorCopy(part) ?? splicedCopy(part, others: others) ?? indexedCopy(part, others: others)
}

/// Vectors as they are: y's slots are those of x, and empty ones stand at the end.
private func wholeVectorCopy(_ part: Rectangle) -> KernelInstance? {
    let (x, y) = (part.x, part.y)
    let filled = y.slots.firstIndex(of: -1) ?? y.slots.count
    guard filled > (y.vectors - 1) * y.lanes, y.slots[filled...].allSatisfy({ $0 < 0 }), x.slots.count >= filled,
        x.slots[..<filled] == y.slots[..<filled]
    else { return nil }
    let runs = VectorRuns(inputs: [x], y: y, columns: part.width)
    let isRow = runs.form == .row
    let lastLanes = filled - (y.vectors - 1) * y.lanes
    let (from, to) = (runs.strides(x), runs.strides(y))
    let constants =
        runs.constants(rows: part.height, lastIsPartial: isRow ? nil : lastLanes < y.lanes) + [
            ("X_START", .int(part.xStart)), ("X_ROW", .int(x.row)), ("X_OUTER", .int(from.outer)),
            ("X_STEP", .int(from.step)),
            ("X_LANES", .int(isRow ? runs.partialLanes(x) : lastLanes)), ("Y_START", .int(part.yStart)),
            ("Y_ROW", .int(y.row)), ("Y_OUTER", .int(to.outer)), ("Y_STEP", .int(to.step)),
            ("Y_LANES", .int(runs.partialLanes(y))),
        ]
    return KernelInstance(
        template: "copy", constants: constants, items: part.height * runs.outer, choice: "whole vectors of \(y.lanes)")
}

/// Vectors put together from at most four stretches of lanes each; `nil` where more are needed, or where a stretch can't be read as a whole
/// vector because the operand ends.
private func splicedCopy(_ part: Rectangle, others: OtherSlots) -> KernelInstance? {
    let (x, y) = (part.x, part.y)
    let stretches = (0..<y.vectors).map { segments(ofVector: $0, x: x, y: y) }
    let most = max(1, stretches.map(\.count).max() ?? 1)
    let nothing = (offset: stretches.joined().first?.offset ?? 0, lanes: 0)
    guard most <= 4, canRead(nothing.offset, part), stretches.joined().allSatisfy({ canRead($0.offset, part) }) else {
        return nil
    }
    let padded = stretches.map { $0 + Array(repeating: nothing, count: most - $0.count) }.joined()
    let isInOrder = padded.map(\.offset) == (0..<y.vectors).map { $0 * x.vector }
    let constants: [(name: String, value: ConstantValue)] = [
        ("HEIGHT", .int(part.height)), ("WIDTH", .int(part.width)), ("VECTORS", .int(y.vectors)),
        ("VECTORS_FULL", .int(y.lastLanes == y.lanes ? y.vectors : y.vectors - 1)), ("SEGMENTS", .int(most)),
        ("KEEPS_OTHERS", .int(others == .keep ? 1 : 0)), ("X_START", .int(part.xStart)), ("X_ROW", .int(x.row)),
        ("X_PIXEL", .int(x.pixel)), ("X_VECTOR", .int(isInOrder && y.vectors > 1 ? x.vector : 0)),
        ("Y_START", .int(part.yStart)), ("Y_ROW", .int(y.row)), ("Y_PIXEL", .int(y.pixel)),
        ("Y_VECTOR", .int(y.vector)), ("Y_LANES", .int(y.lastLanes)),
    ]
    return KernelInstance(
        template: "splice", constants: constants,
        tables: [("OFFSETS", isInOrder ? [] : padded.map(\.offset)), ("LANES", padded.map(\.lanes))],
        items: part.height * y.vectors,
        choice: "vectors from at most \(most) stretches of channels")
}

/// Lanes of one of y's vectors that lie in a row in x: where lane 0 would be, and a bit a lane.
private func segments(ofVector vector: Int, x: Layout, y: Layout) -> [(offset: Int, lanes: Int)] {
    let slotOfChannel = x.slotOfChannel
    var result: [(offset: Int, lanes: Int)] = []
    for lane in 0..<y.lanes {
        let slot = vector * y.lanes + lane
        guard slot < y.slots.count, y.slots[slot] >= 0, y.slots[slot] < slotOfChannel.count,
            let source = slotOfChannel[y.slots[slot]]
        else { continue }
        let offset = x.offset(slot: source) - lane
        if let index = result.firstIndex(where: { $0.offset == offset }) {
            result[index].lanes |= 1 << lane
        } else {
            result.append((offset, 1 << lane))
        }
    }
    return result
}

/// Whether a whole vector can be read that far from every pixel of the part.
private func canRead(_ offset: Int, _ part: Rectangle) -> Bool {
    let x = part.x
    let last = (part.height - 1) * x.row + (part.width - 1) * x.pixel
    return x.origin + part.xStart + offset >= 0 && x.origin + part.xStart + last + offset + x.lanes <= x.count
}

/// Element by element.
private func indexedCopy(_ part: Rectangle, others: OtherSlots) -> KernelInstance {
    let (x, y) = (part.x, part.y)
    let slotOfChannel = x.slotOfChannel
    let slots = y.slots.map { channel -> Int in
        guard channel >= 0, channel < slotOfChannel.count, let slot = slotOfChannel[channel] else {
            return others == .keep ? -2 : -1
        }
        return x.offset(slot: slot)
    }
    return reindexInstance(
        rows: (0..<part.height).map { $0 * x.row }, columns: (0..<part.width).map { $0 * x.pixel }, slots: slots,
        xStart: part.xStart, yStart: part.yStart, y: y)
}
