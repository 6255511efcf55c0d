import Network
import RandomNetworks

/// A layer applied to inputs of its own, the tensors `x`, `y` and `z`.
struct GridInstance: Sendable, CustomStringConvertible {
    static let names = ["x", "y", "z"]

    var shapes: [[Int]]
    var expression: String

    var description: String {
        "\(expression) of \(shapes.map { "\($0)" }.joined(separator: ", "))"
    }
}

/// What varies from instance to instance, and in how many levels.
struct Factor: Sendable {
    var name: String
    var count: Int

    init(_ name: String, _ count: Int) { (self.name, self.count) = (name, count) }
}

/// The instances of one layer, or of some that vary alike.
struct GridFamily: Sendable {
    var layer: String
    /// Every combination of these is an instance of the full grid.
    var grid: [Factor]
    /// These vary beside them.
    var others: [Factor]
    /// The instance of one row of levels.
    var instance: @Sendable (Levels) -> GridInstance

    /// A level of each factor, by name.
    struct Levels: Sendable {
        var byName: [String: Int]
        subscript(name: String) -> Int { byName[name]! }
    }

    /// Instances among which every combination of levels of any two (or three) factors occurs.
    func cover(strength: Int) -> [GridInstance] {
        let factors = grid + others
        return coveringRows(levels: factors.map(\.count), strength: strength).map { row in
            instance(levels(factors, row))
        }
    }

    /// Every combination of the grid's factors; the others are drawn, the same every time.
    func product() -> [GridInstance] {
        var random = SplitMix64(seed: 2026)
        return (0..<grid.reduce(1) { $0 * $1.count }).map { number in
            var rest = number
            let row = grid.map { factor in
                defer { rest /= factor.count }
                return rest % factor.count
            }
            return instance(levels(grid + others, row + others.map { Int.random(in: 0..<$0.count, using: &random) }))
        }
    }

    private func levels(_ factors: [Factor], _ row: [Int]) -> Levels {
        Levels(byName: Dictionary(uniqueKeysWithValues: zip(factors.map(\.name), row)))
    }
}

// What the levels stand for.

/// Below, at and above the widths of vectors.
let channelCounts = [1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64]
let filterCounts = [1, 4, 7, 16, 31, 64]
let kernelSizes = [1, 2, 3, 5, 7]

private let window = [
    Factor("kernel", kernelSizes.count), Factor("strides", 4), Factor("padding", 3), Factor("parity", 2),
    Factor("channels", channelCounts.count),
]
private let shape = [Factor("aspect", 3), Factor("slack", 4)]
private let finish = Factor("finish", 3)
private let filters = Factor("filters", filterCounts.count)
private let dilation = Factor("dilation", 3)
private let multiplier = Factor("multiplier", 3)

/// Every layer with a window, of images and of sequences.
let gridFamilies: [GridFamily] = [2, 1].flatMap { rank in
    [
        GridFamily(
            layer: "Conv\(rank)D", grid: window + [dilation, Factor("groups", 3)], others: shape + [filters, finish]
        ) { levels in
            let window = GridWindow(levels, rank: rank)
            var (channels, filters, groups) = (window.channels, filterCounts[levels["filters"]], 1)
            switch levels["groups"] {
            case 1:
                groups = [2, 3, 5].first { channels % $0 == 0 && channels > $0 } ?? 2
                if channels % groups != 0 { channels *= groups }
                if filters % groups != 0 { filters *= groups }
            case 2: (groups, filters) = (channels, channels * (1 + levels["filters"] % 3))
            default: break
            }
            return window.instance(
                "Conv", "\(filters), ", ", \(window.dilationArgument), groups=\(groups)\(activation(levels))",
                channels: channels)
        },
        GridFamily(layer: "DepthwiseConv\(rank)D", grid: window + [dilation], others: shape + [multiplier, finish]) {
            let window = GridWindow($0, rank: rank)
            return window.instance(
                "DepthwiseConv", "",
                ", \(window.dilationArgument), depth_multiplier=\($0["multiplier"] + 1)\(activation($0))")
        },
        GridFamily(
            layer: "SeparableConv\(rank)D", grid: window + [dilation], others: shape + [multiplier, filters, finish]
        ) {
            let window = GridWindow($0, rank: rank)
            return window.instance(
                "SeparableConv", "\(filterCounts[$0["filters"]]), ",
                ", \(window.dilationArgument), depth_multiplier=\($0["multiplier"] + 1)\(activation($0))")
        },
        GridFamily(
            layer: "Conv\(rank)DTranspose", grid: window + [dilation],
            others: shape + [filters, Factor("output_padding", 3), finish]
        ) {
            let window = GridWindow($0, rank: rank, limitsSize: false)
            let added = ["None", "0", window.text(window.strides.map { $0 - 1 })][$0["output_padding"]]
            return window.instance(
                "Conv", "\(filterCounts[$0["filters"]]), ",
                ", \(window.dilationArgument), output_padding=\(added)\(activation($0))", suffix: "Transpose")
        },
        GridFamily(layer: "MaxPooling\(rank)D", grid: window, others: shape) {
            GridWindow($0, rank: rank).instance("MaxPooling", "", "")
        },
        GridFamily(layer: "AveragePooling\(rank)D", grid: window, others: shape) {
            GridWindow($0, rank: rank).instance("AveragePooling", "", "")
        },
    ]
}

