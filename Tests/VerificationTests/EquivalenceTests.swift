import Compiler
import Network
import Testing
import Verification

/// What papers say one kind of convolution equals, on numbers, in generated code and in the reference.
@Suite struct `Kinds of convolution that are the same` {
    @Test func `groups as many as channels, and a depthwise convolution`() throws {
        let kernel = values(9 * 20, seed: 1)
        let bias = values(20, seed: 2)
        let text = """
            x = Input((9, 8, 20))
            Output(Conv2D(20, 3, groups=20, strides=2, padding=same, name=a)(x), DepthwiseConv2D(3, strides=2, padding=same, name=b)(x))
            """
        try Computed(
            text, parameters: ["a/kernel": kernel, "a/bias": bias, "b/kernel": kernel, "b/bias": bias],
            inputs: [values(9 * 8 * 20, seed: 3)]
        ).expectEqualOutputs()
    }

    /// The convolution that reads the image alone computes the rescaling, behind which it pads; others may want the image in another order.
    @Test(arguments: ["", ", Conv2D(4, 5, padding=same)(x)", ", DepthwiseConv2D(3, padding=same)(x)"])
    func `a convolution of a rescaled image, and of an image that was rescaled before`(others: String) throws {
        let (kernel, image) = (values(9 * 3 * 20, seed: 1), wholes(16 * 18 * 3, seed: 2))
        let text = """
            x = Input((16, 18, 3))
            z = Input((16, 18, 3))
            y = Conv2D(20, 3, padding=same, name=a)(Rescaling(0.5, offset=-3)(x))
            Output(y, Conv2D(20, 3, padding=same, name=b)(z)\(others))
            """
        try Computed(
            text, parameters: ["a/kernel": kernel, "b/kernel": kernel], inputs: [image, image.map { $0 / 2 - 3 }]
        ).expectEqualOutputs()
    }

    @Test func `dense layers after Flatten, and a 7×7 convolution followed by 1×1`() throws {
        let (first, second) = (values(7 * 7 * 6 * 24, seed: 1).map { $0 / 8 }, values(24 * 10, seed: 2))
        let text = """
            x = Input((7, 7, 6))
            y = Dense(10, name=b)(Dense(24, activation=relu, name=a)(Flatten()(x)))
            z = Conv2D(10, 1, name=d)(Conv2D(24, 7, activation=relu, name=c)(x))
            Output(y, z)
            """
        try Computed(
            text,
            parameters: [
                "a/kernel": first, "b/kernel": second, "c/kernel": first, "d/kernel": second,
                "a/bias": values(24, seed: 4), "c/bias": values(24, seed: 4),
            ], inputs: [values(7 * 7 * 6, seed: 3)]
        ).expectEqualOutputs()
    }

