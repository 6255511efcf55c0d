import Foundation
import IR
import Kernels
import Target
import Testing

@Suite struct SoftmaxTests {
    @Test("along each axis, in every layout, with large numbers", arguments: runnableTargets)
    func axes(target: Target) throws {
        var cases: [KernelCase] = []
        for (height, width, channels) in [(1, 1, 10), (1, 1, 1000), (3, 4, 7), (2, 3, 33), (4, 1, 16)] {
            let small = Image(height, width, channels, seed: channels)
            let x = Image(height, width, channels) { small[$0, $1, $2] * 4 + 200 }
            for axis in 0...2 {
                for isLogarithmic in [false, true] {
                    let expected = softmax(x, axis: axis, isLogarithmic)
                    var all = layouts(lanes: target.lanes, height, width, channels)
                    all.append(shuffled(all[1], stride: 3))
                    for (index, layout) in all.enumerated() {
                        for y in index < 4 ? Array(all[..<4]) : [layout] {
                            cases.append(
                                KernelCase(
                                    name: "axis \(axis) of \(height)×\(width)×\(channels)",
                                    instance: softmaxKernel(
                                        axis: axis, isLogarithmic: isLogarithmic, x: layout, y: y, target: target),
                                    inputs: [x.packed(layout)], y: y, expected: expected,
                                    tolerance: { 4e-6 * max(isLogarithmic ? 1 : 0, abs(Double(expected.values[$0]))) },
                                    alsoHolds: { emptySlotsProblem($0, y, expected: 0) }))
                        }
                    }
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    private func softmax(_ x: Image, axis: Int, _ isLogarithmic: Bool) -> Image {
        Image(x.height, x.width, x.channels) { h, w, c in
            let line =
                switch axis {
                case 0: (0..<x.height).map { x[$0, w, c] }
                case 1: (0..<x.width).map { x[h, $0, c] }
                default: (0..<x.channels).map { x[h, w, $0] }
                }
            let logarithm = x[h, w, c] - log(line.reduce(0) { $0 + exp($1 - line.max()!) }) - line.max()!
            return isLogarithmic ? logarithm : exp(logarithm)
        }
    }
}
