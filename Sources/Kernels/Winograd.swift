import IR
import Target

// 3×3 convolution by Winograd's minimal filtering: which convolutions, which tile, the transformed weights.

/// The side m of F(m×m, 3×3) for a convolution, or `nil` where the direct kernel is better. Shape alone decides.
///
/// Four products do the work of nine where m is 2, 2¼ where it is 4; transforms and larger weights eat part of that, all of it on small maps and few channels.
package func winogradOutput(for convolution: Convolution, input: [Int], output: [Int], lanes: Int) -> Int? {
    let (x, y) = (Image(input), Image(output))
    guard whyDirect(convolution, input: input, output: output, lanes: lanes) == nil else { return nil }
    let phase = TileGrid(4, convolution, height: x.height, width: x.width).phase
    let isSmall = min(phase.height, phase.width) < 14
    let isDeep = x.channels * y.channels > 512 * 512
    return isSmall || isDeep ? 2 : 4
}

/// The side of the tiles by which a convolution is computed: the model's, or that of the wanted way; `nil` where it is computed directly.
func winogradSide(
    of convolution: Convolution, input: [Int], output: [Int], lanes: Int, options: PlanOptions
) -> Int? {
    guard options.precision == .fast else { return nil }
    let side = winogradOutput(for: convolution, input: input, output: output, lanes: lanes)
    switch options.choices.way(for: subject(of: convolution, input: input, output: output)) {
    case nil: return side
    case .direct: return convolution.pooling == nil ? nil : side
    case .winograd(let wanted, _):
        let isPossible =
            [2, 4].contains(wanted)
            && whyDirect(convolution, input: input, output: output, lanes: lanes) == nil
        return isPossible ? wanted : side
    }
}

/// What speaks against Winograd's algorithm for a convolution; `nil` where nothing does.
func whyDirect(_ convolution: Convolution, input: [Int], output: [Int], lanes: Int) -> String? {
    let (x, y) = (Image(input), Image(output))
    if convolution.kernel != Extent(3, 3) { return "the kernel is not 3×3" }
    if convolution.strides != .one { return "the stride is not 1" }
    if convolution.groups != 1 { return "there are groups" }
    if lanes < 4 { return "vectors are too narrow" }
    if min(x.channels, y.channels) < 16 { return "the transforms of so few channels cost more than they save" }
    let phase = TileGrid(4, convolution, height: x.height, width: x.width).phase
    if min(phase.height, phase.width) < 7 { return "the map is too small for tiles" }
    return nil
}

/// Whether the tiles of Winograd's kernel hold whole windows of a pooling, but for those that are cut off at the map's lower and right edge.
func fitsWinogradTiles(_ pooling: Pooling) -> Bool {
    pooling.window == Extent(2, 2) && pooling.strides == Extent(2, 2)
        && max(pooling.padding.top, pooling.padding.left) == 0
}

/// How a map is cut into tiles: the pixels whose rows and columns agree modulo the dilation are a phase, a plain convolution of its own; all phases
/// are cut as the largest is.
private struct TileGrid {
    /// What is computed: the map, without the last row or column of an odd one where a pooling drops it.
    let map: Extent
    /// The largest phase.
    let phase: Extent
    let rows: Int
    let columns: Int
    /// Of all phases.
    let count: Int

    /// For a convolution of 3×3 with stride 1 of an image of that height and width.
    init(_ m: Int, _ convolution: Convolution, height: Int, width: Int) {
        let (padding, dilation) = (convolution.padding, convolution.dilation)
        let whole = Extent(
            height + padding.top + padding.bottom - 2 * dilation.height,
            width + padding.left + padding.right - 2 * dilation.width)
        map =
            convolution.pooling.map {
                Extent(
                    min(whole.height, (whole.height + $0.padding.bottom) / 2 * 2),
                    min(whole.width, (whole.width + $0.padding.right) / 2 * 2))
            } ?? whole
        phase = Extent(
            (map.height + dilation.height - 1) / dilation.height, (map.width + dilation.width - 1) / dilation.width)
        (rows, columns) = ((phase.height + m - 1) / m, (phase.width + m - 1) / m)
        count = dilation.height * dilation.width * rows * columns
    }
}

