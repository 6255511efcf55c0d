import Import

/// Poolings over windows and over whole images.
let poolingOperators: [String: Operator] = [
    "MaxPool": { importer, node in
        node.ignore("storage_order")
        guard !node.wants(1) else { throw OperatorProblem("its output of indices is not supported") }
        try importer.pooling(node) { importer, node in try importer.pool(node, isMaximum: true) }
    },
    "AveragePool": { importer, node in
        try importer.pooling(node) { importer, node in try importer.pool(node, isMaximum: false) }
    },
    "LpPool": { importer, node in try importer.pooling(node) { importer, node in try importer.normPool(node) } },
    "GlobalAveragePool": { importer, node in
        try importer.poolAll(node) { importer, x, rank in
            importer.layer("GlobalAveragePooling\(rank)D", ["keepdims=True"], x)
        }
    },
    "GlobalMaxPool": { importer, node in
        try importer.poolAll(node) { importer, x, rank in
            importer.layer("GlobalMaxPooling\(rank)D", ["keepdims=True"], x)
        }
    },
    "GlobalLpPool": { importer, node in
        let power = try node.int("p", default: 2)
        try importer.poolAll(node) { importer, x, rank in
            let axes = "axis=\(list(Array(1...rank)))"
            return try importer.norm(x, power) { importer, x in importer.layer("Sum", [axes, "keepdims=True"], x) }
        }
    },
]

extension Importer {
    fileprivate func poolingRank(_ node: OperatorNode) throws -> Int {
        let rank = try shape(node, 0).count - 2
        guard (1...3).contains(rank) else {
            throw OperatorProblem("windows of \(rank) axes are not supported; 1 to 3 are")
        }
        return rank
    }

    private func window(_ node: OperatorNode, _ x: Dynamic) throws -> Window {
        guard let kernel = try node.ints("kernel_shape"), kernel.count == extents(x).count - 2 else {
            throw OperatorProblem("kernel_shape is missing or has another number of axes than its input")
        }
        return try Window(node, kernel: kernel, input: Array(extents(x)[2...]))
    }

    fileprivate mutating func pool(_ node: OperatorNode, isMaximum: Bool) throws {
        let rank = try poolingRank(node)
        var x = try image(try dynamic(node, 0), axes: rank)
        let channels = extents(x)[1]
        var window = try window(node, x)
        let countsMargins = isMaximum ? false : try node.bool("count_include_pad", default: false)
        let isDilated = window.dilation.contains { $0 != 1 }
        if rank == 3 || (isDilated && !isMaximum) {
            return define(node, try pooledByAxes(x, window, isMaximum: isMaximum, countsMargins: countsMargins))
        }
        guard
            window.margins.indices.allSatisfy({
                window.margins[$0].before <= (window.kernel[$0] - 1) * window.dilation[$0]
            })
        else {
            throw OperatorProblem("a window lies outside its input altogether")
        }
        if countsMargins, window.declared.contains(where: { $0 != (0, 0) }) {
            // Zeros count like cells, but not those that rounding up adds.
            x.tensor = try zeroPadded(x, window.declared)
            for axis in window.margins.indices {
                window.margins[axis] = (0, max(window.margins[axis].after - window.declared[axis].after, 0))
            }
        }
        var arguments = [pair(window.kernel)]
        if window.strides != window.kernel { arguments.append("strides=\(pair(window.strides))") }
        if isDilated { arguments.append("dilation_rate=\(pair(window.dilation))") }
        if !window.isValid {
            let isSame = !countsMargins && window.isSame(Array(extents(x)[2...]))
            arguments.append("padding=" + (isSame ? "'same'" : explicitMargins(window.margins)))
        }
        let tensor = layer("\(isMaximum ? "Max" : "Average")Pooling\(rank)D", arguments, x.tensor)
        define(node, image(of: x, extents: window.output, channels: channels, tensor))
    }

    private func explicitMargins(_ margins: [(before: Int, after: Int)]) -> String {
        let pairs = margins.map { "(\($0.before), \($0.after))" }
        return pairs.count == 1 ? pairs[0] : "(\(pairs.joined(separator: ", ")))"
    }

