import Compiler
import Target
import Testing
import Verification

/// Layers that could carry an infinity or NaN to the wrong elements: vectors that groups share, slots that hold nothing, folded channel orders.
private let networks = [
    // Groups that share vectors, and groups that are vectors of their own.
    "Conv2D(16, 3, groups=2)(x)", "Conv2D(12, 3, groups=3, padding=same)(x)", "Conv2D(24, 1, groups=4)(x)",
    "Conv2D(10, 3, groups=2, strides=2)(x)", "Conv2D(34, (1, 2), groups=2, activation=relu)(x)",
    "Conv2D(8, 1)(Conv2D(16, 3, groups=2)(x))", "Conv2D(12, 3, groups=3, padding=same)(x) + x",
    "Conv2D(18, 1, groups=6)(Conv2D(12, 3, groups=4, dilation_rate=2)(x))",
    "Conv2D(32, 3, padding=same, groups=2)(Conv2D(32, 1)(x))",
    // Channels shuffled, split and concatenated.
    "Conv2D(8, 1)(ChannelShuffle(3)(ReLU()(x)))",
    "Conv2D(8, 1, groups=2)(ChannelShuffle(4)(Conv2D(12, 1, groups=4)(x)))",
    "DepthwiseConv2D(3)(ChannelShuffle(2)(Conv2D(24, 1, groups=2)(x)))", "Conv2D(8, 3)(Split(3)(x)[1])",
    "Conv2D(8, 3, groups=2)(Split(2)(Conv2D(20, 1, groups=2)(x))[1])", "Dense(5)(Flatten()(Split(3)(x)[2]))",
    "SeparableConv2D(9, 3)(Split(3)(x)[0])", "GlobalAveragePooling2D()(Split(2)(x)[1])",
    "Conv2D(8, 3)(Concatenate()([a, b]))", "Conv2D(8, 3)(Concatenate()([Conv2D(5, 1)(a), b, Conv2D(7, 1)(a)]))",
    "Conv2D(6, 3)(Concatenate(axis=1)([a, b]))",
    "Conv2D(6, 1, groups=2)(Concatenate()([Conv2D(5, 1)(a), b, Split(2)(a)[1], Conv2D(1, 1)(b)]))",
    // Slots that hold nothing behind a layer, and what reads it.
    "Conv2D(8, 3)(Conv2D(5, 1)(x))", "Dense(5)(Dense(7)(v))", "Dense(5)(Flatten()(Conv2D(5, 3)(x)))",
    "Dense(9)(Conv2D(5, 1)(x))",
    "Conv2D(5, (9, 10))(Conv2D(7, 1)(x))", "Conv2DTranspose(5, 3, strides=2)(Conv2D(7, 1)(x))",
    "SeparableConv2D(9, 3)(Conv2D(7, 1)(x))", "Conv2D(9, 1)(DepthwiseConv2D(3, depth_multiplier=3)(Conv2D(7, 1)(x)))",
    "Dense(4)(GlobalAveragePooling2D()(Conv2D(7, 1)(x)))", "Softmax()(Conv2D(7, 1)(x))",
    "Dense(4)(Softmax()(Dense(7)(v)))", "Activation(sparsemax)(Conv2D(7, 1)(x))",
    "Dense(4)(Activation(sparsemax)(Dense(7)(v)))",
    "Conv2D(4, 1)(AveragePooling2D(2)(Conv2D(7, 1)(x)))", "LRN()(Conv2D(7, 1)(x))",
    "Multiply()([Conv2D(7, 1)(x), Dense(7)(GlobalAveragePooling2D()(x))])",
    // Windows, borders and enlargement.
    "Conv2D(20, 3, padding=same)(x)", "Conv2D(16, 3, padding=same, activation=relu)(Conv2D(64, 1)(x))",
    "Conv2D(3, 5, strides=2, padding=same)(a)", "Conv2D(7, (3, 2), strides=(2, 1))(x)",
    "DepthwiseConv2D(3, padding=same)(x)",
    "DepthwiseConv2D(9, padding=same)(x)", "DepthwiseConv2D((2, 3), depth_multiplier=3, strides=2)(x)",
    "SeparableConv2D(20, 3, padding=same, activation=relu)(x)",
    "SeparableConv2D(9, 3, strides=2, depth_multiplier=2)(x)",
    "Conv2DTranspose(5, 2, strides=2)(x)", "Conv2DTranspose(17, 3, strides=2, padding=same)(x)",
    "Conv2DTranspose(4, 3, dilation_rate=2)(a)", "AveragePooling2D(2)(x)",
    "AveragePooling2D(3, strides=2, padding=same)(x)",
    "GlobalAveragePooling2D()(x)", "UpSampling2D((1, 3))(x)", "UpSampling2D((2, 3), interpolation=bilinear)(x)",
    "UpSampling2D((5, 2), interpolation=bilinear)(a)", "Dense(19)(v)", "Dense(5)(x)", "Dense(3)(Flatten()(a))",
    "ZeroPadding2D(2)(x)", "Cropping2D(1)(x)", "Permute((3, 1, 2))(x)", "BatchNormalization()(x)", "Subtract()([a, b])",
    "Maximum()([a, b])",
]

