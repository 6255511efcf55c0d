import IR
import Target

// Convolution by Winograd's minimal filtering: which convolutions, which tiles, the kernel's constants.

/// The form by which a convolution is computed, or `nil` where the direct kernel is better. Shape alone decides.
///
/// Transforms and larger weights eat part of what is saved, all of it on small maps and few channels.
package func winogradForm(for convolution: Convolution, input: [Int], output: [Int], lanes: Int) -> WinogradForm? {
    let x = Image(input)
    let forms = WinogradForm.all(for: convolution.kernel)
    guard let form = forms.first, whyDirect(convolution, input: input, output: output, lanes: lanes) == nil else {
        return nil
    }
    // Measured: along one axis the larger tile is better even where its last one is cut off.
    if convolution.isAlongOneAxis { return form }
    // Measured: the larger tile is better where it saves a fifth of the products of the smaller one, and enough tiles share each of its weights.
    let tiles = TileGrid(form, convolution, height: x.height, width: x.width).count
    let products = [form, forms.last!].map { Double(winogradProducts($0, of: convolution, in: input)) }
    return tiles >= 9 && products[0] < 0.8 * products[1] ? form : forms.last
}

extension Convolution {
    fileprivate var isAlongOneAxis: Bool { min(kernel.height, kernel.width) == 1 }
}

/// The form by which a convolution is computed: the model's, or that of the wanted way; `nil` where it is computed directly.
func winogradForm(
    of convolution: Convolution, input: [Int], output: [Int], lanes: Int, options: PlanOptions
) -> WinogradForm? {
    guard options.precision == .fast else { return nil }
    let form = winogradForm(for: convolution, input: input, output: output, lanes: lanes)
    switch options.choices.way(for: subject(of: convolution, input: input, output: output)) {
    case nil: return form
    case .direct, .strassen: return convolution.pooling == nil ? nil : form
    case .winograd(let tile, _):
        let isPossible = whyDirect(convolution, input: input, output: output, lanes: lanes) == nil
        return isPossible ? convolution.winogradForm(tile: tile) ?? form : form
    }
}

/// What speaks against Winograd's algorithm for a convolution; `nil` where nothing does.
func whyDirect(_ convolution: Convolution, input: [Int], output: [Int], lanes: Int) -> String? {
    let (kernel, x) = (convolution.kernel, Image(input))
    guard let form = WinogradForm.all(for: kernel).first else {
        return "it has no form for kernels of \(kernel.height)×\(kernel.width)"
    }
    if convolution.strides != .one { return "the stride is not 1" }
    let (channels, filters) = (convolution.channelsPerGroup, convolution.filtersPerGroup)
    if lanes < 4 { return "vectors are too narrow" }
    if min(channels, filters) < (convolution.isAlongOneAxis ? 32 : 16) {
        return "the transforms of so few channels cost more than they save"
    }
    if convolution.groups > 1, channels % lanes != 0 || filters % lanes != 0 {
        return "groups share vectors"
    }
    let phase = TileGrid(form, convolution, height: x.height, width: x.width).phase
    let least = min(channels, filters) < 64 ? 8 : 7
    if kernel.height > 1 && phase.height < least || kernel.width > 1 && phase.width < least {
        return "the map is too small for tiles"
    }
    return nil
}

/// Whether each group of channels has whole vectors of its own, one group after another.
func separatesGroups(_ convolution: Convolution, x: Layout) -> Bool {
    let size = convolution.channelsPerGroup
    return x.slots.count == size * convolution.groups && size % x.lanes == 0
        && x.slots.indices.allSatisfy { x.slots[$0] >= 0 && x.slots[$0] / size == $0 / size }
}

