import IR
import Passes
import Testing

/// Kernels that want as few phases as can be, and no maps that are pooled.
struct Eager: KernelCapabilities {
    func judgeFusedPooling(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        Judgement(pays: true, reason: "of large maps")
    }
    func judgePhasesAsChannels(_ transposed: TransposedConvolution, outputShape: [Int]) -> Judgement {
        Judgement(pays: true, reason: "of many phases")
    }
    func judgeScaledWeights(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        Judgement(pays: true, reason: "asked for")
    }
    func judgeFusedPrologue(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        Judgement(pays: true, reason: "of an image")
    }
    var hasScaledActivations: Bool { true }
}

/// Each `run` compares the numbers before and after.
@Suite struct PhasesAsChannelsTests {
    private let eager = PassContext(target: anyTarget, capabilities: Eager())

    private func transposed(
        _ kernel: Extent, _ strides: Extent, crop: (Int, Int) = (0, 0), output: [Int], epilogue: Epilogue = Epilogue(),
        _ maker: inout GraphMaker
    ) -> ValueID {
        let weights = Constant(
            shape: [kernel.height, kernel.width, 2, 3],
            values: (0..<kernel.height * kernel.width * 6).map { Float($0 * 7 % 11) - 5 })
        let convolution = TransposedConvolution(
            kernel: kernel, strides: strides, cropTop: crop.0, cropLeft: crop.1, filters: 2, weights: weights,
            bias: Constant(shape: [2], values: [0.5, -1]), epilogue: epilogue)
        let inputs = [maker.input(3, 4, 3)] + (epilogue.addsResidual ? [maker.input(output[0], output[1], 2)] : [])
        return maker.add(.transposedConvolution(convolution), inputs, shape: output + [2])
    }

    @Test func `dense kernels are a convolution and a permutation`() {
        var maker = GraphMaker()
        let y = transposed(Extent(2, 3), Extent(2, 3), output: [6, 12], &maker)
        let found = run("phases-as-channels", maker.finish(y), context: eager)
        #expect(kinds(found) == ["convolution", "reshape", "permutation", "reshape"])
        #expect(found.only("convolution").primitive.epilogue == Epilogue())
    }

    @Test(arguments: [
        (Extent(4, 6), Extent(2, 3), (1, 2), [6, 12]), (Extent(5, 4), Extent(2, 3), (0, 0), [9, 13]),
        (Extent(2, 1), Extent(3, 4), (0, 0), [9, 16]), (Extent(1, 7), Extent(4, 3), (0, 2), [11, 15]),
        (Extent(3, 3), Extent(2, 5), (2, 1), [4, 21]),
    ])
    func `kernels of any size are cut, spread and filled`(
        kernel: Extent, strides: Extent, crop: (Int, Int), output: [Int]
    ) {
        for epilogue in [
            Epilogue(), Epilogue(first: .relu), Epilogue(first: .tanh, addsResidual: true, last: .relu),
            Epilogue(last: .tanh),
        ] {
            var maker = GraphMaker()
            let y = transposed(kernel, strides, crop: crop, output: output, epilogue: epilogue, &maker)
            let found = run("phases-as-channels", maker.finish(y), context: eager)
            #expect(!kinds(found).contains("transposed_convolution"))
        }
    }

    @Test func `others stay`() {
        var maker = GraphMaker()
        let y = transposed(Extent(2, 3), Extent(2, 3), output: [6, 12], &maker)
        #expect(kinds(run("phases-as-channels", maker.finish(y))) == ["transposed_convolution"])
    }
}
