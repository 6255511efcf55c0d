import Foundation
import IR
import Kernels
import Target
import Testing

@Suite struct ImageKernelTests {
    @Test("upsampling to the nearest pixel and between centres", arguments: runnableTargets)
    func upsampling(target: Target) throws {
        var cases: [KernelCase] = []
        for (height, width, channels, factor) in [
            (3, 4, 3, Extent(2, 2)), (1, 5, 17, Extent(1, 3)), (2, 1, 16, Extent(4, 2)),
        ] {
            let x = Image(height, width, channels)
            for method in [Upsampling.Method.nearest, .bilinear] {
                let u = Upsampling(method, factor: factor)
                let expected = upsampled(x, u)
                for layout in layouts(lanes: target.lanes, height, width, channels) {
                    for y in layouts(lanes: target.lanes, expected.height, expected.width, channels) {
                        cases.append(
                            KernelCase(
                                name: "\(method) by \(factor)",
                                instance: upsamplingKernel(u, x: layout, y: y, target: target),
                                inputs: [x.packed(layout)], y: y, expected: expected,
                                tolerance: { _ in method == .nearest ? 0 : 1e-6 }))
                    }
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("resampling by tables of cells and weights", arguments: runnableTargets)
    func resampling(target: Target) throws {
        let rows = Resampling.Axis(
            starts: [0, 1, 0], weights: [[0.25, 0.5, -0.125], [1], []], outside: [0.375, 0, 1])
        let columns = Resampling.Axis(
            starts: [2, 0, 1, 3], weights: [[1], [0.5, 0.5], [-1, 2], [3]], outside: [0, 0, 0, 0])
        let r = Resampling(rows: rows, columns: columns, fill: -2)
        var cases: [KernelCase] = []
        for channels in [1, 3, 16, 21] {
            let x = Image(3, 4, channels)
            let expected = Image(3, 4, channels) { h, w, c in
                var sum = -2 * Double(rows.outside[h] + columns.outside[w])
                for (i, a) in rows.weights[h].enumerated() {
                    for (j, b) in columns.weights[w].enumerated() {
                        sum += Double(a) * Double(b) * x[rows.starts[h] + i, columns.starts[w] + j, c]
                    }
                }
                return sum
            }
            for layout in layouts(lanes: target.lanes, 3, 4, channels) {
                for y in layouts(lanes: target.lanes, 3, 4, channels) {
                    cases.append(
                        KernelCase(
                            name: "\(channels) channels",
                            instance: resamplingKernel(r, x: layout, y: y, target: target),
                            inputs: [x.packed(layout)], y: y, expected: expected, tolerance: { _ in 2e-6 },
                            alsoHolds: { emptySlotsProblem($0, y, expected: 0) }))
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("local response normalisation over odd and even windows", arguments: runnableTargets)
    func localResponse(target: Target) throws {
        var cases: [KernelCase] = []
        for channels in [1, 3, 16, 33] {
            for size in [1, 4, 5, 100] {
                let x = Image(2, 3, channels, seed: size)
                let r = LocalResponse(size: size, alpha: 0.3, beta: 0.75, bias: 2)
                let expected = Image(2, 3, channels) { h, w, c in
                    let window = max(0, c - (size - 1) / 2)...min(channels - 1, c + size / 2)
                    return x[h, w, c] / pow(2 + 0.3 * window.reduce(0) { $0 + x[h, w, $1] * x[h, w, $1] }, 0.75)
                }
                for layout in layouts(lanes: target.lanes, 2, 3, channels) {
                    for y in layouts(lanes: target.lanes, 2, 3, channels) {
                        cases.append(
                            KernelCase(
                                name: "size \(size) of \(channels)",
                                instance: localResponseKernel(r, x: layout, y: y, target: target),
                                inputs: [x.packed(layout)], y: y, expected: expected,
                                tolerance: { 2e-6 * abs(Double(expected.values[$0])) }))
                    }
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("axes change places, in every layout", arguments: runnableTargets)
    func permutation(target: Target) throws {
        var cases: [KernelCase] = []
        let x = Image(2, 5, 17)
        let sizes = [2, 5, 17]
        for permutation in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let shape = permutation.map { sizes[$0] }
            let expected = Image(shape[0], shape[1], shape[2]) { i, j, k in
                var index = [0, 0, 0]
                (index[permutation[0]], index[permutation[1]], index[permutation[2]]) = (i, j, k)
                return x[index[0], index[1], index[2]]
            }
            for layout in layouts(lanes: target.lanes, 2, 5, 17) {
                for y in layouts(lanes: target.lanes, shape[0], shape[1], shape[2]) {
                    cases.append(
                        KernelCase(
                            name: "\(permutation)",
                            instance: permutationKernel(permutation, x: layout, y: y, target: target),
                            inputs: [x.packed(layout)], y: y, expected: expected, tolerance: { _ in 0 },
                            alsoHolds: { emptySlotsProblem($0, y, expected: 0) }))
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("rows and columns are chosen by a table, or filled", arguments: runnableTargets)
    func gather(target: Target) throws {
        var cases: [KernelCase] = []
        for channels in [1, 3, 16, 33] {
            let x = Image(4, 5, channels, seed: channels)
            for (axis, indices, fill) in [
                (0, [3, 0, 0, -1, 2], 0.5), (1, [-1, 4, 1, 1], -2), (0, [2], 0), (1, [0, -1, -1, 4, 3, 2, 1], 0),
            ] as [(Int, [Int], Float)] {
                let size = axis == 0 ? (indices.count, 5) : (4, indices.count)
                let expected = Image(size.0, size.1, channels) { h, w, c in
                    let cell = indices[axis == 0 ? h : w]
                    return cell < 0 ? Double(fill) : axis == 0 ? x[cell, w, c] : x[h, cell, c]
                }
                let gather = Gather(axis: axis, indices: indices, fill: fill)
                for layout in layouts(lanes: target.lanes, 4, 5, channels) {
                    for y in layouts(lanes: target.lanes, size.0, size.1, channels) {
                        cases.append(
                            KernelCase(
                                name: "axis \(axis), \(indices) of \(channels) channels",
                                instance: gatherKernel(gather, isRows: axis == 0, x: layout, y: y, target: target),
                                inputs: [x.packed(layout)], y: y, expected: expected, tolerance: { _ in 0 },
                                alsoHolds: {
                                    emptySlotsProblem($0, y, expected: 0) ?? borderProblem($0, y, expected: sentinel)
                                }))
                    }
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("a dense array of rank four is read by strides", arguments: runnableTargets)
    func strides(target: Target) throws {
        // [2, 3, 4, 5] with axes 1 and 3 exchanged, from element 1 of axis 2 on.
        let x = Layout.interleaved(lanes: target.lanes, height: 1, width: 1, channels: 120)
        let y = Layout.interleaved(lanes: target.lanes, height: 1, width: 1, channels: 90)
        let source = Image(1, 1, 120)
        var expected: [Float] = []
        for i in 0..<2 {
            for l in 0..<5 {
                for k in 1..<4 { for j in 0..<3 { expected.append(source.values[((i * 3 + j) * 4 + k) * 5 + l]) } }
            }
        }
        let test = KernelCase(
            name: "strides",
            instance: reindexKernel(
                shape: [2, 5, 3, 3], strides: [60, 1, 5, 20], offset: 5, lanes: target.lanes, target: target),
            inputs: [source.packed(x)], y: y, expected: Image(1, 1, 90, values: expected), tolerance: { _ in 0 })
        #expect(try failures([test], target: target) == [])
    }

    private func upsampled(_ x: Image, _ u: Upsampling) -> Image {
        Image(x.height * u.factor.height, x.width * u.factor.width, x.channels) { h, w, c in
            if u.method == .nearest { return x[h / u.factor.height, w / u.factor.width, c] }
            let (row, column) = (source(h, u.factor.height), source(w, u.factor.width))
            func at(_ i: Double, _ j: Double) -> Double {
                x[min(max(Int(i), 0), x.height - 1), min(max(Int(j), 0), x.width - 1), c]
            }
            let (i, j) = (row.rounded(.down), column.rounded(.down))
            let (s, t) = (row - i, column - j)
            return (1 - s) * ((1 - t) * at(i, j) + t * at(i, j + 1)) + s
                * ((1 - t) * at(i + 1, j) + t * at(i + 1, j + 1))
        }
    }

    /// Half-pixel centres.
    private func source(_ output: Int, _ factor: Int) -> Double { (Double(output) + 0.5) / Double(factor) - 0.5 }
}
