import IR
import Target

/// Whether `normalizationKernel` has code for the layouts: both hold the same channels in the same slots; for groups, in order.
package func supportsNormalization(_ n: MomentNormalization, x: Layout, y: Layout) -> Bool {
    guard x.lanes == y.lanes, x.hasSlots(of: y) else { return false }
    if n.span == .position { return true }
    return y.slots.indices.allSatisfy { y.slots[$0] == ($0 < y.channels ? $0 : -1) }
        && y.vectors == (y.channels + y.lanes - 1) / y.lanes && n.centresVariance && n.centresResult
}

/// Elements less their mean, over their deviation, scaled and shifted. y may be x.
package func normalizationKernel(_ n: MomentNormalization, x: Layout, y: Layout, target: Target) -> KernelInstance {
    precondition(supportsNormalization(n, x: x, y: y), "a normalization to other slots")
    switch n.span {
    case .position: return layerNormalization(n, x, y)
    case .groups(let count): return groupNormalization(n, count, x, y)
    }
}

private func layerNormalization(_ n: MomentNormalization, _ x: Layout, _ y: Layout) -> KernelInstance {
    // Rows that follow each other are one line, of which fewer items are in part empty.
    let isOneLine = x.hasContiguousRows && y.hasContiguousRows
    let length = isOneLine ? x.height * x.width : x.width
    let pieces = (length + y.lanes - 1) / y.lanes
    // Lanes that hold no channel must not count as zeros: their distance from the mean is not zero.
    let isMasked = [x, y].contains { $0.hasEmptySlots || $0.lastLanes != $0.lanes }
    var constants: [(name: String, value: ConstantValue)] = [
        ("CHANNELS", .int(y.channels)), ("LENGTH", .int(length)), ("BLOCK", .int(blockLength(vectors: y.vectors))),
        ("IS_MASKED", .int(isMasked ? 1 : 0)), ("X_LINE", .int(x.row)),
        ("X_PIXEL", .int(x.pixel)),
        ("X_VECTOR", .int(x.vector)), ("Y_LINE", .int(y.row)), ("Y_PIXEL", .int(y.pixel)),
        ("Y_VECTOR", .int(y.vector)), ("CENTRES_VARIANCE", .int(n.centresVariance ? 1 : 0)),
        ("CENTRES_RESULT", .int(n.centresResult ? 1 : 0)),
    ]
    constants += vectorConstants(x: x, y: y) + n.constants + [("LEAST", .float(n.least))]
    return KernelInstance(
        template: "layer_normalization", constants: constants, tables: [y.validTable], weights: n.records(for: y),
        items: (isOneLine ? 1 : x.height) * pieces, choice: "\(min(length, y.lanes)) pixels at a time")
}

private func groupNormalization(_ n: MomentNormalization, _ groups: Int, _ x: Layout, _ y: Layout) -> KernelInstance {
    let size = y.channels / groups
    let cluster = min(size / greatestCommonDivisor(size, y.lanes), y.vectors)
    var constants: [(name: String, value: ConstantValue)] = [
        ("CHANNELS", .int(y.channels)), ("SIZE", .int(size)), ("CLUSTER", .int(cluster)), ("HEIGHT", .int(y.height)),
        ("WIDTH", .int(y.width)), ("X_ROW", .int(x.row)), ("X_PIXEL", .int(x.pixel)), ("Y_ROW", .int(y.row)),
        ("Y_PIXEL", .int(y.pixel)), ("Y_VECTOR", .int(y.vector)),
    ]
    constants += reductionConstants(x) + vectorConstants(x: x, y: y) + n.constants
    return KernelInstance(
        template: "group_normalization", constants: constants, tables: [y.validTable], weights: n.records(for: y),
        items: (y.vectors + cluster - 1) / cluster, scratch: 2 * cluster * y.lanes,
        choice: "\(cluster) \(cluster == 1 ? "vector" : "vectors") of channels at a time, which hold whole groups")
}

extension MomentNormalization {
    fileprivate var constants: [(name: String, value: ConstantValue)] {
        [
            ("HAS_SCALE", .int(scale == nil ? 0 : 1)), ("HAS_SHIFT", .int(shift == nil ? 0 : 1)),
            ("EPSILON", .float(epsilon)),
        ]
    }

    /// Scale and shift of each vector of slots; 0 for a slot that holds nothing.
    fileprivate func records(for y: Layout) -> [Float] {
        var records: [Float] = []
        for start in stride(from: 0, to: y.vectors * y.lanes, by: y.lanes) {
            for part in [scale, shift].compactMap({ $0 }) {
                for slot in start..<start + y.lanes {
                    let channel = slot < y.slots.count ? y.slots[slot] : -1
                    records.append(channel < 0 ? 0 : part.values[channel])
                }
            }
        }
        return records
    }
}

/// Vectors that are added up before they are added to the others: all of a few, else about the root of their number.
private func blockLength(vectors: Int) -> Int { vectors <= 32 ? vectors : squareRootBlock(of: vectors) }

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