/// How far the tiles read beyond each edge of the input: the last ones may reach further than the kernel does.
package func winogradReach(_ m: Int, of convolution: Convolution, in input: [Int]) -> Margins {
    let x = Image(input)
    /// The last phase begins at `dilation - 1`, and its last tile ends m + 2 cells of it after that tile's start.
    func after(_ tiles: Int, _ dilation: Int, _ input: Int, _ before: Int) -> Int {
        max(0, (tiles * m + 2) * dilation - input - before)
    }
    let (padding, dilation) = (convolution.padding, convolution.dilation)
    let grid = TileGrid(m, convolution, height: x.height, width: x.width)
    return Margins(
        top: padding.top, bottom: after(grid.rows, dilation.height, x.height, padding.top), left: padding.left,
        right: after(grid.columns, dilation.width, x.width, padding.left))
}

/// The products of a convolution by F(m×m, 3×3), those of whole tiles at its edges included; the transforms have none.
func winogradProducts(_ m: Int, of convolution: Convolution, in input: [Int]) -> Int {
    let x = Image(input)
    let tiles = TileGrid(m, convolution, height: x.height, width: x.width)
    return tiles.count * (m + 2) * (m + 2) * convolution.weights.values.count / 9
}

/// The numbers of tiles that may be transformed at a time, the best first by a rule of thumb: transformed tiles stay in the second-level cache, unless weights
/// that fit no cache would be read once more for each block.
func winogradBlocks(of convolution: Convolution, m: Int, x: Layout, y: Layout, target: Target) -> [Int] {
    let tiles = TileGrid(m, convolution, height: x.height, width: x.width).count
    let bytesPerTile = (m + 2) * (m + 2) * (x.vectors + y.vectors) * y.lanes * 4
    let weightBytes = winogradWeightBytes(m, x: x, y: y)
    let fitting = max(6, target.l2 / bytesPerTile)
    let isHeavy = weightBytes > 16 * target.l2 || weightBytes > 2 * target.l2 && tiles <= 4 * fitting
    let times = isHeavy ? [16, 8, 4, 1] : [1, 0.5, 4]
    let limits = times.map { max(6, Int($0 * Double(fitting))) }
    var blocks: [Int] = []
    for limit in limits {
        let block = BalancedCut(tiles, atMost: limit).size
        if !blocks.contains(block) { blocks.append(block) }
    }
    return blocks
}

/// At least so many floats, an odd number of cache lines of 64 bytes: steps of that length fall into all sets of a cache in turn, where even ones
/// meet in a few (a power of two in one).
private func oddLines(_ floats: Int) -> Int { ((floats + 15) / 16 | 1) * 16 }

private func winogradWeightBytes(_ m: Int, x: Layout, y: Layout) -> Int {
    (m + 2) * (m + 2) * x.vectors * y.vectors * y.lanes * y.lanes * 4
}

