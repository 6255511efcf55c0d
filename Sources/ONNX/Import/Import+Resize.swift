import Import

/// Changes of size by interpolation.
let resizingOperators: [String: Operator] = [
    "Upsample": { importer, node in
        let scales = try node.floats("scales") ?? importer.optionalLiteral(node, 1)?.floats()
        let mode = try node.string("mode", default: "nearest")
        guard let scales else { throw OperatorProblem("has no scales") }
        var resize = try Resize(shape: importer.shape(node, 0), scales: scales)
        resize.mode = mode
        (resize.coordinates, resize.rounding) = ("asymmetric", "floor")
        importer.define(node, try importer.resized(try importer.dynamic(node, 0), resize))
    },
    "Resize": { importer, node in
        let shape = try importer.shape(node, 0)
        let isOld = node.version < 11
        let axes =
            try node.ints("axes").map { try $0.map { try importer.axis($0, rank: shape.count) } }
            ?? Array(shape.indices)
        let scales = try importer.optionalLiteral(node, isOld ? 1 : 2).flatMap { $0.count > 0 ? try $0.floats() : nil }
        let sizes = isOld ? nil : try importer.optionalLiteral(node, 3).flatMap { $0.count > 0 ? $0.integers : nil }
        let policy = try node.string("keep_aspect_ratio_policy", default: "stretch")
        var resize: Resize
        if let scales {
            guard scales.count == axes.count else { throw OperatorProblem("scales do not fit the axes") }
            var all = Array(repeating: Float(1), count: shape.count)
            for (axis, scale) in zip(axes, scales) { all[axis] = scale }
            resize = try Resize(shape: shape, scales: all)
        } else if let sizes {
            guard sizes.count == axes.count else { throw OperatorProblem("sizes do not fit the axes") }
            resize = try Resize(shape: shape, axes: axes, sizes: sizes, policy: policy)
        } else {
            throw OperatorProblem("has neither scales nor sizes")
        }
        resize.mode = try node.string("mode", default: "nearest")
        resize.coordinates =
            isOld ? "asymmetric" : try node.string("coordinate_transformation_mode", default: "half_pixel")
        resize.rounding = isOld ? "floor" : try node.string("nearest_mode", default: "round_prefer_floor")
        resize.cubic = try node.float("cubic_coeff_a", default: -0.75)
        resize.excludesOutside = try node.bool("exclude_outside", default: false)
        resize.isAntialiased = try node.bool("antialias", default: false)
        resize.outside = try node.float("extrapolation_value", default: 0)
        if resize.coordinates == "tf_crop_and_resize" {
            guard scales == nil, policy == "stretch" else {
                throw OperatorProblem("a region is supported together with sizes that it is stretched to")
            }
            guard let region = try importer.optionalLiteral(node, 1)?.floats(), region.count == 2 * axes.count else {
                throw OperatorProblem("its region is missing or does not fit the axes")
            }
            for (position, axis) in axes.enumerated() {
                resize.region[axis] = (region[position], region[axes.count + position])
            }
        }
        importer.define(node, try importer.resized(try importer.dynamic(node, 0), resize))
    },
]

/// What a change of size does along each axis.
struct Resize {
    var input: [Int]
    var output: [Int]
    var scales: [Double]
    var mode = "nearest"
    var coordinates = "half_pixel"
    var rounding = "round_prefer_floor"
    var cubic: Float = -0.75
    var excludesOutside = false
    var isAntialiased = false
    /// Where the part that counts begins and ends along each axis, in parts of it; what lies outside all cells has the value `outside`.
    var region: [Int: (start: Float, end: Float)] = [:]
    var outside: Float = 0

    /// By scales; sizes are cut to whole numbers.
    init(shape: [Int], scales: [Float]) throws {
        guard scales.count == shape.count, scales.allSatisfy({ $0 > 0 && $0 < 65536 }) else {
            throw OperatorProblem("scales \(scales.prefix(8)) do not fit \(shape.count) axes")
        }
        input = shape
        self.scales = scales.map { Double($0) }
        output = zip(shape, self.scales).map { Int((Double($0) * $1).rounded(.down)) }
        guard output.allSatisfy({ (1...1 << 20).contains($0) }) else {
            throw OperatorProblem("its result would have the shape \(output.prefix(8))")
        }
    }

