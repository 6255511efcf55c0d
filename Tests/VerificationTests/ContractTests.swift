import Compiler
import Diagnostics
import Foundation
import Testing
import Verification

/// The rest of the numeric contract: batches, and numbers that are not finite.
@Suite struct `The numeric contract` {
    private let text = """
        image = Input((12, 12, 16), name=image)
        x = Conv2D(16, 3, padding=same, activation=relu)(image)
        x = DepthwiseConv2D(3, strides=2, padding=same)(x)
        x = Conv2D(20, 1, activation=relu)(Concatenate()([x, MaxPooling2D(2)(image)]))
        probs = Dense(5, activation=softmax)(Flatten()(x))
        """

    private func model(batch: Int) throws -> (Model, ModelOptions) {
        var options = ModelOptions(path: "test.net")
        options.batch = batch
        return (try readModel(SourceFile(name: "test.net", text: Array(text.utf8)), options), options)
    }

    @Test func `holds for every member of a batch`() throws {
        let (model, options) = try model(batch: 3)
        let report = try verify(model, options, BuildOptions(), VerificationSettings())
        #expect(report.isRight)
        #expect(!report.isVacuous)
        let inputs = [values(3 * 12 * 12 * 16, seed: 1)]
        let generated = try LibraryRunner(model, options, BuildOptions()).run(inputs)[0]
        let reference = try ReferenceRunner(model, options).run(inputs)[0]
        #expect(generated.count == 15)
        #expect(zip(generated, reference).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(generated[0..<5] != generated[5..<10])
    }

    /// The constant of a normalisation starts the sum before it and is rounded with each product: here one element lay 1.1 bounds of a single
    /// rounding away.
    @Test func `allows for a constant that is folded into a sum`() throws {
        let text = """
            a0_x0 = Input((1, 1, 31))
            a0_x1 = Input((1, 8, 1))
            x = Multiply()([a0_x1, a0_x0, a0_x0, a0_x1])
            a0_t1_1 = BatchNormalization()(Conv2D(31, 1, use_bias=False)(x))
            """
        var options = ModelOptions(path: "test.net")
        options.seed = 1092
        let model = try readModel(SourceFile(name: "test.net", text: Array(text.utf8)), options)
        var build = BuildOptions()
        build.cpu = "x86-64"
        let report = try verify(model, options, build, VerificationSettings())
        #expect(report.isRight, "\(report.firstWrong?.worst ?? "")")
    }

    /// The built library is replaced by one that is right for the first member of a batch alone.
    @Test func `is broken by a mistake in the last member`() throws {
        let (model, options) = try model(batch: 3)
        var settings = VerificationSettings()
        settings.alterLibrary = { try spoilLastMember(of: $0, model, options) }
        let report = try verify(model, options, BuildOptions(), settings)
        #expect(report.tensors.allSatisfy { $0.isRight })
        #expect(!report.isRight)
    }

    @Test(arguments: [
        "ReLU()", "ReLU(6)", "LeakyReLU()", "Activation('sigmoid')", "Activation('tanh')", "Activation('hard_swish')",
        "GELU()", "ELU()", "Conv2D(4, 1, activation=relu6)", "AveragePooling2D(2)", "GlobalAveragePooling2D()",
        "Softmax()", "Activation('sparsemax')",
        "BatchNormalization()", "UpSampling2D(2, interpolation=bilinear)", "DepthwiseConv2D(3, activation=relu)",
        "Conv2DTranspose(4, 2, strides=2, activation=relu)",
    ]) func `lets NaN through everything`(layer: String) throws {
        var image = values(4 * 4 * 4, seed: 1)
        image[21] = .nan
        let computed = try Computed("Input(4, 4, 4)\n\(layer)\n", inputs: [image])
        #expect(computed.generated[0].contains { $0.isNaN })
        #expect(zip(computed.generated[0], computed.reference[0]).allSatisfy { $0.isNaN == $1.isNaN })
    }

    @Test(arguments: ["3", "5", "(1, 7)", "3, groups=2"])
    func `keeps Winograd's algorithm out of strict builds`(kernel: String) throws {
        let (model, options) = try read("Input(56, 56, 64)\nConv2D(64, \(kernel), padding=same)\n")
        var build = BuildOptions()
        build.cpu = "x86-64-v3"
        func templates() throws -> [String] {
            try compile(model, options, build).plan.steps.flatMap { $0.calls.map(\.instance.template) }
        }
        let fast = try templates()
        #expect(fast.contains("winograd"))
        build.precision = .strict
        let strict = try templates()
        #expect(!strict.contains("winograd"))
    }

    @Test func `keeps Strassen's algorithm out of strict builds`() throws {
        let (model, options) = try read("Input(14, 14, 256)\nConv2D(256, 1)\n")
        var build = BuildOptions()
        build.cpu = "x86-64-v3"
        func templates() throws -> [String] {
            try compile(model, options, build).plan.steps.flatMap { $0.calls.map(\.instance.template) }
        }
        #expect(try templates().contains("strassen"))
        build.precision = .strict
        #expect(try !templates().contains("strassen"))
    }
}

/// Builds the network with another loop over the batch, in which the last member takes the place of the one before.
private func spoilLastMember(of path: String, _ model: Model, _ options: ModelOptions) throws {
    var options = options
    options.usesTestWeights = true
    var compiled = try compile(model, options, BuildOptions())
    let loop = try #require(compiled.code.source.range(of: "locate_sample(number / STEPS,"), "the loop looks different")
    compiled.code.source.replaceSubrange(loop, with: "locate_sample(number / STEPS == 2 ? 1 : number / STEPS,")
    let folder = path + ".spoilt"
    _ = try buildProducts(compiled, [.sharedLibrary], into: folder, BuildOptions())
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: folder + "/lib\(compiled.identifier).so", toPath: path)
}
