import IR
import Target

// Depthwise and pointwise convolutions as one kernel. Its constants are those of the kernels for one block of rows, with a prefix each.

/// A depthwise convolution with the pointwise one before it, the one behind it, or both. The residual, if any, is the last one's.
package func separableKernel(
    _ separable: Separable, x: Layout, y: Layout, residual: Layout?, target: Target,
    precision: PlanOptions.Precision = .fast, way: ConvolutionWay? = nil
) -> KernelInstance {
    let blocks = SeparableBlocks(separable, x: x, y: y, target: target)
    let rows = blocks.y.height
    var residualBlock = residual
    residualBlock?.height = rows
    residualBlock?.bottom += y.height - rows

    var stages: [(prefix: String, kernel: KernelInstance)] = []
    var constants: [(name: String, value: ConstantValue)] = [("ROWS", .int(rows))]
    if let expansion = separable.expansion, let expanded = blocks.expanded {
        var line = expanded
        (line.height, line.bottom) = (1, expanded.height - 1)
        let kernel = convolutionKernel(
            expansion, x: x, y: line, residual: nil, target: target, precision: precision)
        stages.append(("EXPANSION", kernel))
        constants += [("EXPANSION_WEIGHTS", .int(kernel.weights.count))] + bufferConstants(separable, x, expanded, rows)
    }
    let depthwise = depthwiseKernel(
        blocks.depthwise, x: blocks.expanded ?? x, y: blocks.between ?? blocks.y, residual: nil, target: target)
    stages.append(("DEPTHWISE", depthwise))
    if let pointwise = separable.pointwise, let between = blocks.between {
        let kernel = convolutionKernel(
            pointwise, x: between, y: blocks.y, residual: residualBlock, target: target, precision: precision, way: way)
        stages.append(("POINTWISE", kernel))
    }
    return KernelInstance(
        template: separable.expansion == nil
            ? "separable" : separable.pointwise == nil ? "expanded_depthwise" : "inverted_residual",
        constants: constants + stages.flatMap { prefixed($0.kernel, $0.prefix + "_") },
        tables: stages.map { ("\($0.prefix)_OFFSETS", $0.kernel.tables[0].values) },
        weights: stages.flatMap(\.kernel.weights), items: y.height / rows,
        scratch: (blocks.expanded?.count ?? 0) + (blocks.between?.count ?? 0),
        choice: "\(rows) rows at a time"
            + stages.map { "; \($0.prefix.lowercased()): \($0.kernel.choice)" }.joined())
}

/// The ways in which `separableKernel` can compute the last pointwise convolution, the cheapest first.
func ways(
    of separable: Separable, x: Layout, y: Layout, target: Target, precision: PlanOptions.Precision
) -> [ConvolutionWay] {
    let blocks = SeparableBlocks(separable, x: x, y: y, target: target)
    guard let pointwise = separable.pointwise, let between = blocks.between else { return [] }
    return directWays(of: pointwise, x: between, y: blocks.y, target: target, precision: precision)
}

/// What one block of output rows needs.
private struct SeparableBlocks {
    /// The rows of the expansion that the block reads, with their borders of zeros.
    var expanded: Layout?
    /// The depthwise convolution of a block.
    var depthwise: Convolution
    /// Its result, where a pointwise convolution follows.
    var between: Layout?
    /// The block of y.
    var y: Layout

    init(_ separable: Separable, x: Layout, y: Layout, target: Target) {
        depthwise = separable.depthwise
        let rows = rowsOfBlock(separable, x: x, y: y, target: target)
        self.y = y
        (self.y.height, self.y.bottom) = (rows, y.bottom + y.height - rows)
        var source = x
        if let expansion = separable.expansion {
            let right = depthwise.inputColumns(for: y.width) - x.width - depthwise.padding.left
            let slots = Layout.blocked(lanes: x.lanes, height: 1, width: 1, channels: expansion.filters).slots
            source = Layout(
                .blocked, lanes: x.lanes, height: depthwise.inputRows(for: rows), width: x.width, slots: slots,
                left: depthwise.padding.left, right: max(0, right))
            expanded = source
            // The buffer's first row is the first one that is read, be it one of zeros.
            (depthwise.padding.top, depthwise.padding.bottom) = (0, 0)
        }
        if separable.pointwise != nil {
            between = Layout(
                .blocked, lanes: x.lanes, height: rows, width: y.width, slots: slotsBetween(depthwise, x: source))
        }
    }
}

