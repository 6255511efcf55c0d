import IR
import Kernels
import Target
import Testing

/// Convolutions against a plain loop in double precision, over random shapes, layouts and epilogues.
@Suite struct ConvolutionTests {
    @Test(arguments: runnableTargets)
    func `equals a plain loop`(_ target: Target) throws {
        var random = TestRandom(seed: 1)
        let cases = (0..<12).map { _ in ConvolutionProblem(&random).makeCase(target, &random) }
        #expect(try failures(cases, target: target) == [])
    }

    /// The last vector of each group takes two or four input channels at once; in small caches sums wait in y between blocks of them.
    @Test(arguments: runnableTargets.filter { $0.lanes >= 16 })
    func `a last vector of few channels equals a plain loop`(_ target: Target) throws {
        var random = TestRandom(seed: 11)
        var small = target
        small.l2 = 4096
        let lanes = target.lanes
        var cases: [KernelCase] = []
        for filters in [1, lanes / 4, lanes / 2, lanes + lanes / 4 - 1, 2 * lanes + lanes / 2, 6 * lanes + lanes / 2] {
            for (channels, groups) in [(3, 1), (2 * lanes, 1), (3 * lanes + 5, 1), (lanes, 3)] {
                var p = ConvolutionProblem(&random)
                p.channels = channels * groups
                p.convolution.groups = groups
                p.convolution.filters = filters * groups
                let k = p.convolution.kernel
                p.convolution.weights = random.tensor([k.height, k.width, channels, filters * groups])
                p.convolution.bias = random.tensor([filters * groups])
                p.convolution.epilogue = random.epilogue(filters: filters * groups)
                cases.append(p.makeCase(random.pick([target, small]), &random))
            }
        }
        #expect(cases.count { $0.name.contains("input channels at once") } >= 12)
        #expect(try failures(cases, target: target) == [])
    }
}

/// First convolutions of images of few channels.
@Suite struct ImageConvolutionTests {
    /// By rows of any number, with and without functions of the elements, which leave the border zero.
    @Test(arguments: runnableTargets.filter { $0.lanes > 3 })
    func `a convolution that takes an image in by rows equals a plain loop`(_ target: Target) throws {
        var random = TestRandom(seed: 21)
        var small = target
        (small.l1, small.l2) = (1024, 4096)
        var cases: [KernelCase] = []
        var waitingSums = 0
        for round in 0..<20 {
            var p = ConvolutionProblem(&random)
            p.channels = random.pick([1, 2, 3])
            if round >= 16 {
                // Of so many taps the small target takes some at a time.
                p.channels = 3
                p.convolution.kernel = Extent(2, 17)
                (p.convolution.strides, p.convolution.dilation) = (.one, .one)
                p.convolution.padding = Margins(top: 1, bottom: 0, left: 8, right: 8)
                (p.input, p.output) = (Extent(9, 20), Extent(9, 20))
            }
            p.convolution.groups = 1
            p.convolution.filters = random.pick([1, 3, 8, 16, 17, 32, 70])
            let (k, filters) = (p.convolution.kernel, p.convolution.filters)
            p.convolution.weights = random.tensor([k.height, k.width, p.channels, filters])
            p.convolution.bias = random.tensor([filters])
            p.convolution.epilogue = random.epilogue(filters: filters)
            p.convolution.epilogue.addsResidual = false
            let x = TestTensor.random(
                .interleaved(
                    lanes: target.lanes, height: p.input.height, width: p.input.width, channels: p.channels),
                channels: p.channels, &random)
            var rescaled = x
            if round % 2 == 1 {
                let (scale, shift) = (random.tensor([p.channels]), random.tensor([1]))
                p.convolution.prologue = Elementwise(scale: scale, shift: shift, activation: .relu)
                rescaled = TestTensor(
                    layout: x.layout, channels: p.channels,
                    values: x.values.indices.map {
                        max(0, x.values[$0] * scale.values[$0 % p.channels] + shift.values[0])
                    })
            }
            let y = random.outputLayout(
                p.output, preferredOutputSlots(for: p.convolution, target: target), filters, target, mayInterleave: true
            )
            let instance = imageConvolutionKernel(
                p.convolution, x: x.layout, y: y, target: round >= 16 ? small : random.pick([target, small]))
            waitingSums += instance.choice.contains("input channels at a time") ? 1 : 0
            let (expected, bounds) = referenceConvolution(p.convolution, rescaled, nil, p.output)
            cases.append(
                convolutionCase(
                    title: "image \(describe(p.convolution)) of \(p.input) \(p.channels) \(instance.choice)",
                    instances: [instance], reads: [x], y: y, channels: filters, expected: expected,
                    bounds: bounds.map { $0 * 2 }))
        }
        #expect(waitingSums >= 4)
        #expect(try failures(cases, target: target) == [])
    }

