import IR
import Kernels
import Target
import Testing

@Suite struct PoolingTests {
    @Test("windows of any size, stride and padding count cells of the image alone", arguments: runnableTargets)
    func windows(target: Target) throws {
        let poolings: [(window: Extent, strides: Extent, padding: Margins, height: Int, width: Int)] = [
            (Extent(2, 2), Extent(2, 2), .zero, 7, 9),
            (Extent(3, 3), Extent(1, 1), Margins(top: 1, bottom: 1, left: 1, right: 1), 5, 11),
            (Extent(3, 3), Extent(2, 2), Margins(top: 0, bottom: 1, left: 0, right: 1), 8, 12),
            (Extent(5, 3), Extent(1, 2), Margins(top: 2, bottom: 2, left: 1, right: 1), 3, 4),
            (Extent(7, 7), Extent(7, 7), .zero, 7, 7), (Extent(1, 4), Extent(1, 1), .zero, 1, 10),
        ]
        var cases: [KernelCase] = []
        for p in poolings {
            for channels in [1, 3, 16, 33] {
                for kind in [Pooling.Kind.maximum, .average] {
                    let x = Image(p.height, p.width, channels, seed: channels)
                    let pooling = Pooling(kind, window: p.window, strides: p.strides, padding: p.padding)
                    let expected = pooled(x, pooling)
                    for layout in layouts(lanes: target.lanes, x.height, x.width, channels) {
                        for y in layouts(lanes: target.lanes, expected.height, expected.width, channels) {
                            cases.append(
                                KernelCase(
                                    name: "\(kind) of \(p.window) by \(p.strides), \(channels) channels",
                                    instance: poolingKernel(pooling, x: layout, y: y, target: target),
                                    inputs: [x.packed(layout)], y: y, expected: expected,
                                    tolerance: { _ in kind == .maximum ? 0 : 1e-6 },
                                    alsoHolds: { borderProblem($0, y, expected: sentinel) }))
                        }
                    }
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }
}

/// Maximum or mean of the cells of each window that lie in the image.
func pooled(_ x: Image, _ p: Pooling) -> Image {
    let height = (x.height + p.padding.top + p.padding.bottom - p.window.height) / p.strides.height + 1
    let width = (x.width + p.padding.left + p.padding.right - p.window.width) / p.strides.width + 1
    return Image(height, width, x.channels) { h, w, c in
        var cells: [Double] = []
        for r in 0..<p.window.height {
            for s in 0..<p.window.width {
                let (row, column) = (
                    h * p.strides.height + r - p.padding.top, w * p.strides.width + s - p.padding.left
                )
                if (0..<x.height).contains(row) && (0..<x.width).contains(column) {
                    cells.append(x[row, column, c])
                }
            }
        }
        return p.kind == .maximum ? cells.max()! : cells.reduce(0, +) / Double(cells.count)
    }
}