/// Infinities and NaN at single elements of the inputs, in generated code and in the reference.
@Suite struct `Numbers that are not finite` {
    private static let inputs = ["a": [5, 6, 12], "b": [5, 6, 12], "v": [23], "x": [9, 10, 12]]

    /// All networks are one with an output for each: one C file, one clang.
    private static func runners(_ build: BuildOptions) throws -> (generated: LibraryRunner, reference: ReferenceRunner)
    {
        var text = inputs.keys.sorted().map { name in
            "\(name) = Input((\(inputs[name]!.map(String.init).joined(separator: ", ")),))\n"
        }.joined()
        for (index, network) in networks.enumerated() { text += "y\(index) = \(network)\n" }
        text += "Output(\(networks.indices.map { "y\($0)" }.joined(separator: ", ")))\n"
        var (model, options) = try read(text)
        options.usesTestWeights = true
        return (try LibraryRunner(model, options, build), try ReferenceRunner(model, options))
    }

    /// Ordinary numbers, and these in places of every input that differ from one number to the next.
    private static func images(with special: [Float], seed: Int) -> [[Float]] {
        inputs.keys.sorted().enumerated().map { position, name in
            let count = inputs[name]!.reduce(1, *)
            var image = values(count, seed: position)
            for (index, number) in special.enumerated() {
                image[(seed * 7919 + index * 211 + position) % count] = number
            }
            return image
        }
    }

    /// What the numbers of all outputs are where they are not what the reference says, by network.
    private static func differences(
        _ runners: (generated: LibraryRunner, reference: ReferenceRunner), with special: [Float],
        areEqual: (_ network: String, Float, Float) -> Bool
    ) throws -> [String] {
        var found: [String] = []
        for seed in 0..<6 {
            let inputs = images(with: special, seed: seed)
            let results = zip(try runners.generated.run(inputs), runners.reference.run(inputs))
            for (network, (generated, reference)) in zip(networks, results) {
                let wrong = zip(generated, reference).filter { !areEqual(network, $0, $1) }
                guard let first = wrong.first else { continue }
                found.append("\(network): \(wrong.count) of \(generated.count), such as \(first.0) for \(first.1)")
            }
        }
        return found
    }

    @Test(arguments: `Every layer`.cpus)
    func `reach exactly the elements that depend on them in strict builds`(cpu: String) throws {
        guard Target.native().lanes >= (try Target(specification: cpu)).lanes else { return }
        var build = BuildOptions()
        build.precision = .strict
        build.cpu = cpu
        let runners = try Self.runners(build)
        for special: [Float] in [[.nan], [.infinity], [-.infinity], [.infinity, .nan], [.infinity, -.infinity]] {
            let wrong = try Self.differences(runners, with: special) { _, generated, reference in
                if reference.isFinite { return generated.isFinite }
                return reference.isNaN ? generated.isNaN : generated == reference
            }
            #expect(wrong.isEmpty, "\(special)")
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func `touch the window around them`(special: Float) throws {
        var build = BuildOptions()
        build.precision = .strict
        var image = values(12 * 12 * 16, seed: 1)
        image[(5 * 12 + 6) * 16 + 3] = special
        let computed = try Computed("Input(12, 12, 16)\nConv2D(16, 3, padding=same)\n", inputs: [image], build: build)
        for row in 0..<12 {
            for column in 0..<12 {
                let isNear = abs(row - 5) <= 1 && abs(column - 6) <= 1
                let start = (row * 12 + column) * 16
                #expect(computed.generated[0][start..<start + 16].allSatisfy { $0.isFinite != isNear })
            }
        }
    }

    /// A run of four pixels is computed together where Strassen's algorithm is applied twice; what it multiplies meets nothing else.
    @Test(arguments: [Float.nan, .infinity]) func `stay in their run of pixels under Strassen's algorithm`(
        special: Float
    ) throws {
        var image = values(14 * 14 * 256, seed: 1)
        let pixel = 5 * 14 + 6
        image[pixel * 256 + 3] = special
        let computed = try Computed("Input(14, 14, 256)\nConv2D(256, 1)\n", inputs: [image])
        for other in 0..<14 * 14 {
            let results = computed.generated[0][other * 256..<(other + 1) * 256]
            let finite = results.count { $0.isFinite }
            if other == pixel { #expect(finite == 0) }
            if other / 4 != pixel / 4 { #expect(finite == 256) }
        }
    }

    /// Winograd's tiles and vectors that groups share may spread them further. Of an infinity, two linear layers that became one may leave an
    /// infinity where one after the other they make NaN; no other network may.
    @Test func `reach every element that depends on them in fast builds`() throws {
        let runners = try Self.runners(BuildOptions())
        for special: [Float] in [[.nan], [.infinity], [.infinity, .nan]] {
            let wrong = try Self.differences(runners, with: special) { network, generated, reference in
                let isMerged = network == "Dense(5)(Dense(7)(v))" && special.contains(.infinity)
                if reference.isNaN, !isMerged { return generated.isNaN }
                return reference.isFinite || !generated.isFinite
            }
            #expect(wrong.isEmpty, "\(special)")
        }
    }
}