/// An instance of winograd.c. `x` is blocked and has the border of `winogradReach`.
package func winogradKernel(
    _ convolution: Convolution, m: Int, x: Layout, y: Layout, residual: Layout?, target: Target,
    way: ConvolutionWay? = nil
) -> KernelInstance {
    precondition(x.order == .blocked && x.top >= convolution.padding.top && x.left >= convolution.padding.left)
    let side = m + 2
    let dilation = convolution.dilation
    let grid = TileGrid(m, convolution, height: x.height, width: x.width)
    let pooling = convolution.pooling
    precondition(pooling.map { fitsWinogradTiles($0) && dilation == .one } ?? true, "windows in no tile")
    let (columns, tiles) = (grid.columns, grid.count)
    let weightBytes = winogradWeightBytes(m, x: x, y: y)
    let blocks = winogradBlocks(of: convolution, m: m, x: x, y: y, target: target)
    let block = blocks.first { .winograd(side: m, block: $0) == way } ?? blocks[0]
    let register = target.registerTiles.first { $0.vectors <= y.vectors } ?? target.registerTiles.last!
    let panels = BalancedCut(y.vectors, atMost: register.vectors)
    let pixels = target.mostPixels(besides: panels.size)
    let groups = BalancedCut(block, atMost: pixels)
    // Weights that no cache holds come in while those before them are used: all of them, or as many as one line a channel gives.
    let every = groups.pieces * 16 / (panels.size * y.lanes)
    let prefetch = weightBytes > target.l2 && tiles <= 2 * block ? [4, 2].first { $0 <= every } ?? 1 : 0
    // Of each row of a tile four pixels are new, too few for the processor to see a stream in them.
    let isStreamed = max(x.count, y.count) * 4 > 4 * target.l2
    let (xPlace, yPlace) = (oddLines(block * x.vectors * y.lanes), oddLines(block * y.vectors * y.lanes))
    let x2 = epilogueOperand(residual.map { .init($0) }, convolution.epilogue, lanes: y.lanes)
    let packed = packWinograd(convolution, m: m, panels: panels, x: x, y: y)
    let constants: [(name: String, value: ConstantValue)] = [
        ("OUTPUT", .int(m)), ("HEIGHT", .int(grid.map.height)), ("WIDTH", .int(grid.map.width)),
        ("POOLING", pooling.map { .name($0.kind == .maximum ? "WINOGRAD_MAXIMUM" : "WINOGRAD_MEAN") } ?? .int(0)),
        ("TILES", .int(tiles)),
        ("PHASE_TILES", .int(grid.rows * columns)), ("DILATION_HEIGHT", .int(dilation.height)),
        ("DILATION_WIDTH", .int(dilation.width)),
        ("COLUMNS", .int(columns)), ("BLOCK", .int(block)), ("X_VECTORS", .int(x.vectors)),
        ("Y_VECTORS", .int(y.vectors)),
        ("LAST_LANES", .int(y.slots.count % y.lanes)), ("X_PLACE", .int(xPlace)),
        ("Y_PLACE", .int(yPlace)), ("PANEL", .int(panels.size)),
        ("BIG_PANELS", .int(panels.big)), ("PANELS", .int(panels.pieces)), ("GROUP", .int(groups.size)),
        ("BIG_GROUPS", .int(groups.big)), ("GROUPS", .int(groups.pieces)),
        ("FETCHES_TILES", .int(isStreamed ? 1 : 0)), ("PREFETCH", .int(prefetch)),
        ("X_ORIGIN", .int(-convolution.padding.top * x.row - convolution.padding.left * x.pixel)),
        ("X_ROW", .int(x.row)),
        ("X_PIXEL", .int(x.pixel)), ("X_VECTOR", .int(x.vector)), ("X2_ROW", .int(x2?.row ?? 0)),
        ("X2_PIXEL", .int(x2?.pixel ?? 0)), ("X2_VECTOR", .int(x2?.vector ?? 0)), ("Y_ROW", .int(y.row)),
        ("Y_PIXEL", .int(y.pixel)), ("Y_VECTOR", .int(y.vector)),
    ]
    return KernelInstance(
        template: "winograd", constants: constants + epilogueConstants(convolution.epilogue, behind: packed),
        weights: packed + slopes(of: convolution.epilogue, y: y),
        items: (tiles + block - 1) / block * panels.pieces,
        scratch: side * side * (xPlace + yPlace),
        choice:
            "Winograd F(\(m)×\(m), 3×3)\(dilation == .one ? "" : " in phases")\(pooling.map { ", \(describe($0)) of its results" } ?? ""): \(tiles) tiles, \(block) at a time, products in tiles of \(groups.size) × \(panels.size * y.lanes) channels"
    )
}

/// Biases of all vectors, then `[place][panel][channel slot][lane]`.
private func packWinograd(_ convolution: Convolution, m: Int, panels: BalancedCut, x: Layout, y: Layout) -> [Float] {
    let (places, columns) = ((m + 2) * (m + 2), y.vectors * y.lanes)
    let filters = (0..<columns).map { $0 < y.slots.count ? y.slots[$0] : -1 }
    let plane = x.slots.count * columns
    let total = columns + places * plane
    return [Float](unsafeUninitializedCapacity: total) { output, count in
        for (lane, filter) in filters.enumerated() {
            output.initializeElement(at: lane, to: filter < 0 ? 0 : convolution.bias?.values[filter] ?? 0)
        }
        for panel in 0..<panels.pieces {
            let start = (panel * panels.size - max(0, panel - panels.large)) * y.lanes
            let width = (panel < panels.large ? panels.size : panels.size - 1) * y.lanes
            let transform = KernelTransform(convolution.weights, m: m, Array(filters[start..<(start + width)]))
            for (k, channel) in x.slots.enumerated() {
                let place = output.baseAddress! + columns + start * x.slots.count + k * width
                transform.write(channel, to: place, plane: plane)
            }
        }
        count = total
    }
}

