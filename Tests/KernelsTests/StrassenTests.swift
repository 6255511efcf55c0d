import IR
import Kernels
import Target
import Testing

/// Products of blocks against a plain loop.
@Suite struct StrassenTests {
    @Test(arguments: runnableTargets.filter { $0.lanes >= 4 }, [1, 2])
    func `equals a plain loop`(_ target: Target, levels: Int) throws {
        var random = TestRandom(seed: UInt64(20 + levels))
        let cases = (0..<10).map { _ in makeCase(target, levels, &random) }
        let problems = try failures(cases, target: target)
        #expect(problems == [])
    }

    /// Blocks of columns that do not come out even, down to none; runs of pixels that are cut off.
    @Test(arguments: runnableTargets.filter { $0.lanes >= 4 }, [1, 2])
    func `equals a plain loop where blocks are cut off`(_ target: Target, levels: Int) throws {
        var random = TestRandom(seed: UInt64(30 + levels))
        let lanes = target.lanes
        var cases: [KernelCase] = []
        for channels in [1, lanes, lanes + 1, 3 * lanes - 1, 5 * lanes + 2, 7 * lanes] {
            for filters in [1, lanes - 1, 2 * lanes + 3, 6 * lanes] {
                cases.append(makeCase(target, levels, channels: channels, filters: filters, &random))
            }
        }
        let problems = try failures(cases, target: target)
        #expect(problems == [])
    }

    private func makeCase(
        _ target: Target, _ levels: Int, channels: Int? = nil, filters: Int? = nil, _ random: inout TestRandom
    ) -> KernelCase {
        let lanes = target.lanes
        let channels = channels ?? random.pick([2 * lanes, 4 * lanes, 19, 33, 8 * lanes])
        let filters = filters ?? random.pick([2 * lanes, 8 * lanes, 17, 50])
        let map = Extent(random.pick([1, 3, 5, 6]), random.pick([1, 4, 5, 7, 9]))
        let strides = Extent(random.pick([1, 1, 2]), random.pick([1, 1, 3]))
        let convolution = Convolution(
            kernel: .one, strides: strides, filters: filters, weights: random.tensor([1, 1, channels, filters]),
            bias: random.tensor([filters]), epilogue: random.epilogue(filters: filters))
        let input = Extent((map.height - 1) * strides.height + 1, (map.width - 1) * strides.width + 1)
        var layout = Layout.blocked(lanes: lanes, height: input.height, width: input.width, channels: channels)
        if random.pick([true, false, false]) {
            layout = .interleaved(lanes: lanes, height: input.height, width: input.width, channels: channels)
        } else {
            (layout.top, layout.left) = (random.pick([0, 1]), random.pick([0, 2]))
            (layout.bottom, layout.right) = (random.pick([0, 1]), random.pick([0, 1]))
        }
        let x = TestTensor.random(layout, channels: channels, &random)
        let natural = Layout.blocked(lanes: lanes, height: map.height, width: map.width, channels: filters)
        let residual =
            convolution.epilogue.addsResidual ? TestTensor.random(natural, channels: filters, &random) : nil
        var y = random.outputLayout(map, natural.slots, filters, target, mayInterleave: residual == nil)
        if y.order == .blocked { y.slots = natural.slots }
        let (expected, bounds) = referenceConvolution(convolution, x, residual, map)
        let tiles = (map.height * map.width + (1 << levels) - 1) >> levels
        let block = random.pick([1, 2, 5].filter { $0 <= tiles } + [tiles])
        let instance = strassenKernel(
            convolution, levels: levels, block: block, x: layout, y: y, residual: residual?.layout, target: target)
        // The numeric contract: four times the largest bound of what is computed together, here of the map.
        let bound = 4 * bounds.max()!
        return convolutionCase(
            title: "\(describe(convolution)) of \(input.height)×\(input.width)×\(channels), \(instance.choice)",
            instances: [instance], reads: [x] + (residual.map { [$0] } ?? []), y: y, channels: filters,
            expected: expected, bounds: expected.map { _ in bound })
    }
}
