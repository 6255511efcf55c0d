import Import

extension Importer {
    /// Writes average pooling where this is the quotient of two sums over the same windows, each a convolution with ones: that of an image,
    /// and that of ones, which counts the cells inside. JAX's exporters write poolings so.
    mutating func importAveragePooling(_ node: OperatorNode) throws -> Bool {
        guard node.inputs.count == 2, let sum = windowSum(node.inputs[0]), let count = windowSum(node.inputs[1]),
            sum.window.hasSameAttributes(as: count.window),
            case .literal(let weights)? = values[sum.window.inputs[1]],
            case .literal(let others)? = values[count.window.inputs[1]], weights.shape == others.shape,
            case .literal(let cells)? = values[count.window.inputs[0]], cells.count <= 1 << 24,
            try cells.floats().allSatisfy({ $0 == 1 }), try counts(cells.shape, sum.window, weights.shape),
            try broadcastShape(shape(node, 0), shape(node, 1)) == shape(node, 0)
        else { return false }
        let window = sum.window.retyped(
            "AveragePool", setting: "kernel_shape", to: Array(weights.shape[2...]), without: "group")
        // The pooling takes the convolution's place, for the operators behind it to be read again.
        let former = values
        do {
            try operators["AveragePool"]!(&self, window)
            for view in sum.views { try operators[view.type]!(&self, view) }
        } catch is OperatorProblem {
            values = former
            return false
        }
        let pooled = values[node.inputs[0]]
        values = former
        guard case .dynamic(let result)? = pooled else { return false }
        define(node, result)
        return true
    }

    /// Whether windows over ones of a shape meet as many as windows over a convolution's input meet cells. Along an axis where a window is one cell, and there is no
    /// margin, one may stand for all.
    private func counts(_ shape: [Int], _ window: OperatorNode, _ weights: [Int]) throws -> Bool {
        let image = try self.shape(window, 0)
        let pads = try window.ints("pads") ?? []
        guard shape.count == image.count, shape.count == weights.count else { return false }
        return shape.indices.allSatisfy { axis in
            let margins = [axis - 2, axis - 2 + shape.count - 2].filter { axis >= 2 && pads.indices.contains($0) }
            let isIdle = axis < 2 || weights[axis] == 1 && margins.allSatisfy { pads[$0] == 0 }
            return shape[axis] == image[axis] || shape[axis] == 1 && isIdle
        }
    }

    /// The convolution of each channel with ones that made a tensor, and the operators that gave its result other axes of extent 1, in order.
    private func windowSum(_ name: String) -> (window: OperatorNode, views: [OperatorNode])? {
        var views: [OperatorNode] = []
        var name = name
        while let node = producer(name), ["Reshape", "Squeeze", "Unsqueeze"].contains(node.type), views.count < 8 {
            views.insert(node, at: 0)
            name = node.inputs[0]
        }
        guard let window = producer(name, "Conv"), !window.has(2),
            case .literal(let weights)? = values[window.inputs[1]], weights.count <= 1 << 16,
            weights.shape.count > 2, weights.shape[1] == 1,
            weights.shape[0] == (try? window.int("group", default: 1)),
            (try? weights.floats())?.allSatisfy({ $0 == 1 }) == true
        else { return nil }
        return (window, views)
    }
}