    /// By sizes, which a policy may change so that the aspect ratio stays.
    init(shape: [Int], axes: [Int], sizes: [Int], policy: String) throws {
        guard sizes.allSatisfy({ $0 > 0 && $0 < 1 << 20 }) else {
            throw OperatorProblem("sizes \(sizes.prefix(8)) are impossible")
        }
        input = shape
        output = shape
        scales = Array(repeating: 1, count: shape.count)
        var ratios = zip(axes, sizes).map { Double($1) / Double(shape[$0]) }
        if policy != "stretch" {
            guard policy == "not_larger" || policy == "not_smaller" else {
                throw OperatorProblem(
                    "the policy '\(policy.filter { $0.isLetter || $0 == "_" }.prefix(30))' does not exist")
            }
            let ratio = policy == "not_larger" ? ratios.min()! : ratios.max()!
            ratios = ratios.map { _ in ratio }
        }
        for (position, axis) in axes.enumerated() {
            output[axis] =
                policy == "stretch" ? sizes[position] : Int((Double(shape[axis]) * ratios[position]).rounded())
            scales[axis] = ratios[position]
        }
        guard output.allSatisfy({ (1...1 << 24).contains($0) }) else {
            throw OperatorProblem("its result would have the shape \(output.prefix(8))")
        }
    }

    /// The axes that change.
    var axes: [Int] { input.indices.filter { input[$0] != output[$0] || scales[$0] != 1 || !isWhole($0) } }

    /// Whether the whole axis counts.
    private func isWhole(_ axis: Int) -> Bool { region[axis].map { $0 == (0, 1) } ?? true }

    /// Whether the scale is just the ratio of the sizes.
    func isExact(_ axis: Int) -> Bool { scales[axis] * Double(input[axis]) == Double(output[axis]) }

    /// The cell of the input nearest to each cell of the result.
    func nearest(_ axis: Int) throws -> [Int] {
        try (0..<output[axis]).map { position in
            min(max(Int(try rounded(try place(position, axis))), 0), input[axis] - 1)
        }
    }

    /// The nearest cell's place.
    func rounded(_ place: Double) throws -> Double {
        switch rounding {
        case "round_prefer_floor": (place - 0.5).rounded(.up)
        case "round_prefer_ceil": (place + 0.5).rounded(.down)
        case "floor": place.rounded(.down)
        case "ceil": place.rounded(.up)
        default:
            throw OperatorProblem(
                "the rounding '\(rounding.filter { $0.isLetter || $0 == "_" }.prefix(30))' does not exist")
        }
    }

    /// Where a cell of the result lies among those of the input.
    func place(_ position: Int, _ axis: Int) throws -> Double {
        let (x, scale) = (Double(position), scales[axis])
        switch coordinates {
        case "half_pixel": return (x + 0.5) / scale - 0.5
        case "pytorch_half_pixel": return output[axis] > 1 ? (x + 0.5) / scale - 0.5 : 0
        case "asymmetric": return x / scale
        case "tf_half_pixel_for_nn": return (x + 0.5) / scale
        case "align_corners": return output[axis] > 1 ? x * Double(input[axis] - 1) / Double(output[axis] - 1) : 0
        case "half_pixel_symmetric":
            let exact = Double(input[axis]) * scale
            let centre = Double(input[axis]) / 2
            return centre * (1 - Double(output[axis]) / exact) + (x + 0.5) / scale - 0.5
        case "tf_crop_and_resize":
            // In single precision, as ONNX Runtime computes it: what lies at a cell's edge is to fall on the same side.
            let (start, end) = region[axis] ?? (0, 1)
            let last = Float(input[axis] - 1)
            let place =
                output[axis] > 1
                ? start * last + Float(position) * (end - start) * last / Float(output[axis] - 1)
                : 0.5 * (start + end) * last
            return Double(place)
        default:
            throw OperatorProblem(
                "the coordinates '\(coordinates.filter { $0.isLetter || $0 == "_" }.prefix(30))' are not supported")
        }
    }
}

extension Importer {
    mutating func resized(_ x: Dynamic, _ resize: Resize) throws -> Dynamic {
        let axes = resize.axes
        if axes.isEmpty { return x }
        if resize.coordinates == "tf_crop_and_resize" { return try cropped(x, resize, axes) }
        switch resize.mode {
        case "nearest": return try nearest(x, resize, axes)
        case "linear", "bilinear", "cubic": return try interpolated(x, resize, axes)
        default: throw OperatorProblem("the mode '\(resize.mode.filter(\.isLetter).prefix(20))' is not supported")
        }
    }

    private mutating func nearest(_ x: Dynamic, _ resize: Resize, _ axes: [Int]) throws -> Dynamic {
        let tables = try axes.map { try resize.nearest($0) }
        let factors = axes.map { resize.output[$0] / resize.input[$0] }
        let repeats = zip(axes, zip(tables, factors)).allSatisfy { axis, pair in
            resize.output[axis] % resize.input[axis] == 0 && pair.0 == (0..<resize.output[axis]).map { $0 / pair.1 }
        }
        if repeats, resize.input.count == 4, axes.allSatisfy({ $0 >= 2 }) {
            let image = try image(x, axes: 2)
            let size = [2, 3].map { resize.output[$0] / resize.input[$0] }
            let tensor = layer("UpSampling2D", size == [2, 2] ? [] : [pair(size)], image.tensor)
            return self.image(of: image, extents: Array(resize.output[2...]), channels: resize.input[1], tensor)
        }
        return try zip(axes, tables).reduce(x) { try taken($0, $1.0, $1.1) }
    }

