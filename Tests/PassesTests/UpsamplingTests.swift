import IR
import Passes
import Testing

/// Kernels by which nothing is gained.
private struct Unwilling: KernelCapabilities {
    func judgeFoldedUpsampling(
        _ convolution: Convolution, factor: Extent, inputShape: [Int], outputShape: [Int]
    ) -> Judgement {
        Judgement(pays: false, reason: "of its size")
    }
}

/// Each `run` compares the numbers before and after.
@Suite struct FoldUpsamplingTests {
    @Test func `a convolution of repeated cells is a transposed one, whatever kernel, factor and padding`() {
        for kernel in [Extent(2, 2), Extent(3, 3), Extent(1, 2), Extent(5, 3)] {
            for factor in [Extent(2, 2), Extent(3, 1), Extent(1, 4)] {
                for (top, left, after) in [(0, 0, 0), (0, 0, 1), (kernel.height - 1, kernel.width - 1, 2)] {
                    var maker = GraphMaker()
                    let enlarged = maker.add(.upsampling(Upsampling(.nearest, factor: factor)), maker.input(5, 4, 3))
                    let padding = Margins(top: top, bottom: after, left: left, right: after)
                    let y = maker.convolution(enlarged, 2, kernel: kernel, padding: padding, bias: true)
                    #expect(kinds(run("fold-upsampling", maker.finish(y))) == ["transposed_convolution"])
                }
            }
        }
    }

    /// (2 + 2 − 1)² taps where 2² for each of 2² repetitions were: 9 products instead of 16.
    @Test func `taps that meet the same cell are added up`() {
        var maker = GraphMaker()
        let enlarged = maker.add(.upsampling(Upsampling(.nearest, factor: Extent(2, 2))), maker.input(2, 2, 1))
        let weights = Constant(shape: [2, 2, 1, 1], values: [1, 2, 4, 8])
        let padding = Margins(top: 0, bottom: 1, left: 0, right: 1)
        let convolution = Convolution(kernel: Extent(2, 2), padding: padding, filters: 1, weights: weights)
        let graph = run("fold-upsampling", maker.finish(maker.add(.convolution(convolution), enlarged)))
        guard case .transposedConvolution(let found) = graph.only("transposed_convolution").primitive else { return }
        #expect(found.weights.values == [8, 12, 4, 10, 15, 5, 2, 3, 1])
        #expect((found.cropTop, found.cropLeft) == (1, 1))
    }

    @Test func `an epilogue and a residual stay`() {
        var maker = GraphMaker()
        let x = maker.input(3, 3, 2)
        let enlarged = maker.add(.upsampling(Upsampling(.nearest, factor: Extent(2, 2))), x)
        let residual = maker.input(6, 6, 4)
        let sum = maker.sum(maker.convolution(enlarged, 4, padding: .around(1)), residual)
        let graph = optimized(maker.finish(maker.activation(sum)))
        #expect(kinds(graph) == ["transposed_convolution"])
        #expect(graph.only("transposed_convolution").primitive.epilogue == Epilogue(addsResidual: true, last: .relu))
    }

    @Test func `other convolutions, other readers and kernels that would lose keep the enlarged image`() {
        func kindsAfter(
            _ method: Upsampling.Method = .nearest, kernel: Extent = Extent(3, 3), strides: Extent = .one,
            dilation: Extent = .one, groups: Int = 1, top: Int = 1, isShared: Bool = false,
            context: PassContext = PassContext(target: anyTarget)
        ) -> [String] {
            var maker = GraphMaker()
            let x = maker.input(6, 6, 4)
            let enlarged = maker.add(.upsampling(Upsampling(method, factor: Extent(2, 2))), x)
            let padding = Margins(top: top, bottom: 0, left: 0, right: 0)
            let y = maker.convolution(
                enlarged, 4, kernel: kernel, strides: strides, dilation: dilation, padding: padding, groups: groups)
            return kinds(
                run("fold-upsampling", maker.finish(isShared ? [y, enlarged] : [y]), context: context))
        }
        let kept = ["upsampling", "convolution"]
        #expect(kindsAfter() == ["transposed_convolution"])
        #expect(kindsAfter(.bilinear) == kept)
        #expect(kindsAfter(strides: Extent(2, 1)) == kept)
        #expect(kindsAfter(dilation: Extent(1, 2)) == kept)
        #expect(kindsAfter(groups: 2) == kept)
        #expect(kindsAfter(kernel: .one, top: 0) == kept)
        #expect(kindsAfter(top: 3) == kept)
        #expect(kindsAfter(isShared: true) == kept)
        #expect(kindsAfter(context: PassContext(target: anyTarget, capabilities: Unwilling())) == kept)
    }
}
