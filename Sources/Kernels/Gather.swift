import IR
import Target

/// Whether `gatherKernel` has code for the layouts: both hold the same channels in the same slots.
package func supportsGather(x: Layout, y: Layout) -> Bool { x.lanes == y.lanes && x.hasSlots(of: y) }

/// Rows or columns of x in the order of a table, or filled with a number.
package func gatherKernel(_ g: Gather, isRows: Bool, x: Layout, y: Layout, target: Target) -> KernelInstance {
    precondition(supportsGather(x: x, y: y), "a gather to other slots")
    precondition(
        (isRows ? y.height : y.width) == g.indices.count && (isRows ? y.width == x.width : y.height == x.height),
        "a gather to another size")
    let constants: [(name: String, value: ConstantValue)] =
        [("BY_ROWS", .int(isRows ? 1 : 0)), ("Y_HEIGHT", .int(y.height)), ("Y_WIDTH", .int(y.width))]
        + x.strideConstants("X") + y.strideConstants("Y") + vectorConstants(x: x, y: y) + [("FILL", .float(g.fill))]
    return KernelInstance(
        template: "gather", constants: constants, tables: [("INDICES", g.indices), y.validTable],
        items: y.vectors * y.height, choice: "\(isRows ? "rows" : "columns") by a table")
}
