import IR

// Operations that move nothing where they can: another order of slots, another shape of the same memory, slots in a row.

extension Planner {
    /// Channel shuffle and split: the same memory, with other names for its slots. Whole vectors that the result does not use are left out.
    mutating func planGather(_ operation: Operation, _ map: [Int]) {
        let source = operation.inputs[0]
        let x = blocked(source, why: "to channel blocks")
        guard Set(map).count == map.count else {
            return copyGathered(operation, map, x)
        }
        var channel: [Int: Int] = [:]
        for (result, from) in map.enumerated() { channel[from] = result }
        let slots = x.layout.slots.map { $0 < 0 ? -1 : channel[$0] ?? -1 }
        let used = slots.indices.filter { slots[$0] >= 0 }
        let first = used.first! / lanes * lanes
        let end = (used.last! / lanes + 1) * lanes
        var layout = x.layout
        layout.slots = Array(slots[first..<end])
        locations[operation.output] = Location(
            root: x.root, offset: x.offset + first / lanes * x.layout.vector, layout: layout)
        remark(operation.output, "no code: the same memory, its channels in another order")
    }

    /// Rows or columns of whole vectors by a table; channels are found as in a copy, those from outside being zero.
    mutating func planGather(_ operation: Operation, _ gather: Gather) throws {
        let (source, result) = (operation.inputs[0], operation.output)
        let rank = graph[source].shape.count
        guard rank <= 3 || gather.axis == rank - 1 else {
            throw PlanError(
                "a gather along axis \(gather.axis + 1) of a tensor of rank \(rank) has no kernel",
                origin: graph[result].origin)
        }
        let x = blocked(source, why: "to channel blocks")
        if gather.axis == rank - 1 { return copyGathered(operation, gather.indices, x) }
        let y = destination(for: result, slots: x.layout.slots, mayInterleave: x.layout.isInOrder)
        let isRows = gather.axis + 3 - rank == 0
        let instance = gatherKernel(gather, isRows: isRows, x: x.layout, y: y.layout, target: target)
        emit(
            result, at: y, title: "gather of \(isRows ? "rows" : "columns")",
            calls: [DraftCall(instance: instance, reads: [x], writes: y)], inputs: operation.inputs)
    }

    /// A gather that repeats a channel, or leaves one zero, needs memory of its own.
    private mutating func copyGathered(_ operation: Operation, _ map: [Int], _ x: Location) {
        let y = destination(for: operation.output, slots: naturalSlots(map.count), mayInterleave: false)
        var renamed = y.layout
        renamed.slots = y.layout.slots.map { $0 < 0 ? -1 : map[$0] }
        let call = DraftCall(instance: copyKernel(x: x.layout, y: renamed, target: target), reads: [x], writes: y)
        emit(operation.output, at: y, title: "gather of channels", calls: [call], inputs: operation.inputs)
    }

    /// Parts that were written in place need nothing more; the others are copied behind one another.
    mutating func planConcatenation(_ operation: Operation, axis: Int) throws {
        let whole = operation.output
        let shape = graph[whole].shape
        if axis != shape.count - 1 { return try planStacking(operation, axis: axis) }
        func isPart(_ input: ValueID, _ index: Int) -> Bool {
            parts[input].map { $0.whole == whole && $0.index == index } ?? false
        }
        var slots: [Int] = []
        var start = 0
        var sources: [Location] = []
        for (index, input) in operation.inputs.enumerated() {
            let isHere = isPart(input, index)
            let source = isHere ? location(of: input) : unflattened(input)
            sources.append(source)
            let own = isHere ? source.layout.slots : naturalSlots(graph[input].channels)
            slots += own.map { $0 < 0 ? -1 : $0 + start }
            start += graph[input].channels
        }
        let y = destination(for: whole, slots: slots, mayInterleave: false)
        locations[whole] = y
        for (index, input) in operation.inputs.enumerated() {
            if isPart(input, index) { continue }
            var layout = y.layout
            layout.slots = naturalSlots(graph[input].channels)
            let place = Location(root: .part(of: whole, index: index), layout: layout)
            copy(
                input, from: sources[index], to: place,
                why: "into the concatenation \(graph[whole].origin.layers.last?.name ?? "")")
        }
        let vectors = operation.inputs.enumerated().map { index, input in
            if isPart(input, index) {
                return location(of: input).layout.slots.count / lanes
            }
            return (graph[input].channels + lanes - 1) / lanes
        }
        wholes[whole] = (y, vectors)
        let written = operation.inputs.indices.filter { isPart(operation.inputs[$0], $0) }.map {
            graph[operation.inputs[$0]].origin.layers.last?.name ?? "?"
        }
        if !written.isEmpty { remark(whole, "no code: \(written.joined(separator: ", ")) write in place") }
    }