/// Whether the tiles of Winograd's kernel hold whole windows of a pooling, but for those that are cut off at the map's lower and right edge.
func fitsWinogradTiles(_ pooling: Pooling, _ form: WinogradForm) -> Bool {
    form.tile.height % 2 == 0 && form.tile.width % 2 == 0 && pooling.window == Extent(2, 2)
        && pooling.strides == Extent(2, 2)
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

    /// For a convolution with stride 1 of an image of that height and width.
    init(_ form: WinogradForm, _ convolution: Convolution, height: Int, width: Int) {
        let (padding, dilation, kernel) = (convolution.padding, convolution.dilation, convolution.kernel)
        let whole = Extent(
            height + padding.top + padding.bottom - (kernel.height - 1) * dilation.height,
            width + padding.left + padding.right - (kernel.width - 1) * dilation.width)
        map =
            convolution.pooling.map {
                Extent(
                    min(whole.height, (whole.height + $0.padding.bottom) / 2 * 2),
                    min(whole.width, (whole.width + $0.padding.right) / 2 * 2))
            } ?? whole
        phase = Extent(
            (map.height + dilation.height - 1) / dilation.height, (map.width + dilation.width - 1) / dilation.width)
        let tile = form.tile
        (rows, columns) = (
            (phase.height + tile.height - 1) / tile.height, (phase.width + tile.width - 1) / tile.width
        )
        count = dilation.height * dilation.width * rows * columns
    }
}

/// How far the tiles read beyond each edge of the input: the last ones may reach further than the kernel does.
package func winogradReach(_ form: WinogradForm, of convolution: Convolution, in input: [Int]) -> Margins {
    let x = Image(input)
    /// The last phase begins at `dilation - 1`, and its last tile ends that many cells of it after that tile's start.
    func after(_ axis: WinogradAxis, _ tiles: Int, _ dilation: Int, _ input: Int, _ before: Int) -> Int {
        max(0, (tiles * axis.outputs + axis.overlap) * dilation - input - before)
    }
    let (padding, dilation) = (convolution.padding, convolution.dilation)
    let grid = TileGrid(form, convolution, height: x.height, width: x.width)
    return Margins(
        top: padding.top, bottom: after(form.height, grid.rows, dilation.height, x.height, padding.top),
        left: padding.left,
        right: after(form.width, grid.columns, dilation.width, x.width, padding.left))
}

/// The products of a convolution in that form, those of whole tiles at its edges included; the transforms have none.
func winogradProducts(_ form: WinogradForm, of convolution: Convolution, in input: [Int]) -> Int {
    let x = Image(input)
    return TileGrid(form, convolution, height: x.height, width: x.width).count * winogradWeights(form, convolution)
}

/// Weights after their transform.
func winogradWeights(_ form: WinogradForm, _ convolution: Convolution) -> Int {
    form.places * form.parts * convolution.channelsPerGroup * convolution.filters
}

/// How the tiles of a convolution are cut into blocks.
struct WinogradBlocks {
    /// The numbers of tiles that may be transformed at a time, the best first by a rule of thumb: transformed tiles stay in the second-level cache, unless
    /// weights that fit no cache would be read once more for each block.
    let sizes: [Int]
    /// Whether neither the map nor its result stays in a cache near enough: of each row of a tile a few pixels are new, too few for the processor to see a
    /// stream in them, so that the products of one block fetch what the next one reads. Only rows of whole pixels are fetched, which a dilation has not.
    let isStreamed: Bool

    init(of convolution: Convolution, _ form: WinogradForm, x: Layout, y: Layout, target: Target) {
        let grid = TileGrid(form, convolution, height: x.height, width: x.width)
        let groups = convolution.groups
        let bytesPerTile = form.places * (form.parts * x.vectors + y.vectors) / groups * y.lanes * 4
        let weightBytes = winogradWeightBytes(form, groups: groups, x: x, y: y)
        let fitting = max(6, target.l2 / bytesPerTile)
        let isHeavy =
            weightBytes > 16 * target.l2 || weightBytes > 2 * target.l2 && grid.count <= 4 * fitting
        let isStreamed =
            !isHeavy && convolution.dilation == .one && max(x.count, y.count) * 4 > target.l2
        let limits = (isHeavy ? [16, 8, 4, 1] : [1, 0.5, 4]).map { max(6, Int($0 * Double(fitting))) }
        let parts = panels(of: y.vectors / groups, target: target).pieces
        var sizes: [Int] = []
        for limit in limits {
            let size =
                isStreamed
                ? grid.rowsOfTiles(about: limit)
                : BalancedCut.shared(grid.count, atMost: limit, parts: parts).size
            if !sizes.contains(size) { sizes.append(size) }
        }
        (self.sizes, self.isStreamed) = (sizes, isStreamed)
    }
}

