import IR
import Target

/// Whether `depthwiseKernel` has code for a convolution of groups: as many outputs as inputs, lanes for several groups in a vector, and each
/// vector of y is made of the channels of one of x. It computes no product with zero, as `convolutionKernel` does with such groups.
package func supportsGroups(_ convolution: Convolution, x: Layout, y: Layout) -> Bool {
    convolution.channelsOfGroup > 1 && convolution.channelsOfGroup < y.lanes
        && alignedOffsets(convolution, x: x, y: y) != nil
}

extension Convolution {
    fileprivate var channelsOfGroup: Int { weights.shape[2] }
}

/// A depthwise convolution, of any multiplier, or one of groups that `supportsGroups`. x must have the borders that the padding reaches into; the residual's channels lie in the
/// slots of y. It is fast where vectors of y hold the channels that vectors of x do.
package func depthwiseKernel(
    _ convolution: Convolution, x: Layout, y: Layout, residual: Layout?, target: Target
) -> KernelInstance {
    checkOperands(convolution, x: x, y: y, residual: residual)
    let (kernel, lanes) = (convolution.kernel, y.lanes)
    let isSmall = kernel.width <= 5 || target.vectorRegisters >= 32
    let tiles = BalancedCut(y.width, atMost: target.vectorRegisters >= 32 ? 8 : isSmall ? 7 : 6)
    let aligned = alignedOffsets(convolution, x: x, y: y)
    precondition(aligned != nil || convolution.channelsOfGroup == 1, "groups that vectors do not hold")
    let isInOrder = aligned == (0..<y.vectors).map { $0 * x.vector }
    let origin = -convolution.padding.top * x.row - convolution.padding.left * x.pixel
    let x2 = epilogueOperand(residual.map { .init($0) }, convolution.epilogue, lanes: lanes)
    let packed = packDepthwise(convolution, y: y)
    let constants: [(String, Int)] = [
        ("HEIGHT", y.height), ("TILE", tiles.size), ("TILES", tiles.pieces), ("BIG_TILES", tiles.big),
        ("VECTORS", y.vectors),
        ("LAST_LANES", y.slots.count % lanes), ("KERNEL_HEIGHT", kernel.height),
        ("KERNEL_WIDTH", kernel.width), ("DILATION", convolution.dilation.width), ("STRIDE", convolution.strides.width),
        ("IS_GATHERED", aligned == nil ? 1 : 0), ("GROUP", convolution.channelsOfGroup),
        ("TAP_ROW", convolution.dilation.height * x.row), ("X_ORIGIN", origin),
        ("X_ROW", convolution.strides.height * x.row), ("X_PIXEL", x.pixel),
        ("X_VECTOR", isInOrder && y.vectors > 1 ? x.vector : 0),
        ("X2_ROW", x2?.row ?? 0),
        ("X2_PIXEL", x2?.pixel ?? 0), ("X2_VECTOR", x2?.vector ?? 0), ("Y_ROW", y.row),
        ("Y_PIXEL", y.pixel),
        ("Y_VECTOR", y.vector),
    ]
    return KernelInstance(
        template: "depthwise",
        constants: constants.map { ($0.0, .int($0.1)) } + epilogueConstants(convolution.epilogue, behind: packed),
        tables: [(name: "OFFSETS", values: isInOrder ? [] : aligned ?? gatheredOffsets(convolution, x: x, y: y))],
        weights: packed + slopes(of: convolution.epilogue, y: y), items: y.vectors * y.height,
        choice: "tiles of \(tiles.size) pixels × \(lanes) channels"
            + (aligned == nil ? ", channels gathered one by one" : "")
            + (convolution.channelsOfGroup > 1 ? ", \(lanes / convolution.channelsOfGroup) groups in a vector" : ""))
}

/// For each vector of y where the vector of x begins that holds its input channels lane by lane, or group by group; `nil` if not all have one.
private func alignedOffsets(_ convolution: Convolution, x: Layout, y: Layout) -> [Int]? {
    let size = convolution.channelsOfGroup
    guard x.order == .blocked, convolution.filtersPerGroup == size, y.lanes % size == 0 else { return nil }
    let places = firstSlots(x)
    var offsets: [Int] = []
    for start in stride(from: 0, to: y.slots.count, by: y.lanes) {
        let used = (start..<min(start + y.lanes, y.slots.count)).filter { y.slots[$0] >= 0 }
        let vectors = Set(
            used.flatMap { slot in
                (0..<size).map { k in
                    let lane = (slot - start) / size * size + k
                    return places[y.slots[slot] / size * size + k].map { $0 - lane } ?? -1
                }
            })
        guard vectors.count <= 1, (vectors.first ?? 0) >= 0, (vectors.first ?? 0) % x.lanes == 0 else { return nil }
        offsets.append(x.offset(slot: vectors.first ?? 0))
    }
    return offsets
}

/// For each lane of y where its input channel lies; anywhere for a lane without a channel.
private func gatheredOffsets(_ convolution: Convolution, x: Layout, y: Layout) -> [Int] {
    let places = firstSlots(x)
    return (0..<(y.vectors * y.lanes)).map { slot in
        let channel = slot < y.slots.count ? y.slots[slot] : -1
        return channel < 0 ? 0 : x.offset(slot: places[channel / convolution.filtersPerGroup]!)
    }
}

private func firstSlots(_ layout: Layout) -> [Int: Int] {
    var places: [Int: Int] = [:]
    for (slot, channel) in layout.slots.enumerated() where channel >= 0 && places[channel] == nil {
        places[channel] = slot
    }
    return places
}

/// For each vector of y its biases, then the taps: `[kernel row][channel of the group][kernel column][lane]`.
private func packDepthwise(_ convolution: Convolution, y: Layout) -> [Float] {
    let (kernel, size) = (convolution.kernel, convolution.channelsOfGroup)
    let taps = (0..<kernel.height).flatMap { row in
        (0..<size).flatMap { k in (0..<kernel.width).map { (row * kernel.width + $0) * size + k } }
    }
    var packed: [Float] = []
    packed.reserveCapacity(y.vectors * y.lanes * (taps.count + 1))
    for start in stride(from: 0, to: y.vectors * y.lanes, by: y.lanes) {
        let channels = (start..<(start + y.lanes)).map { $0 < y.slots.count ? y.slots[$0] : -1 }
        for channel in channels { packed.append(channel < 0 ? 0 : convolution.bias?.values[channel] ?? 0) }
        for tap in taps {
            for channel in channels {
                packed.append(channel < 0 ? 0 : convolution.weights.values[tap * convolution.filters + channel])
            }
        }
    }
    return packed
}