private func activation(_ levels: GridFamily.Levels) -> String {
    ["", ", use_bias=False, activation=relu", ", activation=sigmoid"][levels["finish"]]
}

/// The window that a row of levels stands for, and the size of an input for it.
private struct GridWindow {
    let rank: Int
    let kernel, strides, size: [Int]
    let dilation, channels: Int
    let padding: String

    /// `limitsSize`: the window must fit into its input where nothing is padded.
    init(_ levels: GridFamily.Levels, rank: Int, limitsSize: Bool = true) {
        let (first, aspect) = (levels["kernel"], levels["aspect"])
        let kernel = [kernelSizes[first], kernelSizes[(first + [0, 1, 3][aspect]) % kernelSizes.count]]
        let strides = [[1, 1], [2, 2], [3, 3], [[2, 1], [1, 3], [3, 2]][aspect]][levels["strides"]]
        let dilation = 1 + (levels.byName["dilation"] ?? 0)
        let padding = ["valid", "same", "explicit"][levels["padding"]]
        let size = (2 - rank..<2).map { axis in
            // A transposed convolution takes any size, but 'same' may leave nothing of a single cell.
            let span = limitsSize ? (kernel[axis] - 1) * dilation + 1 : 2
            let least =
                switch padding {
                case "valid": limitsSize ? span : 1
                case "same": limitsSize ? (span + 1) / 2 : 2
                default: max(1, span - 3)
                }
            let slack = [least, span, span + 3, span + (axis == 1 ? 17 : 5)][levels["slack"]]
            return slack % 2 == levels["parity"] ? slack : slack + 1
        }
        (self.rank, self.size, self.dilation, self.padding) = (rank, size, dilation, padding)
        (self.kernel, self.strides) = (kernel.suffix(rank), strides.suffix(rank))
        channels = channelCounts[levels["channels"]]
    }

    var dilationArgument: String { "dilation_rate=\(dilation)" }

    /// One number, or one for each axis.
    func text(_ values: [Int]) -> String {
        rank == 1 ? "\(values[0])" : "(\(values.map { "\($0)" }.joined(separator: ", ")))"
    }

    /// An application of the layer; "explicit" padding is a layer of its own before it, with three more zeros on one side than on the other.
    func instance(
        _ name: String, _ before: String, _ after: String, suffix: String = "", channels: Int? = nil
    ) -> GridInstance {
        let isExplicit = padding == "explicit"
        let margins = rank == 1 ? "(0, 3)" : "((1, 2), (0, 3))"
        let x = isExplicit ? "ZeroPadding\(rank)D(\(margins))(x)" : "x"
        let layer = "\(name)\(rank)D\(suffix)"
        let arguments = "\(text(kernel)), strides=\(text(strides)), padding=\(isExplicit ? "valid" : padding)"
        return GridInstance(
            shapes: [size + [channels ?? self.channels]], expression: "\(layer)(\(before)\(arguments)\(after))(\(x))")
    }
}
