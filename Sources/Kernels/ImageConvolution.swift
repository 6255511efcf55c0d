import IR
import Target

// The first convolution of a network reads its image as it comes: a copy with borders of zeros would take as long as memory needs to deliver and to
// store it. The rows of an image lie in the first-level cache while they are read instead.

/// Whether `imageConvolutionKernel` computes a convolution of an image of that shape: one of few channels, by the direct algorithm, with enough rows for
/// threads to share, of which the second-level cache holds those that one row of the result reads.
func readsImageByRows(
    _ convolution: Convolution, input: [Int], target: Target, precision: PlanOptions.Precision
) -> Bool {
    let (image, output) = (Image(input), convolution.mapShape(of: input))
    return image.channels < min(target.lanes, 8) && convolution.groups == 1 && !convolution.scalesInput
        && !convolution.isOfPlanes(channels: image.channels)
        && !convolution.epilogue.addsResidual && convolution.pooling == nil
        && convolution.prologue?.variesByPixel != true
        && Image(output).height >= 8 && 8 * convolution.inputRows(for: 1) * image.width * image.channels <= target.l2
        && (precision == .strict
            || winogradForm(for: convolution, input: input, output: output, lanes: target.lanes) == nil)
}

/// A convolution of an image in Keras' order without borders, by way of its prologue.
package func imageConvolutionKernel(
    _ convolution: Convolution, x: Layout, y: Layout, target: Target, precision: PlanOptions.Precision = .fast,
    way: ConvolutionWay? = nil
) -> KernelInstance {
    let blocks = ImageBlocks(convolution, x: x, y: y, target: target)
    let windows = convolutionKernel(
        blocks.convolution, x: blocks.buffer, y: blocks.line, residual: nil, target: target, precision: precision,
        way: way)
    let image = elementwiseKernel(
        convolution.prologue ?? Elementwise(), inputs: [blocks.image], y: blocks.buffer, target: target)
    return KernelInstance(
        template: "image_convolution",
        constants: [
            ("ROWS", .int(blocks.rows)), ("HEIGHT", .int(y.height)), ("RECORDS", .int(windows.weights.count)),
        ]
            + rowBufferConstants(
                blocks.buffer, of: x, step: blocks.rows * convolution.strides.height, above: convolution.padding.top)
            + prefixed(image, "IMAGE_") + prefixed(windows, "WINDOWS_"),
        tables: [("IMAGE_VALID", image.tables[0].values), ("WINDOWS_OFFSETS", windows.tables[0].values)],
        weights: windows.weights + image.weights, items: (y.height + blocks.rows - 1) / blocks.rows,
        scratch: blocks.buffer.count + x.lanes, choice: "\(blocks.rows) rows at a time; \(windows.choice)")
}

/// The ways in which `imageConvolutionKernel` can compute a convolution, the cheapest first.
func imageWays(
    of convolution: Convolution, x: Layout, y: Layout, target: Target, precision: PlanOptions.Precision
) -> [ConvolutionWay] {
    let blocks = ImageBlocks(convolution, x: x, y: y, target: target)
    let ways = directWays(
        of: blocks.convolution, x: blocks.buffer, y: blocks.line, target: target, precision: precision)
    // Measured (`make tune`): one vector of channels after the other, so that results are stored in one stream, is 1.03 to 1.6 times as fast as
    // several at once; unless the last vector is narrow and could be split.
    let (lanes, rest) = (target.lanes, convolution.filters % target.lanes)
    return rest == 0 || 2 * rest > lanes ? ways.filter { $0.vectors == 1 } + ways.filter { $0.vectors != 1 } : ways
}

/// What one block of output rows needs.
private struct ImageBlocks {
    /// Output rows of a block: as many as leave the rows that they read half of the first-level cache, and some blocks for threads.
    var rows: Int
    /// The convolution of a block, whose first row is the first that it reads.
    var convolution: Convolution
    /// The rows that a block reads, with zeros beside them.
    var buffer: Layout
    /// As many rows of x.
    var image: Layout
    /// One row of y.
    var line: Layout

    init(_ convolution: Convolution, x: Layout, y: Layout, target: Target) {
        self.convolution = convolution
        self.convolution.prologue = nil
        (self.convolution.padding.top, self.convolution.padding.bottom) = (0, 0)
        buffer = x
        buffer.left = convolution.padding.left
        buffer.right = max(0, convolution.inputColumns(for: y.width) - x.width - buffer.left)
        // Rows are whole vectors, so that they can be moved.
        while buffer.row % x.lanes != 0 { buffer.right += 1 }
        let row = 4 * buffer.row
        rows = (1...max(1, y.height / 4)).last { $0 == 1 || convolution.inputRows(for: $0) * row <= target.l1 / 2 }!
        buffer.height = convolution.inputRows(for: rows)
        image = x
        image.height = buffer.height
        line = y
        (line.height, line.bottom) = (1, y.bottom + y.height - 1)
    }
}
