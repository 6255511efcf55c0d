import IR

/// A way to compute a convolution. Its name stands in files: see `Choices`.
package enum ConvolutionWay: Hashable, Sendable {
    /// In register tiles of so many pixels and vectors, cut from each row of the map or from all of it.
    case direct(pixels: Int, vectors: Int, byRows: Bool)
    /// By Winograd's algorithm in tiles of that size, so many at a time.
    case winograd(tile: Extent, block: Int)
    /// By Strassen's algorithm, applied that often, so many runs of pixels at a time.
    case strassen(levels: Int, block: Int)

    package var name: String {
        switch self {
        case .direct(let pixels, let vectors, let byRows): "direct \(pixels)x\(vectors) \(byRows ? "rows" : "map")"
        case .winograd(let tile, let block):
            "winograd \(tile.height == tile.width ? "" : "\(tile.height)x")\(tile.width) by \(block)"
        case .strassen(let levels, let block): "strassen \(levels) by \(block)"
        }
    }

    /// Winograd's tiles; `nil` for the direct algorithm.
    var tile: Extent? { if case .winograd(let tile, _) = self { tile } else { nil } }

    /// The vectors of the direct algorithm's tiles; `nil` for others.
    var vectors: Int? { if case .direct(_, let vectors, _) = self { vectors } else { nil } }

    init?(name: String) {
        let words = name.split(separator: " ")
        if words.count == 3, words[0] == "direct", ["rows", "map"].contains(words[2]) {
            let sizes = words[1].split(separator: "x").compactMap { Int($0) }
            guard sizes.count == 2 else { return nil }
            self = .direct(pixels: sizes[0], vectors: sizes[1], byRows: words[2] == "rows")
        } else if words.count == 4, words[0] == "strassen", let levels = Int(words[1]), let block = Int(words[3]) {
            self = .strassen(levels: levels, block: block)
        } else if words.count == 4, words[0] == "winograd", let block = Int(words[3]) {
            let sides = words[1].split(separator: "x").compactMap { Int($0) }
            guard (1...2).contains(sides.count) else { return nil }
            self = .winograd(tile: Extent(sides[0], sides.last!), block: block)
        } else {
            return nil
        }
    }
}

/// Ways in which convolutions are to be computed, by their subjects (`Decision.subject`), where a measurement knows better than the cost
/// model. Of a way that a convolution doesn't have it takes the algorithm alone, where it has that.
public struct Choices: Hashable, Sendable {
    public var ways: [String: String]

    public init(_ ways: [String: String] = [:]) { self.ways = ways }

    func way(for subject: String) -> ConvolutionWay? { ways[subject].flatMap(ConvolutionWay.init(name:)) }
}

/// What was chosen for a step, and from what.
public struct Decision: Hashable, Sendable {
    /// All that the choice depends on, besides the target: `convolution 3x3 stride 1x1 …`.
    public var subject: String
    /// The names of the ways to compute it, the cost model's choice first.
    public var ways: [String]
    /// The way that was taken.
    package let way: ConvolutionWay
    /// Whether it was wanted (`Choices`), be it the cost model's choice or not.
    public var isWanted: Bool

    /// Chooses the way that is wanted where it is among those that there are.
    init(_ subject: String, _ ways: [ConvolutionWay], wanted: ConvolutionWay?, otherwise: ConvolutionWay) {
        self.subject = subject
        self.ways = ways.map(\.name)
        isWanted = wanted.map(ways.contains) ?? false
        way = isWanted ? wanted! : otherwise
    }

    /// The name of the way that was taken.
    public var chosen: String { way.name }
}

/// Whether a text is that of a `Decision.subject`, by its beginning.
package func isSubject(_ text: String) -> Bool {
    ["convolution ", "separable ", "image "].contains { text.hasPrefix($0) }
}

/// What a convolution's choice depends on; `output` is its map's shape, whatever pools it.
func subject(of convolution: Convolution, input: [Int], output: [Int]) -> String {
    func pair(_ extent: Extent) -> String { "\(extent.height)x\(extent.width)" }
    func shape(_ shape: [Int]) -> String {
        let image = Image(shape)
        return "\(image.height)x\(image.width)x\(image.channels)"
    }
    return "convolution \(pair(convolution.kernel)) stride \(pair(convolution.strides)) dilation "
        + "\(pair(convolution.dilation)) groups \(convolution.groups) of \(shape(input)) to \(shape(output))"
        + (convolution.scalesInput ? " with factors" : "")
        + (convolution.epilogue.addsResidual ? " with residual" : "")
        + (convolution.pooling.map { " with \($0.kind) of \(pair($0.window))" } ?? "")
}

/// What the choice of a fused kernel depends on: the tiles of its last pointwise convolution are cut from blocks of rows.
func subject(of separable: Separable, input: [Int], output: [Int]) -> String {
    "separable " + (separable.expansion.map { "expanded to \($0.filters) " } ?? "")
        + subject(of: separable.depthwise, input: input, output: output)
        + (separable.epilogue.addsResidual ? " with residual" : "")
}

extension Plan {
    /// The choices that other ways stand against, each subject once, in the order of the steps.
    public var decisions: [Decision] {
        var seen: Set<String> = []
        return steps.compactMap(\.decision).filter { $0.ways.count > 1 && seen.insert($0.subject).inserted }
    }
}