    /// The 4×9 matrix of the forward 2×2 convolution over 3×3; the transposed convolution multiplies by its transpose.
    @Test func `a transposed convolution, and the transpose of the Toeplitz matrix`() throws {
        let kernel = wholes(4, seed: 1)
        let x = wholes(4, seed: 5)
        var matrix = [[Float]](repeating: [Float](repeating: 0, count: 9), count: 4)
        for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            for r in 0..<2 {
                for s in 0..<2 { matrix[row * 2 + column][(row + r) * 3 + column + s] = kernel[r * 2 + s] }
            }
        }
        let expected = (0..<9).map { cell in Double((0..<4).reduce(0) { $0 + matrix[$1][cell] * x[$1] }) }
        let text = "Input(2, 2, 1)\nConv2DTranspose(1, 2, name=t)\n"
        try Computed(text, parameters: ["t/kernel": kernel], inputs: [x]).expectExactly(expected)
        let image = wholes(9, seed: 2)
        let forward = matrix.map { row in Double(zip(row, image).reduce(0) { $0 + $1.0 * $1.1 }) }
        let convolution = "Input(3, 3, 1)\nConv2D(1, 2, name=t)\n"
        try Computed(convolution, parameters: ["t/kernel": kernel], inputs: [image]).expectExactly(forward)
    }

    @Test func `a transposed 3×3 with stride 2, and the sum of a kernel for each cell`() throws {
        let (kernel, x) = (wholes(9, seed: 3), wholes(4, seed: 4))
        var expected = [Double](repeating: 0, count: 25)
        for cell in 0..<4 {
            for tap in 0..<9 {
                let place = (cell / 2 * 2 + tap / 3) * 5 + cell % 2 * 2 + tap % 3
                expected[place] += Double(kernel[tap] * x[cell])
            }
        }
        let text = "Input(2, 2, 1)\nConv2DTranspose(1, 3, strides=2, name=t)\n"
        try Computed(text, parameters: ["t/kernel": kernel], inputs: [x]).expectExactly(expected)
    }

    /// With a kernel of ones, a single 1 spreads over exactly the receptive field.
    @Test(arguments: [([1], 3), ([1, 2], 7), ([1, 2, 4], 15), ([2], 5), ([2, 4], 13), ([1, 1], 5)])
    func `dilated convolutions see their receptive field`(rates: [Int], side: Int) throws {
        let layers = rates.map { "Conv2D(1, 3, dilation_rate=\($0), padding=same, kernel_initializer=ones)" }
        var image = [Float](repeating: 0, count: 21 * 21)
        image[10 * 21 + 10] = 1
        let computed = try Computed("Input(21, 21, 1)\n" + layers.joined(separator: "\n"), inputs: [image])
        computed.expectExactly(computed.reference[0])
        let rows = (0..<21).filter { row in computed.generated[0][row * 21..<row * 21 + 21].contains { $0 != 0 } }
        let columns = (0..<21).filter { column in (0..<21).contains { computed.generated[0][$0 * 21 + column] != 0 } }
        #expect(rows.first.map { $0 + side } == rows.last.map { $0 + 1 })
        #expect(columns.first.map { $0 + side } == columns.last.map { $0 + 1 })
    }

    @Test func `3×1 then 1×3, and the 3×3 of their products`() throws {
        let (column, row) = (wholes(3, seed: 1), wholes(3, seed: 4))
        let square = column.flatMap { a in row.map { a * $0 } }
        let text = """
            x = Input((5, 5, 1))
            Output(Conv2D(1, (1, 3), name=b)(Conv2D(1, (3, 1), name=a)(x)), Conv2D(1, 3, name=c)(x))
            """
        try Computed(
            text, parameters: ["a/kernel": column, "b/kernel": row, "c/kernel": square], inputs: [wholes(25, seed: 2)]
        ).expectEqualOutputs()
    }

    @Test(arguments: [1, 2]) func `a separable convolution, and depthwise then pointwise`(multiplier: Int) throws {
        let depthwise = values(9 * 12 * multiplier, seed: 1)
        let pointwise = values(12 * multiplier * 18, seed: 2)
        let text = """
            x = Input((10, 9, 12))
            y = DepthwiseConv2D(3, padding=same, depth_multiplier=\(multiplier), use_bias=False, name=b)(x)
            Output(SeparableConv2D(18, 3, padding=same, depth_multiplier=\(multiplier), name=a)(x), Conv2D(18, 1, name=c)(y))
            """
        try Computed(
            text,
            parameters: [
                "a/depthwise_kernel": depthwise, "a/pointwise_kernel": pointwise, "b/kernel": depthwise,
                "c/kernel": pointwise,
            ], inputs: [values(10 * 9 * 12, seed: 3)]
        ).expectEqualOutputs()
    }

    @Test func `a pointwise convolution, and a dense layer at every position`() throws {
        let kernel = values(20 * 33, seed: 1)
        let text = """
            x = Input((6, 5, 20))
            Output(Conv2D(33, 1, activation=relu, name=a)(x), Dense(33, activation=relu, name=b)(x))
            """
        try Computed(text, parameters: ["a/kernel": kernel, "b/kernel": kernel], inputs: [values(600, seed: 3)])
            .expectEqualOutputs()
    }

    @Test func `a grouped convolution, and convolutions of the parts side by side`() throws {
        let kernels = (0..<3).map { values(9 * 4 * 5, seed: $0) }
        // [tap, channel of the group, filter]: the filters of all groups side by side.
        let grouped = (0..<36).flatMap { row in kernels.flatMap { $0[row * 5..<row * 5 + 5] } }
        let text = """
            x = Input((8, 7, 12))
            parts = [Conv2D(5, 3, name=f'part{i}')(part) for i, part in enumerate(Split(3)(x))]
            Output(Conv2D(15, 3, groups=3, name=a)(x), Concatenate()(parts))
            """
        try Computed(
            text,
            parameters: [
                "a/kernel": grouped, "part0/kernel": kernels[0], "part1/kernel": kernels[1], "part2/kernel": kernels[2],
            ], inputs: [values(8 * 7 * 12, seed: 9)]
        ).expectEqualOutputs()
    }

    @Test func `a channel shuffle, and the transpose of groups and channels`() throws {
        let image = wholes(2 * 2 * 12, seed: 1)
        let expected = (0..<4).flatMap { pixel in
            (0..<12).map { Double(image[pixel * 12 + $0 % 3 * 4 + $0 / 3]) }
        }
        try Computed("Input(2, 2, 12)\nChannelShuffle(3)\n", inputs: [image]).expectExactly(expected)
    }

    @Test func `a global depthwise convolution of equal weights, and global average pooling`() throws {
        let text = """
            x = Input((7, 7, 40))
            Output(GlobalAveragePooling2D()(x), DepthwiseConv2D(7, use_bias=False, name=a)(x))
            """
        let kernel = [Float](repeating: 1.0 / 49, count: 49 * 40)
        let computed = try Computed(text, parameters: ["a/kernel": kernel], inputs: [values(49 * 40, seed: 1)])
        #expect(zip(computed.reference[0], computed.reference[1]).allSatisfy { abs($0 - $1) < 1e-7 })
        #expect(zip(computed.generated[0], computed.generated[1]).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    /// "One kernel each after fusion."
    @Test func `convolution, batch normalization and activation, and one kernel`() throws {
        let text = """
            Input(16, 16, 16)
            Conv2D(32, 3, padding=same, use_bias=False)
            BatchNormalization()
            ReLU()
            DepthwiseConv2D(3, padding=same, use_bias=False)
            BatchNormalization()
            ReLU(6)
            Conv2D(64, 1, use_bias=False)
            BatchNormalization()
            ReLU(6)
            """
        let (model, options) = try read(text)
        let compiled = try compile(model, options, BuildOptions())
        let layers = compiled.plan.steps.map { $0.origin.layers.map(\.type) }
        #expect(layers.contains(["Conv2D", "BatchNormalization", "ReLU"]))
        #expect(layers.count { !$0.contains("Input") } <= 3)
        let report = try verify(model, options, BuildOptions(), VerificationSettings())
        #expect(report.isRight)
    }
}
