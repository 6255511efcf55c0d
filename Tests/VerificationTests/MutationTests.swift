import Compiler
import Diagnostics
import Kernels
import Network
import Testing
import Verification

/// A network in which one layer is of the kernel family under test.
struct Family: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    /// The layer whose weights are spoilt.
    var layer: String
    /// The template that its step must use, so that the test does not silently go past it.
    var template: String

    var testDescription: String { name }
}

/// A mistake in weights, of the kind that a wrong kernel or packing makes.
enum WeightMistake: String, CaseIterable, Sendable {
    case droppedTap, swappedHeightAndWidth, skippedBlock, omittedBias, patchedWeight

    /// Makes the mistake in the layer's parameters; false where they can't have it.
    func apply(to parameters: inout ParameterValues, _ layer: String, _ shapes: [String: [Int]]) -> Bool {
        let name = ["kernel", "depthwise_kernel"].map { "\(layer)/\($0)" }.first { parameters[$0] != nil }
        guard let name, var kernel = parameters[name], let shape = shapes[name] else { return false }
        switch self {
        case .omittedBias:
            guard let bias = parameters["\(layer)/bias"] else { return false }
            parameters["\(layer)/bias"] = bias.map { _ in 0 }
            return true
        case .patchedWeight: kernel[kernel.count / 2] += 0.01
        case .droppedTap:
            guard shape.count == 4, shape[0] * shape[1] > 1 else { return false }
            let tap = shape[2] * shape[3]
            for index in (shape[0] * shape[1] - 1) * tap..<kernel.count { kernel[index] = 0 }
        case .swappedHeightAndWidth:
            guard shape.count == 4, shape[0] == shape[1], shape[0] > 1 else { return false }
            let (size, tap) = (shape[0], shape[2] * shape[3])
            let original = kernel
            for r in 0..<size {
                for s in 0..<size {
                    for k in 0..<tap { kernel[(r * size + s) * tap + k] = original[(s * size + r) * tap + k] }
                }
            }
        case .skippedBlock:
            let (inputs, filters) = (shape[shape.count - 2], shape[shape.count - 1])
            guard inputs >= 16 else { return false }
            for index in kernel.indices where index / filters % inputs >= inputs - 8 { kernel[index] = 0 }
        }
        parameters[name] = kernel
        return true
    }
}

let weightedFamilies = [
    Family(
        name: "convolution", text: "Input(9, 11, 16)\nConv2D(24, 3, strides=2, name=c, activation=relu)\n", layer: "c",
        template: "convolution"),
    Family(
        name: "winograd", text: "Input(16, 18, 32)\nConv2D(32, 3, padding=same, name=c)\n", layer: "c",
        template: "winograd"),
    Family(
        name: "winograd that pools", text: "Input(16, 18, 32)\nConv2D(32, 3, padding=same, name=c)\nMaxPooling2D(2)\n",
        layer: "c", template: "winograd"),
    Family(
        name: "winograd in groups", text: "Input(16, 18, 64)\nConv2D(64, 5, padding=same, groups=2, name=c)\n",
        layer: "c", template: "winograd"),
    Family(
        name: "winograd in parts", text: "Input(16, 18, 32)\nConv2D(32, (7, 1), padding=same, name=c)\n", layer: "c",
        template: "winograd"),
    Family(
        name: "strassen", text: "Input(14, 14, 224)\nConv2D(224, 1, name=c, activation=relu)\n", layer: "c",
        template: "strassen"),
    Family(
        name: "strassen twice", text: "Input(14, 14, 512)\nConv2D(512, 1, name=c)\n", layer: "c",
        template: "strassen"),
    Family(
        name: "pointwise", text: "Input(9, 11, 32)\nConv2D(24, 1, name=c)\n", layer: "c", template: "convolution"),
    Family(
        name: "grouped", text: "Input(9, 11, 32)\nConv2D(32, 3, groups=2, name=c)\n", layer: "c", template: ""),
    Family(
        name: "dilated and strided", text: "Input(13, 15, 16)\nConv2D(16, 3, dilation_rate=2, name=c)\n", layer: "c",
        template: "convolution"),
    Family(
        name: "depthwise", text: "Input(9, 11, 20)\nDepthwiseConv2D(3, strides=2, padding=same, name=c)\n", layer: "c",
        template: "depthwise"),
    Family(
        name: "transposed", text: "Input(6, 7, 16)\nConv2DTranspose(12, 3, strides=2, padding=same, name=c)\n",
        layer: "c",
        template: ""),
    Family(
        name: "separable", text: "Input(20, 20, 32)\nSeparableConv2D(24, 3, padding=same, name=c)\n", layer: "c",
        template: ""),
    Family(name: "dense", text: "Input(200)\nDense(30, name=c)\n", layer: "c", template: "dense"),
]

