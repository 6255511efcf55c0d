import IR

/// An input channel that a product sums over.
struct SummedChannel: Hashable {
    /// The column of the kernel it belongs to, where a whole row of the kernel is one run of channels; else 0.
    var column: Int
    /// -1: a slot without meaning, to be given no weight.
    var channel: Int
}

/// Output vectors grouped by the input channels that they need: the groups of a convolution, or several groups together where their outputs share a vector.
struct ChannelClusters {
    var count: Int
    /// Vectors of output channels of one cluster.
    var vectors: Int
    /// What each cluster sums over, in order; equally many in all.
    var channels: [[SummedChannel]]
    /// Floats from x's first element to the first cluster's first channel, and from there to the next cluster's.
    var origin = 0
    var stride = 0
    /// Where every channel lies, cluster by cluster, if not in whole vectors one after another.
    var offsets: [Int] = []
    /// Input channels that the last vector of each cluster takes at once, as it holds few output channels (product.c); 1: it is like the others.
    var split = 1

    var depth: Int { channels[0].count }
    var isIndexed: Bool { !offsets.isEmpty }
}

/// The clusters of a convolution between two layouts. Strictly, no cluster sums over anything but its own channels; then no vector of y may
/// hold channels of two groups.
func channelClusters(
    _ convolution: Convolution, x: Layout, y: Layout, precision: PlanOptions.Precision
) -> ChannelClusters {
    let groupsOfVectors = outputGroups(convolution, y: y)
    precondition(
        precision == .fast || groupsOfVectors.allSatisfy { $0.count <= 1 }, "groups that share a vector of y")
    if convolution.groups > 1,
        let regular = regularClusters(convolution, x: x, groupsOfVectors, precision: precision)
    {
        return regular
    }
    precondition(precision == .fast || convolution.groups == 1, "groups of uneven numbers of vectors")
    let all = Set(0..<convolution.groups)
    return clusters([all], vectors: y.vectors, convolution, x: x, precision: precision)!
}

extension ChannelClusters {
    /// Splits the last vectors where they hold half or a quarter of their lanes' number of output channels, or fewer. A split vector reads runs of
    /// input channels; those left over meet weights of zero, which strictly they must not. With 16 registers the loads of its own make clang spill.
    mutating func splitLastVectors(y: Layout, precision: PlanOptions.Precision) {
        let lanes = y.lanes
        let isCut = y.slots.count % lanes != 0
        guard lanes >= 16, !(isCut && count > 1) else { return }
        let used = (0..<count).map { cluster in
            let start = ((cluster + 1) * vectors - 1) * lanes
            let slots = y.slots.dropFirst(start).prefix(lanes)
            return (slots.lastIndex { $0 >= 0 } ?? start) - start + 1
        }
        let most = used.max() ?? lanes
        guard let split = [4, 2].first(where: { most * $0 <= lanes && hasRuns(of: $0) }) else { return }
        if precision == .fast || depth % lanes % split == 0 { self.split = split }
    }
}

extension ChannelClusters {
    /// Whether so many channels lie together again and again, but for the last ones that are fewer.
    private func hasRuns(of length: Int) -> Bool {
        !isIndexed
            || Swift.stride(from: 0, to: offsets.count, by: depth).allSatisfy { first in
                Swift.stride(from: first, to: first + depth / length * length, by: length).allSatisfy { start in
                    (1..<length).allSatisfy { offsets[start + $0] == offsets[start] + $0 }
                }
            }
    }
}

/// For each vector of y the groups that its channels belong to.
private func outputGroups(_ convolution: Convolution, y: Layout) -> [Set<Int>] {
    let size = convolution.filters / convolution.groups
    return stride(from: 0, to: y.slots.count, by: y.lanes).map { start in
        let slots = y.slots[start..<min(start + y.lanes, y.slots.count)]
        return Set(slots.filter { $0 >= 0 }.map { $0 / size })
    }
}

/// Consecutive vectors that share groups, if that gives clusters of one shape.
private func regularClusters(
    _ convolution: Convolution, x: Layout, _ groups: [Set<Int>], precision: PlanOptions.Precision
) -> ChannelClusters? {
    var sets: [Set<Int>] = []
    var sizes: [Int] = []
    for set in groups {
        if let last = sets.last, set.isEmpty || !last.isDisjoint(with: set) {
            sets[sets.count - 1] = last.union(set)
            sizes[sizes.count - 1] += 1
        } else {
            sets.append(set)
            sizes.append(1)
        }
    }
    guard sets.count > 1, Set(sizes).count == 1 else { return nil }
    return clusters(sets, vectors: sizes[0], convolution, x: x, precision: precision)
}

private func clusters(
    _ sets: [Set<Int>], vectors: Int, _ convolution: Convolution, x: Layout, precision: PlanOptions.Precision
) -> ChannelClusters? {
    let runs = sets.compactMap { run(of: $0, convolution, x: x, precision: precision) }
    if runs.count == sets.count, Set(runs.map(\.count)).count == 1 {
        let origins = runs.map { x.offset(slot: $0.lowerBound) }
        let stride = origins.count > 1 ? origins[1] - origins[0] : 0
        if origins.indices.allSatisfy({ origins[$0] == origins[0] + $0 * stride }) {
            let channels = runs.map { x.slots[$0].map { SummedChannel(column: 0, channel: $0) } }
            return ChannelClusters(
                count: sets.count, vectors: vectors, channels: channels, origin: origins[0], stride: stride)
        }
    }
    let slots = sets.map { set in x.slots.indices.filter { belongs(x.slots[$0], to: set, convolution) } }
    guard Set(slots.map(\.count)).count == 1 else { return nil }
    return ChannelClusters(
        count: sets.count, vectors: vectors,
        channels: slots.map { $0.map { SummedChannel(column: 0, channel: x.slots[$0]) } },
        stride: slots[0].count, offsets: slots.flatMap { $0.map { x.offset(slot: $0) } })
}

private func belongs(_ channel: Int, to groups: Set<Int>, _ convolution: Convolution) -> Bool {
    channel >= 0 && groups.contains(channel / convolution.channelsPerGroup)
}

/// The slots from a vector's start that hold all channels of the groups, nothing else of interest, and few slots without meaning; strictly,
/// none.
private func run(
    of groups: Set<Int>, _ convolution: Convolution, x: Layout, precision: PlanOptions.Precision
) -> Range<Int>? {
    let own = x.slots.indices.filter { belongs(x.slots[$0], to: groups, convolution) }
    guard let first = own.first, let last = own.last else { return nil }
    let start = x.order == .blocked ? first / x.lanes * x.lanes : first
    let foreign = (start...last).contains { x.slots[$0] >= 0 && !belongs(x.slots[$0], to: groups, convolution) }
    let slots = start..<(last + 1)
    if precision == .strict, slots.count > own.count { return nil }
    let isSparse = slots.count * 4 > own.count * 5
    return foreign || isSparse ? nil : slots
}

extension Convolution {
    var channelsPerGroup: Int { weights.shape[2] }
    var filtersPerGroup: Int { filters / groups }
}
