import IR
import Kernels
import Target
import Testing

/// Depthwise and pointwise convolutions as one kernel, against those one by one.
@Suite struct SeparableTests {
    @Test(arguments: runnableTargets, [(false, true), (true, false), (true, true)])
    func `convolutions as one kernel equal them one by one`(_ target: Target, around: (Bool, Bool)) throws {
        var random = TestRandom(seed: 5)
        var cases: [KernelCase] = []
        for _ in 0..<8 {
            var p = ConvolutionProblem(&random)
            let (expands, projects) = around
            let channels = random.pick([2, 3, 16, 33])
            let middle = expands ? random.pick([5, 16, 40]) : channels
            let m = random.pick([1, 1, 2])
            let filters = projects ? random.pick([1, 16, 35, 64]) : middle * m
            p.channels = channels
            p.convolution.groups = middle
            p.convolution.filters = middle * m
            p.convolution.epilogue = Epilogue(first: .relu)
            let k = p.convolution.kernel
            p.convolution.weights = random.tensor([k.height, k.width, 1, middle * m])
            p.convolution.bias = random.tensor([middle * m])
            func pointwise(_ channels: Int, _ filters: Int, _ epilogue: Epilogue) -> Convolution {
                Convolution(
                    kernel: .one, filters: filters, weights: random.tensor([1, 1, channels, filters]),
                    bias: random.tensor([filters]), epilogue: epilogue)
            }
            // The bias is seen in the border, were it not of zeros.
            let expansion = expands ? pointwise(channels, middle, Epilogue(first: .relu6)) : nil
            let last = projects ? pointwise(middle * m, filters, random.epilogue(filters: filters)) : nil
            let separable = Separable(expansion: expansion, depthwise: p.convolution, pointwise: last)
            let x = TestTensor.random(p.inputLayout(target, false, &random), channels: channels, &random)
            let adds = separable.epilogue.addsResidual
            let y = random.outputLayout(
                p.output, Layout.blocked(lanes: target.lanes, height: 1, width: 1, channels: filters).slots, filters,
                target, mayInterleave: !adds)
            let residual = adds ? TestTensor.random(y, channels: filters, &random) : nil
            let instance = separableKernel(separable, x: x.layout, y: y, residual: residual?.layout, target: target)

            var tensor = x
            var bounds: [Double] = []
            var values: [Double] = []
            for (place, stage) in separable.stages.enumerated() {
                let extent = stage == expansion ? p.input : p.output
                (values, bounds) = referenceConvolution(
                    stage, tensor, place == separable.stages.count - 1 ? residual : nil, extent)
                tensor = TestTensor(
                    layout: .interleaved(lanes: 1, height: extent.height, width: extent.width, channels: stage.filters),
                    channels: stage.filters, values: values.map { Float($0) })
            }
            cases.append(
                convolutionCase(
                    title:
                        "\(instance.template) \(describe(p.convolution)) of \(p.input) \(channels) -> \(filters) \(instance.choice)",
                    instances: [instance], reads: [x] + (residual.map { [$0] } ?? []), y: y, channels: filters,
                    expected: values, bounds: bounds.map { $0 * 4 + 1e-5 }))
        }
        #expect(try failures(cases, target: target) == [])
    }
}