    /// Cells of a region, axis by axis: a weighted sum of two neighbours. One more cell stands for all that lie outside.
    private mutating func cropped(_ x: Dynamic, _ resize: Resize, _ axes: [Int]) throws -> Dynamic {
        guard ["nearest", "linear", "bilinear"].contains(resize.mode), !resize.isAntialiased else {
            throw OperatorProblem("a region is supported with nearest cells and linear interpolation alone")
        }
        guard resize.region.values.allSatisfy({ max(abs($0.start), abs($0.end)) <= 1e6 }) else {
            throw OperatorProblem("its region does not lie near its input")
        }
        return try axes.reduce(x) { value, axis in
            try checkListed(resize.output[axis])
            let count = resize.input[axis]
            var places = try (0..<resize.output[axis]).map { try resize.place($0, axis) }
            let isInside = places.map { (0...Double(count - 1)).contains($0) }
            if resize.mode == "nearest" { places = try places.map(resize.rounded) }
            var source = value
            if isInside.contains(false) {
                let margins = extents(value).indices.map { $0 == axis ? (0, 1) : (0, 0) }
                source = try padded(value, margins, mode: "constant", value: resize.outside)
            }
            let lower = zip(places, isInside).map { $1 ? Int($0) : count }
            let weights = zip(places, isInside).map { $1 ? Float($0 - $0.rounded(.down)) : 0 }
            let first = try taken(source, axis, lower)
            if weights.allSatisfy({ $0 == 0 }) { return first }
            // A neighbour that doesn't count needs not exist.
            let second = try taken(source, axis, zip(lower, weights).map { $1 == 0 ? $0 : $0 + 1 })
            let shape = extents(value).indices.filter { $0 >= axis }.map { $0 == axis ? weights.count : 1 }
            let parts = try [(first, weights.map { 1 - $0 }), (second, weights)].map { part, factors in
                try merged("Multiply", [.dynamic(part), .literal(Literal(shape, floats: factors))])
            }
            return try merged("Add", parts.map { .dynamic($0) })
        }
    }

    private mutating func interpolated(_ x: Dynamic, _ resize: Resize, _ axes: [Int]) throws -> Dynamic {
        var resize = resize
        if resize.coordinates == "half_pixel_symmetric", axes.allSatisfy(resize.isExact) {
            resize.coordinates = "half_pixel"
        }
        let known = ["half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel", "half_pixel_symmetric"]
        guard known.contains(resize.coordinates) else {
            throw OperatorProblem("these coordinates are not supported for interpolation")
        }
        guard axes.count <= 2 else {
            throw OperatorProblem("interpolates along \(axes.count) axes; at most 2 are supported")
        }
        // Two axes become height and width, all others the channels.
        let isImage = resize.input.count == 4 && axes.allSatisfy { $0 >= 2 }
        let value: Dynamic
        if isImage {
            value = try image(x, axes: 2)
        } else {
            let (axiswise, _) = try axiswise(x, with: axes)
            let moved = axes.map { axiswise.onnx[$0] }
            let others = axiswise.net.filter { !$0.isEmpty && !moved.contains($0) }
            value = try arranged(axiswise, (axes.count == 1 ? [[]] : []) + moved + [others.flatMap { $0 }])
        }
        let window = isImage ? [2, 3] : axes
        let sizes = window.map { resize.output[$0] }
        var arguments = (isImage || axes.count == 2 ? sizes : [1] + sizes).map(String.init)
        if resize.mode == "cubic" { arguments.append("interpolation='bicubic'") }
        if resize.isAntialiased { arguments.append("antialias=True") }
        if resize.coordinates != "half_pixel" { arguments.append("coordinates='\(resize.coordinates)'") }
        if resize.mode == "cubic", resize.cubic != -0.5 {
            arguments.append("cubic_coefficient=\(number(resize.cubic))")
        }
        let reachesFar = resize.mode == "cubic" || resize.isAntialiased
        if reachesFar, !resize.excludesOutside { arguments.append("exclude_outside=False") }
        if !window.allSatisfy(resize.isExact) {
            let scales = (isImage || axes.count == 2 ? [] : [1.0]) + window.map { resize.scales[$0] }
            arguments.append("scales=(\(scales.map { "\($0)" }.joined(separator: ", ")))")
        }
        let tensor = layer("Resizing", arguments, value.tensor)
        var result = Dynamic(onnx: value.onnx, net: value.net, tensor: tensor)
        for axis in window {
            let place = isImage ? axis - 2 : axes.firstIndex(of: axis)! + (axes.count == 1 ? 1 : 0)
            result = replacingAxis(result, axis, place: place, extent: resize.output[axis], tensor)
        }
        return result
    }
}
