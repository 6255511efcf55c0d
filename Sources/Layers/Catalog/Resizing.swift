import IR
import Network

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An image at another size, by interpolation between cells. Defaults are Keras'; beyond it stand the choices that ONNX's Resize has.
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
            Attribute(
                "coordinates", .choice(Coordinates.allCases.map(\.rawValue)), default: .string("half_pixel"),
                "which places of both images meet: those of the formula; 'align_corners' the centres of the outermost cells; "
                    + "'asymmetric' the cells' first edges; 'pytorch_half_pixel' as 'half_pixel', but a single cell is the first; "
                    + "'half_pixel_symmetric' so, but what scales leave over is cut from both ends alike"
            ),
            Attribute(
                "rounding", .choice(Rounding.allCases.map(\.rawValue)), default: .string("round_prefer_ceil"),
                "the cell that is nearest to a place"),
            Attribute(
                "cubic_coefficient", .float(-1...0), default: .float(-0.5), "a in Keys' cubic, for 'bicubic'"),
            Attribute(
                "exclude_outside", .bool, default: .bool(true),
                "cells beyond the edges have no weight; otherwise they repeat the outermost cell"),
            Attribute(
                "scales", .numbers, default: AttributeValue.none, optional: true,
                "new size / size of height and width, where they are not just that"),
        ],
        formula: "y[h, w, c] = Σ weight·x, around x[(h + ½)·height / new height − ½, …]; weights sum to 1")

    enum Interpolation: String, CaseIterable { case bilinear, nearest, bicubic, lanczos3, lanczos5 }
    enum Coordinates: String, CaseIterable {
        case halfPixel = "half_pixel"
        case alignCorners = "align_corners"
        case asymmetric
        case pytorchHalfPixel = "pytorch_half_pixel"
        case halfPixelSymmetric = "half_pixel_symmetric"
    }
    enum Rounding: String, CaseIterable {
        case roundPreferFloor = "round_prefer_floor"
        case roundPreferCeil = "round_prefer_ceil"
        case floor, ceil
    }

    /// The most rows and columns of the result.
    static let largestSize = 1 << 16

    let size: [Int]
    let interpolation: Interpolation
    let crops: Bool
    let pads: Bool
    let fill: Double
    let isAntialiased: Bool
    var coordinates = Coordinates.halfPixel
    var rounding = Rounding.roundPreferCeil
    var cubicCoefficient = -0.5
    var excludesOutside = true
    /// Of height and width, where they are given: rounded to float32, as ONNX has them.
    var scales: [Double]?

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
        coordinates = Coordinates(rawValue: attributes.string("coordinates"))!
        rounding = Rounding(rawValue: attributes.string("rounding"))!
        cubicCoefficient = attributes.float("cubic_coefficient")
        excludesOutside = attributes.bool("exclude_outside")
        scales = try Self.scales(attributes)
        guard scales == nil || !(crops || pads) else {
            throw LayerError("the aspect ratio decides the scales here", attribute: "scales")
        }
    }

    private static func scales(_ attributes: AttributeValues) throws(LayerError) -> [Double]? {
        if attributes.isNone("scales") { return nil }
        let array = try NumberArray(attributes["scales"], attribute: "scales")
        guard array.shape.dimensions == [1] || array.shape.dimensions == [2] else {
            throw LayerError("expected a scale for height and one for width", attribute: "scales")
        }
        return [array.values[0], array.values[array.values.count - 1]]
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
        for (axis, scale) in (scales ?? []).enumerated() {
            // Sizes are the scaled ones without their fraction, or rounded.
            guard (-0.5...1).contains(scale * Double(lengths[axis]) - Double(size[axis])) else {
                throw LayerError(
                    "\(lengths[axis]) cells scaled by \(numberLiteral(scale)) are not \(size[axis])",
                    attribute: "scales")
            }
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

    /// The weight of each cell of the section for each cell of the result, as `jax.image.resize` and ONNX define them.
    private func matrix(_ axis: Int, of image: Shape) -> [[Double]] {
        let length = section(of: image)[axis].length
        let width = isAntialiased ? max(scales.map { 1 / $0[axis] } ?? Double(length) / Double(size[axis]), 1) : 1
        // Beyond so many cells no weight reaches.
        let margin = excludesOutside || interpolation == .nearest ? 0 : Int(6 * width) + 2
        return (0..<size[axis]).map { position in
            let centre = place(position, axis, length)
            var weights = [Double](repeating: 0, count: length)
            let held = min(max(centre, 0), Double(length - 1))
            if interpolation == .nearest {
                weights[Int(nearest(held))] = 1
                return weights
            }
            for cell in -margin..<length + margin {
                weights[min(max(cell, 0), length - 1)] += weight(abs(centre - Double(cell)) / width)
            }
            let sum = weights.reduce(0, +)
            if sum == 0 { weights[Int(held)] = 1 }
            return sum == 0 ? weights : weights.map { $0 / sum }
        }
    }

    /// Where a cell of the result lies among the cells of the section.
    private func place(_ position: Int, _ axis: Int, _ length: Int) -> Double {
        let count = size[axis]
        if let scale = scales?[axis] {
            switch coordinates {
            case .pytorchHalfPixel where count == 1: return 0
            case .halfPixel, .pytorchHalfPixel: return (Double(position) + 0.5) / scale - 0.5
            case .halfPixelSymmetric:
                // What the scale would make and what there is have one middle.
                let rest = Double(length) / 2 * (1 - Double(count) / (Double(length) * scale))
                return rest + (Double(position) + 0.5) / scale - 0.5
            case .asymmetric: return Double(position) / scale
            case .alignCorners:
                let last = scale * Double(length) - 1
                return last == 0 ? 0 : Double(position * (length - 1)) / last
            }
        }
        switch coordinates {
        case .pytorchHalfPixel where count == 1: return 0
        case .alignCorners where count == 1: return 0
        case .halfPixel, .pytorchHalfPixel, .halfPixelSymmetric:
            return Double((2 * position + 1) * length) / Double(2 * count) - 0.5
        case .asymmetric: return Double(position * length) / Double(count)
        case .alignCorners: return Double(position * (length - 1)) / Double(count - 1)
        }
    }

    private func nearest(_ place: Double) -> Double {
        switch rounding {
        case .floor: place.rounded(.down)
        case .ceil: place.rounded(.up)
        case .roundPreferFloor: (place - 0.5).rounded(.up)
        case .roundPreferCeil: (place + 0.5).rounded(.down)
        }
    }

    /// The weight of a cell by its distance: a triangle, Keys' cubic, Lanczos' windowed sine.
    private func weight(_ x: Double) -> Double {
        switch interpolation {
        case .nearest, .bilinear: return max(0, 1 - x)
        case .bicubic:
            let a = cubicCoefficient
            if x >= 2 { return 0 }
            return x >= 1 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : ((a + 2) * x - (a + 3)) * x * x + 1
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
        if !crops && !pads && scales == nil && Array(input.dimensions.prefix(2)) == size { return inputs }
        let resampling = Resampling(
            rows: resampling(0, of: input), columns: resampling(1, of: input), fill: Float(fill))
        return [builder.append(.resampling(resampling), inputs, shape: size + [input.channels])]
    }

    /// The cells of the image that count along an axis, with their weights; cells of padding count together, as what lies outside.
    private func resampling(_ axis: Int, of image: Shape) -> Resampling.Axis {
        let (start, length) = section(of: image)[axis]
        let grid = ResizingGrid(self, axis, length: length)
        var result = Resampling.Axis(starts: [], weights: [], outside: [])
        for position in 0..<size[axis] {
            let taps = taps(at: grid.centre(of: position), length: length, step: grid.step)
            let total = taps.reduce(0) { $0 + $1.weight }
            let inside = taps.filter { (0..<image[axis]).contains($0.cell + start) }
            let weightInside = inside.reduce(0) { $0 + $1.weight }
            result.starts.append(inside.first.map { $0.cell + start } ?? 0)
            result.weights.append(inside.map { Float($0.weight / total) })
            result.outside.append(inside.count == taps.count ? 0 : Float((total - weightInside) / total))
        }
        return result
    }

    /// The cells in reach of a centre, in a row; those at the ends have weight.
    private func taps(at centre: Double, length: Int, step: Double) -> [(cell: Int, weight: Double)] {
        func inside(_ cell: Int) -> Int { max(0, min(cell, length - 1)) }
        if interpolation == .nearest { return [(inside(rounded(centre)), 1)] }
        let stretch = isAntialiased && step > 1 ? step : 1
        let reach = support * stretch
        var taps: [(cell: Int, weight: Double)] = []
        for cell in Int((centre - reach).rounded(.up))...Int((centre + reach).rounded(.down)) {
            if excludesOutside && cell != inside(cell) { continue }
            let weight = interpolant((Double(cell) - centre) / stretch)
            if taps.last?.cell == inside(cell) {
                taps[taps.count - 1].weight += weight
            } else {
                taps.append((inside(cell), weight))
            }
        }
        let trimmed = taps.drop { $0.weight == 0 }
        guard let last = trimmed.lastIndex(where: { $0.weight != 0 }) else { return [(inside(Int(centre)), 1)] }
        return Array(trimmed.prefix(through: last))
    }

    private func rounded(_ centre: Double) -> Int {
        let below = centre.rounded(.down)
        let rest = centre - below
        let isBelow =
            switch rounding {
            case .floor: true
            case .ceil: rest == 0
            case .roundPreferFloor: rest <= 0.5
            case .roundPreferCeil: rest < 0.5
            }
        return Int(below) + (isBelow ? 0 : 1)
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
            let (a, square, cube) = (cubicCoefficient, t * t, t * t * t)
            return t < 1
                ? 1 - (a + 3) * square + (a + 2) * cube : -4 * a + 8 * a * t - 5 * a * square + a * cube
        case .lanczos3, .lanczos5: return t > 1e-3 ? sinc(t) * sinc(t / support) : 1
        }
    }

    private func sinc(_ x: Double) -> Double { sin(.pi * x) / (.pi * x) }
}

/// The cells of a resized axis among those of the section that it is made of, as fractions where sizes alone decide.
private struct ResizingGrid {
    /// The distance between neighbours, in cells of the section: for the width of weights.
    let step: Double
    /// Position p lies at (p·distance + offset) / divisor.
    private let distance, offset, divisor: Double

    init(_ layer: Resizing, _ axis: Int, length: Int) {
        let (cells, count) = (Double(length), Double(layer.size[axis]))
        let scale = layer.scales?[axis]
        step = scale.map { 1 / $0 } ?? cells / count
        let span = (scale.map { $0 * cells } ?? count) - 1
        let hasOneCell = count == 1 && layer.coordinates == .pytorchHalfPixel
        switch layer.coordinates {
        case _ where hasOneCell: (distance, offset, divisor) = (0, 0, 1)
        case .halfPixel, .pytorchHalfPixel:
            (distance, offset, divisor) =
                scale.map { (2, 1 - $0, 2 * $0) } ?? (2 * cells, cells - count, 2 * count)
        case .halfPixelSymmetric:
            (distance, offset, divisor) =
                scale.map { (2, 1 - $0 + (cells * $0 - count), 2 * $0) } ?? (2 * cells, cells - count, 2 * count)
        case .asymmetric: (distance, offset, divisor) = scale.map { (1, 0, $0) } ?? (cells, 0, count)
        case .alignCorners: (distance, offset, divisor) = span == 0 ? (0, 0, 1) : (cells - 1, 0, span)
        }
    }

    func centre(of position: Int) -> Double { (Double(position) * distance + offset) / divisor }
}
