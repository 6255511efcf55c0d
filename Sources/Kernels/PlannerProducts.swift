import IR
import Target

// Convolutions and products with weights, and the choice among the ways to compute them.

extension Planner {
    mutating func plan(_ convolution: Convolution, _ operation: Operation) {
        let source = operation.inputs[0]
        let isDepthwise = convolution.isDepthwise(inputChannels: graph[source].channels)
        var x = unflattened(source)
        let factors = convolution.scalesInput ? operation.inputs[1] : nil
        if takesImage(convolution, of: source, at: x) { return planImage(convolution, operation, x) }
        precondition(convolution.prologue == nil, "a prologue that no kernel computes")
        if factors != nil {
            x = blocked(source, slots: naturalSlots(graph[source].channels), why: "for weights that are scaled")
        } else if x.layout.order == .interleaved,
            isDepthwise || convolution.groups > 1 || graph[source].channels >= lanes
        {
            x = blocked(source, why: "to channel blocks")
        } else if !x.layout.covers(borders[source] ?? .zero) {
            x = blocked(source, why: "for a border of zeros")
        }
        if convolution.isOfPlanes(channels: graph[source].channels), let y = plane(operation, x) {
            let instance = planeConvolutionKernel(convolution, x: x.layout, y: y.layout, target: target)
            return emit(convolution, operation, instance, x, y, reasons: paddingReasons(convolution.padding))
        }
        if convolution.groups > 1, !separatesGroups(convolution, x: x.layout), isByWinograd(convolution, operation) {
            x = blocked(source, slots: naturalSlots(graph[source].channels), why: "for vectors of one group")
        }
        let slots = outputSlots(of: convolution, x: x.layout, isDepthwise: isDepthwise)
        let (y, r) = places(
            ofSum: operation, convolution.epilogue, slots: slots, isOrderFree: convolution.groups == 1,
            mayInterleave: isDepthwise || options.precision == .fast || slots == naturalSlots(convolution.filters))
        var instance: KernelInstance
        let map = convolution.mapShape(of: graph[source].shape)
        var weights = convolution.weights.values.count
        var products: Int?
        var decision: Decision?
        var reasons = paddingReasons(convolution.padding)
        if isDepthwise || factors == nil && supportsGroups(convolution, x: x.layout, y: y.layout) {
            instance = depthwiseKernel(convolution, x: x.layout, y: y.layout, residual: r?.layout, target: target)
        } else {
            let choice = decide(convolution, operation, x: x.layout, y: y.layout)
            decision = choice
            if let form = choice.way.tile.flatMap({ convolution.winogradForm(tile: $0) }) {
                let (tile, kernel) = (form.tile, convolution.kernel)
                let work = tile.height * tile.width * kernel.height * kernel.width
                reasons.append(
                    "by Winograd's algorithm: \(form.places * form.parts) products do the work of \(work)")
                instance = winogradKernel(
                    convolution, form: form, x: x.layout, y: y.layout, residual: r?.layout, target: target,
                    way: choice.way)
                products = winogradProducts(form, of: convolution, in: graph[source].shape)
                weights = winogradWeights(form, convolution)
            } else if case .strassen(let levels, let block) = choice.way {
                let form = StrassenForm(levels: levels)
                reasons.append(
                    "by Strassen's algorithm: \(form.products) products of blocks do the work of \(form.side * form.side * form.side)"
                )
                instance = strassenKernel(
                    convolution, levels: levels, block: block, x: x.layout, y: y.layout, residual: r?.layout,
                    target: target)
                products = form.multiplications(pixels: Image(map).positions, x: x.layout, y: y.layout) * lanes
                weights = form.weightBytes(x: x.layout, y: y.layout) / 4
            } else {
                if let reason = whyDirect(convolution, operation) {
                    reasons.append("not by Winograd's algorithm: \(reason)")
                }
                instance = convolutionKernel(
                    convolution, x: x.layout, y: y.layout, residual: r?.layout, target: target,
                    precision: options.precision, way: choice.way)
            }
        }
        var scale: Location?
        if let factors {
            scale = vector(factors, slots: x.layout.slots)
            instance = instance.scalingInput()
        }
        emit(
            operation.output, at: y, title: title(of: convolution, isDepthwise: isDepthwise),
            calls: [DraftCall(instance: instance, reads: [x, r, scale].compactMap { $0 }, writes: y)],
            inputs: operation.inputs, weights: weights,
            macs: Image(map).positions * convolution.weights.values.count, products: products, reasons: reasons,
            decision: decision)
    }

    /// Whether a convolution reads a public input as it comes, and it would need a border or a prologue else.
    private func takesImage(_ convolution: Convolution, of value: ValueID, at x: Location) -> Bool {
        guard case .input = x.root else { return false }
        return (convolution.prologue != nil || !x.layout.covers(borders[value] ?? .zero))
            && readsImageByRows(
                convolution, input: graph[value].shape, target: target, precision: options.precision)
    }