/// Families without weights: their operands are read from one float beside where they lie.
let weightlessFamilies = [
    "Input(8, 8, 20)\nMaxPooling2D(3, strides=2, padding=same)\n",
    "Input(8, 8, 20)\nAveragePooling2D(2)\n",
    "Input(8, 8, 20)\nGlobalAveragePooling2D()\n",
    "Input(8, 8, 20)\nUpSampling2D(2)\n",
    "Input(8, 8, 20)\nUpSampling2D(2, interpolation=bilinear)\n",
    "Input(8, 8, 20)\nActivation(sigmoid)\n",
    "Input(8, 8, 20)\nSoftmax()\n",
    "Input(8, 8, 20)\nZeroPadding2D(1)\n",
    "Input(8, 8, 20)\nLRN()\n",
    "Input(8, 8, 20)\nLayerNormalization()\n",
    "Input(8, 8, 20)\nGroupNormalization(4)\n",
    "a = Input((8, 8, 20))\nb = Input((8, 8, 20))\nAdd()([a, b])\n",
]

@Suite struct `A mistake makes verification fail` {
    @Test(arguments: weightedFamilies, WeightMistake.allCases)
    func `in the weights of every family`(_ family: Family, _ mistake: WeightMistake) throws {
        let (model, options) = try read(family.text)
        let shapes = Dictionary(
            uniqueKeysWithValues: model.network.parameterInventory().map { ($0.name, $0.parameter.shape.dimensions) })
        var probe = initialValues(for: model.network, seed: 0, style: .test)
        guard mistake.apply(to: &probe, family.layer, shapes) else { return }
        var hooks = CompilerHooks()
        var templates: [String] = []
        hooks.mutateWeights = { _ = mistake.apply(to: &$0, family.layer, shapes) }
        hooks.mutate = { plan in templates = plan.steps.flatMap { $0.calls.map(\.instance.template) } }
        let report = try verify(model, options, BuildOptions(), VerificationSettings(), hooks: hooks)
        #expect(family.template.isEmpty || templates.contains(family.template), "templates are \(templates)")
        #expect(!report.isRight, "largest error/bound \(report.tensors.map(\.boundRatio).max() ?? 0)")
        #expect(report.firstWrong?.layer == family.layer || report.firstWrong?.group.contains(family.layer) == true)
    }

    @Test(arguments: weightlessFamilies)
    func `in the place that is read`(_ text: String) throws {
        let (model, options) = try read(text)
        let right = try verify(model, options, BuildOptions(), VerificationSettings())
        #expect(right.isRight)
        var hooks = CompilerHooks()
        hooks.mutate = { plan in
            let last = plan.steps.count - 1
            plan.steps[last].calls[0].reads[0].offset += 1
        }
        let wrong = try verify(model, options, BuildOptions(), VerificationSettings(), hooks: hooks)
        #expect(!wrong.isRight)
    }

    @Test func `in one weight of a built library`() throws {
        let (model, options) = try read(weightedFamilies[0].text)
        var settings = VerificationSettings()
        var packed: [Float] = []
        var hooks = CompilerHooks()
        hooks.mutate = { plan in packed = plan.steps.flatMap { $0.calls.flatMap(\.instance.weights) } }
        settings.alterLibrary = { path in
            var bytes = try readFile(path, limit: 1 << 24)
            let pattern = packed.prefix(16).withUnsafeBytes { Array($0) }
            let place = try #require((0..<bytes.count - 64).first { Array(bytes[$0..<$0 + 64]) == pattern })
            bytes[place + 43] ^= 0x40
            try writeFile(path, bytes)
        }
        #expect(try !verify(model, options, BuildOptions(), settings, hooks: hooks).isRight)
    }

    @Test func `and the first wrong layer of a fused group is named`() throws {
        let text =
            "Input(8, 8, 16)\nConv2D(16, 3, name=a)\nBatchNormalization(name=b)\nReLU(name=r)\nConv2D(8, 1, name=d)\n"
        let (model, options) = try read(text)
        var settings = VerificationSettings()
        settings.locatesFirstWrong = true
        var hooks = CompilerHooks()
        hooks.mutateWeights = { $0["b/beta"]![3] += 0.5 }
        let report = try verify(model, options, BuildOptions(), settings, hooks: hooks)
        #expect(report.firstWrong?.layer == "r")
        #expect(report.located?.contains("'b'") == true)
    }
}

/// A model of a text in memory.
func read(_ text: String) throws -> (Model, ModelOptions) {
    let options = ModelOptions(path: "test.net")
    return (try readModel(SourceFile(name: "test.net", text: Array(text.utf8)), options), options)
}
