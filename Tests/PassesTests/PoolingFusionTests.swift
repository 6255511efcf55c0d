import IR
import Passes
import Testing

/// Kernels that pool whatever they are asked to.
private struct PoolsAll: KernelCapabilities {
    func judgeFusedPooling(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        Judgement(pays: true, reason: "")
    }
}

/// Kernels that pool large maps by windows of 2×2.
private struct PoolsLarge: KernelCapabilities {
    func judgeFusedPooling(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        let map = convolution.mapShape(of: inputShape)
        return Judgement(pays: map[0] >= 8 && convolution.pooling?.window == Extent(2, 2), reason: "of its size")
    }
}

/// Each `run` compares the numbers before and after.
@Suite struct PoolingFusionTests {
    private let eager = PassContext(target: anyTarget, capabilities: PoolsAll())
    private let halving = Pooling(.maximum, window: Extent(2, 2), strides: Extent(2, 2))

    private func convolution(_ graph: Graph) -> Convolution? {
        guard case .convolution(let it) = graph.only("convolution").primitive else { return nil }
        return it
    }

    @Test(arguments: [Pooling.Kind.maximum, .average], [Margins.zero, Margins(top: 0, bottom: 1, left: 0, right: 1)])
    func `a pooling is done by the convolution that it alone reads`(kind: Pooling.Kind, padding: Margins) {
        let pooling = Pooling(kind, window: Extent(2, 2), strides: Extent(2, 2), padding: padding)
        for (height, width) in [(6, 8), (7, 5)] {
            var maker = GraphMaker()
            let sum = maker.convolution(maker.input(height, width, 3), 4, padding: .around(1), bias: true)
            let y = maker.add(.pooling(pooling), maker.activation(sum))
            let graph = optimized(maker.finish(y), context: eager)
            #expect(kinds(graph) == ["convolution"])
            #expect(convolution(graph)?.pooling == pooling && convolution(graph)?.epilogue.first == .relu)
        }
    }

    @Test func `a residual is added before`() {
        var maker = GraphMaker()
        let x = maker.input(6, 7, 3)
        let y = maker.activation(maker.sum(maker.convolution(x, 3, padding: .around(1)), x))
        let graph = optimized(maker.finish(maker.add(.pooling(halving), y)), context: eager)
        #expect(kinds(graph) == ["convolution"])
        #expect(convolution(graph)?.epilogue == Epilogue(addsResidual: true, last: .relu))
    }

    /// A U-Net's map is read by the skip connection too.
    @Test func `a map that others read is pooled by a kernel of its own`() {
        var maker = GraphMaker()
        let y = maker.convolution(maker.input(6, 6, 3), 4)
        let pooled = maker.add(.pooling(halving), y)
        #expect(kinds(run("fuse-pooling", maker.finish(pooled, y), context: eager)) == ["convolution", "pooling"])
        let read = maker.finish(pooled, maker.activation(y))
        #expect(kinds(run("fuse-pooling", read, context: eager)) == ["convolution", "pooling", "elementwise"])
    }

    @Test func `only the first of two poolings is fused, and none behind anything else`() {
        var maker = GraphMaker()
        let x = maker.input(8, 9, 3)
        let twice = maker.add(.pooling(halving), maker.add(.pooling(halving), maker.convolution(x, 4)))
        #expect(kinds(run("fuse-pooling", maker.finish(twice), context: eager)) == ["convolution", "pooling"])
        let prelu = Elementwise(negativeSlope: maker.constant(4))
        let apart = maker.add(.pooling(halving), maker.add(.elementwise(prelu), maker.convolution(x, 4)))
        let graph = run("fuse-pooling", maker.finish(apart), context: eager)
        #expect(kinds(graph) == ["convolution", "elementwise", "pooling"])
    }

    @Test func `the kernels say where it pays, and the remark why`() {
        let context = PassContext(target: anyTarget, capabilities: PoolsLarge())
        let wide = Pooling(.maximum, window: Extent(3, 3), strides: Extent(2, 2))
        for (size, pooling, isDone) in [(8, halving, false), (10, halving, true), (10, wide, false)] {
            var maker = GraphMaker()
            let y = maker.convolution(maker.input(size, size, 3), 4)
            let graph = maker.finish(maker.add(.pooling(pooling), y))
            let (result, remarks) = optimize(graph, context: context)
            let text =
                isDone
                ? "done by convolution_1 before its map is stored: of its size"
                : "not done by convolution_1: of its size"
            #expect(remarks.filter { $0.pass == "fuse-pooling" }.map(\.text) == [text])
            #expect(kinds(result).contains("pooling") != isDone)
        }
    }
}
