import IR
import Target

// Depthwise and pointwise convolution as one kernel. Its constants are those of the two kernels for one block of rows, with a prefix each.

/// A depthwise convolution and the pointwise one that alone reads it. The residual, if any, is the pointwise one's.
package func separableKernel(
    _ separable: Separable, x: Layout, y: Layout, residual: Layout?, target: Target,
    precision: PlanOptions.Precision = .fast, way: ConvolutionWay? = nil
) -> KernelInstance {
    let (between, block) = blocks(separable, x: x, y: y, target: target)
    let rows = block.height
    var residualBlock = residual
    residualBlock?.height = rows
    residualBlock?.bottom += y.height - rows
    let depthwise = depthwiseKernel(separable.depthwise, x: x, y: between, residual: nil, target: target)
    let pointwise = convolutionKernel(
        separable.pointwise, x: between, y: block, residual: residualBlock, target: target, precision: precision,
        way: way)
    return KernelInstance(
        template: "separable",
        constants: [("ROWS", .int(rows))]
            + prefixed(depthwise, "DEPTHWISE_")
            + prefixed(pointwise, "POINTWISE_"),
        tables: [("DEPTHWISE_OFFSETS", depthwise.tables[0].values), ("POINTWISE_OFFSETS", pointwise.tables[0].values)],
        weights: depthwise.weights + pointwise.weights, items: y.height / rows, scratch: between.count,
        choice: "\(rows) rows at a time; depthwise: \(depthwise.choice); pointwise: \(pointwise.choice)")
}

/// The ways in which `separableKernel` can compute the pointwise convolution, the cheapest first.
func ways(
    of separable: Separable, x: Layout, y: Layout, target: Target, precision: PlanOptions.Precision
) -> [ConvolutionWay] {
    let (between, block) = blocks(separable, x: x, y: y, target: target)
    return directWays(of: separable.pointwise, x: between, y: block, target: target, precision: precision)
}

/// A block of rows of the depthwise result, and of y.
private func blocks(_ separable: Separable, x: Layout, y: Layout, target: Target) -> (between: Layout, y: Layout) {
    let rows = rowsOfBlock(separable, y: y, target: target)
    var block = y
    (block.height, block.bottom) = (rows, y.bottom + y.height - rows)
    let slots = slotsBetween(separable.depthwise, x: x)
    return (Layout(.blocked, lanes: x.lanes, height: rows, width: y.width, slots: slots), block)
}

/// Whether the two convolutions fit one kernel.
func supportsSeparable(depthwise: Convolution, pointwise: Convolution) -> Bool {
    !depthwise.epilogue.addsResidual && pointwise.kernel == .one && pointwise.strides == .one && pointwise.groups == 1
        && pointwise.padding == .zero
}

/// Whether the fused kernel is the faster one: where what lies between the two doesn't stay in L2 and maps are large (measured on Zen 4:
/// 1.08 and 1.06 times at 112×112×32, 1.02 at 112×112×96 with stride 2, equal at 56×56×128 and ×144).
func judgeSeparable(
    depthwise: Convolution, pointwise: Convolution, inputShape: [Int], target: Target
) -> Judgement {
    let image = Image(inputShape)
    let (height, width) = (image.height / depthwise.strides.height, image.width / depthwise.strides.width)
    let bytes = height * width * depthwise.filters * 4
    let between = "the tensor between them takes \(bytes / 1024) KiB, the second-level cache \(target.l2 / 1024) KiB"
    if bytes <= target.l2 { return Judgement(pays: false, reason: between) }
    if height < 28 { return Judgement(pays: false, reason: "\(height) rows are too few to be worth blocks of rows") }
    return Judgement(pays: true, reason: between)
}

/// The depthwise result keeps the order of channels of x, where each channel makes one.
private func slotsBetween(_ depthwise: Convolution, x: Layout) -> [Int] {
    depthwise.filtersPerGroup == 1 && x.order == .blocked
        ? x.slots : Layout.blocked(lanes: x.lanes, height: 1, width: 1, channels: depthwise.filters).slots
}

/// The most rows that divide the map, leave some blocks for threads, and whose depthwise result takes a quarter of L2.
private func rowsOfBlock(_ separable: Separable, y: Layout, target: Target) -> Int {
    let row = y.width * separable.depthwise.filters * 4
    return (1...max(1, y.height / 4)).last { y.height % $0 == 0 && ($0 == 1 || $0 * row <= target.l2 / 4) } ?? 1
}

private func prefixed(_ instance: KernelInstance, _ prefix: String) -> [(name: String, value: ConstantValue)] {
    instance.constants.map { (prefix + $0.name, $0.value) }
}
