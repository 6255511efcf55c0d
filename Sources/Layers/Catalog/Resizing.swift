import IR
import Network

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An image at another size, by interpolation between the centres of cells (Keras' half pixels).
struct Resizing: LowerableLayer {
    static let descriptor = LayerDescriptor(
        "Resizing", summary: "Brings an image to a given height and width.",
        attributes: [
            Attribute("height", .int(1...largestSize), "the height of the result"),
            Attribute("width", .int(1...largestSize), "the width of the result"),
            Attribute(
                "interpolation", .choice(Interpolation.allCases.map(\.rawValue)), default: .string("bilinear"),
                "between which cells, and with what weights"),
            Attribute(
                "crop_to_aspect_ratio", .bool, default: .bool(false),
                "cut the longer sides first, so that nothing is distorted"),
            Attribute(
                "pad_to_aspect_ratio", .bool, default: .bool(false),
                "fill the shorter sides first, so that nothing is distorted"),
            Attribute("fill_mode", .choice(["constant"]), default: .string("constant"), "what to fill with"),
            Attribute("fill_value", .float(-1e30...1e30), default: .float(0), "the constant"),
            Attribute(
                "antialias", .bool, default: .bool(false), "widen the weights where the image becomes smaller"),
            .dataFormat,
        ],
        formula: "y[h, w, c] = Σ weight·x, around x[(h + ½)·height / new height − ½, …]; weights sum to 1")

    enum Interpolation: String, CaseIterable { case bilinear, nearest, bicubic, lanczos3, lanczos5 }

    /// The most rows and columns of the result.
    static let largestSize = 1 << 16

    let size: [Int]
    let interpolation: Interpolation
    let crops: Bool
    let pads: Bool
    let fill: Double
    let isAntialiased: Bool

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        size = [attributes.int("height"), attributes.int("width")]
        interpolation = Interpolation(rawValue: attributes.string("interpolation").lowercased())!
        crops = attributes.bool("crop_to_aspect_ratio")
        pads = attributes.bool("pad_to_aspect_ratio")
        fill = Double(Float(attributes.float("fill_value")))
        isAntialiased = attributes.bool("antialias")
        guard !(crops && pads) else {
            throw LayerError(
                "an image is either cropped or padded to the aspect ratio, not both", attribute: "pad_to_aspect_ratio")
        }
    }

    /// Resizing without more ado, as other layers need it.
    init(size: [Int], interpolation: Interpolation) {
        (self.size, self.interpolation) = (size, interpolation)
        (crops, pads, fill, isAntialiased) = (false, false, 0, false)
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try Plane.require(inputs, "Resizing")
        let lengths = section(of: inputs[0]).map(\.length)
        guard lengths.allSatisfy({ $0 <= Self.longestSection }) else {
            throw LayerError(
                "resizing works on at most \(Self.longestSection) rows and columns, and \(inputs[0])"
                    + "\(pads ? ", padded to the aspect ratio," : "") has \(lengths[0]) and \(lengths[1])")
        }
        return [Shape(size + [inputs[0].channels])]
    }

    func fieldOfView(for inputs: [Shape]) -> FieldOfView {
        let parts = section(of: inputs[0])
        let sizes = [0, 1].map { axis in
            let taps = resampling(axis, of: inputs[0]).weights.map(\.count).max() ?? 1
            return saturatingSum(saturatingProduct(max(taps, 1) - 1, size[axis]), 1)
        }
        return .window(size: sizes, stride: parts.map(\.length), divisor: size)
    }

    /// More cells than a camera's; the tables of weights stay small.
    private static let longestSection = 1 << 18

    /// The part of each axis that is resized: where it begins in the image (before it, where the image is padded), and its length.
    private func section(of image: Shape) -> [(start: Int, length: Int)] {
        let (height, width) = (image[0], image[1])
        let fitting = [saturatingProduct(width, size[0]) / size[1], saturatingProduct(height, size[1]) / size[0]]
        return [height, width].enumerated().map { axis, extent in
            if crops {
                let length = max(min(extent, fitting[axis]), 1)
                return ((extent - length) / 2, length)
            }
            let margin = pads ? max(fitting[axis] - extent, 0) / 2 : 0
            return (-margin, saturatingSum(extent, saturatingProduct(margin, 2)))
        }
    }
}

// MARK: - Reference

