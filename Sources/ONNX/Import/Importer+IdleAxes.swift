import Import

// Windows over more than two axes, most of which they leave alone: so do JAX's exporters write poolings, whose windows also cover
// the batch and the channels, by one cell.

extension Importer {
    /// Applies a pooling whose window may leave axes alone: these count as channels.
    mutating func pooling(_ node: OperatorNode, _ pool: (inout Importer, OperatorNode) throws -> Void) throws {
        guard let kernel = try node.ints("kernel_shape"), let axes = try busyAxes(node, kernel),
            kernel.count == (try shape(node, 0).count) - 2
        else { return try pool(&self, node) }
        try withIdleAxes(of: node, besides: axes) { importer, inner, _ in try pool(&importer, inner) }
    }

    /// Applies a convolution of one channel with one filter; along axes that it leaves alone it is one for each channel.
    mutating func plainConvolution(_ node: OperatorNode, _ weights: Literal) throws -> Bool {
        guard weights.shape.count > 4, weights.shape[..<2] == [1, 1], !node.has(2),
            let axes = try busyAxes(node, Array(weights.shape[2...])),
            case let input = try shape(node, 0), input.count == weights.shape.count, input[1] == 1
        else { return false }
        let values = try weights.floats()
        try withIdleAxes(of: node, besides: axes) { importer, inner, channels in
            guard channels <= 1 << 16 else {
                throw OperatorProblem("a window beside \(channels) cells is not supported")
            }
            let repeated = Array(repeating: values, count: channels).flatMap { $0 }
            let kernel = axes.map { weights.shape[$0 + 2] }
            let name = inner.inputs[0] + "/weights"
            let former = importer.values[name]
            defer { importer.values[name] = former }
            importer.values[name] = .literal(Literal([channels, 1] + kernel, floats: repeated))
            inner.replaceInput(1, with: name)
            inner.setInt("group", channels)
            try importer.convolution(inner)
        }
        return true
    }

    /// The one or two axes along which a window does something, where there are others besides.
    private func busyAxes(_ node: OperatorNode, _ kernel: [Int]) throws -> [Int]? {
        let rank = kernel.count
        let strides = try node.ints("strides") ?? Array(repeating: 1, count: rank)
        let pads = try node.ints("pads") ?? Array(repeating: 0, count: 2 * rank)
        guard rank > 2, strides.count == rank, pads.count == 2 * rank else { return nil }
        var axes = (0..<rank).filter { kernel[$0] != 1 || strides[$0] != 1 || pads[$0] != 0 || pads[rank + $0] != 0 }
        if axes.isEmpty { axes = [0] }
        return axes.count < 3 ? axes : nil
    }

    /// Applies an operator to a tensor of which all axes but the batch and some are channels, and gives the result the axes that it should have.
    private mutating func withIdleAxes(
        of node: OperatorNode, besides busy: [Int],
        _ body: (inout Importer, OperatorNode, _ channels: Int) throws -> Void
    ) throws {
        let x = try dynamic(node, 0)
        let axes = atoms.resolve(x.onnx)
        let idle = axes.indices.dropFirst(2).filter { !busy.contains($0 - 2) }
        let channels = axes[1] + idle.flatMap { axes[$0] }
        let extents = atoms.extents([axes[1]] + idle.map { axes[$0] })
        let inner = node.along(busy, of: axes.count - 2)
        guard node.wants(0) else { return }
        let name = node.inputs[0] + "/idle"
        let former = values[name]
        defer { values[name] = former }
        values[name] = .dynamic(
            Dynamic(onnx: [axes[0], channels] + busy.map { axes[$0 + 2] }, net: x.net, tensor: x.tensor))
        inner.replaceInput(0, with: name)
        try body(&self, inner, atoms.extent(channels))
        guard case .dynamic(let result)? = values[node.outputs[0]],
            let parts = atoms.cut(result.onnx[1], into: extents)
        else { throw OperatorProblem("its result can't be given its axes") }
        var onnx = Array(repeating: Axis(), count: axes.count)
        (onnx[0], onnx[1]) = (result.onnx[0], parts[0])
        for (axis, part) in zip(idle, parts.dropFirst()) { onnx[axis] = part }
        for (axis, part) in zip(busy, result.onnx.dropFirst(2)) { onnx[axis + 2] = part }
        define(node, Dynamic(onnx: onnx, net: result.net, tensor: result.tensor))
    }
}
