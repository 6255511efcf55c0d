import IR
import Target

/// Whether `reductionKernel` has code for the layouts: y, a vector, holds x's channels in the same slots.
package func supportsReduction(x: Layout, y: Layout) -> Bool {
    x.lanes == y.lanes && x.hasSlots(of: y) && y.height * y.width == 1
}

/// Mean, maximum or sum of each channel over the image.
package func reductionKernel(_ r: Reduction, x: Layout, y: Layout, target: Target) -> KernelInstance {
    precondition(supportsReduction(x: x, y: y), "a reduction to other slots")
    // Rows that follow each other are one line; otherwise lines are the longer of rows and columns, so that blocks can be long enough.
    let isOneLine = x.hasContiguousRows
    let alongRows = x.width >= x.height
    let length = isOneLine ? x.height * x.width : max(x.height, x.width)
    let constants: [(name: String, value: ConstantValue)] =
        [
            ("KIND", .name(templateName(of: r.kind))),
            ("LINES", .int(isOneLine ? 1 : min(x.height, x.width))), ("LENGTH", .int(length)),
            ("BLOCK", .int(min(length, blockLength(positions: x.height * x.width)))),
            ("X_LINE", .int(alongRows ? x.row : x.pixel)), ("X_STEP", .int(alongRows || isOneLine ? x.pixel : x.row)),
            ("X_VECTOR", .int(x.vector)), ("Y_VECTOR", .int(y.vector)),
        ] + vectorConstants(x: x, y: y)
    return KernelInstance(
        template: "reduction", constants: constants, tables: [y.validTable], items: y.vectors,
        choice: "blocks of \(min(length, blockLength(positions: x.height * x.width))) positions")
}

private func templateName(of kind: Reduction.Kind) -> String {
    switch kind {
    case .mean: "MEAN"
    case .maximum: "LARGEST"
    case .sum: "SUM"
    }
}

/// Twice the square root, in fours: a block is summed in four parts.
private func blockLength(positions: Int) -> Int {
    var root = 1
    while root * root < positions { root += 1 }
    return (2 * root + 3) / 4 * 4
}
