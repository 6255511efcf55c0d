import IR
import Kernels
import Target
import Testing

@Suite struct ReductionTests {
    @Test("every kind over positions, whatever the layout", arguments: runnableTargets)
    func kinds(target: Target) throws {
        var cases: [KernelCase] = []
        for (height, width) in [(1, 1), (7, 7), (3, 29), (31, 2)] {
            for channels in [1, 3, 16, 33] {
                let x = Image(height, width, channels, seed: channels)
                for kind in Reduction.Kind.allCases {
                    let expected = reduced(x, kind)
                    for layout in layouts(lanes: target.lanes, height, width, channels) {
                        for y in layouts(lanes: target.lanes, 1, 1, channels) {
                            cases.append(
                                KernelCase(
                                    name: "\(kind) of \(height)×\(width)×\(channels)",
                                    instance: reductionKernel(Reduction(kind), x: layout, y: y, target: target),
                                    inputs: [x.packed(layout)], y: y, expected: expected, tolerance: { _ in 1e-5 }))
                        }
                    }
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("the mean of many equal-signed numbers stays within 2u(√K + 2) of its size", arguments: runnableTargets)
    func accuracy(target: Target) throws {
        var cases: [KernelCase] = []
        for (height, width) in [(112, 112), (1, 20000), (20000, 1), (3, 5000)] {
            let noise = Image(height, width, 2)
            let x = Image(height, width, 2) { h, w, c in 0.1 + (c == 0 ? 0 : abs(noise[h, w, c])) }
            let expected = reduced(x, .mean)
            let root = Double(height * width).squareRoot()
            for layout in layouts(lanes: target.lanes, height, width, 2) {
                let y = Layout.blocked(lanes: target.lanes, height: 1, width: 1, channels: 2)
                cases.append(
                    KernelCase(
                        name: "\(height)×\(width)",
                        instance: reductionKernel(Reduction(.mean), x: layout, y: y, target: target),
                        inputs: [x.packed(layout)], y: y, expected: expected,
                        tolerance: { 2 * 0x1p-24 * (root + 2) * Double(expected.values[$0]) }))
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    private func reduced(_ x: Image, _ kind: Reduction.Kind) -> Image {
        Image(1, 1, x.channels) { _, _, c in
            let all = (0..<(x.height * x.width)).map { x[$0 / x.width, $0 % x.width, c] }
            switch kind {
            case .mean: return all.reduce(0, +) / Double(all.count)
            case .sum: return all.reduce(0, +)
            case .maximum: return all.max()!
            case .minimum: return all.min()!
            case .product: return all.reduce(1, *)
            }
        }
    }
}
