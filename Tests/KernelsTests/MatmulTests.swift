import IR
import Kernels
import Target
import Testing

@Suite struct MatmulTests {
    @Test("products of matrices, as many of both or one of either", arguments: runnableTargets)
    func products(target: Target) throws {
        var cases: [KernelCase] = []
        for (rows, depth, columns) in [
            (1, 1, 1), (1, 5, 37), (3, 4, 5), (7, 16, 16), (13, 3, 49), (12, 8, 64), (25, 9, 65), (5, 17, 130),
        ] {
            for (aMatrices, bMatrices) in [(1, 1), (3, 3), (1, 2), (2, 1)] {
                let a = Image(aMatrices, rows, depth, seed: rows)
                let b = Image(bMatrices, depth, columns, seed: columns)
                let matrices = max(aMatrices, bMatrices)
                let expected = Image(matrices, rows, columns) { matrix, row, column in
                    (0..<depth).reduce(0) {
                        $0 + a[matrix % aMatrices, row, $1] * b[matrix % bMatrices, $1, column]
                    }
                }
                func dense(_ x: Image) -> Layout {
                    .interleaved(lanes: target.lanes, height: x.height, width: x.width, channels: x.channels)
                }
                cases.append(
                    KernelCase(
                        name: "\(aMatrices) of \(rows)×\(depth) by \(bMatrices) of \(depth)×\(columns)",
                        instance: matmulKernel(
                            rows: rows, depth: depth, columns: columns, aMatrices: aMatrices, bMatrices: bMatrices,
                            target: target),
                        inputs: [a.packed(dense(a)), b.packed(dense(b))], y: dense(expected), expected: expected,
                        tolerance: { _ in 1e-5 }))
            }
        }
        #expect(try failures(cases, target: target) == [])
    }
}
