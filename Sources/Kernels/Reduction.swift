import IR
import Target

/// Whether `reductionKernel` has code for the layouts: y, a vector, holds x's channels in the same slots.
package func supportsReduction(x: Layout, y: Layout) -> Bool {
    x.lanes == y.lanes && x.hasSlots(of: y) && y.height * y.width == 1
}

/// Mean, maximum, minimum, sum or product of each channel over the image.
package func reductionKernel(_ r: Reduction, x: Layout, y: Layout, target: Target) -> KernelInstance {
    precondition(supportsReduction(x: x, y: y), "a reduction to other slots")
    let constants =
        [("KIND", .name(templateName(of: r.kind))), ("Y_VECTOR", .int(y.vector))] + reductionConstants(x)
        + vectorConstants(x: x, y: y)
    return KernelInstance(
        template: "reduction", constants: constants, tables: [y.validTable], items: y.vectors,
        choice: "blocks of \(reductionBlock(x)) positions")
}

/// The constants of sums over the positions of an image. Rows that follow each other are one line; otherwise lines are the longer of rows and
/// columns, so that blocks can be long enough.
func reductionConstants(_ x: Layout) -> [(name: String, value: ConstantValue)] {
    let isOneLine = x.hasContiguousRows
    let alongRows = x.width >= x.height
    return [
        ("LINES", .int(isOneLine ? 1 : min(x.height, x.width))), ("LENGTH", .int(reductionLength(x))),
        ("BLOCK", .int(reductionBlock(x))), ("X_LINE", .int(alongRows ? x.row : x.pixel)),
        ("X_STEP", .int(alongRows || isOneLine ? x.pixel : x.row)), ("X_VECTOR", .int(x.vector)),
    ]
}

private func reductionLength(_ x: Layout) -> Int { x.hasContiguousRows ? x.height * x.width : max(x.height, x.width) }

private func reductionBlock(_ x: Layout) -> Int { min(reductionLength(x), squareRootBlock(of: x.height * x.width)) }

private func templateName(of kind: Reduction.Kind) -> String {
    switch kind {
    case .mean: "MEAN"
    case .maximum: "LARGEST"
    case .minimum: "SMALLEST"
    case .sum: "SUM"
    case .product: "PRODUCT"
    }
}

/// How many of a number of terms to add up at a time: twice the square root, in fours, as a block may be summed in four parts.
func squareRootBlock(of count: Int) -> Int {
    var root = 1
    while root * root < count { root += 1 }
    return (2 * root + 3) / 4 * 4
}
