import IR
import Target

extension Convolution {
    /// Whether `planeConvolutionKernel` computes it, of that many channels: from one to one, every column.
    func isOfPlanes(channels: Int) -> Bool {
        channels == 1 && filters == 1 && strides.width == 1 && !epilogue.addsResidual && epilogue.negativeSlope == nil
            && pooling == nil && !scalesInput
    }
}

/// A convolution of one channel to one, both in rows of plain floats; x has the border that the padding reaches into.
package func planeConvolutionKernel(_ convolution: Convolution, x: Layout, y: Layout, target: Target) -> KernelInstance
{
    checkOperands(convolution, x: x, y: y, residual: nil)
    precondition(x.pixel == 1 && y.pixel == 1 && convolution.isOfPlanes(channels: x.channels), "maps of one channel")
    let lanes = y.lanes
    let tiles = BalancedCut((y.width + lanes - 1) / lanes, atMost: 8)
    let weights = [convolution.bias?.values[0] ?? 0] + convolution.weights.values
    return KernelInstance(
        template: "plane_convolution",
        constants: [
            ("TILE", .int(tiles.size)), ("TILES", .int(tiles.pieces)), ("BIG_TILES", .int(tiles.big)),
            ("LAST_LANES", .int(y.width % lanes)), ("KERNEL_HEIGHT", .int(convolution.kernel.height)),
            ("KERNEL_WIDTH", .int(convolution.kernel.width)), ("TAP_ROW", .int(convolution.dilation.height * x.row)),
            ("TAP_COLUMN", .int(convolution.dilation.width)),
            ("X_ORIGIN", .int(-convolution.padding.top * x.row - convolution.padding.left)),
            ("X_ROW", .int(convolution.strides.height * x.row)), ("Y_ROW", .int(y.row)),
        ] + epilogueConstants(convolution.epilogue, behind: weights),
        weights: weights + Array(repeating: 0, count: (lanes - weights.count % lanes) % lanes), items: y.height,
        choice: "\(tiles.size) vectors of a row at a time")
}
