import IR

/// The weights of a product in the order of product.c: for each panel its biases, then `[vector of input channels][row][column][channel][lane]`; a
/// split vector has its weights for several channels behind those of the other vectors for these channels.
func packProduct(
    _ weights: ProductWeights, clusters: ChannelClusters, panels: [(vectors: Int, isSplit: Bool)], y: Layout
) -> [Float] {
    let shape = weights.weights.shape
    let columns = clusters.channels[0].contains { $0.column > 0 } ? 1 : shape[1]
    let (lanes, taps) = (y.lanes, shape[0] * columns)
    let total =
        clusters.count
        * panels.reduce(0) {
            $0 + $1.vectors * lanes * (1 + taps * clusters.depth)
                - ($1.isSplit ? taps * clusters.savedBySplit(lanes) : 0)
        }
    return [Float](unsafeUninitializedCapacity: total) { buffer, count in
        weights.weights.values.withUnsafeBufferPointer { source in
            var writer = PanelWriter(weights, source: source, output: buffer, columns: columns)
            for (cluster, channels) in clusters.channels.enumerated() {
                var start = cluster * clusters.vectors * lanes
                for panel in panels {
                    let end = start + panel.vectors * lanes
                    let filters = (start..<end).map { $0 < y.slots.count ? y.slots[$0] : -1 }
                    writer.writePanel(filters, channels, lanes: lanes, split: panel.isSplit ? clusters.split : 1)
                    start = end
                }
            }
            precondition(writer.written == total)
            count = total
        }
    }
}

extension ChannelClusters {
    /// Floats of one tap that a split vector doesn't need.
    fileprivate func savedBySplit(_ lanes: Int) -> Int {
        (depth / lanes * (lanes / split) + depth % lanes / split) * (split - 1) * lanes
    }
}

/// Writes panels one after another.
private struct PanelWriter {
    let source: UnsafeBufferPointer<Float>
    let output: UnsafeMutableBufferPointer<Float>
    let bias: Constant?
    /// Of the kernel, and how many of its columns are taps of their own.
    let rows, kernelColumns, columns: Int
    let channelsPerGroup, filters, filtersPerGroup: Int
    var written = 0

    init(
        _ weights: ProductWeights, source: UnsafeBufferPointer<Float>, output: UnsafeMutableBufferPointer<Float>,
        columns: Int
    ) {
        let shape = weights.weights.shape
        self.source = source
        self.output = output
        self.columns = columns
        bias = weights.bias
        rows = shape[0]
        kernelColumns = shape[1]
        channelsPerGroup = shape[2]
        filters = shape[3]
        filtersPerGroup = shape[3] / weights.groups
    }

    mutating func writePanel(_ panel: [Int], _ channels: [SummedChannel], lanes: Int, split: Int) {
        for filter in panel { write(filter < 0 ? 0 : bias?.values[filter] ?? 0) }
        let whole = Array(split > 1 ? panel.dropLast(lanes) : panel[...])
        let narrow = split > 1 ? panel.suffix(lanes).prefix(lanes / split) : []
        let run = leadingRun(of: whole)
        for start in stride(from: 0, to: channels.count, by: lanes) {
            let vector = channels[start..<min(start + lanes, channels.count)]
            for row in 0..<rows {
                for column in 0..<columns {
                    for first in stride(from: vector.startIndex, to: vector.endIndex, by: split) {
                        let together = vector[first...].prefix(split)
                        if together.count == split {
                            for entry in together { write(entry, row, column, whole, run: run) }
                            for filter in narrow { for entry in together { write(weight(entry, row, column, filter)) } }
                        } else {
                            for entry in together {
                                writeAlone(entry, row, column, whole, run: run, narrow, split: split)
                            }
                        }
                    }
                }
            }
        }
    }

    /// How many leading lanes hold filters in order, where the others hold none.
    private func leadingRun(of panel: [Int]) -> Int? {
        let named = panel.prefix { $0 >= 0 }.count
        let isRun =
            filtersPerGroup == filters && panel[named...].allSatisfy { $0 < 0 }
            && (0..<named).allSatisfy { panel[$0] == panel[0] + $0 }
        return isRun ? named : nil
    }

    /// One input channel where a split vector would take several.
    private mutating func writeAlone(
        _ entry: SummedChannel, _ row: Int, _ column: Int, _ whole: [Int], run: Int?, _ narrow: ArraySlice<Int>,
        split: Int
    ) {
        write(entry, row, column, whole, run: run)
        for filter in narrow {
            write(weight(entry, row, column, filter))
            for _ in 1..<split { write(0) }
        }
    }

    private mutating func write(_ value: Float) {
        output.initializeElement(at: written, to: value)
        written += 1
    }

    /// One input channel of one tap: `run` leading lanes hold filters in order and the others none, if given.
    private mutating func write(_ entry: SummedChannel, _ row: Int, _ column: Int, _ panel: [Int], run: Int?) {
        if let run, entry.channel >= 0 {
            let target = UnsafeMutableBufferPointer(rebasing: output[written..<(written + run)])
            _ = target.initialize(
                fromContentsOf: source[(line(entry, row, column) + (run > 0 ? panel[0] : 0))...].prefix(run))
            written += run
            for _ in run..<panel.count { write(0) }
        } else {
            for filter in panel { write(weight(entry, row, column, filter)) }
        }
    }

    /// Where the weights of all filters for one channel of one tap begin.
    private func line(_ entry: SummedChannel, _ row: Int, _ column: Int) -> Int {
        let tap = row * kernelColumns + column + entry.column
        return (tap * channelsPerGroup + entry.channel % channelsPerGroup) * filters
    }

    private func weight(_ entry: SummedChannel, _ row: Int, _ column: Int, _ filter: Int) -> Float {
        let isOwn = entry.channel >= 0 && filter >= 0 && filter / filtersPerGroup == entry.channel / channelsPerGroup
        return isOwn ? source[line(entry, row, column) + filter] : 0
    }
}
