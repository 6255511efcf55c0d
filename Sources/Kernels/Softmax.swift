import IR
import Target

/// Whether `softmaxKernel` has code for the layouts: both hold the same channels in the same slots.
package func supportsSoftmax(x: Layout, y: Layout) -> Bool { x.lanes == y.lanes && x.hasSlots(of: y) }

/// Softmax along an axis of the image, 0 for rows, 1 for columns, 2 for channels, or its logarithm.
package func softmaxKernel(axis: Int, isLogarithmic: Bool, x: Layout, y: Layout, target: Target) -> KernelInstance {
    precondition(supportsSoftmax(x: x, y: y) && (0...2).contains(axis), "a softmax to other slots")
    return axis == 2 ? channelSoftmax(isLogarithmic, x, y) : positionSoftmax(axis, isLogarithmic, x, y)
}

private func channelSoftmax(_ isLogarithmic: Bool, _ x: Layout, _ y: Layout) -> KernelInstance {
    let constants: [(name: String, value: ConstantValue)] =
        [("IS_LOGARITHMIC", .int(isLogarithmic ? 1 : 0)), ("WIDTH", .int(y.width))] + x.strideConstants("X")
        + y.strideConstants("Y") + vectorConstants(x: x, y: y)
    return KernelInstance(
        template: "softmax", constants: constants, tables: [y.validTable], items: y.height,
        choice: "a pixel's channels in vectors of \(y.lanes)")
}

private func positionSoftmax(_ axis: Int, _ isLogarithmic: Bool, _ x: Layout, _ y: Layout) -> KernelInstance {
    let others = axis == 0 ? y.width : y.height
    let constants: [(name: String, value: ConstantValue)] =
        [
            ("IS_LOGARITHMIC", .int(isLogarithmic ? 1 : 0)), ("LENGTH", .int(axis == 0 ? y.height : y.width)),
            ("OTHERS", .int(others)), ("X_STEP", .int(axis == 0 ? x.row : x.pixel)),
            ("X_OTHER", .int(axis == 0 ? x.pixel : x.row)), ("X_VECTOR", .int(x.vector)),
            ("Y_STEP", .int(axis == 0 ? y.row : y.pixel)), ("Y_OTHER", .int(axis == 0 ? y.pixel : y.row)),
            ("Y_VECTOR", .int(y.vector)),
        ] + vectorConstants(x: x, y: y)
    return KernelInstance(
        template: "softmax_axis", constants: constants, tables: [y.validTable], items: y.vectors * others,
        choice: "\(y.lanes) channels at a time")
}