extension Resizing {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [interpolate(inputs[0], outside: fill) { $0 }]
    }

    /// A sum of as many products as cells count, whose weights may be negative.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let outputs = reference(inputs, parameters)
        if interpolation == .nearest {
            return Evaluation(outputs: outputs, bounds: [interpolate(bounds[0], outside: 0) { $0 }])
        }
        let taps = [0, 1].map { matrix($0, of: inputs[0].shape).map { $0.count { $0 != 0 } }.max()! }
        let relative = accumulationError(terms: taps[0] * taps[1])
        let source = inputs[0].errorSource(bounds[0], relative: relative)
        return Evaluation(outputs: outputs, bounds: [interpolate(source, outside: abs(fill) * relative, abs)])
    }

    /// The weighted sums over the section, one axis after the other.
    private func interpolate(_ x: RealTensor, outside: Double, _ weight: (Double) -> Double) -> RealTensor {
        let (parts, channels) = (section(of: x.shape), x.shape.channels)
        let (rows, columns) = (matrix(0, of: x.shape), matrix(1, of: x.shape))
        func cell(_ row: Int, _ column: Int, _ channel: Int) -> Double {
            let (h, w) = (row + parts[0].start, column + parts[1].start)
            guard (0..<x.shape[0]).contains(h), (0..<x.shape[1]).contains(w) else { return outside }
            return x.values[(h * x.shape[1] + w) * channels + channel]
        }
        var y = RealTensor(Shape(size + [channels]))
        for h in 0..<size[0] {
            for w in 0..<size[1] {
                for row in 0..<parts[0].length where rows[h][row] != 0 {
                    for column in 0..<parts[1].length where columns[w][column] != 0 {
                        let share = weight(rows[h][row] * columns[w][column])
                        for c in 0..<channels {
                            y.values[(h * size[1] + w) * channels + c] += share * cell(row, column, c)
                        }
                    }
                }
            }
        }
        return y
    }

    /// The weight of each cell of the section for each cell of the result, as `jax.image.resize` defines them.
    private func matrix(_ axis: Int, of image: Shape) -> [[Double]] {
        let length = section(of: image)[axis].length
        let scale = Double(length) / Double(size[axis])
        let width = isAntialiased ? max(scale, 1) : 1
        return (0..<size[axis]).map { position in
            if interpolation == .nearest {
                let nearest = (2 * position + 1) * length / (2 * size[axis])
                return (0..<length).map { $0 == nearest ? 1 : 0 }
            }
            let centre = (Double(position) + 0.5) * scale - 0.5
            let weights = (0..<length).map { weight(abs(centre - Double($0)) / width) }
            let sum = weights.reduce(0, +)
            return weights.map { $0 / sum }
        }
    }

    /// The weight of a cell by its distance: a triangle, Keys' cubic with a = −½, Lanczos' windowed sine.
    private func weight(_ x: Double) -> Double {
        switch interpolation {
        case .nearest, .bilinear: return max(0, 1 - x)
        case .bicubic:
            if x >= 2 { return 0 }
            return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1
        case .lanczos3, .lanczos5:
            let radius = interpolation == .lanczos3 ? 3.0 : 5
            if x > radius { return 0 }
            return x > 1e-3 ? radius * sin(.pi * x) * sin(.pi * x / radius) / (.pi * .pi * x * x) : 1
        }
    }
}

// MARK: - Lowering

extension Resizing {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let input = Shape(builder.shape(of: inputs[0]))
        if !crops && !pads && Array(input.dimensions.prefix(2)) == size { return inputs }
        let resampling = Resampling(
            rows: resampling(0, of: input), columns: resampling(1, of: input), fill: Float(fill))
        return [builder.append(.resampling(resampling), inputs, shape: size + [input.channels])]
    }

    /// The cells of the image that count along an axis, with their weights; cells of padding count together, as what lies outside.
    private func resampling(_ axis: Int, of image: Shape) -> Resampling.Axis {
        let (start, length) = section(of: image)[axis]
        let step = Double(length) / Double(size[axis])
        var result = Resampling.Axis(starts: [], weights: [], outside: [])
        for position in 0..<size[axis] {
            let taps = taps(at: position, of: size[axis], length: length, step: step)
            let total = taps.reduce(0) { $0 + $1.weight }
            let inside = taps.filter { (0..<image[axis]).contains($0.cell + start) }
            let weightInside = inside.reduce(0) { $0 + $1.weight }
            result.starts.append(inside.first.map { $0.cell + start } ?? 0)
            result.weights.append(inside.map { Float($0.weight / total) })
            result.outside.append(inside.count == taps.count ? 0 : Float((total - weightInside) / total))
        }
        return result
    }

    /// The cells in reach of a position, in a row; those at the ends have weight.
    private func taps(at position: Int, of count: Int, length: Int, step: Double) -> [(cell: Int, weight: Double)] {
        if interpolation == .nearest { return [(((2 * position + 1) * length) / (2 * count), 1)] }
        let stretch = isAntialiased && step > 1 ? step : 1
        let centre = (Double(position) + 0.5) * step - 0.5
        let reach = support * stretch
        let cells = max(Int((centre - reach).rounded(.up)), 0)...min(Int((centre + reach).rounded(.down)), length - 1)
        let all = cells.map { cell in (cell: cell, weight: interpolant((Double(cell) - centre) / stretch)) }
        let trimmed = all.drop { $0.weight == 0 }
        return Array(trimmed.prefix(through: trimmed.lastIndex { $0.weight != 0 }!))
    }

    /// How far a cell may lie, in cells of the coarser image.
    private var support: Double {
        switch interpolation {
        case .nearest: 0.5
        case .bilinear: 1
        case .bicubic: 2
        case .lanczos3: 3
        case .lanczos5: 5
        }
    }

    /// The interpolating function at a signed distance below its support.
    private func interpolant(_ distance: Double) -> Double {
        let t = distance.magnitude
        switch interpolation {
        case .nearest: return 1
        case .bilinear: return 1 - t
        case .bicubic:
            let (square, cube) = (t * t, t * t * t)
            return t < 1 ? 1 - 2.5 * square + 1.5 * cube : 2 - 4 * t + 2.5 * square - 0.5 * cube
        case .lanczos3, .lanczos5: return t > 1e-3 ? sinc(t) * sinc(t / support) : 1
        }
    }

    private func sinc(_ x: Double) -> Double { sin(.pi * x) / (.pi * x) }
}