/// G·g·Gᵀ for the filters of one panel, four at a time, rounded once.
private struct KernelTransform {
    let weights: Constant
    let m: Int
    let filters: [Int]
    /// Whether the filters follow one another.
    let isRun: Bool

    init(_ weights: Constant, m: Int, _ filters: [Int]) {
        (self.weights, self.m, self.filters) = (weights, m, filters)
        isRun = filters.indices.allSatisfy { filters[$0] >= 0 && filters[$0] == filters[0] + $0 }
    }

    /// Writes the panel's lanes of one input channel at each place, `plane` floats apart; zeros where there is no channel.
    ///
    /// The places often lie in one set of the caches, so lanes are collected before they are written.
    func write(_ channel: Int, to output: UnsafeMutablePointer<Float>, plane: Int) {
        let places = (m + 2) * (m + 2)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: places * filters.count) { lanes in
            lanes.initialize(repeating: 0)
            if channel >= 0 {
                weights.values.withUnsafeBufferPointer { values in
                    for first in stride(from: 0, to: filters.count, by: 4) {
                        transform(values, channel, first, to: lanes)
                    }
                }
            }
            for place in 0..<places {
                let line = lanes.baseAddress! + place * filters.count
                (output + place * plane).initialize(from: line, count: filters.count)
            }
        }
    }

    /// Rows, then columns.
    private func transform(
        _ values: UnsafeBufferPointer<Float>, _ channel: Int, _ first: Int, to lanes: UnsafeMutableBufferPointer<Float>
    ) {
        let side = m + 2
        withUnsafeTemporaryAllocation(of: SIMD4<Double>.self, capacity: 6 * 3) { half in
            for column in 0..<3 {
                let (a, b, c) = (
                    tap(values, column, channel, first), tap(values, 3 + column, channel, first),
                    tap(values, 6 + column, channel, first)
                )
                spread(a, b, c) { half[$0 * 3 + column] = $1 }
            }
            for row in 0..<side {
                spread(half[row * 3], half[row * 3 + 1], half[row * 3 + 2]) { column, value in
                    let at = (row * side + column) * filters.count + first
                    for lane in 0..<4 { lanes[at + lane] = Float(value[lane]) }
                }
            }
        }
    }

    /// One tap of four filters.
    @inline(__always)
    private func tap(_ values: UnsafeBufferPointer<Float>, _ tap: Int, _ channel: Int, _ first: Int) -> SIMD4<Double> {
        let line = (tap * weights.shape[2] + channel) * weights.shape[3]
        var taps = SIMD4<Double>()
        for lane in 0..<4 {
            let filter = isRun ? filters[0] + first + lane : filters[first + lane]
            if filter >= 0 { taps[lane] = Double(values[line + filter]) }
        }
        return taps
    }

    /// Three values times the matrix G of Lavin & Gray 2016 for m = 2 or 4.
    @inline(__always)
    private func spread(
        _ a: SIMD4<Double>, _ b: SIMD4<Double>, _ c: SIMD4<Double>, _ body: (Int, SIMD4<Double>) -> Void
    ) {
        let ends = a + c
        if m == 2 {
            body(0, a)
            body(1, (ends + b) / 2)
            body(2, (ends - b) / 2)
            body(3, c)
        } else {
            body(0, a / 4)
            body(1, -(ends + b) / 6)
            body(2, -(ends - b) / 6)
            body(3, (a + 4 * c + 2 * b) / 24)
            body(4, (a + 4 * c - 2 * b) / 24)
            body(5, c)
        }
    }
}
