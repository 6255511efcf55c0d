import IR
import Kernels
import Target
import Testing

/// The forms of Winograd's algorithm against a plain loop, with what their tiles store pooled or not.
@Suite struct WinogradTests {
    @Test(arguments: runnableTargets.filter { $0.lanes > 1 }, [0, 1])
    func `equals a plain loop`(_ target: Target, form: Int) throws {
        var random = TestRandom(seed: UInt64(form))
        let cases = (0..<4).map { _ in makeCase(target, Extent(3, 3), form, &random) }
        let problems = try failures(cases, target: target)
        #expect(problems == [])
    }

    /// Every number of taps along each axis.
    @Test(arguments: runnableTargets.filter { $0.lanes > 1 })
    func `equals a plain loop for kernels of other sizes`(_ target: Target) throws {
        var random = TestRandom(seed: 7)
        let kernels = [
            (5, 5), (1, 7), (7, 1), (1, 3), (3, 1), (2, 2), (5, 1), (1, 5), (4, 3), (6, 2), (3, 5), (8, 1), (7, 7),
        ]
        let cases = kernels.flatMap { height, width in
            let kernel = Extent(height, width)
            return WinogradForm.all(for: kernel).indices.map { makeCase(target, kernel, $0, &random) }
        }
        let problems = try failures(cases, target: target)
        #expect(problems == [])
    }

    @Test(arguments: runnableTargets.filter { $0.lanes > 1 })
    func `takes groups of channels one by one`(_ target: Target) throws {
        var random = TestRandom(seed: 8)
        let kernels = [(3, 3), (3, 3), (5, 5), (1, 7), (3, 1)]
        let cases = kernels.map { makeCase(target, Extent($0, $1), 0, groups: random.pick([2, 3]), &random) }
        let problems = try failures(cases, target: target)
        #expect(problems == [])
    }

    /// Phases of 2 and 3 along the axes, where a kernel has more than one tap or not.
    @Test(arguments: runnableTargets.filter { $0.lanes > 1 })
    func `takes the phases of dilated kernels`(_ target: Target) throws {
        var random = TestRandom(seed: 9)
        let kernels = [(3, 3), (3, 3), (5, 5), (1, 7), (7, 1)]
        let cases = kernels.map { makeCase(target, Extent($0, $1), 0, dilation: Extent(2, 3), &random) }
        let problems = try failures(cases, target: target)
        #expect(problems == [])
    }

    /// Odd maps end within a window, which `valid` drops and `same` cuts off; even ones may end within a tile of 4×4.
    @Test(arguments: runnableTargets.filter { $0.lanes > 1 }, [0, 1, 2])
    func `stores the largest or the mean of 2×2 cells`(_ target: Target, form: Int) throws {
        var random = TestRandom(seed: UInt64(10 + form))
        let kernel = form == 2 ? Extent(5, 5) : Extent(3, 3)
        var cases: [KernelCase] = []
        for kind in [Pooling.Kind.maximum, .average] {
            for _ in 0..<4 {
                let padding = Margins(top: 0, bottom: random.pick([0, 1]), left: 0, right: random.pick([0, 1]))
                let pooling = Pooling(kind, window: Extent(2, 2), strides: Extent(2, 2), padding: padding)
                cases.append(makeCase(target, kernel, form % 2, pooling: pooling, &random))
            }
        }
        let problems = try failures(cases, target: target)
        #expect(problems == [])
    }

    private func makeCase(
        _ target: Target, _ kernel: Extent, _ form: Int, groups: Int = 1, dilation: Extent = .one,
        pooling: Pooling? = nil, _ random: inout TestRandom
    ) -> KernelCase {
        let form = WinogradForm.all(for: kernel)[form]
        var target = target
        // Tiles in blocks, and in a map that no cache holds.
        target.l2 = random.pick([target.l2, 8 << 10])
        let isGrouped = groups > 1
        let channels = groups * random.pick(isGrouped ? [16, 32] : [16, 19, 33])
        let filters = groups * random.pick(isGrouped ? [16, 48, 32] : [16, 17, 24, 50])
        let most = Extent((kernel.height - 1) * dilation.height, (kernel.width - 1) * dilation.width)
        let padding = Margins(
            top: random.pick([0, most.height / 2]), bottom: random.pick([0, (most.height + 1) / 2]),
            left: random.pick([0, min(1, most.width)]), right: random.pick([0, most.width / 2]))
        let input = Extent(
            random.pick([9, 10, 12, 15]) + most.height - 2, random.pick([9, 11, 14, 16, 19]) + max(0, most.width - 2))
        let convolution = Convolution(
            kernel: kernel, dilation: dilation, padding: padding, groups: groups, filters: filters,
            weights: random.tensor([kernel.height, kernel.width, channels / groups, filters]),
            bias: random.tensor([filters]),
            epilogue: random.epilogue(filters: filters), pooling: pooling)
        let reach = winogradReach(form, of: convolution, in: [input.height, input.width, channels])
        var layout = Layout.blocked(lanes: target.lanes, height: input.height, width: input.width, channels: channels)
        if !isGrouped { layout.slots = random.reordered(layout.slots, lanes: target.lanes) }
        (layout.top, layout.left) = (reach.top + random.pick([0, 1]), reach.left)
        (layout.bottom, layout.right) = (reach.bottom, reach.right + random.pick([0, 1]))
        let x = TestTensor.random(layout, channels: channels, &random)

        let map = Extent(
            input.height + padding.top + padding.bottom - most.height,
            input.width + padding.left + padding.right - most.width)
        let natural = Layout.blocked(lanes: target.lanes, height: map.height, width: map.width, channels: filters)
        let residual =
            convolution.epilogue.addsResidual ? TestTensor.random(natural, channels: filters, &random) : nil
        let (values, bounds) = referenceConvolution(convolution, x, residual, map)
        var expected = Image(map.height, map.width, filters, values: values.map { Float($0) })
        if let pooling { expected = pooled(expected, pooling) }
        var y = random.outputLayout(
            Extent(expected.height, expected.width), natural.slots, filters, target, mayInterleave: residual == nil)
        if residual != nil || isGrouped && y.order == .blocked { y.slots = natural.slots }

        let instance = winogradKernel(
            convolution, form: form, x: layout, y: y, residual: residual?.layout, target: target)
        // The numeric contract: four times the largest bound of a tile, here of the map.
        let bound = 4 * bounds.max()!
        var test = convolutionCase(
            title: "\(describe(convolution)) of \(input.height)×\(input.width)×\(channels), \(instance.choice)",
            instances: [instance], reads: [x] + (residual.map { [$0] } ?? []), y: y, channels: filters,
            expected: expected.values.map(Double.init), bounds: expected.values.map { _ in bound })
        // What lies between the channels is multiplied by 100 in a transform, and must stay a number.
        test.inputs[0].memory = test.inputs[0].memory.map { $0 > 1e30 ? 1e30 : $0 }
        return test
    }
}
