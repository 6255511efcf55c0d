import IR
import Kernels
import Target
import Testing

@Suite struct NormalizationTests {
    private static let rules: [(variance: Bool, result: Bool)] = [(true, true), (true, false), (false, false)]

    @Test("over the channels of each pixel, whatever the layout", arguments: runnableTargets)
    func pixels(target: Target) throws {
        var cases: [KernelCase] = []
        for (height, width) in [(1, 1), (3, 5), (2, 17), (7, 7)] {
            for channels in [1, 3, 16, 33, 700] where channels < 700 || height == 1 {
                let x = Image(height, width, channels, seed: channels)
                for (index, rule) in Self.rules.enumerated() {
                    let n = MomentNormalization(
                        .position, epsilon: 0.01, centresVariance: rule.variance, centresResult: rule.result,
                        scale: index == 1 ? nil : numbers(channels, 0.5),
                        shift: index == 2 ? nil : numbers(channels, -1))
                    let expected = normalized(x, n)
                    let layouts = layouts(lanes: target.lanes, height, width, channels)
                    for layout in layouts + [shuffled(layouts[1], stride: 5)] {
                        for y in layout.slots == layouts[1].slots || layout.order == .interleaved ? layouts : [layout] {
                            cases.append(
                                KernelCase(
                                    name: "rule \(index) of \(height)×\(width)×\(channels)",
                                    instance: normalizationKernel(n, x: layout, y: y, target: target),
                                    inputs: [x.packed(layout)], y: y, expected: expected,
                                    tolerance: { 4e-6 * (1 + abs(Double(expected.values[$0]))) },
                                    alsoHolds: { emptySlotsProblem($0, y, expected: 0) }))
                        }
                        var inPlace = cases[cases.count - 1]
                        inPlace.instance = normalizationKernel(n, x: layout, y: layout, target: target)
                        (inPlace.y, inPlace.isInPlace) = (layout, true)
                        inPlace.alsoHolds = { emptySlotsProblem($0, layout, expected: 0) }
                        cases.append(inPlace)
                    }
                }
            }
        }
        let failures = try failures(cases, target: target)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test("over groups of channels at all positions, whatever the layout", arguments: runnableTargets)
    func groups(target: Target) throws {
        var cases: [KernelCase] = []
        for (height, width) in [(1, 1), (3, 5), (29, 2)] {
            for (channels, groups) in [(1, 1), (4, 4), (6, 2), (48, 16), (40, 5), (33, 1), (64, 2), (24, 8)] {
                let x = Image(height, width, channels, seed: channels)
                let n = MomentNormalization(
                    .groups(groups), epsilon: 0.01, scale: groups == 2 ? nil : numbers(channels, 0.5),
                    shift: groups == 1 ? nil : numbers(channels, -1))
                let expected = normalized(x, n)
                let layouts = layouts(lanes: target.lanes, height, width, channels)
                for layout in layouts {
                    for y in layouts {
                        cases.append(
                            KernelCase(
                                name: "\(groups) of \(height)×\(width)×\(channels)",
                                instance: normalizationKernel(n, x: layout, y: y, target: target),
                                inputs: [x.packed(layout)], y: y, expected: expected,
                                tolerance: { 4e-6 * (1 + abs(Double(expected.values[$0]))) },
                                alsoHolds: { emptySlotsProblem($0, y, expected: 0) }))
                    }
                }
            }
        }
        let failures = try failures(cases, target: target)
        #expect(failures.isEmpty, "\(failures)")
    }

    /// Two passes: a large mean costs what its rounding costs, not the variance.
    @Test("a large mean leaves the variance what it is", arguments: runnableTargets)
    func accuracy(target: Target) throws {
        var cases: [KernelCase] = []
        for span in [MomentNormalization.Span.position, .groups(2)] {
            let noise = Image(6, 7, 200)
            let x = Image(6, 7, 200) { noise[$0, $1, $2] + 1000 }
            let n = MomentNormalization(span, epsilon: 1e-6)
            let layout = Layout.blocked(lanes: target.lanes, height: 6, width: 7, channels: 200)
            let expected = normalized(x, n)
            // The mean of K numbers of size 1000 is known to 2u(√K + 2)·1000.
            let count = Double(span == .position ? 200 : 42 * 100)
            let off = 2 * 0x1p-24 * (count.squareRoot() + 2) * 1000
            cases.append(
                KernelCase(
                    name: "\(span)", instance: normalizationKernel(n, x: layout, y: layout, target: target),
                    inputs: [x.packed(layout)], y: layout, expected: expected, tolerance: { _ in 4 * off }))
        }
        let failures = try failures(cases, target: target)
        #expect(failures.isEmpty, "\(failures)")
    }

    private func numbers(_ count: Int, _ start: Float) -> Constant {
        Constant(shape: [count], values: (0..<count).map { start + Float($0 % 7) / 8 })
    }

    private func normalized(_ x: Image, _ n: MomentNormalization) -> Image {
        func kin(_ h: Int, _ w: Int, _ c: Int) -> [Double] {
            switch n.span {
            case .position: return (0..<x.channels).map { x[h, w, $0] }
            case .groups(let count):
                let first = c / (x.channels / count) * (x.channels / count)
                return (0..<x.height * x.width).flatMap { position in
                    (first..<first + x.channels / count).map { x[position / x.width, position % x.width, $0] }
                }
            }
        }
        var known: [Int: (Double, Double)] = [:]
        return Image(x.height, x.width, x.channels) { h, w, c in
            let key =
                switch n.span {
                case .position: h * x.width + w
                case .groups(let count): c / (x.channels / count)
                }
            if known[key] == nil {
                let values = kin(h, w, c)
                let mean = values.reduce(0, +) / Double(values.count)
                let centre = n.centresVariance ? mean : 0
                let variance = values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(values.count)
                known[key] = (n.centresResult ? mean : 0, (variance + Double(n.epsilon)).squareRoot())
            }
            let (mean, deviation) = known[key]!
            let scale = Double(n.scale?.values[c] ?? 1)
            return scale * (x[h, w, c] - mean) / deviation + Double(n.shift?.values[c] ?? 0)
        }
    }
}
