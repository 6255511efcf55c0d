import IR
import Target

// Convolutions of 1×1 by Strassen's algorithm: which ones, how deep, the kernel's constants and weights.

/// The matrices of a convolution cut into blocks: of pixels and input channels, of input and output channels.
struct StrassenForm: Hashable {
    /// How often: 1 or 2.
    var levels: Int
    /// Blocks along each side of a matrix.
    var side: Int { 1 << levels }
    /// Products of blocks.
    var products: Int { levels == 2 ? 49 : 7 }

    /// Runs of `side` pixels, the last one cut off.
    func tiles(_ pixels: Int) -> Int { (pixels + side - 1) / side }
    /// Vectors of one block of channels.
    func part(_ vectors: Int) -> Int { (vectors + side - 1) / side }

    /// Vectors multiplied: those of blocks that don't come out even included.
    func multiplications(pixels: Int, x: Layout, y: Layout) -> Int {
        products * tiles(pixels) * part(x.vectors) * x.lanes * part(y.vectors)
    }

    /// Bytes of the weights.
    func weightBytes(x: Layout, y: Layout) -> Int {
        products * part(x.vectors) * part(y.vectors) * x.lanes * x.lanes * 4
    }

    /// Estimated cycles of a core that multiplies one vector a cycle. Measured on Zen 4: sums and results cost as much as so many multiplications
    /// for each vector of a tile.
    func cost(pixels: Int, x: Layout, y: Layout, target: Target) -> Double {
        let (sum, result) = levels == 2 ? (190.0, 200.0) : (22, 34)
        let moved = Double(part(x.vectors)) * sum + Double(part(y.vectors)) * result
        // In a network weights come from beyond the second-level cache: the more of them, the longer, whatever is multiplied meanwhile.
        let read = Double(weightBytes(x: x, y: y) - x.vectors * y.vectors * x.lanes * x.lanes * 4) / 16
        return Double(multiplications(pixels: pixels, x: x, y: y)) + Double(tiles(pixels)) * moved + read
    }
}

/// Whether Strassen's algorithm computes it: one matrix product of channels that lie in order, with nothing between them.
func isStrassenPossible(_ convolution: Convolution, x: Layout, y: Layout) -> Bool {
    convolution.kernel == .one && convolution.groups == 1 && convolution.padding == .zero && convolution.pooling == nil
        && x.lanes >= 4 && x.isInOrder && y.isInOrder
}

/// The ways to compute a convolution by Strassen's algorithm, the cheapest first: those that are better than the direct algorithm, and those that might be.
func strassenWays(
    of convolution: Convolution, x: Layout, y: Layout, target: Target
) -> (better: [ConvolutionWay], others: [ConvolutionWay]) {
    guard isStrassenPossible(convolution, x: x, y: y) else { return ([], []) }
    let costs = relativeCosts(of: convolution, x: x, y: y, target: target)
    func ways(_ range: Range<Double>) -> [ConvolutionWay] {
        costs.filter { range.contains($0.cost) }.flatMap { form, _ in
            strassenBlocks(form, x: x, y: y, target: target).map {
                ConvolutionWay.strassen(levels: form.levels, block: $0)
            }
        }
    }
    // Measured: of maps of more than 8 MiB the traffic with memory costs more than is saved, in blocks of any size.
    let limit = x.count * 4 > 8 << 20 ? 0 : worthwhile
    return (ways(0..<limit), ways(limit..<1.05))
}

/// The cost relative to that of the direct algorithm below which Strassen's is taken.
private let worthwhile = 0.97

/// Whether Strassen's algorithm is better for a convolution where nothing is known yet of how its operands will lie.
func strassenPays(_ convolution: Convolution, output: (height: Int, width: Int), channels: Int, target: Target) -> Bool
{
    func layout(_ channels: Int) -> Layout {
        .blocked(lanes: target.lanes, height: output.height, width: output.width, channels: channels)
    }
    let (x, y) = (layout(channels), layout(convolution.filters))
    return !strassenWays(of: convolution, x: x, y: y, target: target).better.isEmpty
}

