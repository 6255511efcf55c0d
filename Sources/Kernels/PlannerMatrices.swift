import IR

// Products of tensors with each other, and tensors of weights: what has rows, but neither windows nor channels.

extension Planner {
    /// Both operands and the result lie row by row, as in Keras.
    mutating func planMatmul(_ operation: Operation) {
        let (a, b) = (operation.inputs[0], operation.inputs[1])
        let (aShape, bShape, shape) = (graph[a].shape, graph[b].shape, graph[operation.output].shape)
        let (x, x2) = (rowMajor(a, from: location(of: a)), rowMajor(b, from: location(of: b)))
        let y = plainDestination(for: operation.output)
        let instance = matmulKernel(
            rows: aShape[aShape.count - 2], depth: graph[a].channels, columns: graph[b].channels,
            aMatrices: aShape.dropLast(2).reduce(1, *), bMatrices: bShape.dropLast(2).reduce(1, *), target: target)
        emit(
            operation.output, at: y, title: "product of matrices",
            calls: [DraftCall(instance: instance, reads: [x, x2], writes: y)], inputs: operation.inputs,
            macs: shape.reduce(1, *) * graph[a].channels)
    }

    /// Row by row where products of matrices alone read it, else in blocks of channels.
    mutating func plan(_ value: Constant, _ operation: Operation) {
        let readers = consumers[operation.output] ?? []
        let isMatrix = readers.allSatisfy { self.operation(at: $0).primitive == .matmul }
        let y =
            isMatrix
            ? plainDestination(for: operation.output)
            : destination(
                for: operation.output, slots: naturalSlots(graph[operation.output].channels), mayInterleave: false)
        let call = DraftCall(instance: constantKernel(value, y: y.layout, target: target), reads: [], writes: y)
        emit(
            operation.output, at: y, title: "constant", calls: [call], inputs: [], weights: value.values.count)
    }

    /// A place in Keras' own order without borders.
    private mutating func plainDestination(for value: ValueID) -> Location {
        let image = Image(graph[value].shape)
        let layout = Layout.interleaved(
            lanes: lanes, height: image.height, width: image.width, channels: image.channels)
        return soleOutput(value).map { Location(root: .output($0), layout: layout) } ?? newBuffer(layout)
    }
}
