import Foundation
import IR
import Kernels
import Target
import Testing

@Suite struct SparsemaxTests {
    @Test("in every layout, with few and many channels above the threshold", arguments: runnableTargets)
    func channels(target: Target) throws {
        var cases: [KernelCase] = []
        for (height, width, channels) in [(1, 1, 1), (1, 1, 10), (1, 1, 1000), (3, 4, 7), (2, 3, 33), (4, 1, 16)] {
            for spread in [0.01, 1, 30] {
                let small = Image(height, width, channels, seed: channels)
                let x = Image(height, width, channels) { small[$0, $1, $2] * spread + 20 }
                var all = layouts(lanes: target.lanes, height, width, channels)
                all.append(shuffled(all[1], stride: 3))
                for (index, layout) in all.enumerated() {
                    for y in index < 4 ? Array(all[..<4]) : [layout] {
                        cases.append(makeCase("\(height)×\(width)×\(channels) by \(spread)", x, layout, y))
                    }
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    /// Many channels a rounding below the threshold that two others have: with sums in single precision they would not be told from it.
    @Test("with many channels next to the threshold", arguments: runnableTargets)
    func ties(target: Target) throws {
        let cases = [1e-7, 3e-7, 1e-6, 1e-5].map { gap in
            let x = Image(1, 1, 1000) { $2 == 3 ? 0 : $2 == 500 ? -0.3 : -0.65 - gap }
            let layout = Layout.blocked(lanes: target.lanes, height: 1, width: 1, channels: 1000)
            return makeCase("gap \(gap)", x, layout, layout)
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("of numbers that are not finite ends, and is NaN where no threshold is", arguments: runnableTargets)
    func notFinite(target: Target) throws {
        var cases: [KernelCase] = []
        for special in [[.nan], [.infinity], [.infinity, .infinity], [.infinity, .nan], [-.infinity]] as [[Double]] {
            for start in [0, 5, 17] {
                let ordinary = Image(1, 1, 19, seed: start)
                let x = Image(1, 1, 19) {
                    $2 - start < special.count && $2 >= start ? special[$2 - start] : ordinary[0, 0, $2]
                }
                let layout = shuffled(.blocked(lanes: target.lanes, height: 1, width: 1, channels: 19), stride: 4)
                cases.append(makeCase("\(special) from \(start)", x, layout, layout))
            }
        }
        let layout = Layout.blocked(lanes: target.lanes, height: 1, width: 1, channels: 5)
        cases.append(makeCase("only -inf", Image(1, 1, 5) { _, _, _ in -.infinity }, layout, layout))
        #expect(try failures(cases, target: target) == [])
    }

    private func makeCase(_ name: String, _ x: Image, _ from: Layout, _ to: Layout) -> KernelCase {
        let expected = Image(x.height, x.width, x.channels) { h, w, c in
            sparsemax((0..<x.channels).map { x[h, w, $0] })[c]
        }
        let count = Double(x.channels)
        return KernelCase(
            name: name, instance: sparsemaxKernel(x: from, y: to), inputs: [x.packed(from)], y: to, expected: expected,
            tolerance: { 2e-7 * abs(Double(expected.values[$0])) + count * count * 0x1p-52 },
            alsoHolds: { emptySlotsProblem($0, to, expected: 0) })
    }

    /// The threshold by bisection: the sum of what lies above falls as it rises.
    private func sparsemax(_ x: [Double]) -> [Double] {
        let largest = x.contains { $0.isNaN } ? .nan : x.max()!
        guard largest.isFinite else { return x.map { _ in .nan } }
        var (low, high) = (-1.0, 0.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            let sum = x.reduce(0) { $0 + max($1 - largest - middle, 0) }
            if sum > 1 { low = middle } else { high = middle }
        }
        return x.map { max($0 - largest - low, 0) }
    }
}