    @Test(arguments: runnableTargets)
    func `a convolution of one channel to one equals a plain loop`(_ target: Target) throws {
        var random = TestRandom(seed: 22)
        var cases: [KernelCase] = []
        for width in [1, 5, 16, 28, 33, 150] {
            for _ in 0..<2 {
                var p = ConvolutionProblem(&random)
                p.channels = 1
                p.convolution.groups = 1
                p.convolution.filters = 1
                p.convolution.strides.width = 1
                let k = p.convolution.kernel
                p.convolution.weights = random.tensor([k.height, k.width, 1, 1])
                p.convolution.bias = random.pick([true, false]) ? random.tensor([1]) : nil
                p.convolution.epilogue = Epilogue(first: random.pick([.linear, .relu]))
                let (d, padding) = (p.convolution.dilation, p.convolution.padding)
                p.input.width = max(width, (k.width - 1) * d.width + 1)
                p.output.width = p.input.width + padding.left + padding.right - (k.width - 1) * d.width
                let x = TestTensor.random(p.inputLayout(target, true, &random), channels: 1, &random)
                var y = Layout.interleaved(
                    lanes: target.lanes, height: p.output.height, width: p.output.width, channels: 1)
                (y.top, y.right) = (random.pick([0, 1]), random.pick([0, 3]))
                let instance = planeConvolutionKernel(p.convolution, x: x.layout, y: y, target: target)
                let (expected, bounds) = referenceConvolution(p.convolution, x, nil, p.output)
                cases.append(
                    convolutionCase(
                        title: "plane \(describe(p.convolution)) of \(p.input) \(instance.choice)",
                        instances: [instance], reads: [x], y: y, channels: 1, expected: expected, bounds: bounds))
            }
        }
        #expect(try failures(cases, target: target) == [])
    }
}