    /// Concatenation along rows or columns: each operand is copied into its region.
    private mutating func planStacking(_ operation: Operation, axis: Int) throws {
        let whole = operation.output
        let rank = graph[whole].shape.count
        let isRows = axis + 3 - rank == 0
        guard rank <= 3 || axis == rank - 2 else {
            throw PlanError(
                "concatenation along axis \(axis + 1) of a tensor of rank \(rank) has no kernel",
                origin: graph[whole].origin)
        }
        let slots = naturalSlots(graph[whole].channels)
        let y = destination(for: whole, slots: slots, mayInterleave: false)
        var calls: [DraftCall] = []
        var start = 0
        for input in operation.inputs {
            let image = Image(graph[input].shape)
            let x = blocked(input, slots: slots, why: "to the order of channels")
            var region = y
            let total = Image(graph[whole].shape)
            (region.layout.height, region.layout.width) = (image.height, image.width)
            if isRows {
                region.layout.top += start
                region.layout.bottom += total.height - start - image.height
                region.offset += start * y.layout.row
                start += image.height
            } else {
                region.layout.left += start
                region.layout.right += total.width - start - image.width
                region.offset += start * y.layout.pixel
                start += image.width
            }
            calls.append(
                DraftCall(
                    instance: copyKernel(x: x.layout, y: region.layout, target: target), reads: [x], writes: region))
        }
        emit(
            whole, at: y, title: "concatenation of \(isRows ? "rows" : "columns")", calls: calls,
            inputs: operation.inputs)
    }

    /// Zeros around an image, or its edges cut off, where no convolution could take that on.
    mutating func planPadding(_ operation: Operation, _ margins: Margins) {
        let source = operation.inputs[0]
        let x = unflattened(source)
        let slots = x.layout.order == .blocked ? x.layout.slots : naturalSlots(graph[source].channels)
        let y = destination(for: operation.output, slots: slots, mayInterleave: false)
        let calls = padKernels(margins, x: x.layout, y: y.layout, target: target)
        emit(
            operation.output, at: y, title: "padding",
            calls: calls.map { DraftCall(instance: $0, reads: [x], writes: y) },
            inputs: operation.inputs)
    }

    /// The same memory under another shape: always so between vectors and 1×1 images, and for an image that only products with its
    /// flattened self read; otherwise the elements are brought to row-major order first.
    mutating func planReshape(_ operation: Operation) {
        let (source, result) = (operation.inputs[0], operation.output)
        let x = location(of: source)
        let (from, to) = (Image(graph[source].shape), Image(graph[result].shape))
        if from == to {
            locations[result] = x
            remark(result, "no code: the same memory under another shape")
        } else if to.positions == 1, isReadByProductsOnly(result), !x.isFlattened {
            var view = x
            view.isFlattened = true
            locations[result] = view
            remark(result, "no code: the weights behind it are packed in the order of the image's memory")
        } else {
            var plain = rowMajor(source, from: x)
            plain.layout = .interleaved(lanes: lanes, height: to.height, width: to.width, channels: to.channels)
            locations[result] = plain
        }
    }

    private func isReadByProductsOnly(_ value: ValueID) -> Bool {
        guard !graph.outputs.contains(value) else { return false }
        return (consumers[value] ?? []).allSatisfy {
            if case .matrixProduct(let product) = operation(at: $0).primitive {
                return !product.epilogue.addsResidual || operation(at: $0).inputs[1] != value
            }
            return false
        }
    }

    /// A slice or permutation: element by element, each result from where its operand lies.
    mutating func planReindexing(_ operation: Operation) {
        let (source, result) = (operation.inputs[0], operation.output)
        let rank = graph[source].shape.count
        if rank <= 3, case .permutation(let axes) = operation.primitive {
            let x = unflattened(source)
            let y = destination(for: result, slots: naturalSlots(graph[result].channels), mayInterleave: true)
            return emitReindexing(operation, permutationKernel(axes, x: x.layout, y: y.layout, target: target), x, y)
        }
        if rank <= 3, case .slice(let axis, let start, let count) = operation.primitive, axis < rank - 1 {
            let x = blocked(source, why: "to channel blocks")
            let y = destination(for: result, slots: x.layout.slots, mayInterleave: x.layout.isInOrder)
            let instance = sliceKernel(
                axis: axis + 3 - rank, start: start, count: count, x: x.layout, y: y.layout, target: target)
            return emitReindexing(operation, instance, x, y)
        }
        let x = rowMajor(source, from: location(of: source))
        let image = Image(graph[result].shape)
        let y = newBuffer(
            .interleaved(lanes: lanes, height: image.height, width: image.width, channels: image.channels))
        let (strides, offset) = operation.primitive.reindexing(of: graph[source].shape)
        let instance = reindexKernel(
            shape: graph[result].shape, strides: strides, offset: offset, lanes: lanes, target: target)
        emitReindexing(operation, instance, x, y)
    }

    private mutating func emitReindexing(
        _ operation: Operation, _ instance: KernelInstance, _ x: Location, _ y: Location
    ) {
        emit(
            operation.output, at: y, title: "reordering", calls: [DraftCall(instance: instance, reads: [x], writes: y)],
            inputs: operation.inputs)
    }
}

extension Primitive {
    /// For a slice or permutation of a row-major tensor: the strides of the result's axes in it, and where its first element lies.
    func reindexing(of shape: [Int]) -> (strides: [Int], offset: Int) {
        var strides = Array(repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        switch self {
        case .permutation(let axes): return (axes.map { strides[$0] }, 0)
        case .slice(let axis, let start, _): return (strides, start * strides[axis])
        default: preconditionFailure("not a slice or permutation")
        }
    }
}
