import IR
import Target

/// Whether `upsamplingKernel` has code for the layouts: both hold the same channels in the same slots.
package func supportsUpsampling(x: Layout, y: Layout) -> Bool { x.lanes == y.lanes && x.hasSlots(of: y) }

/// Enlargement by whole factors, to the nearest pixel or linear between pixels' centres.
package func upsamplingKernel(_ u: Upsampling, x: Layout, y: Layout, target: Target) -> KernelInstance {
    precondition(supportsUpsampling(x: x, y: y), "upsampling to other slots")
    precondition(
        y.height == x.height * u.factor.height && y.width == x.width * u.factor.width, "upsampling to another size")
    let constants: [(name: String, value: ConstantValue)] =
        [
            ("FACTOR_HEIGHT", .int(u.factor.height)), ("FACTOR_WIDTH", .int(u.factor.width)),
            ("X_HEIGHT", .int(x.height)), ("X_WIDTH", .int(x.width)),
        ] + x.strideConstants("X") + y.strideConstants("Y") + vectorConstants(x: x, y: y)
    let isNearest = u.method == .nearest
    return KernelInstance(
        template: isNearest ? "upsampling" : "upsampling_bilinear", constants: constants, tables: [y.validTable],
        items: y.vectors * (isNearest ? x.height : y.height), choice: "row by row")
}