/// What it costs in either form relative to the direct algorithm, the cheaper first.
private func relativeCosts(
    of convolution: Convolution, x: Layout, y: Layout, target: Target
) -> [(form: StrassenForm, cost: Double)] {
    let pixels = y.height * y.width
    let direct = Double(pixels * convolution.channelsPerGroup * y.vectors)
    return [1, 2].map(StrassenForm.init).filter { $0.tiles(pixels) >= 16 }.map { form in
        (form: form, cost: form.cost(pixels: pixels, x: x, y: y, target: target) / direct)
    }.sorted { $0.cost < $1.cost }
}

/// How many tiles a block may take, the best first: their sums near the second-level cache, a part of it where the map comes from beyond. Weights that
/// it doesn't hold would be read once more for each block.
private func strassenBlocks(_ form: StrassenForm, x: Layout, y: Layout, target: Target) -> [Int] {
    let tiles = form.tiles(y.height * y.width)
    let bytesPerTile = form.products * form.part(x.vectors) * x.lanes * 4
    let isHeavy = form.weightBytes(x: x, y: y) > target.l2
    let isLarge = x.count * 4 > 2 * target.l2
    let panels = panels(of: form.part(y.vectors), target: target)
    var blocks: [Int] = []
    for share in isHeavy ? [2, 0.5] : isLarge ? [0.125, 0.5] : [0.5, 0.125] {
        let most = max(12, Int(share * Double(target.l2 / bytesPerTile)))
        let block = BalancedCut.shared(tiles, atMost: most, parts: panels.pieces).size
        if !blocks.contains(block) { blocks.append(block) }
    }
    return blocks
}

/// An instance of strassen.c for a convolution for which it is possible, in a way of `strassenWays` or of any other block.
package func strassenKernel(
    _ convolution: Convolution, levels: Int, block: Int, x: Layout, y: Layout, residual: Layout?, target: Target
) -> KernelInstance {
    checkOperands(convolution, x: x, y: y, residual: residual)
    precondition(isStrassenPossible(convolution, x: x, y: y), "channels in another order")
    let form = StrassenForm(levels: levels)
    let pixels = y.height * y.width
    let (xPart, yPart) = (form.part(x.vectors), form.part(y.vectors))
    let panels = panels(of: yPart, target: target)
    let runs = BalancedCut(block, atMost: target.mostPixels(besides: panels.size))
    let (xPlace, yPlace) = (oddLines(block * xPart * x.lanes), oddLines(block * panels.size * x.lanes))
    let x2 = epilogueOperand(residual.map { .init($0) }, convolution.epilogue, lanes: y.lanes)
    let packed = packStrassen(convolution, form, panels: panels, x: x, y: y)
    let blocks = (form.tiles(pixels) + block - 1) / block
    let constants: [(name: String, value: ConstantValue)] = [
        ("LEVELS", .int(levels)), ("PIXELS", .int(pixels)), ("WIDTH", .int(y.width)), ("BLOCK", .int(block)),
        ("X_PART", .int(xPart)), ("Y_PART", .int(yPart)), ("X_CHANNELS", .int(convolution.channelsPerGroup)),
        ("Y_VECTORS", .int(y.vectors)), ("LAST_LANES", .int(y.slots.count % y.lanes)),
        ("X_PLACE", .int(xPlace)), ("Y_PLACE", .int(yPlace)),
        ("PANEL", .int(panels.size)), ("BIG_PANELS", .int(panels.big)), ("PANELS", .int(panels.pieces)),
        ("GROUP", .int(runs.size)), ("BIG_GROUPS", .int(runs.big)), ("GROUPS", .int(runs.pieces)),
        ("X_ROW", .int(convolution.strides.height * x.row)),
        ("X_PIXEL", .int(convolution.strides.width * x.pixel)), ("X_VECTOR", .int(x.vector)),
        ("X2_ROW", .int(x2?.row ?? 0)), ("X2_PIXEL", .int(x2?.pixel ?? 0)), ("X2_VECTOR", .int(x2?.vector ?? 0)),
        ("Y_ROW", .int(y.row)), ("Y_PIXEL", .int(y.pixel)), ("Y_VECTOR", .int(y.vector)),
    ]
    return KernelInstance(
        template: "strassen", constants: constants + epilogueConstants(convolution.epilogue, behind: packed),
        weights: packed + slopes(of: convolution.epilogue, y: y),
        items: blocks * panels.pieces, scratch: form.products * (xPlace + yPlace),
        choice:
            "Strassen's algorithm, \(form.products) products of blocks for \(form.side * form.side * form.side): \(form.tiles(pixels)) runs of \(form.side) pixels, \(block) at a time, products in tiles of \(runs.size) × \(panels.size * y.lanes) channels"
    )
}

