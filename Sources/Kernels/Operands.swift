// What kernel families ask of a layout.

extension Layout {
    /// Lanes of the last vector that exist in memory.
    package var lastLanes: Int { slots.count - (vectors - 1) * lanes }

    /// One more than the largest channel that a slot holds.
    package var channels: Int { (slots.max() ?? -1) + 1 }

    /// Whether there are slots that hold nothing of interest.
    package var hasEmptySlots: Bool { slots.contains(-1) }

    /// The slot that holds each channel; `nil` where none does.
    package var slotOfChannel: [Int?] {
        var result = [Int?](repeating: nil, count: channels)
        for (slot, channel) in slots.enumerated() where channel >= 0 { result[channel] = slot }
        return result
    }

    /// A bit for each lane of a vector that holds a channel.
    package func validLanes(ofVector vector: Int) -> Int {
        var bits = 0
        for lane in 0..<lanes {
            let slot = vector * lanes + lane
            if slot < slots.count && slots[slot] >= 0 { bits |= 1 << lane }
        }
        return bits
    }

    /// The table `VALID` of templates: `validLanes` of every vector.
    package var validTable: (name: String, values: [Int]) { ("VALID", (0..<vectors).map(validLanes(ofVector:))) }

    /// Whether rows follow each other without border cells between them.
    package var hasContiguousRows: Bool { left + right == 0 }

    /// Whether this layout holds, slot by slot, every channel of the other, in vectors of the same numbers.
    package func hasSlots(of other: Layout) -> Bool {
        vectors == other.vectors
            && other.slots.indices.allSatisfy {
                other.slots[$0] < 0 || ($0 < slots.count && slots[$0] == other.slots[$0])
            }
    }

    /// The constants `NAME_ROW`, `NAME_PIXEL` and `NAME_VECTOR` of a template.
    package func strideConstants(_ name: String) -> [(name: String, value: ConstantValue)] {
        [(name + "_ROW", .int(row)), (name + "_PIXEL", .int(pixel)), (name + "_VECTOR", .int(vector))]
    }
}

/// The constants `VECTORS`, `VECTORS_FULL`, `X_LANES` and `Y_LANES` of kernels that go through vectors of slots one by one: all but the
/// last are whole in both operands.
func vectorConstants(x: Layout, y: Layout) -> [(name: String, value: ConstantValue)] {
    let isWhole = x.lastLanes == x.lanes && y.lastLanes == y.lanes
    return [
        ("VECTORS", .int(y.vectors)), ("VECTORS_FULL", .int(isWhole ? y.vectors : y.vectors - 1)),
        ("X_LANES", .int(x.lastLanes)), ("Y_LANES", .int(y.lastLanes)),
    ]
}
