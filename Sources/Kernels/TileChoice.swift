import Target

/// A register tile: pixels times vectors of output channels that fit the registers, beside the weights and the input they are fed with.
struct RegisterTile: Hashable {
    var vectors: Int
    var pixels: Int
}

extension Target {
    /// The tiles that never spill, measured for each instruction set; the best first. One vector wide, clang holds back more inputs than there are
    /// registers from ten pixels on.
    var registerTiles: [RegisterTile] {
        let pairs: [(vectors: Int, pixels: Int)] =
            switch instructionSet {
            case .avx512: [(4, 6), (3, 8), (2, 12), (1, 8)]
            case .avx2: [(2, 6), (3, 4), (1, 8)]
            case .sse2: [(2, 4), (4, 2), (1, 8)]
            case .neon: [(4, 5), (3, 7), (2, 9), (1, 14)]
            case .scalar: [(2, 4), (4, 2), (1, 8)]
            }
        return pairs.map { RegisterTile(vectors: $0.vectors, pixels: $0.pixels) }
    }

    /// The pixels of the narrowest tile that holds so many vectors.
    func mostPixels(besides vectors: Int) -> Int {
        registerTiles.filter { $0.vectors >= vectors }.min { $0.vectors < $1.vectors }!.pixels
    }
}

/// A number of things cut into as few pieces as a limit allows, of two sizes that differ by one: `large` pieces of `size`, then the others
/// of `size - 1`.
struct BalancedCut: Hashable {
    var size: Int
    var pieces: Int
    var large: Int
    /// The pieces of full size as kernels are told of them: 0 where all are.
    var big: Int { large == pieces ? 0 : large }

    init(_ count: Int, atMost limit: Int) {
        precondition(count > 0 && limit > 0)
        pieces = (count + limit - 1) / limit
        size = (count + pieces - 1) / pieces
        large = count - pieces * (size - 1)
    }

    /// How many pieces have one less.
    var small: Int { pieces - large }

    /// The same for blocks that threads share, which take `parts` of each: where these are few and odd in number, there is a block more.
    static func shared(_ count: Int, atMost limit: Int, parts: Int) -> BalancedCut {
        let cut = BalancedCut(count, atMost: limit)
        let isOdd = cut.pieces % 2 == 1 && parts % 2 == 1 && cut.pieces * parts < 16
        return isOdd && count >= 6 * (cut.pieces + 1)
            ? BalancedCut(count, atMost: (count + cut.pieces) / (cut.pieces + 1)) : cut
    }
}

/// How vectors of output channels are cut into panels, the widths of register tiles.
func panels(of vectors: Int, target: Target) -> BalancedCut {
    BalancedCut(
        vectors, atMost: (target.registerTiles.first { $0.vectors <= vectors } ?? target.registerTiles.last!).vectors)
}

/// How a product of pixels and output channels is cut into register tiles.
struct TileChoice: Hashable {
    /// Pixels of one line: a row of the map, or all of it.
    var pixels: BalancedCut
    /// Vectors of output channels of one cluster.
    var vectors: BalancedCut
    /// Input channels that the last vector takes at once; 1 where it is not split.
    var split = 1
    var lines: Int
    var line: Int
    /// Whether the pixels of a tile lie evenly spaced in the input.
    var isFlat: Bool
    /// Estimated cycles.
    var cost: Double

    var tiles: Int { lines * pixels.pieces }

    /// The panels of a cluster: how many vectors each has, and whether its last one is split.
    var panels: [(vectors: Int, isSplit: Bool)] {
        (0..<vectors.pieces).map {
            ($0 < vectors.large ? vectors.size : vectors.size - 1, split > 1 && $0 == vectors.pieces - 1)
        }
    }

    var way: ConvolutionWay {
        .direct(pixels: pixels.size, vectors: vectors.size, byRows: lines > 1)
    }
}

/// The map to be cut.
struct TileProblem {
    var output: (height: Int, width: Int)
    /// Vectors of output channels that share their input channels.
    var vectors: Int
    /// Input channels that the last of these vectors can take at once (`productSplit`).
    var split = 1
    /// Products summed up for one element.
    var depth: Int
    /// Whether the input's pixels lie evenly spaced across rows.
    var isInputFlat: Bool
}

/// The cuts whose estimated cost is the least, at most five, the cheapest first. The model of a core is simple: two multiply-adds and two loads a cycle, a
/// latency of four, and a price for every tile.
func tileChoices(_ problem: TileProblem, target: Target) -> [TileChoice] {
    var choices: [TileChoice] = []
    for tile in target.registerTiles {
        let vectors = BalancedCut(problem.vectors, atMost: tile.vectors)
        let pixelLimit = target.mostPixels(besides: vectors.size)
        for choice in cuts(problem, vectors: vectors, pixelLimit: pixelLimit)
        where !choices.contains(where: { $0.way == choice.way }) {
            choices.append(choice)
        }
    }
    // A stable order: of equals the first counts.
    let order = choices.indices.sorted { (choices[$0].cost, $0) < (choices[$1].cost, $1) }
    return order.prefix(5).map { choices[$0] }
}

/// By rows, and all the map as one line. Where the input isn't flat, each pixel of the latter takes a pointer register.
private func cuts(_ problem: TileProblem, vectors: BalancedCut, pixelLimit: Int) -> [TileChoice] {
    let (height, width) = problem.output
    let flatLimit = problem.isInputFlat ? pixelLimit : min(pixelLimit, 6)
    let forms: [(lines: Int, line: Int, limit: Int, isFlat: Bool)] = [
        (1, height * width, flatLimit, problem.isInputFlat || height == 1), (height, width, pixelLimit, true),
    ]
    return forms.map { lines, line, limit, isFlat in
        var choice = TileChoice(
            pixels: BalancedCut(line, atMost: limit), vectors: vectors, split: problem.split, lines: lines, line: line,
            isFlat: isFlat, cost: 0)
        choice.cost = cost(of: choice, depth: problem.depth)
        // Measured (`make tune`): where the model sees no difference, tiles by rows are faster.
        if lines == 1, height > 1 { choice.cost *= 1.04 }
        return choice
    }
}

private func cost(of choice: TileChoice, depth: Int) -> Double {
    var total = 0.0
    for (pixels, tiles) in [(choice.pixels.size, choice.pixels.large), (choice.pixels.size - 1, choice.pixels.small)] {
        for panel in choice.panels {
            // A split vector costs a part of a whole one, with a load of its own for each pixel, and its lanes are added in the end.
            let (pixels, part) = (Double(pixels), panel.isSplit ? 1 / Double(choice.split) : 0)
            let whole = Double(panel.vectors - (panel.isSplit ? 1 : 0))
            let loads = (whole > 0 ? pixels : 0) + pixels * part + whole + part
            let step = max(pixels * (whole + part) / 2, loads / 2, whole > 0 ? 4 : 4 * part)
            let address = choice.isFlat ? 0.0 : 6.0 * pixels
            let sums = pixels * (Double(panel.vectors) + (panel.isSplit ? 3 : 0))
            total += Double(choice.lines * tiles) * (step * Double(depth) + address + 20 + sums)
        }
    }
    return total
}
