import IR
import Kernels
import Target
import Testing

/// Winograd's tiles of both sides against a plain loop, with what they store pooled or not.
@Suite struct WinogradTests {
    @Test(arguments: runnableTargets.filter { $0.lanes > 1 }, [2, 4])
    func `equals a plain loop`(_ target: Target, side: Int) throws {
        var random = TestRandom(seed: UInt64(side))
        let cases = (0..<4).map { _ in makeCase(target, side, pooling: nil, &random) }
        let problems = try failures(cases, target: target)
        #expect(problems == [])
    }

    /// Odd maps end within a window, which `valid` drops and `same` cuts off; even ones may end within a tile of 4×4.
    @Test(arguments: runnableTargets.filter { $0.lanes > 1 }, [2, 4])
    func `stores the largest or the mean of 2×2 cells`(_ target: Target, side: Int) throws {
        var random = TestRandom(seed: UInt64(10 + side))
        var cases: [KernelCase] = []
        for kind in [Pooling.Kind.maximum, .average] {
            for _ in 0..<4 {
                let padding = Margins(top: 0, bottom: random.pick([0, 1]), left: 0, right: random.pick([0, 1]))
                let pooling = Pooling(kind, window: Extent(2, 2), strides: Extent(2, 2), padding: padding)
                cases.append(makeCase(target, side, pooling: pooling, &random))
            }
        }
        let problems = try failures(cases, target: target)
        #expect(problems == [])
    }

    private func makeCase(
        _ target: Target, _ side: Int, pooling: Pooling?, _ random: inout TestRandom
    ) -> KernelCase {
        var target = target
        // Tiles in blocks, and in a map that no cache holds.
        target.l2 = random.pick([target.l2, 8 << 10])
        let (channels, filters) = (random.pick([16, 19, 33]), random.pick([16, 17, 24, 50]))
        let padding = Margins(
            top: random.pick([0, 1]), bottom: random.pick([0, 1]), left: random.pick([0, 1]),
            right: random.pick([0, 1]))
        let input = Extent(random.pick([9, 10, 12, 15]), random.pick([9, 11, 14, 16, 19]))
        let convolution = Convolution(
            kernel: Extent(3, 3), padding: padding, filters: filters,
            weights: random.tensor([3, 3, channels, filters]), bias: random.tensor([filters]),
            epilogue: random.epilogue(filters: filters), pooling: pooling)
        let reach = winogradReach(side, of: convolution, in: [input.height, input.width, channels])
        var layout = Layout.blocked(lanes: target.lanes, height: input.height, width: input.width, channels: channels)
        layout.slots = random.reordered(layout.slots, lanes: target.lanes)
        (layout.top, layout.left) = (reach.top + random.pick([0, 1]), reach.left)
        (layout.bottom, layout.right) = (reach.bottom, reach.right + random.pick([0, 1]))
        let x = TestTensor.random(layout, channels: channels, &random)

        let map = Extent(
            input.height + padding.top + padding.bottom - 2, input.width + padding.left + padding.right - 2)
        let natural = Layout.blocked(lanes: target.lanes, height: map.height, width: map.width, channels: filters)
        let residual =
            convolution.epilogue.addsResidual ? TestTensor.random(natural, channels: filters, &random) : nil
        let (values, bounds) = referenceConvolution(convolution, x, residual, map)
        var expected = Image(map.height, map.width, filters, values: values.map { Float($0) })
        if let pooling { expected = pooled(expected, pooling) }
        var y = random.outputLayout(
            Extent(expected.height, expected.width), natural.slots, filters, target, mayInterleave: residual == nil)
        if residual != nil { y.slots = natural.slots }

        let instance = winogradKernel(
            convolution, m: side, x: layout, y: y, residual: residual?.layout, target: target)
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