    /// A place for a map of one channel in rows of plain floats, where the one that it is made of lies so and what reads it can read it so.
    private mutating func plane(_ operation: Operation, _ x: Location) -> Location? {
        let value = operation.output
        guard x.layout.order == .interleaved else { return nil }
        if soleOutput(value) != nil { return destination(for: value, slots: naturalSlots(1), mayInterleave: true) }
        guard readersAcceptInterleaved(value) else { return nil }
        return newInterleavedBuffer(for: value)
    }

    /// A convolution that takes an image in row by row.
    private mutating func planImage(_ convolution: Convolution, _ operation: Operation, _ x: Location) {
        let slots = preferredOutputSlots(for: convolution, target: target, precision: options.precision)
        let (y, _) = places(ofSum: operation, convolution.epilogue, slots: slots)
        let input = graph[operation.inputs[0]].shape
        let ways = imageWays(
            of: convolution, x: x.layout, y: y.layout, target: target, precision: options.precision)
        let subject = "image " + subject(of: convolution, input: input, output: convolution.mapShape(of: input))
        let decision = Decision(subject, ways, wanted: options.choices.way(for: subject), otherwise: ways[0])
        let instance = imageConvolutionKernel(
            convolution, x: x.layout, y: y.layout, target: target, precision: options.precision, way: decision.way)
        let reason = "no copy of the image: its rows come with their border of zeros to scratch memory"
        emit(convolution, operation, instance, x, y, reasons: [reason], decision: decision)
    }

    /// Records the step of a convolution whose kernel takes nothing but one image.
    private mutating func emit(
        _ convolution: Convolution, _ operation: Operation, _ instance: KernelInstance, _ x: Location, _ y: Location,
        reasons: [String], decision: Decision? = nil
    ) {
        let weights = convolution.weights.values.count
        emit(
            operation.output, at: y, title: title(of: convolution, isDepthwise: false),
            calls: [DraftCall(instance: instance, reads: [x], writes: y)], inputs: operation.inputs, weights: weights,
            macs: Image(graph[operation.output].shape).positions * weights, reasons: reasons, decision: decision)
    }

    /// A vector whose elements follow one another in the order of slots.
    private mutating func vector(_ value: ValueID, slots: [Int]) -> Location {
        let why = "to the order of the channels that it scales"
        let present = blocked(value, slots: slots, why: why)
        guard present.layout.hasBorder else { return present }
        let plain = newBuffer(Layout(.blocked, lanes: lanes, height: 1, width: 1, slots: slots))
        copy(value, from: present, to: plain, why: why)
        return plain
    }

    private func paddingReasons(_ padding: Margins) -> [String] {
        padding == .zero ? [] : ["padding without a copy: the buffer of the input has a border of zeros"]
    }

    /// A depthwise kernel works lane by lane, so it keeps the order that a shuffle made; the next convolution reads any.
    private func outputSlots(of convolution: Convolution, x: Layout, isDepthwise: Bool) -> [Int] {
        guard isDepthwise else {
            return preferredOutputSlots(for: convolution, target: target, precision: options.precision)
        }
        return convolution.filtersPerGroup == 1 ? x.slots : naturalSlots(convolution.filters)
    }

    /// The places of a product's result and of the residual that it may add. Both hold channels in the same order: `slots`, or that of the
    /// residual where any order will do.
    private mutating func places(
        ofSum operation: Operation, _ epilogue: Epilogue, slots: [Int], isOrderFree: Bool = true,
        mayInterleave: Bool = true
    ) -> (y: Location, residual: Location?) {
        guard epilogue.addsResidual else {
            return (destination(for: operation.output, slots: slots, mayInterleave: mayInterleave), nil)
        }
        let residual = operation.inputs[operation.inputs.count - 1]
        let present = unflattened(residual).layout
        let y = destination(
            for: operation.output, slots: isOrderFree && present.order == .blocked ? present.slots : slots,
            mayInterleave: false)
        return (y, blocked(residual, slots: y.layout.slots, why: "to the order of channels of the sum"))
    }

    private func isByWinograd(_ convolution: Convolution, _ operation: Operation) -> Bool {
        let input = graph[operation.inputs[0]].shape
        return winogradForm(
            of: convolution, input: input, output: convolution.mapShape(of: input), lanes: lanes, options: options)
            != nil
    }

