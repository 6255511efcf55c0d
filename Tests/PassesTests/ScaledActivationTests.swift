import IR
import Passes
import Testing

/// Kernels with cheaper multiples of activations.
private struct HasMultiples: KernelCapabilities {
    var hasScaledActivations: Bool { true }
}

/// Kernels that compute any function of an image as they read it.
private struct ReadsImages: KernelCapabilities {
    func judgeFusedPrologue(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        Judgement(pays: inputShape[2] < 4, reason: "of its channels")
    }
}

/// Each `run` compares the numbers before and after, those of labelled values with their factor.
@Suite struct ScaledActivationTests {
    private let context = PassContext(target: anyTarget, capabilities: HasMultiples())

    private func scaled(_ graph: Graph) -> Graph { run("scale-activations", graph, context: context) }

    /// The activations of products, in order.
    private func activations(_ graph: Graph) -> [Activation] {
        graph.operations.compactMap(\.primitive.epilogue).map(\.first)
    }

    private func times(_ graph: Graph) -> [Double] {
        graph.operations.map { graph[$0.output].tensor?.scale ?? 0 }.filter { $0 != 1 }
    }

    @Test(arguments: [Activation.silu, .hardSilu])
    func `a chain of convolutions takes factors back`(_ activation: Activation) {
        var maker = GraphMaker()
        let first = maker.convolution(
            maker.input(6, 6, 3), 4, padding: .around(1), bias: true, epilogue: Epilogue(first: activation))
        let second = maker.convolution(
            first, 4, padding: .around(1), groups: 4, bias: true, epilogue: Epilogue(first: activation))
        let graph = scaled(maker.finish(maker.convolution(second, 2, kernel: .one, bias: true)))
        let expected: Activation = activation == .silu ? .binarySilu : .sixfoldHardSilu
        #expect(activations(graph) == [expected, expected, .linear])
        #expect(times(graph).count == 2)
    }

    @Test func `a squeeze-and-excitation passes the factor on`() {
        var maker = GraphMaker()
        let map = maker.convolution(maker.input(5, 4, 3), 4, epilogue: Epilogue(first: .silu))
        let mean = maker.reshape(maker.add(.reduction(Reduction(.mean)), map), 1, 1, 4)
        let factors = maker.convolution(mean, 4, kernel: .one, epilogue: Epilogue(first: .sigmoid))
        let product = maker.add(.elementwise(Elementwise(combine: .multiply)), map, factors)
        let graph = scaled(maker.finish(maker.convolution(product, 2, kernel: .one)))
        #expect(activations(graph) == [.binarySilu, .sigmoid, .linear])
        #expect(times(graph).count == 4)
    }

    @Test func `what is neither linear nor has weights keeps the activation`() {
        func kept(_ build: (inout GraphMaker, ValueID) -> [ValueID]) -> Bool {
            var maker = GraphMaker()
            let map = maker.convolution(maker.input(5, 5, 3), 3, epilogue: Epilogue(first: .hardSilu))
            let outputs = build(&maker, map)
            return activations(scaled(maker.finish(outputs)))[0] == .hardSilu
        }
        // A public output, a residual, a second activation, a square, a concatenation.
        #expect(kept { maker, x in [x, maker.convolution(x, 2)] })
        #expect(
            kept { maker, x in
                let y = maker.convolution(x, 3, kernel: .one)
                return [maker.sum(y, x)]
            })
        #expect(kept { maker, x in [maker.convolution(maker.activation(x, .tanh), 2)] })
        #expect(
            kept { maker, x in
                [maker.convolution(maker.add(.elementwise(Elementwise(combine: .multiply)), x, x), 2)]
            })
        #expect(
            kept { maker, x in
                let pooled = maker.add(.pooling(Pooling(.maximum, window: .one, strides: .one)), x)
                return [maker.convolution(maker.add(.elementwise(Elementwise(combine: .multiply)), x, pooled), 2)]
            })
        #expect(kept { maker, x in [maker.convolution(maker.add(.concatenation(axis: 2), x, x), 2)] })
        #expect(!kept { maker, x in [maker.convolution(x, 2)] })
    }

    /// Each product of a chain would else be a multiple of the one before it, until numbers leave float32.
    @Test func `factors do not pile up`() {
        var maker = GraphMaker()
        var x = maker.input(3, 3, 3)
        for _ in 0..<12 {
            let gate = maker.convolution(x, 3, kernel: .one, epilogue: Epilogue(first: .silu))
            x = maker.add(.elementwise(Elementwise(combine: .multiply)), x, gate)
        }
        let graph = scaled(maker.finish(maker.convolution(x, 2, kernel: .one)))
        let largest = 256 / 0.6931471805599453 * 1.0001
        #expect(times(graph).allSatisfy { $0 <= largest })
        #expect(times(graph).count >= 2)
    }

    @Test func `without such kernels nothing changes`() {
        var maker = GraphMaker()
        let map = maker.convolution(maker.input(5, 5, 3), 3, epilogue: Epilogue(first: .silu))
        let graph = run("scale-activations", maker.finish(maker.convolution(map, 2)))
        #expect(activations(graph) == [.silu, .linear])
    }
}

@Suite struct PrologueTests {
    private let context = PassContext(target: anyTarget, capabilities: ReadsImages())

    private func fused(_ graph: Graph) -> [String] { kinds(run("fuse-prologue", graph, context: context)) }

    @Test func `a convolution computes the rescaling of its image, and pads behind it`() {
        var maker = GraphMaker()
        let image = maker.affine(maker.input(5, 5, 3))
        let graph = run(
            "fuse-prologue", maker.finish(maker.convolution(image, 2, padding: .around(1))), context: context)
        #expect(kinds(graph) == ["convolution"])
        #expect(dump(graph).contains(" of scale"))
        #expect(graph[graph.operations[1].output].origin.layers.map(\.name) == ["convolution_2", "elementwise_1"])
    }

    @Test func `another reader, a map that is no image, or other kernels keep it apart`() {
        var maker = GraphMaker()
        let image = maker.affine(maker.input(5, 5, 3))
        let one = maker.convolution(image, 2)
        #expect(fused(maker.finish(one, maker.convolution(image, 3))).count == 3)
        #expect(fused(maker.finish(one, image)).count == 2)
        var read = GraphMaker()
        let raw = read.input(5, 5, 3)
        let rescaled = read.convolution(read.affine(raw), 2)
        #expect(fused(read.finish(rescaled, read.convolution(raw, 2))).count == 3)
        let map = maker.affine(maker.convolution(maker.input(5, 5, 3), 3))
        #expect(fused(maker.finish(maker.convolution(map, 2))).count == 3)
        #expect(fused(maker.finish(maker.convolution(maker.affine(maker.input(5, 5, 4)), 2))).count == 2)
        let other = maker.finish(one)
        #expect(kinds(run("fuse-prologue", other)).count == 2)
    }
}