    /// A pooling whose cells lie apart, or over three axes, as the largest or the mean of pieces taken at steps.
    private mutating func pooledByAxes(
        _ x: Dynamic, _ window: Window, isMaximum: Bool, countsMargins: Bool
    ) throws -> Dynamic {
        guard isMaximum || countsMargins || window.isValid else {
            throw OperatorProblem("dilation or a third axis together with margins that do not count is not supported")
        }
        guard isMaximum || zip(window.margins, window.declared).allSatisfy({ $0.after <= $1.after }) else {
            throw OperatorProblem("dilation or a third axis together with sizes rounded up is not supported")
        }
        guard window.kernel.allSatisfy({ $0 <= 64 }) else {
            throw OperatorProblem("dilation with a window of \(window.kernel)")
        }
        let pads = window.margins.map { ($0.before, $0.after) }
        var result = isMaximum ? x : try padded(x, [(0, 0), (0, 0)] + pads, mode: "constant", value: 0)
        // The largest of a rectangle is that of its rows' largest, and so is the mean.
        for axis in window.kernel.indices where window.kernel[axis] > 1 || window.strides[axis] > 1 {
            try checkListed(window.output[axis] * window.kernel[axis])
            let cells = (0..<window.output[axis]).map { position in
                (0..<window.kernel[axis]).map { tap in
                    position * window.strides[axis] + tap * window.dilation[axis] - (isMaximum ? pads[axis].0 : 0)
                }
            }
            let inside = 0..<extents(result)[axis + 2]
            guard cells.allSatisfy({ $0.contains(where: inside.contains) }) else {
                throw OperatorProblem("a window lies outside its input altogether")
            }
            let taps = try (0..<window.kernel[axis]).map { tap in
                // Outside there is nothing to be largest: another cell of the window stands in.
                let indices = cells.map { inside.contains($0[tap]) ? $0[tap] : $0.first(where: inside.contains)! }
                return try image(try taken(result, axis + 2, indices), axes: window.kernel.count)
            }
            let type = isMaximum ? "Maximum" : "Average"
            let tensor = taps.count == 1 ? taps[0].tensor : layer(type, [], taps.map(\.tensor), list: true)
            result = Dynamic(onnx: taps[0].onnx, net: taps[0].net, tensor: tensor)
        }
        return result
    }

    fileprivate mutating func poolAll(
        _ node: OperatorNode, _ pool: (inout Importer, Program.Tensor, Int) throws -> Program.Tensor
    ) throws {
        let rank = try poolingRank(node)
        let x = try image(try dynamic(node, 0), axes: rank)
        guard rank < 3 else { throw OperatorProblem("images of \(rank) axes are not supported; 1 or 2 are") }
        let tensor = try pool(&self, x.tensor, rank)
        define(node, image(of: x, extents: Array(repeating: 1, count: rank), channels: extents(x)[1], tensor))
    }

    /// `(Σ |x|^p)^(1/p)`
    mutating func norm(
        _ x: Program.Tensor, _ power: Int, _ sum: (inout Importer, Program.Tensor) throws -> Program.Tensor
    ) throws -> Program.Tensor {
        let powers = try powers(x, power)
        return root(try sum(&self, powers), power)
    }

    /// `|x|^p`
    private mutating func powers(_ x: Program.Tensor, _ power: Int) throws -> Program.Tensor {
        guard (1...64).contains(power) else { throw OperatorProblem("the norm of order \(power) is not supported") }
        if power == 2 { return function("square", x) }
        let size = function("abs", x)
        return power == 1 ? size : layer("Power", ["\(power).0"], size)
    }

    /// `x^(1/p)`
    private mutating func root(_ x: Program.Tensor, _ power: Int) -> Program.Tensor {
        if power == 2 { return function("sqrt", x) }
        return power == 1 ? x : layer("Power", [number(1 / Float(power))], x)
    }

    /// A function of each element, by its name in Keras.
    mutating func function(_ name: String, _ x: Program.Tensor) -> Program.Tensor {
        layer("Activation", ["keras.ops.\(name)"], x)
    }

    fileprivate mutating func normPool(_ node: OperatorNode) throws {
        let rank = try poolingRank(node)
        let x = try image(try dynamic(node, 0), axes: rank)
        let window = try window(node, x)
        let power = try node.int("p", default: 2)
        var value = x
        value.tensor = try powers(x.tensor, power)
        if rank == 3 || window.dilation.contains(where: { $0 != 1 }) {
            value = try pooledByAxes(value, window, isMaximum: false, countsMargins: true)
        } else {
            if !window.isValid { value.tensor = try zeroPadded(value, window.margins) }
            let strides = window.strides == window.kernel ? [] : ["strides=\(pair(window.strides))"]
            let mean = layer("AveragePooling\(rank)D", [pair(window.kernel)] + strides, value.tensor)
            value = image(of: x, extents: window.output, channels: extents(x)[1], mean)
        }
        let sum = layer("Rescaling", [number(Float(window.kernel.reduce(1, *)))], value.tensor)
        value.tensor = root(sum, power)
        define(node, value)
    }
}
