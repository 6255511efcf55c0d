import IR
import Target

// One method a primitive: which places its operands need, which kernel runs, and where the result goes.

extension Planner {
    mutating func plan(_ operation: Operation, at position: Int) throws {
        switch operation.primitive {
        case .input(let index): planInput(operation, index)
        case .constant(let value): plan(value, operation)
        case .convolution(let convolution): plan(convolution, operation)
        case .transposedConvolution(let transposed): plan(transposed, operation)
        case .separable(let separable): plan(separable, operation)
        case .matrixProduct(let product): plan(product, operation)
        case .matmul: planMatmul(operation)
        case .pooling(let pooling): plan(pooling, operation)
        case .reduction(let reduction): plan(reduction, operation)
        case .elementwise(let elementwise): try plan(elementwise, operation)
        case .softmax(let axis, let isLogarithmic): try planSoftmax(operation, axis: axis, isLogarithmic: isLogarithmic)
        case .sparsemax:
            planSlotwise(operation, title: "sparsemax") { x, y, _ in sparsemaxKernel(x: x, y: y) }
        case .upsampling(let upsampling): plan(upsampling, operation)
        case .resampling(let resampling): plan(resampling, operation)
        case .localResponse(let response): plan(response, operation)
        case .momentNormalization(let normalization): plan(normalization, operation)
        case .channelGather(let map): planGather(operation, map)
        case .gather(let gather): try planGather(operation, gather)
        case .concatenation(let axis): try planConcatenation(operation, axis: axis)
        case .padding(let margins): planPadding(operation, margins)
        case .reshape: planReshape(operation)
        case .slice, .permutation: planReindexing(operation)
        }
    }

    // MARK: Inputs

    /// A first convolution over few channels reads Keras' own layout, with a border where it needs one; everything else wants channel blocks.
    private mutating func planInput(_ operation: Operation, _ index: Int) {
        let value = operation.output
        let image = Image(graph[value].shape)
        let plain = Layout.interleaved(lanes: lanes, height: image.height, width: image.width, channels: image.channels)
        locations[value] = Location(root: .input(index), layout: plain)
        guard readersAcceptInterleaved(value) else {
            _ = blocked(value, why: "the input '\(graph.inputNames[index])' to channel blocks")
            labelLastStep(value)
            return
        }
        if borders[value] ?? .zero == .zero || isReadByRows(value) { return }
        let bordered = newInterleavedBuffer(for: value)
        copy(
            value, from: locations[value]!, to: bordered,
            why: "the input '\(graph.inputNames[index])' with a border of zeros")
        locations[value] = bordered
        labelLastStep(value)
    }

    /// Whether all that reads an image is one convolution that takes it in row by row.
    private func isReadByRows(_ image: ValueID) -> Bool {
        guard let readers = consumers[image], readers.count == 1,
            case .convolution(let convolution) = operation(at: readers[0]).primitive
        else { return false }
        return readsImageByRows(convolution, input: graph[image].shape, target: target, precision: options.precision)
    }

    private mutating func labelLastStep(_ value: ValueID) {
        steps[steps.count - 1].result = (value, location(of: value))
    }

    /// Whether all that read a value can do so in Keras' order: plain convolutions over few channels, products with a vector, products of
    /// matrices, and functions of single elements whose readers can.
    func readersAcceptInterleaved(_ value: ValueID) -> Bool {
        let image = Image(graph[value].shape)
        let readers = consumers[value] ?? []
        return !readers.isEmpty
            && readers.allSatisfy { position in
                let reader = operation(at: position)
                if reader.primitive == .matmul { return true }
                guard reader.inputs[0] == value, !reader.inputs.dropFirst().contains(value) else { return false }
                switch reader.primitive {
                case .convolution(let convolution):
                    return convolution.groups == 1 && image.channels < min(lanes, 8)
                case .elementwise(let elementwise):
                    return elementwise.combine == nil && readersAcceptInterleaved(reader.output)
                case .matrixProduct: return image.positions == 1
                case .reshape:
                    return Image(graph[reader.output].shape) != image || consumers[reader.output] == nil
                        || readersAcceptInterleaved(reader.output)
                default: return false
                }
            }
    }

    // MARK: Windows and channels

    private mutating func plan(_ pooling: Pooling, _ operation: Operation) {
        planSlotwise(operation, title: describe(pooling)) {
            poolingKernel(pooling, x: $0, y: $1, target: $2)
        }
    }

