import IR
import Target

/// Where the pixels of a convolution lie: everything in floats, from a pixel of the output to the next.
struct ProductGeometry {
    struct Image {
        var origin = 0
        var row = 0
        var pixel = 0
        var vector = 0

        /// Whether pixels lie evenly spaced across rows of that width.
        func isFlat(_ output: Extent) -> Bool { output.height == 1 || row == output.width * pixel }
    }

    var output: Extent
    /// Taps, and floats of x from one to the next.
    var kernel: Extent
    var tapRow: Int
    var tapColumn: Int
    var x: Image
    var y: Image
    var residual: Image?
}

/// The weights of a product, in the form `[rows, columns, channels of a group, filters]`.
struct ProductWeights {
    var weights: Constant
    var bias: Constant?
    var groups: Int
    var epilogue: Epilogue
}

/// The cuts of a product into tiles, the cheapest first.
func tileChoices(_ geometry: ProductGeometry, _ clusters: ChannelClusters, target: Target) -> [TileChoice] {
    tileChoices(
        TileProblem(
            output: (geometry.output.height, geometry.output.width), vectors: clusters.vectors, split: clusters.split,
            depth: geometry.kernel.height * geometry.kernel.width * clusters.depth,
            isInputFlat: geometry.x.isFlat(geometry.output)), target: target)
}

/// An instance of convolution.c, in the wanted way where there is one.
func productKernel(
    _ geometry: ProductGeometry, _ weights: ProductWeights, clusters: ChannelClusters, y: Layout, target: Target,
    way: ConvolutionWay? = nil
) -> KernelInstance {
    let lanes = y.lanes
    let output = geometry.output
    let choices = tileChoices(geometry, clusters, target: target)
    let choice = choices.first { $0.way == way } ?? choices[0]
    let blocks = ProductBlocks(geometry, clusters, choice, lanes: lanes, target: target)
    let packed = packProduct(weights, clusters: clusters, panels: choice.panels, y: y)
    return KernelInstance(
        template: "convolution",
        constants: gridConstants(choice, clusters, blocks, width: output.width, y: y)
            + sumConstants(geometry, clusters, blocks, lanes: lanes) + imageConstants(geometry)
            + epilogueConstants(weights.epilogue, behind: packed),
        tables: [(name: "OFFSETS", values: clusters.offsets)],
        weights: packed + slopes(of: weights.epilogue, y: y),
        items: choice.tiles * choice.vectors.pieces * clusters.count,
        choice: describe(choice, clusters, blocks, isOneRow: output.height == 1, lanes: lanes))
}

/// How a product passes through the caches.
struct ProductBlocks {
    /// Vectors of input channels whose weights for one panel stay in a third of L2.
    var inputVectors: Int
    /// Tiles whose input stays there while all panels pass, where the whole input doesn't fit and all weights do.
    var tiles: Int
    /// Channels between two prefetched lines of the next panel; 0: none.
    var prefetch: Int

    init(_ geometry: ProductGeometry, _ clusters: ChannelClusters, _ choice: TileChoice, lanes: Int, target: Target) {
        let taps = geometry.kernel.height * geometry.kernel.width
        let vectors = clusters.depth / lanes
        let panel = taps * choice.vectors.size * lanes * 4
        let fitting = max(1, target.l2 / 3 / max(1, panel * lanes))
        inputVectors = choice.tiles <= 2 || vectors == 0 ? max(1, vectors) : BalancedCut(vectors, atMost: fitting).size

        let weightBytes = panel * clusters.depth * choice.vectors.pieces * clusters.count
        let inputBytes = choice.lines * choice.line * clusters.depth * clusters.count * 4
        let isLarge = inputBytes > target.l2 && weightBytes <= target.l2 / 3 && choice.vectors.pieces > 1
        let blockTiles = isLarge ? max(1, choice.tiles * (target.l2 / 3) / inputBytes) : choice.tiles
        tiles = choice.lines > 1 ? max(1, blockTiles / choice.pixels.pieces) * choice.pixels.pieces : blockTiles
        tiles = min(tiles, choice.tiles)

        let every = choice.tiles * 16 / (choice.vectors.size * lanes)
        let isUseful = weightBytes > target.l2 && choice.vectors.pieces > 1 && choice.tiles <= 64 && lanes >= 4
        prefetch = isUseful ? [4, 2, 1].first { $0 <= every } ?? 0 : 0
    }
}

private typealias Constants = [(name: String, value: ConstantValue)]

