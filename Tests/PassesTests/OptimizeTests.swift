import IR
import Passes
import Testing

@Suite struct OptimizeTests {
    /// The first layers of MobileNet v1 as they are lowered.
    private func mobileNet() -> Graph {
        var maker = GraphMaker()
        let x = maker.input(9, 9, 3)
        let padding = Margins(top: 0, bottom: 1, left: 0, right: 1)
        var y = maker.convolution(maker.add(.padding(padding), x), 4, strides: Extent(2, 2))
        y = maker.activation(maker.affine(y), .relu6)
        y = maker.activation(maker.affine(maker.depthwise(y)), .relu6)
        y = maker.activation(maker.affine(maker.convolution(y, 8, kernel: .one)), .relu6)
        y = maker.add(.reduction(Reduction(.mean)), y)
        y = maker.convolution(maker.reshape(y, 1, 1, 8), 5, kernel: .one, bias: true)
        return maker.finish(maker.add(.softmax(axis: 0, isLogarithmic: false), maker.reshape(y, 5)))
    }

    @Test func `a MobileNet is as many operations as it has products`() {
        let graph = optimized(mobileNet())
        #expect(
            kinds(graph) == [
                "convolution", "convolution", "convolution", "reduction", "reshape", "matrix_product", "reshape",
                "softmax",
            ])
        #expect(graph.operations[1].primitive.epilogue == Epilogue(first: .relu6))
    }

    @Test func `what became of each layer is told`() {
        let remarks = optimize(mobileNet(), context: PassContext(target: anyTarget)).remarks
        let texts = remarks.map { "\($0.layers.joined(separator: ",")): \($0.text)" }
        #expect(texts.contains("padding_1: folded into the padding of convolution_2"))
        #expect(texts.contains("elementwise_3: folded into convolution_2 (scale and shift)"))
        #expect(texts.contains("elementwise_4: applied by convolution_2 before its result is stored"))
    }

    @Test func `fused values carry all their layers and the last one's tensor`() {
        let graph = optimized(mobileNet())
        let first = graph[graph.operations[1].output]
        #expect(first.origin.layers.map(\.name) == ["convolution_2", "padding_1", "elementwise_3", "elementwise_4"])
        #expect(first.tensor == .init(node: 4, output: 0))
    }

    @Test func `disabled passes and passes that fuse can be left out`() {
        let all = allPasses.map(\.name)
        var seen: [String] = []
        let context = PassContext(target: anyTarget, disabled: ["fuse-activation"])
        let graph = optimize(mobileNet(), context: context) { name, _ in seen.append(name) }.graph
        #expect(seen == all.filter { $0 != "fuse-activation" })
        #expect(kinds(graph).filter { $0 == "elementwise" }.count == 3)
        let plain = optimized(mobileNet(), context: PassContext(target: anyTarget, fuse: false))
        #expect(kinds(plain).filter { $0 == "elementwise" }.count == 6)
    }

    @Test func `thousands of layers and readers of one tensor take linear time`() {
        var maker = GraphMaker()
        let x = maker.input(1, 1, 2)
        var y = x
        for _ in 0..<3000 { y = maker.activation(maker.affine(maker.convolution(y, 2, kernel: .one))) }
        for _ in 0..<3000 { y = maker.sum(maker.activation(maker.reshape(maker.affine(x), 2, 1, 1)), y) }
        let graph = maker.finish(y)
        var started = ContinuousClock.now
        let result = optimize(graph, context: PassContext(target: anyTarget)) { name, _ in
            #expect(started.duration(to: .now) < .seconds(5), "\(name)")
            started = .now
        }
        #expect(kinds(result.graph).count < 3000 * 4 + 10)
    }
}