extension TileGrid {
    /// Tiles of a block that is whole rows of them, or an equal part of one: up to a quarter more than the limit.
    fileprivate func rowsOfTiles(about limit: Int) -> Int {
        let most = limit + limit / 4
        return most < columns
            ? BalancedCut(columns, atMost: most).size : columns * BalancedCut(rows, atMost: most / columns).size
    }
}

/// After how many channels the products of a block fetch the next line, so that its pieces (one for each register tile) are enough for all it needs: the most
/// channels of those that suffice.
private func channelsPerLine(
    _ form: WinogradForm, _ grid: TileGrid, block: Int, pieces: Int, depth: Int, x: Layout, y: Layout, window: Int
) -> Int {
    let (columns, rows) = (min(block, grid.columns), max(1, block / grid.columns))
    let tile = form.tile
    /// Floats of a row, and how many rows.
    let regions = [
        (columns * tile.width * x.pixel, rows * tile.height * x.vectors),
        (columns * tile.width / window * y.pixel, rows * tile.height / window * (y.pixel == y.lanes ? y.vectors : 1)),
    ]
    let candidates = [16, 8, 4, 2].filter { x.lanes % $0 == 0 }
    return candidates.first { every in
        let size = depth * x.lanes / every * 16
        return regions.reduce(0) { $0 + ($1.0 + size - 1) / size * $1.1 } <= pieces
    } ?? 2
}

/// At least so many floats, an odd number of cache lines of 64 bytes: steps of that length fall into all sets of a cache in turn, where even ones
/// meet in a few (a power of two in one).
func oddLines(_ floats: Int) -> Int { ((floats + 15) / 16 | 1) * 16 }

/// The weights of one group of channels.
private func winogradWeightBytes(_ form: WinogradForm, groups: Int, x: Layout, y: Layout) -> Int {
    form.places * form.parts * (x.vectors / groups) * (y.vectors / groups) * y.lanes * y.lanes * 4
}

