import IR
import Target

/// Sparsemax over the channels of every pixel; both layouts hold the same channels in the same slots.
package func sparsemaxKernel(x: Layout, y: Layout) -> KernelInstance {
    precondition(supportsSoftmax(x: x, y: y), "a sparsemax to other slots")
    let constants: [(name: String, value: ConstantValue)] =
        [("WIDTH", .int(y.width))] + x.strideConstants("X") + y.strideConstants("Y") + vectorConstants(x: x, y: y)
    return KernelInstance(
        template: "sparsemax", constants: constants, tables: [y.validTable], items: y.height,
        choice: "a pixel's channels in vectors of \(y.lanes)")
}