    /// Chooses among the ways to compute a convolution. One that pools has Winograd's alone.
    private func decide(_ convolution: Convolution, _ operation: Operation, x: Layout, y: Layout) -> Decision {
        let input = graph[operation.inputs[0]].shape
        let output = convolution.mapShape(of: input)
        let direct =
            convolution.pooling == nil
            ? directWays(of: convolution, x: x, y: y, target: target, precision: options.precision) : []
        let best =
            options.precision == .fast
            ? winogradForm(for: convolution, input: input, output: output, lanes: lanes) : nil
        let forms = best.map { best in [best] + WinogradForm.all(for: convolution.kernel).filter { $0 != best } } ?? []
        let fast = forms.flatMap { form in
            WinogradBlocks(of: convolution, form, x: x, y: y, target: target).sizes.map {
                ConvolutionWay.winograd(tile: form.tile, block: $0)
            }
        }
        // The input has the border that this form needs.
        let form = winogradForm(of: convolution, input: input, output: output, lanes: lanes, options: options)
        let (better, others) =
            options.precision == .fast ? strassenWays(of: convolution, x: x, y: y, target: target) : ([], [])
        let plain = better + direct + others
        let subject = subject(of: convolution, input: input, output: output)
        return Decision(
            subject, fast + plain, wanted: options.choices.way(for: subject),
            otherwise: (fast + plain).first { $0.tile == form?.tile }!)
    }

    /// Why a convolution is computed directly; `nil` for kernels for which there is nothing else.
    private func whyDirect(_ convolution: Convolution, _ operation: Operation) -> String? {
        if WinogradForm.all(for: convolution.kernel).isEmpty { return nil }
        if options.precision == .strict { return "precision is strict" }
        let input = graph[operation.inputs[0]].shape
        return Kernels.whyDirect(convolution, input: input, output: convolution.mapShape(of: input), lanes: lanes)
    }

    mutating func plan(_ separable: Separable, _ operation: Operation) {
        let source = operation.inputs[0]
        let x = blocked(source, why: "to channel blocks")
        let (input, output) = (graph[source].shape, graph[operation.output].shape)
        let (y, r) = places(
            ofSum: operation, separable.epilogue, slots: naturalSlots(separable.stages.last!.filters))
        let subject = subject(of: separable, input: input, output: output)
        let ways = ways(of: separable, x: x.layout, y: y.layout, target: target, precision: options.precision)
        let decision = ways.first.map {
            Decision(subject, ways, wanted: options.choices.way(for: subject), otherwise: $0)
        }
        let instance = separableKernel(
            separable, x: x.layout, y: y.layout, residual: r?.layout, target: target, precision: options.precision,
            way: decision?.way)
        let expanding = separable.expansion?.weights.values.count ?? 0
        let weights = separable.stages.reduce(0) { $0 + $1.weights.values.count }
        emit(
            operation.output, at: y,
            title: (separable.expansion == nil ? "" : "pointwise + ") + "depthwise \(describe(separable.depthwise))"
                + (separable.pointwise == nil ? "" : " + pointwise"),
            calls: [DraftCall(instance: instance, reads: [x, r].compactMap { $0 }, writes: y)],
            inputs: operation.inputs,
            weights: weights,
            macs: Image(input).positions * expanding + Image(output).positions * (weights - expanding),
            reasons: separable.expansion == nil ? paddingReasons(separable.depthwise.padding) : [],
            decision: decision)
    }

    mutating func plan(_ transposed: TransposedConvolution, _ operation: Operation) {
        let source = operation.inputs[0]
        let x = blocked(source, why: "to channel blocks")
        let (y, r) = places(ofSum: operation, transposed.epilogue, slots: naturalSlots(transposed.filters))
        let instances = transposedConvolutionKernels(
            transposed, x: x.layout, y: y.layout, residual: r?.layout, target: target, precision: options.precision)
        emit(
            operation.output, at: y,
            title:
                "transposed convolution \(transposed.kernel.height)×\(transposed.kernel.width), stride \(transposed.strides.height)",
            calls: instances.map { DraftCall(instance: $0, reads: [x, r].compactMap { $0 }, writes: y) },
            inputs: operation.inputs, weights: transposed.weights.values.count,
            macs: Image(graph[source].shape).positions * transposed.weights.values.count)
    }

    /// One row of a matrix is a product with a vector, bound by reading the weights; several rows are a pointwise convolution.
    mutating func plan(_ product: MatrixProduct, _ operation: Operation) {
        let source = operation.inputs[0]
        guard Image(graph[source].shape).positions == 1 else {
            let units = product.weights.shape[1]
            let weights = Constant(shape: [1, 1] + product.weights.shape, values: product.weights.values)
            return plan(
                Convolution(
                    kernel: .one, filters: units, weights: weights, bias: product.bias, epilogue: product.epilogue),
                operation)
        }
        var x = location(of: source)
        // The kernel gives a weight of zero to what lies between the channels.
        if options.precision == .strict, x.layout.hasEmptySlots { x = rowMajor(source, from: x) }
        let slots = naturalSlots(product.weights.shape[1])
        let y = destination(for: operation.output, slots: slots, mayInterleave: true)
        let instance = denseKernel(product, x: x.layout, y: y.layout, target: target)
        emit(
            operation.output, at: y, title: "dense", calls: [DraftCall(instance: instance, reads: [x], writes: y)],
            inputs: operation.inputs, weights: product.weights.values.count, macs: product.weights.values.count)
    }
}