/// An instance of winograd.c. `x` is blocked and has the border of `winogradReach`; of groups of channels each has its own vectors in x and y.
package func winogradKernel(
    _ convolution: Convolution, form: WinogradForm, x: Layout, y: Layout, residual: Layout?, target: Target,
    way: ConvolutionWay? = nil
) -> KernelInstance {
    precondition(x.order == .blocked && x.top >= convolution.padding.top && x.left >= convolution.padding.left)
    let (dilation, groups, pooling) = (convolution.dilation, convolution.groups, convolution.pooling)
    precondition(groups == 1 || separatesGroups(convolution, x: x), "groups that share vectors")
    precondition(
        pooling.map { fitsWinogradTiles($0, form) && dilation == .one } ?? true, "windows in no tile")
    let grid = TileGrid(form, convolution, height: x.height, width: x.width)
    let (xVectors, yVectors) = (x.vectors / groups, y.vectors / groups)
    let weightBytes = winogradWeightBytes(form, groups: groups, x: x, y: y)
    let blocks = WinogradBlocks(of: convolution, form, x: x, y: y, target: target)
    let block = blocks.sizes.first { .winograd(tile: form.tile, block: $0) == way } ?? blocks.sizes[0]
    let panels = panels(of: yVectors, target: target)
    let pixels = target.mostPixels(besides: panels.size)
    let runs = BalancedCut(block, atMost: pixels)
    // Weights that no cache holds come in while those before them are used: all of them, or as many as one line a channel gives.
    let every = runs.pieces * 16 / (panels.size * y.lanes)
    let prefetch = weightBytes > target.l2 && grid.count <= 2 * block ? [4, 2].first { $0 <= every } ?? 1 : 0
    let (xPlace, yPlace) = (oddLines(block * form.parts * xVectors * y.lanes), oddLines(block * yVectors * y.lanes))
    let ahead =
        blocks.isStreamed
        ? channelsPerLine(
            form, grid, block: block, pieces: form.places * panels.pieces * runs.pieces, depth: form.parts * xVectors,
            x: x, y: y,
            window: pooling == nil ? 1 : 2) : 0
    let x2 = epilogueOperand(residual.map { .init($0) }, convolution.epilogue, lanes: y.lanes)
    let packed = packWinograd(convolution, form: form, panels: panels, x: x, y: y)
    let constants: [(name: String, value: ConstantValue)] = [
        ("OUTPUT_HEIGHT", .int(form.height.outputs)), ("OUTPUT_WIDTH", .int(form.width.outputs)),
        ("TAPS_HEIGHT", .int(form.height.taps)), ("TAPS_WIDTH", .int(form.width.taps)),
        ("PARTS_HEIGHT", .int(form.height.parts)), ("PARTS_WIDTH", .int(form.width.parts)),
        ("HEIGHT", .int(grid.map.height)), ("WIDTH", .int(grid.map.width)),
        ("POOLING", pooling.map { .name($0.kind == .maximum ? "WINOGRAD_MAXIMUM" : "WINOGRAD_MEAN") } ?? .int(0)),
        ("TILES", .int(grid.count)), ("PHASE_TILES", .int(grid.rows * grid.columns)),
        ("COLUMNS", .int(grid.columns)), ("BLOCK", .int(block)),
        ("DILATION_HEIGHT", .int(dilation.height)), ("DILATION_WIDTH", .int(dilation.width)),
        ("CLUSTERS", .int(groups)), ("X_VECTORS", .int(xVectors)), ("Y_VECTORS", .int(yVectors)),
        ("LAST_LANES", .int(y.slots.count % y.lanes)),
        ("X_PLACE", .int(xPlace)), ("Y_PLACE", .int(yPlace)),
        ("PANEL", .int(panels.size)), ("BIG_PANELS", .int(panels.big)), ("PANELS", .int(panels.pieces)),
        ("GROUP", .int(runs.size)), ("BIG_GROUPS", .int(runs.big)), ("GROUPS", .int(runs.pieces)),
        ("PREFETCH", .int(prefetch)), ("AHEAD", .int(ahead)),
        ("X_ORIGIN", .int(-convolution.padding.top * x.row - convolution.padding.left * x.pixel)),
        ("X_ROW", .int(x.row)), ("X_PIXEL", .int(x.pixel)), ("X_VECTOR", .int(x.vector)),
        ("X2_ROW", .int(x2?.row ?? 0)), ("X2_PIXEL", .int(x2?.pixel ?? 0)), ("X2_VECTOR", .int(x2?.vector ?? 0)),
        ("Y_ROW", .int(y.row)), ("Y_PIXEL", .int(y.pixel)), ("Y_VECTOR", .int(y.vector)),
    ]
    return KernelInstance(
        template: "winograd", constants: constants + epilogueConstants(convolution.epilogue, behind: packed),
        weights: packed + slopes(of: convolution.epilogue, y: y),
        items: groups * ((grid.count + block - 1) / block) * panels.pieces,
        scratch: form.places * (xPlace + yPlace),
        choice:
            "Winograd \(form.name)\(dilation == .one ? "" : " in phases")\(pooling.map { ", \(describe($0)) of its results" } ?? ""): \(grid.count) tiles, \(block) at a time, products in tiles of \(runs.size) × \(panels.size * y.lanes) channels"
    )
}