/// How the rows of an expansion pass through their buffer.
private func bufferConstants(
    _ separable: Separable, _ x: Layout, _ buffer: Layout, _ rows: Int
) -> [(name: String, value: ConstantValue)] {
    rowBufferConstants(
        buffer, of: x, step: rows * separable.depthwise.strides.height, above: separable.depthwise.padding.top)
}

/// The constants of row_buffer.c: how the rows of a map pass through a buffer, `step` further with each block, the first of them below `above` rows of
/// zeros.
func rowBufferConstants(
    _ buffer: Layout, of map: Layout, step: Int, above: Int
) -> [(name: String, value: ConstantValue)] {
    let constants = [
        ("HEIGHT", map.height), ("ROWS", buffer.height), ("STEP", step), ("KEPT", max(0, buffer.height - step)),
        ("ABOVE", above), ("LEFT", buffer.left * buffer.pixel), ("RIGHT", buffer.right * buffer.pixel),
        ("ROW", buffer.row), ("VECTORS", buffer.vectors),
    ]
    return constants.map { ("BUFFER_" + $0.0, .int($0.1)) }
}

/// Whether the convolutions fit one kernel: what lies between them is stored as it is, and the depthwise kernel takes no residual here and
/// no slopes, behind which the next weights would be.
func supportsSeparable(_ separable: Separable) -> Bool {
    let others = [separable.expansion, separable.pointwise].compactMap { $0 }
    return others.allSatisfy(\.isPointwise)
        && [separable.expansion, separable.depthwise].allSatisfy { $0?.epilogue.addsResidual != true }
        && separable.depthwise.epilogue.negativeSlope == nil
}

/// Whether the fused kernel is the faster one: where what lies between the two takes more than half of L2 and maps are large. Measured on Zen 5:
/// 1.1 times at 112×112×96 with SiLU, 1.03 with ReLU6, the same at 28×28×192; on Zen 4 1.06 to 1.08 at 112×112×32.
func judgeSeparable(
    _ separable: Separable, inputShape: [Int], target: Target, precision: PlanOptions.Precision
) -> Judgement {
    let (image, depthwise) = (Image(inputShape), separable.depthwise)
    let (height, width) = (image.height / depthwise.strides.height, image.width / depthwise.strides.width)
    let bytes =
        separable.pointwise == nil
        ? 4 * image.height * image.width * separable.stages[0].filters : 4 * height * width * depthwise.filters
    let between = "the tensor between them takes \(bytes / 1024) KiB, the second-level cache \(target.l2 / 1024) KiB"
    if 2 * bytes <= target.l2 { return Judgement(pays: false, reason: between) }
    if height < 28 { return Judgement(pays: false, reason: "\(height) rows are too few to be worth blocks of rows") }
    if precision == .fast {
        let expands = separable.expansion.map {
            strassenPays($0, output: (image.height, image.width), channels: image.channels, target: target)
        }
        let projects = separable.pointwise.map {
            strassenPays($0, output: (height, width), channels: depthwise.filters, target: target)
        }
        if expands == true || projects == true {
            return Judgement(pays: false, reason: "Strassen's algorithm, which needs fewer products, takes whole maps")
        }
    }
    return Judgement(pays: true, reason: between)
}

/// The depthwise result keeps the order of channels of x, where each channel makes one.
private func slotsBetween(_ depthwise: Convolution, x: Layout) -> [Int] {
    depthwise.filtersPerGroup == 1 && x.order == .blocked
        ? x.slots : Layout.blocked(lanes: x.lanes, height: 1, width: 1, channels: depthwise.filters).slots
}

/// The most rows that divide the map, leave some blocks for threads, and whose depthwise result takes a quarter of L2, or half of it together
/// with the rows of an expansion.
private func rowsOfBlock(_ separable: Separable, x: Layout, y: Layout, target: Target) -> Int {
    let row = separable.pointwise == nil ? 0 : y.width * separable.depthwise.filters * 4
    let expanded = separable.expansion.map { x.width * $0.filters * 4 } ?? 0
    let limit = target.l2 / (expanded == 0 ? 4 : 2)
    return (1...max(1, y.height / 4)).last {
        y.height % $0 == 0 && ($0 == 1 || $0 * row + separable.depthwise.inputRows(for: $0) * expanded <= limit)
    } ?? 1
}

/// The constants of an instance that is a part of another.
func prefixed(_ instance: KernelInstance, _ prefix: String) -> [(name: String, value: ConstantValue)] {
    instance.constants.map { (prefix + $0.name, $0.value) }
}
