import IR
import Kernels
import Target

/// A random convolution that is small but has every kind of irregularity.
struct ConvolutionProblem {
    var input: Extent
    var channels: Int
    var convolution: Convolution
    var output: Extent

    init(_ random: inout TestRandom) {
        let groups = random.pick([1, 1, 1, 2, 3, 4])
        let sizes = groups == 1 ? [1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64] : [1, 4, 8, 10, 16, 20]
        let (perGroup, filters) = (random.pick(sizes), random.pick(sizes) * groups)
        let kernel = Extent(random.pick([1, 1, 2, 3, 3, 5]), random.pick([1, 1, 2, 3, 3, 7]))
        let strides = Extent(random.pick([1, 1, 2, 3]), random.pick([1, 1, 2]))
        let dilation = Extent(random.pick([1, 1, 2]), random.pick([1, 1, 3]))
        let pad = random.pick([0, 1, 2])
        let padding = Margins(top: pad, bottom: random.pick([0, 1]), left: random.pick([0, pad]), right: pad)
        let need = Extent((kernel.height - 1) * dilation.height + 1, (kernel.width - 1) * dilation.width + 1)
        input = Extent(
            max(random.pick([1, 4, 7, 9]), need.height - pad), max(random.pick([1, 5, 7, 14, 19]), need.width - pad))
        channels = perGroup * groups
        output = Extent(
            (input.height + padding.top + padding.bottom - need.height) / strides.height + 1,
            (input.width + padding.left + padding.right - need.width) / strides.width + 1)
        convolution = Convolution(
            kernel: kernel, strides: strides, dilation: dilation, padding: padding, groups: groups, filters: filters,
            weights: random.tensor([kernel.height, kernel.width, perGroup, filters]),
            bias: random.pick([true, true, false]) ? random.tensor([filters]) : nil,
            epilogue: random.epilogue(filters: filters))
    }

    func makeCase(_ target: Target, _ random: inout TestRandom) -> KernelCase {
        let isInterleaved = convolution.groups == 1 && random.pick([true, false])
        let x = TestTensor.random(inputLayout(target, isInterleaved, &random), channels: channels, &random)
        let y = random.outputLayout(
            output, preferredOutputSlots(for: convolution, target: target), convolution.filters, target,
            mayInterleave: !convolution.epilogue.addsResidual)
        let residual =
            convolution.epilogue.addsResidual ? TestTensor.random(y, channels: convolution.filters, &random) : nil
        let instance = convolutionKernel(convolution, x: x.layout, y: y, residual: residual?.layout, target: target)
        let (expected, bounds) = referenceConvolution(convolution, x, residual, output)
        return convolutionCase(
            title: "\(describe(convolution)) of \(input.height)×\(input.width)×\(channels), \(instance.choice)",
            instances: [instance], reads: [x] + (residual.map { [$0] } ?? []), y: y, channels: convolution.filters,
            expected: expected, bounds: bounds)
    }

    func inputLayout(_ target: Target, _ isInterleaved: Bool, _ random: inout TestRandom) -> Layout {
        var layout =
            isInterleaved
            ? Layout.interleaved(lanes: target.lanes, height: input.height, width: input.width, channels: channels)
            : Layout.blocked(lanes: target.lanes, height: input.height, width: input.width, channels: channels)
        if !isInterleaved { layout.slots = random.reordered(layout.slots, lanes: target.lanes) }
        let (k, s, d, p) = (convolution.kernel, convolution.strides, convolution.dilation, convolution.padding)
        layout.top = p.top + random.pick([0, 1])
        layout.left = p.left + random.pick([0, 1])
        layout.bottom = max(0, (output.height - 1) * s.height + (k.height - 1) * d.height + 1 - p.top - input.height)
        layout.right = max(0, (output.width - 1) * s.width + (k.width - 1) * d.width + 1 - p.left - input.width)
        return layout
    }
}

func describe(_ c: Convolution) -> String {
    "\(c.kernel.height)×\(c.kernel.width) → \(c.filters), strides \(c.strides.height) \(c.strides.width), dilation "
        + "\(c.dilation.height) \(c.dilation.width), padding \(c.padding), groups \(c.groups), \(c.epilogue.first), residual \(c.epilogue.addsResidual), "
        + "\(c.epilogue.last), slopes \(c.epilogue.negativeSlope != nil)"
}

extension TestRandom {
    /// Activations with a residual, or slopes of negative results alone.
    mutating func epilogue(filters: Int) -> Epilogue {
        if pick([true, false, false, false]) { return Epilogue(negativeSlope: tensor([filters])) }
        return Epilogue(
            first: pick([.linear, .relu, .relu6]), addsResidual: pick([false, false, true]),
            last: pick([.linear, .relu]))
    }

    /// Channels as they are, or backwards, or rotated, or with a vector of nothing between.
    mutating func reordered(_ slots: [Int], lanes: Int) -> [Int] {
        switch next() % 5 {
        case 0: slots.reversed()
        case 1: Array(slots[(slots.count / 2)...] + slots[..<(slots.count / 2)])
        case 2: Array(repeating: -1, count: lanes) + slots
        default: slots
        }
    }

    mutating func outputLayout(
        _ output: Extent, _ slots: [Int], _ channels: Int, _ target: Target, mayInterleave: Bool
    ) -> Layout {
        if mayInterleave, pick([true, false, false]) {
            return .interleaved(lanes: target.lanes, height: output.height, width: output.width, channels: channels)
        }
        return Layout(
            .blocked, lanes: target.lanes, height: output.height, width: output.width,
            slots: pick([slots, slots, slots.reversed()]),
            top: pick([0, 1]), bottom: pick([0, 1]), left: pick([0, 2]), right: pick([0, 1]))
    }
}

/// A tensor of an image as a kernel sees it: elements in the order [row][column][channel].
struct TestTensor {
    var layout: Layout
    var channels: Int
    var values: [Float]

    static func random(_ layout: Layout, channels: Int, _ random: inout TestRandom) -> TestTensor {
        let count = layout.height * layout.width * channels
        return TestTensor(layout: layout, channels: channels, values: (0..<count).map { _ in random.unit() })
    }

    subscript(row: Int, column: Int, channel: Int) -> Float {
        values[(row * layout.width + column) * channels + channel]
    }
}

/// SplitMix64.
struct TestRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// From -1 to 1.
    mutating func unit() -> Float { Float(Int64(next() >> 40) - (1 << 23)) / Float(1 << 23) }
    mutating func pick<T>(_ choices: [T]) -> T { choices[Int(next() % UInt64(choices.count))] }
    mutating func tensor(_ shape: [Int]) -> Constant {
        Constant(shape: shape, values: (0..<shape.reduce(1, *)).map { _ in unit() })
    }
}

/// A call of kernels on given data; each element of the result may be off by its bound.
func convolutionCase(
    title: String, instances: [KernelInstance], reads: [TestTensor], y: Layout, channels: Int, expected: [Double],
    bounds: [Double]
) -> KernelCase {
    KernelCase(
        name: title, instance: instances[0], others: Array(instances.dropFirst()),
        inputs: reads.map {
            Image($0.layout.height, $0.layout.width, $0.channels, values: $0.values).packed($0.layout, border: 0)
        },
        y: y, expected: Image(y.height, y.width, channels, values: expected.map { Float($0) }),
        tolerance: { bounds[$0] + abs(expected[$0]) * unitRoundoff },
        alsoHolds: { borderProblem($0, y, expected: sentinel) })
}
