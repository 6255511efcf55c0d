import IR
import Target

/// Whether `resamplingKernel` has code for the layouts: both hold the same channels in the same slots.
package func supportsResampling(x: Layout, y: Layout) -> Bool { x.lanes == y.lanes && x.hasSlots(of: y) }

/// Weighted sums of cells along height and width, with the weights of each row and each column in a table.
package func resamplingKernel(_ r: Resampling, x: Layout, y: Layout, target: Target) -> KernelInstance {
    precondition(supportsResampling(x: x, y: y), "resampling to other slots")
    precondition(y.height == r.rows.starts.count && y.width == r.columns.starts.count, "resampling to another size")
    let constants: [(name: String, value: ConstantValue)] =
        [
            ("Y_HEIGHT", .int(y.height)), ("Y_WIDTH", .int(y.width)), ("ROW_TAPS", .int(r.rows.taps)),
            ("COLUMN_TAPS", .int(r.columns.taps)),
        ] + x.strideConstants("X") + y.strideConstants("Y") + vectorConstants(x: x, y: y) + [("FILL", .float(r.fill))]
    return KernelInstance(
        template: "resampling", constants: constants,
        tables: [
            ("ROW_START", r.rows.starts), ("ROW_COUNT", r.rows.weights.map(\.count)),
            ("COLUMN_START", r.columns.starts), ("COLUMN_COUNT", r.columns.weights.map(\.count)), y.validTable,
        ],
        weights: r.rows.padded + r.columns.padded + r.rows.outside + r.columns.outside, items: y.vectors * y.height,
        choice: "row by row, at most \(r.rows.taps)×\(r.columns.taps) cells to one")
}

extension Resampling.Axis {
    /// The most cells that one is made of.
    fileprivate var taps: Int { max(1, weights.map(\.count).max() ?? 1) }

    /// The weights of all cells, each list brought to the length of the longest.
    fileprivate var padded: [Float] { weights.flatMap { $0 + Array(repeating: 0, count: taps - $0.count) } }
}