private func gridConstants(
    _ choice: TileChoice, _ clusters: ChannelClusters, _ blocks: ProductBlocks, width: Int, y: Layout
) -> Constants {
    [
        ("LINES", .int(choice.lines)), ("LINE", .int(choice.line)), ("WIDTH", .int(width)),
        ("TILE", .int(choice.pixels.size)),
        ("TILES", .int(choice.pixels.pieces)), ("BIG_TILES", .int(choice.pixels.big)),
        ("PANEL", .int(choice.vectors.size)),
        ("PANELS", .int(choice.vectors.pieces)), ("BIG_PANELS", .int(choice.vectors.big)),
        ("LAST_LANES", .int(y.slots.count % y.lanes)), ("SPLIT", .int(choice.split > 1 ? choice.split : 0)),
        ("CLUSTERS", .int(clusters.count)), ("X_CLUSTER", .int(clusters.count > 1 ? clusters.stride : 0)),
        ("CLUSTER_VECTORS", .int(clusters.count > 1 ? clusters.vectors : 0)),
        ("BLOCK", .int(blocks.tiles < choice.tiles ? blocks.tiles : 0)), ("K_BLOCK", .int(blocks.inputVectors)),
    ]
}

private func sumConstants(
    _ geometry: ProductGeometry, _ clusters: ChannelClusters, _ blocks: ProductBlocks, lanes: Int
) -> Constants {
    [
        ("SUM_KERNEL_HEIGHT", .int(geometry.kernel.height)), ("SUM_KERNEL_WIDTH", .int(geometry.kernel.width)),
        ("SUM_TAP_ROW", .int(geometry.kernel.height > 1 ? geometry.tapRow : 0)),
        ("SUM_TAP_COLUMN", .int(geometry.kernel.width > 1 ? geometry.tapColumn : 0)),
        ("SUM_VECTORS", .int(clusters.depth / lanes)), ("SUM_TAIL", .int(clusters.depth % lanes)),
        ("SUM_VECTOR", .int(geometry.x.vector)), ("SUM_IS_INDEXED", .int(clusters.isIndexed ? 1 : 0)),
        ("SUM_PREFETCH", .int(blocks.prefetch)),
    ]
}

private func imageConstants(_ geometry: ProductGeometry) -> Constants {
    func constants(_ name: String, _ image: ProductGeometry.Image) -> Constants {
        [
            (name + "_ORIGIN", .int(image.origin)), (name + "_ROW", .int(image.row)),
            (name + "_PIXEL", .int(image.pixel)),
        ]
    }
    let written = [("X2", geometry.residual ?? ProductGeometry.Image()), ("Y", geometry.y)]
    return constants("X", geometry.x)
        + written.flatMap { constants($0, $1) + [($0 + "_VECTOR", .int($1.vector))] }
}

/// The constants of what happens to a sum before it is stored. Slopes of negative results stand behind the other weights.
func epilogueConstants(_ epilogue: Epilogue, behind weights: [Float]) -> [(name: String, value: ConstantValue)] {
    [
        ("EPILOGUE_ADDS", .int(epilogue.addsResidual ? 1 : 0)),
        ("EPILOGUE_SLOPES", .int(epilogue.negativeSlope == nil ? 0 : weights.count)),
    ] + epilogue.first.templateConstants("EPILOGUE_FIRST") + epilogue.last.templateConstants("EPILOGUE_LAST")
}

/// The slopes of negative results in the order of the slots of y; none where there are none.
func slopes(of epilogue: Epilogue, y: Layout) -> [Float] {
    guard let slope = epilogue.negativeSlope else { return [] }
    return (0..<(y.vectors * y.lanes)).map { slot in
        let channel = slot < y.slots.count ? y.slots[slot] : -1
        return channel < 0 ? 0 : slope.values[channel]
    }
}

/// Where the epilogue's operand lies: a residual, or slopes, of which each vector of channels has one for all pixels.
func epilogueOperand(
    _ residual: ProductGeometry.Image?, _ epilogue: Epilogue, lanes: Int
) -> ProductGeometry.Image? {
    residual ?? (epilogue.negativeSlope == nil ? nil : ProductGeometry.Image(vector: lanes))
}

private func describe(
    _ choice: TileChoice, _ clusters: ChannelClusters, _ blocks: ProductBlocks, isOneRow: Bool, lanes: Int
) -> String {
    var text = "tiles of \(choice.pixels.size) pixels × \(choice.vectors.size * lanes) channels, "
    text +=
        choice.lines > 1 || isOneRow ? "\(choice.pixels.pieces) a row" : "\(choice.pixels.pieces) over the whole map"
    if clusters.count > 1 { text += ", \(clusters.count) groups of channels" }
    if choice.split > 1 { text += ", the last \(lanes / choice.split) take \(choice.split) input channels at once" }
    if blocks.inputVectors * lanes < clusters.depth - lanes {
        text += ", \(blocks.inputVectors * lanes) input channels at a time"
    }
    if blocks.tiles < choice.tiles { text += ", \(blocks.tiles) tiles at a time" }
    if blocks.prefetch > 0 { text += ", next weights prefetched" }
    return text
}