    private mutating func plan(_ reduction: Reduction, _ operation: Operation) {
        planSlotwise(operation, title: "\(reduction.kind) of all positions") {
            reductionKernel(reduction, x: $0, y: $1, target: $2)
        }
    }

    private mutating func plan(_ upsampling: Upsampling, _ operation: Operation) {
        let factor = upsampling.factor
        planSlotwise(operation, title: "\(upsampling.method) upsampling by \(factor.height)×\(factor.width)") {
            upsamplingKernel(upsampling, x: $0, y: $1, target: $2)
        }
    }

    private mutating func plan(_ resampling: Resampling, _ operation: Operation) {
        let shape = describe(Array(graph[operation.output].shape.prefix(2)))
        planSlotwise(operation, title: "resampling to \(shape)") {
            resamplingKernel(resampling, x: $0, y: $1, target: $2)
        }
    }

    /// An operation that treats every channel alike: the result has the channels in the order of the operand.
    private mutating func planSlotwise(
        _ operation: Operation, title: String, kernel: (_ x: Layout, _ y: Layout, _ target: Target) -> KernelInstance
    ) {
        let x = blocked(operation.inputs[0], why: "to channel blocks")
        let y = destination(for: operation.output, slots: x.layout.slots, mayInterleave: x.layout.isInOrder)
        let call = DraftCall(instance: kernel(x.layout, y.layout, target), reads: [x], writes: y)
        emit(operation.output, at: y, title: title, calls: [call], inputs: operation.inputs)
    }

    private mutating func plan(_ response: LocalResponse, _ operation: Operation) {
        let slots = naturalSlots(graph[operation.output].channels)
        let x = blocked(operation.inputs[0], slots: slots, why: "to the order of channels")
        let y = destination(for: operation.output, slots: slots, mayInterleave: true)
        emit(
            operation.output, at: y, title: "local response normalization over \(response.size) channels",
            calls: [
                DraftCall(
                    instance: localResponseKernel(response, x: x.layout, y: y.layout, target: target), reads: [x],
                    writes: y)
            ], inputs: operation.inputs)
    }

    /// Groups of channels are looked for where their numbers are; the channels of one position may lie in any order.
    private mutating func plan(_ normalization: MomentNormalization, _ operation: Operation) {
        let source = operation.inputs[0]
        let slots = normalization.span == .position ? nil : naturalSlots(graph[source].channels)
        let x = blocked(source, slots: slots, why: slots == nil ? "to channel blocks" : "to the order of channels")
        let place = inPlace(operation, x)
        let y =
            place ?? destination(for: operation.output, slots: x.layout.slots, mayInterleave: x.layout.isInOrder)
        let call = DraftCall(
            instance: normalizationKernel(normalization, x: x.layout, y: y.layout, target: target), reads: [x],
            writes: y)
        let title = normalization.span == .position ? "normalization of channels" : "normalization of groups"
        emit(operation.output, at: y, title: title, calls: [call], inputs: operation.inputs)
        if place != nil { steps[steps.count - 1].calls = [call] }
    }

    private mutating func planSoftmax(_ operation: Operation, axis: Int, isLogarithmic: Bool) throws {
        let rank = graph[operation.output].shape.count
        guard rank <= 3 || axis >= rank - 2 else {
            throw PlanError(
                "softmax over axis \(axis + 1) of a tensor of rank \(rank) has no kernel",
                origin: graph[operation.output].origin)
        }
        planSlotwise(operation, title: isLogarithmic ? "log softmax" : "softmax") {
            softmaxKernel(axis: axis + 3 - rank, isLogarithmic: isLogarithmic, x: $0, y: $1, target: $2)
        }
    }

