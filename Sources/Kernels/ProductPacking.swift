import IR

/// The weights of a product in the order of product.c: for each panel its biases, then `[vector of input channels][row][column][channel][lane]`.
func packProduct(_ weights: ProductWeights, clusters: ChannelClusters, panels: BalancedCut, y: Layout) -> [Float] {
    let shape = weights.weights.shape
    let columns = clusters.channels[0].contains { $0.column > 0 } ? 1 : shape[1]
    let depth = shape[0] * columns * clusters.depth
    let lanes = y.lanes
    let total = clusters.count * clusters.vectors * lanes * (1 + depth)
    return [Float](unsafeUninitializedCapacity: total) { buffer, count in
        weights.weights.values.withUnsafeBufferPointer { source in
            var writer = PanelWriter(weights, source: source, output: buffer, columns: columns)
            for (cluster, channels) in clusters.channels.enumerated() {
                for panel in 0..<panels.pieces {
                    let size = panel < panels.large ? panels.size : panels.size - 1
                    let before = panel * panels.size - max(0, panel - panels.large)
                    let start = (cluster * clusters.vectors + before) * lanes
                    let filters = (start..<(start + size * lanes)).map { $0 < y.slots.count ? y.slots[$0] : -1 }
                    writer.writePanel(filters, channels, lanes: lanes)
                }
            }
            precondition(writer.written == total)
            count = total
        }
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

    mutating func writePanel(_ panel: [Int], _ channels: [SummedChannel], lanes: Int) {
        for filter in panel { write(filter < 0 ? 0 : bias?.values[filter] ?? 0) }
        let named = panel.prefix { $0 >= 0 }.count
        let isRun =
            filtersPerGroup == filters && panel[named...].allSatisfy { $0 < 0 }
            && (0..<named).allSatisfy { panel[$0] == panel[0] + $0 }
        for start in stride(from: 0, to: channels.count, by: lanes) {
            for row in 0..<rows {
                for column in 0..<columns {
                    for entry in channels[start..<min(start + lanes, channels.count)] {
                        write(entry, row, column, panel, run: isRun ? named : nil)
                    }
                }
            }
        }
    }

    private mutating func write(_ value: Float) {
        output.initializeElement(at: written, to: value)
        written += 1
    }

    /// One input channel of one tap: `run` leading lanes hold filters in order and the others none, if given.
    private mutating func write(_ entry: SummedChannel, _ row: Int, _ column: Int, _ panel: [Int], run: Int?) {
        guard entry.channel >= 0 else {
            for _ in panel { write(0) }
            return
        }
        let tap = row * kernelColumns + column + entry.column
        let line = (tap * channelsPerGroup + entry.channel % channelsPerGroup) * filters
        if let run {
            let target = UnsafeMutableBufferPointer(rebasing: output[written..<(written + run)])
            _ = target.initialize(fromContentsOf: source[(line + (run > 0 ? panel[0] : 0))...].prefix(run))
            written += run
            for _ in run..<panel.count { write(0) }
        } else {
            let group = entry.channel / channelsPerGroup
            for filter in panel {
                write(filter >= 0 && filter / filtersPerGroup == group ? source[line + filter] : 0)
            }
        }
    }
}