/// Each kernel against its definition, at every width.
@Suite struct OtherConvolutionTests {
    @Test(arguments: runnableTargets)
    func `a depthwise convolution equals a plain loop`(_ target: Target) throws {
        var random = TestRandom(seed: 3)
        var cases: [KernelCase] = []
        for _ in 0..<14 {
            var p = ConvolutionProblem(&random)
            let channels = random.pick([2, 3, 8, 16, 17, 33, 40])
            let m = random.pick([1, 1, 1, 2, 3])
            p.channels = channels
            p.convolution.groups = channels
            p.convolution.filters = channels * m
            let k = p.convolution.kernel
            p.convolution.weights = random.tensor([k.height, k.width, 1, channels * m])
            p.convolution.bias = random.tensor([channels * m])
            p.convolution.epilogue = random.epilogue(filters: channels * m)
            let x = TestTensor.random(
                p.inputLayout(target, random.pick([false, false, true]), &random), channels: channels, &random)
            var slots =
                m == 1
                ? x.layout.slots
                : Layout.blocked(lanes: target.lanes, height: 1, width: 1, channels: channels * m).slots
            if x.layout.order == .interleaved {
                slots = Layout.blocked(lanes: target.lanes, height: 1, width: 1, channels: channels * m).slots
            }
            let y = random.outputLayout(
                p.output, slots, channels * m, target, mayInterleave: !p.convolution.epilogue.addsResidual)
            let residual =
                p.convolution.epilogue.addsResidual ? TestTensor.random(y, channels: channels * m, &random) : nil
            let instance = depthwiseKernel(p.convolution, x: x.layout, y: y, residual: residual?.layout, target: target)
            let (expected, bounds) = referenceConvolution(p.convolution, x, residual, p.output)
            cases.append(
                convolutionCase(
                    title: "dw \(describe(p.convolution)) of \(p.input) \(channels) \(instance.choice)",
                    instances: [instance], reads: [x] + (residual.map { [$0] } ?? []), y: y, channels: channels * m,
                    expected: expected, bounds: bounds))
        }
        #expect(try failures(cases, target: target) == [])
    }
    @Test(arguments: runnableTargets.filter { $0.lanes > 2 })
    func `groups that share a vector equal a plain loop`(_ target: Target) throws {
        var random = TestRandom(seed: 6)
        var cases: [KernelCase] = []
        for size in [2, 4, 8] where size < target.lanes {
            for groups in [2, 3, 9] {
                var p = ConvolutionProblem(&random)
                let channels = groups * size
                let k = p.convolution.kernel
                p.channels = channels
                p.convolution.groups = groups
                p.convolution.filters = channels
                p.convolution.weights = random.tensor([k.height, k.width, size, channels])
                p.convolution.bias = random.tensor([channels])
                p.convolution.epilogue = random.epilogue(filters: channels)
                var layout = p.inputLayout(target, false, &random)
                layout.slots = Layout.blocked(lanes: target.lanes, height: 1, width: 1, channels: channels).slots
                let x = TestTensor.random(layout, channels: channels, &random)
                var y = random.outputLayout(p.output, layout.slots, channels, target, mayInterleave: false)
                y.slots = layout.slots
                #expect(supportsGroups(p.convolution, x: layout, y: y))
                let residual =
                    p.convolution.epilogue.addsResidual ? TestTensor.random(y, channels: channels, &random) : nil
                let instance = depthwiseKernel(
                    p.convolution, x: layout, y: y, residual: residual?.layout, target: target)
                let (expected, bounds) = referenceConvolution(p.convolution, x, residual, p.output)
                cases.append(
                    convolutionCase(
                        title: "\(describe(p.convolution)) of \(p.input) \(channels) \(instance.choice)",
                        instances: [instance], reads: [x] + (residual.map { [$0] } ?? []), y: y, channels: channels,
                        expected: expected, bounds: bounds))
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    /// A vector of y that would need channels of two vectors of x, or more outputs than inputs, is not for this kernel.
    @Test func `groups that no vector holds are left to the other kernel`() {
        var random = TestRandom(seed: 7)
        func convolution(_ groups: Int, _ perGroup: Int, _ filters: Int) -> Convolution {
            Convolution(
                kernel: .one, groups: groups, filters: filters,
                weights: random.tensor([1, 1, perGroup, filters]), epilogue: Epilogue())
        }
        let natural = Layout.blocked(lanes: 8, height: 1, width: 1, channels: 16)
        var shifted = natural
        shifted.slots = [-1] + natural.slots
        let doubled = Layout.blocked(lanes: 8, height: 1, width: 1, channels: 32)
        #expect(supportsGroups(convolution(4, 4, 16), x: natural, y: natural))
        #expect(!supportsGroups(convolution(4, 4, 16), x: shifted, y: natural))
        #expect(!supportsGroups(convolution(4, 4, 32), x: natural, y: doubled))
        #expect(!supportsGroups(convolution(2, 8, 16), x: natural, y: natural))
        #expect(!supportsGroups(convolution(1, 16, 16), x: natural, y: natural))
    }

    @Test(arguments: runnableTargets)
    func `a transposed convolution equals scattering`(_ target: Target) throws {
        var random = TestRandom(seed: 4)
        var cases: [KernelCase] = []
        for _ in 0..<6 {
            let (ci, co) = (random.pick([1, 3, 16, 20]), random.pick([1, 5, 16, 33]))
            let k = Extent(random.pick([1, 2, 3, 4]), random.pick([1, 2, 3, 5]))
            let s = Extent(random.pick([1, 2, 3]), random.pick([1, 2]))
            let d = Extent(random.pick([1, 1, 2]), random.pick([1, 1, 3]))
            let h = random.pick([1, 2, 5])
            let w = random.pick([1, 3, 6])
            let ct = random.pick([0, 1])
            let cl = random.pick([0, 1])
            let oh = max(1, (h - 1) * s.height + (k.height - 1) * d.height + 1 - ct - random.pick([0, 1, -1]))
            let ow = max(1, (w - 1) * s.width + (k.width - 1) * d.width + 1 - cl)
            let t = TransposedConvolution(
                kernel: k, strides: s, dilation: d, cropTop: ct, cropLeft: cl, filters: co,
                weights: random.tensor([k.height, k.width, co, ci]), bias: random.tensor([co]),
                epilogue: random.epilogue(filters: co))
            var xl = Layout.blocked(lanes: target.lanes, height: h, width: w, channels: ci)
            xl.top = max(0, ((k.height - 1) * d.height - ct) / s.height)
            xl.left = max(0, ((k.width - 1) * d.width - cl) / s.width)
            xl.bottom = max(0, (oh - 1 + ct) / s.height - (h - 1))
            xl.right = max(0, (ow - 1 + cl) / s.width - (w - 1))
            let x = TestTensor.random(xl, channels: ci, &random)
            let y = random.outputLayout(
                Extent(oh, ow), Layout.blocked(lanes: target.lanes, height: 1, width: 1, channels: co).slots, co,
                target, mayInterleave: !t.epilogue.addsResidual)
            let residual = t.epilogue.addsResidual ? TestTensor.random(y, channels: co, &random) : nil
            let instances = transposedConvolutionKernels(t, x: xl, y: y, residual: residual?.layout, target: target)
            var sums = [Double](repeating: 0, count: oh * ow * co)
            for i in 0..<h {
                for j in 0..<w {
                    for r in 0..<k.height {
                        for c in 0..<k.width {
                            let (o, q) = (i * s.height + r * d.height - ct, j * s.width + c * d.width - cl)
                            guard o >= 0, o < oh, q >= 0, q < ow else { continue }
                            for f in 0..<co {
                                for z in 0..<ci {
                                    sums[(o * ow + q) * co + f] +=
                                        Double(t.weights.values[((r * k.width + c) * co + f) * ci + z])
                                        * Double(x[i, j, z])
                                }
                            }
                        }
                    }
                }
            }
            let expected = sums.indices.map { n in
                apply(
                    t.epilogue, sums[n] + Double(t.bias!.values[n % co]),
                    residual.map { Double($0.values[n]) } ?? 0, filter: n % co)
            }
            cases.append(
                convolutionCase(
                    title: "transposed \(t.kernel) \(t.strides) \(t.dilation) \(h)x\(w)x\(ci) -> \(oh)x\(ow)x\(co)",
                    instances: instances, reads: [x] + (residual.map { [$0] } ?? []), y: y, channels: co,
                    expected: expected, bounds: expected.map { _ in 1e-4 }))
        }
        #expect(try failures(cases, target: target) == [])
    }
}