    /// Operands take the order of channels of the one that has them all; a broadcast operand stays as it is.
    private mutating func plan(_ elementwise: Elementwise, _ operation: Operation) throws {
        if let y = interleavedDestination(of: operation, elementwise) {
            let x = location(of: operation.inputs[0])
            let instance = elementwiseKernel(elementwise, inputs: [x.layout], y: y.layout, target: target)
            return emit(
                operation.output, at: y, title: "elementwise",
                calls: [DraftCall(instance: instance, reads: [x], writes: y)], inputs: operation.inputs)
        }
        let channels = graph[operation.output].channels
        let full = operation.inputs.first { graph[$0].channels == channels }
        guard let full else {
            throw PlanError("no operand has the channels of the result", origin: graph[operation.output].origin)
        }
        let slots = blocked(full, why: "to channel blocks").layout.slots
        let operands = operation.inputs.map { input in
            graph[input].channels == channels
                ? blocked(input, slots: slots, why: "to the order of channels of the other operand")
                : splat(input)
        }
        let mayInterleave = operands.allSatisfy(\.layout.isInOrder)
        let y =
            inPlace(operation, operands[0])
            ?? destination(for: operation.output, slots: slots, mayInterleave: mayInterleave)
        let instance = elementwiseKernel(elementwise, inputs: operands.map(\.layout), y: y.layout, target: target)
        let call = DraftCall(instance: instance, reads: operands, writes: y)
        let zeroes = y.root != operands[0].root
        emit(
            operation.output, at: y, title: elementwise.combine.map { "elementwise \($0)" } ?? "elementwise",
            calls: [call], inputs: operation.inputs,
            reasons: whyApart(operation, elementwise)
                + (zeroes ? [] : ["overwrites its operand, which nothing else reads"]))
        if !zeroes { steps[steps.count - 1].calls = [call] }
    }

    /// One channel that serves all of another operand's: it must be the first of its vector, which a channel of a larger tensor is not.
    private mutating func splat(_ value: ValueID) -> Location {
        let isFirst = location(of: value).layout.slots.first == 0
        return blocked(value, slots: isFirst ? nil : naturalSlots(1), why: "to channel blocks")
    }

    /// Why a scale and shift, such as a batch normalization, are in no product's weights.
    private func whyApart(_ operation: Operation, _ elementwise: Elementwise) -> [String] {
        guard elementwise.combine == nil, elementwise.scale != nil || elementwise.shift != nil else { return [] }
        let source = operation.inputs[0]
        let readers = consumers[source, default: []].count + graph.outputs.count { $0 == source }
        return [
            "scale and shift are a step of their own: "
                + (readers > 1
                    ? "others read its input without them"
                    : "no product before or behind it could take them into its weights")
        ]
    }

    /// A buffer in Keras' own order, with the border that readers need, for the result of a function of single elements of a public input.
    private mutating func interleavedDestination(of operation: Operation, _ elementwise: Elementwise) -> Location? {
        let source = location(of: operation.inputs[0])
        guard elementwise.combine == nil, source.layout.order == .interleaved, !source.isFlattened,
            source.layout.isInOrder, readersAcceptInterleaved(operation.output)
        else { return nil }
        return newInterleavedBuffer(for: operation.output)
    }

    /// A buffer in Keras' own order, with the border that readers need.
    mutating func newInterleavedBuffer(for value: ValueID) -> Location {
        let (image, border) = (Image(graph[value].shape), borders[value] ?? .zero)
        var layout = Layout.interleaved(
            lanes: lanes, height: image.height, width: image.width, channels: image.channels)
        (layout.top, layout.bottom, layout.left, layout.right) = (border.top, border.bottom, border.left, border.right)
        return newBuffer(layout)
    }
}

extension Image {
    var positions: Int { height * width }

    /// Whether height and width are those of the other.
    func hasPositions(of other: Image) -> Bool { height == other.height && width == other.width }
}

extension Layout {
    /// Slots hold the channels in order, nothing between them.
    var isInOrder: Bool { slots.enumerated().allSatisfy { $0.element == -1 || $0.element == $0.offset } }
}

/// `maximum of 2×2`
func describe(_ pooling: Pooling) -> String { "\(pooling.kind) of \(pooling.window.height)×\(pooling.window.width)" }

/// `3×3, stride 2, dilation 2`
func describe(_ convolution: Convolution) -> String {
    var text = "\(convolution.kernel.height)×\(convolution.kernel.width)"
    let (s, d) = (convolution.strides, convolution.dilation)
    if s != .one { text += s.height == s.width ? ", stride \(s.height)" : ", strides \(s.height)×\(s.width)" }
    if d != .one { text += d.height == d.width ? ", dilation \(d.height)" : ", dilation \(d.height)×\(d.width)" }
    return text
}

func title(of convolution: Convolution, isDepthwise: Bool) -> String {
    if isDepthwise { return "depthwise \(describe(convolution))" }
    return "convolution \(describe(convolution))" + (convolution.groups > 1 ? ", \(convolution.groups) groups" : "")
        + (convolution.pooling.map { " + \(describe($0))" } ?? "")
}
