// A transposed convolution of large strides as a plain one. Its outputs fall into phases, one for each position within a stride, which read
// different taps; each would be a kernel of its own. Instead one convolution makes all phases of a pixel as its channels, which are then put in
// their places (Shi et al. 2016, "Is the deconvolution layer the same as a convolutional layer?").
import IR

let phasesAsChannels = Pass(
    "phases-as-channels", "makes transposed convolutions of large strides plain ones of more channels"
) { graph, context, remarks in
    let operations = graph.operations
    graph.operations = []
    for operation in operations {
        guard case .transposedConvolution(let it) = operation.primitive, it.dilation == .one else {
            graph.operations.append(operation)
            continue
        }
        let judgement = context.capabilities.judgePhasesAsChannels(it, outputShape: graph[operation.output].shape)
        guard judgement.pays else {
            graph.operations.append(operation)
            continue
        }
        graph.appendPhases(it, operation)
        remarks.append(
            Remark(
                pass: "phases-as-channels", layers: graph[operation.output].origin.names,
                text: "made a convolution whose channels are put side by side: \(judgement.reason)"))
    }
}

extension Graph {
    /// The convolution, its channels in their places, and what of the epilogue can come only then.
    fileprivate mutating func appendPhases(_ it: TransposedConvolution, _ operation: Operation) {
        let (input, output) = (self[operation.inputs[0]].shape, self[operation.output].shape)
        let origin = self[operation.output].origin
        let rows = PhaseAxis(it.kernel.height, it.strides.height, crop: it.cropTop, input: input[0], output: output[0])
        let columns = PhaseAxis(
            it.kernel.width, it.strides.width, crop: it.cropLeft, input: input[1], output: output[1])
        // Where outputs lie out of the kernels' reach, the bias comes behind.
        let isDense = !(rows.places + columns.places).contains(Gather.outside)
        var last = [Elementwise(shift: it.bias, activation: it.epilogue.first)].filter { !isDense && !$0.isIdentity }
        if it.epilogue.addsResidual {
            last.append(Elementwise(combine: .add, activation: it.epilogue.last))
        } else if it.epilogue.last != .linear {
            last.append(Elementwise(activation: it.epilogue.last))
        }
        if let slope = it.epilogue.negativeSlope { last.append(Elementwise(negativeSlope: slope)) }
        let convolution = it.overPhases(rows, columns, channels: input[2], isDense: isDense)
        var steps: [(primitive: Primitive, shape: [Int])] = [
            (.convolution(convolution), [rows.cells, columns.cells, convolution.filters]),
            (.reshape, [rows.cells, columns.cells, rows.phases, columns.phases * it.filters]),
            (.permutation([0, 2, 1, 3]), [rows.cells, rows.phases, columns.cells, columns.phases * it.filters]),
            (.reshape, [rows.cells * rows.phases, columns.cells * columns.phases, it.filters]),
        ]
        for (axis, places) in [rows.places, columns.places].enumerated() {
            var shape = steps[steps.count - 1].shape
            guard places != Array(0..<shape[axis]) else { continue }
            shape[axis] = places.count
            steps.append((.gather(Gather(axis: axis, indices: places)), shape))
        }
        steps += last.map { (.elementwise($0), output) }
        var value = operation.inputs[0]
        for (position, step) in steps.enumerated() {
            var isSum = false
            if case .elementwise(let it) = step.primitive { isSum = it.combine != nil }
            let inputs = isSum ? [value, operation.inputs[1]] : [value]
            if position == steps.count - 1 {
                operations.append(Operation(step.primitive, inputs: inputs, output: operation.output))
            } else {
                value = append(step.primitive, inputs, shape: step.shape, origin: origin)
            }
        }
    }
}

/// The phases along one axis.
private struct PhaseAxis {
    let kernel, stride: Int
    /// How many phases have taps, and how many taps the first of them has.
    let phases, taps: Int
    /// The positions of the plain convolution.
    let cells: Int
    /// For each output its place among the phases of all positions, one position behind the other.
    let places: [Int]

    init(_ kernel: Int, _ stride: Int, crop: Int, input: Int, output: Int) {
        (self.kernel, self.stride) = (kernel, stride)
        let phases = min(kernel, stride)
        taps = (kernel + stride - 1) / stride
        let cells = input + taps - 1
        (self.phases, self.cells) = (phases, cells)
        places = (crop..<crop + output).map { position in
            let (cell, phase) = position.quotientAndRemainder(dividingBy: stride)
            return cell < cells && phase < phases ? cell * phases + phase : Gather.outside
        }
    }

    /// The kernel's tap that tap n of the plain convolution is for a phase: a later one reads a later cell, which adds an earlier tap.
    func tap(_ n: Int, phase: Int) -> Int? {
        let tap = phase + (taps - 1 - n) * stride
        return tap < kernel ? tap : nil
    }
}

extension TransposedConvolution {
    /// The convolution with the phases as channels; its bias and the first activation only where every output has taps.
    fileprivate func overPhases(
        _ rows: PhaseAxis, _ columns: PhaseAxis, channels: Int, isDense: Bool
    ) -> Convolution {
        let count = rows.phases * columns.phases
        let (above, before) = (rows.taps - 1, columns.taps - 1)
        let values = bias.map { bias in Array(repeatElement(bias.values, count: count).joined()) }
        return Convolution(
            kernel: Extent(rows.taps, columns.taps),
            padding: Margins(top: above, bottom: above, left: before, right: before), filters: count * filters,
            weights: weights(rows, columns, channels: channels),
            bias: isDense ? values.map { Constant(shape: [$0.count], values: $0) } : nil,
            epilogue: isDense ? Epilogue(first: epilogue.first) : Epilogue())
    }

    /// `[taps, taps, channels, phases·phases·filters]`
    private func weights(_ rows: PhaseAxis, _ columns: PhaseAxis, channels: Int) -> Constant {
        let shape = [rows.taps, columns.taps, channels, rows.phases * columns.phases * filters]
        var values: [Float] = []
        values.reserveCapacity(shape.reduce(1, *))
        for (top, left) in (0..<rows.taps).flatMap({ top in (0..<columns.taps).map { (top, $0) } }) {
            for channel in 0..<channels {
                for rowPhase in 0..<rows.phases {
                    for columnPhase in 0..<columns.phases {
                        guard let row = rows.tap(top, phase: rowPhase),
                            let column = columns.tap(left, phase: columnPhase)
                        else {
                            values += repeatElement(0, count: filters)
                            continue
                        }
                        let start = (row * kernel.width + column) * filters
                        for filter in start..<start + filters {
                            values.append(weights.values[filter * channels + channel])
                        }
                    }
                }
            }
        }
        return Constant(shape: shape, values: values)
    }
}