/// The weights of strassen.c: biases of all vectors, then `[panel][product][vector and channel of a block][lane]`. Sums in double precision, rounded
/// once.
private func packStrassen(
    _ convolution: Convolution, _ form: StrassenForm, panels: BalancedCut, x: Layout, y: Layout
) -> [Float] {
    let (side, lanes) = (form.side, y.lanes)
    let (xPart, yPart) = (form.part(x.vectors), form.part(y.vectors))
    let columns = side * yPart * lanes
    let (channels, filters) = (convolution.channelsPerGroup, convolution.filters)
    var output = [Float](repeating: 0, count: columns + form.products * xPart * yPart * lanes * lanes)
    for filter in 0..<filters { output[filter] = convolution.bias?.values[filter] ?? 0 }
    var position = columns
    convolution.weights.values.withUnsafeBufferPointer { weights in
        output.withUnsafeMutableBufferPointer { output in
            for panel in 0..<panels.pieces {
                let first = (panel * panels.size - max(0, panel - panels.large)) * lanes
                let width = (panel < panels.large ? panels.size : panels.size - 1) * lanes
                let plane = xPart * lanes * width
                for row in 0..<xPart * lanes {
                    for lane in 0..<width {
                        let place = position + row * width + lane
                        func block(_ r: Int, _ c: Int) -> Double {
                            let channel = r * xPart * lanes + row
                            let filter = c * yPart * lanes + first + lane
                            return channel >= channels || filter >= filters
                                ? 0 : Double(weights[channel * filters + filter])
                        }
                        if form.levels == 1 {
                            let factors = strassenFactors(block(0, 0), block(0, 1), block(1, 0), block(1, 1))
                            for k in 0..<7 { output[place + k * plane] = Float(factors[k]) }
                        } else {
                            func quarter(_ r: Int, _ c: Int) -> SIMD8<Double> {
                                strassenFactors(block(r, c), block(r, c + 2), block(r + 2, c), block(r + 2, c + 2))
                            }
                            let (b11, b12, b21, b22) = (quarter(0, 0), quarter(0, 1), quarter(1, 0), quarter(1, 1))
                            for outer in 0..<7 {
                                let factors = strassenFactors(
                                    b11[outer], b12[outer], b21[outer], b22[outer])
                                for k in 0..<7 { output[place + (outer * 7 + k) * plane] = Float(factors[k]) }
                            }
                        }
                    }
                }
                position += form.products * plane
            }
        }
    }
    return output
}

/// The second factors of the seven products of a matrix of 2×2 blocks.
private func strassenFactors(_ b11: Double, _ b12: Double, _ b21: Double, _ b22: Double) -> SIMD8<Double> {
    let difference = b12 - b11
    let rest = b22 - difference
    return SIMD8(b11, b21, b22, rest - b21, difference, rest, b22 - b12, 0)
}
