import Network
import Testing

/// The kinds of convolution that the compiler is for, with their published figures: a test a row.
@Suite struct ConvolutionKindsTests {
    private func figures(_ text: String) throws -> (parameters: Int, macs: Int, shape: [Int], field: ReceptiveField) {
        let network = try network(text)
        let summary = network.summary()
        return (
            summary.parameters, summary.macs, network.shape(of: network.outputs[0].tensor).dimensions,
            summary.layers.last!.receptiveField
        )
    }

    @Test func `a 3×3 convolution from 16 to 32 channels has 4,608 parameters`() throws {
        #expect(try figures("Input(8, 8, 16)\nConv2D(32, 3, use_bias=False)").parameters == 4_608)
    }

    @Test func `a 2×2 convolution from 4 to 2 channels with bias has 34 parameters`() throws {
        #expect(try figures("Input(8, 8, 4)\nConv2D(2, 2)").parameters == 34)
    }

    @Test func `four 3×3 filters over 64×64×3 have 108 parameters`() throws {
        let found = try figures("Input(64, 64, 3)\nConv2D(4, 3, padding=same, use_bias=False)")
        #expect(found.parameters == 108)
        #expect(found.shape == [64, 64, 4])
    }

    @Test func `256 filters 5×5 over 12×12×3 take 1,228,800 products`() throws {
        let found = try figures("Input(12, 12, 3)\nConv2D(256, 5)")
        #expect(found.macs == 1_228_800)
        #expect(found.shape == [8, 8, 256])
    }

    @Test(arguments: [
        "SeparableConv2D(32, 3, use_bias=False)", "DepthwiseConv2D(3, use_bias=False)\nConv2D(32, 1, use_bias=False)",
    ])
    func `a separable 3×3 from 16 to 32 channels has 656 parameters`(layers: String) throws {
        #expect(try figures("Input(8, 8, 16)\n" + layers).parameters == 656)
    }

    @Test func `a separable 3×3 over 64×64×3 to 4 channels has 39 parameters`() throws {
        #expect(try figures("Input(64, 64, 3)\nSeparableConv2D(4, 3, padding=same, use_bias=False)").parameters == 39)
    }

    @Test func `a separable 5×5 over 12×12×3 to 256 channels takes 53,952 products`() throws {
        let found = try figures("Input(12, 12, 3)\nSeparableConv2D(256, 5)")
        #expect(found.macs == 53_952)
        #expect(found.macs == 4_800 + 49_152)
    }

    /// Keras: depthwise kernel (3, 3, 16, 2), pointwise kernel (1, 1, 32, 8).
    @Test func `a depth multiplier widens the depthwise stage`() throws {
        let separable = "Input(8, 8, 16)\nSeparableConv2D(8, 3, depth_multiplier=2, use_bias=False)"
        #expect(try figures(separable).parameters == 3 * 3 * 16 * 2 + 32 * 8)
        let depthwise = try figures("Input(8, 8, 16)\nDepthwiseConv2D(3, depth_multiplier=2)")
        #expect(depthwise.parameters == 3 * 3 * 16 * 2 + 32)
        #expect(depthwise.shape == [6, 6, 32])
    }

    @Test func `a pointwise convolution mixes channels and keeps positions`() throws {
        let found = try figures("Input(500, 500, 100)\nConv2D(20, 1, activation=relu)")
        #expect(found.shape == [500, 500, 20])
        #expect(found.field == .pixels(height: 1, width: 1))
    }

    @Test func `3×1 then 1×3 over 5×5 takes 72 products against 81`() throws {
        let split = try figures("Input(5, 5, 1)\nConv2D(1, (3, 1), use_bias=False)\nConv2D(1, (1, 3), use_bias=False)")
        #expect(split.macs == 45 + 27)
        #expect(try figures("Input(5, 5, 1)\nConv2D(1, 3, use_bias=False)").macs == 81)
        #expect(split.field == .pixels(height: 3, width: 3))
    }

    @Test func `eight groups have an eighth of the parameters`() throws {
        #expect(try figures("Input(8, 8, 256)\nConv2D(256, 3, groups=8, use_bias=False)").parameters == 73_728)
        #expect(try figures("Input(8, 8, 256)\nConv2D(256, 3, use_bias=False)").parameters == 589_824)
    }

    @Test func `as many groups as channels have the figures of a depthwise convolution`() throws {
        let grouped = try figures("Input(9, 9, 24)\nConv2D(24, 3, groups=24)")
        let depthwise = try figures("Input(9, 9, 24)\nDepthwiseConv2D(3)")
        #expect(grouped.parameters == depthwise.parameters)
        #expect(grouped.macs == depthwise.macs)
        #expect(grouped.shape == depthwise.shape)
    }

    @Test func `a channel shuffle costs nothing`() throws {
        let found = try figures("Input(8, 8, 12)\nConv2D(12, 1, groups=3, use_bias=False)\nChannelShuffle(3)")
        #expect(found.parameters == 48)
        #expect(found.macs == 8 * 8 * 48)
        #expect(found.shape == [8, 8, 12])
    }

    @Test(arguments: [([1], 3), ([1, 2], 7), ([1, 2, 4], 15), ([2], 5), ([2, 4], 13), ([1, 1], 5)])
    func `dilated convolutions stack to their receptive field`(rates: [Int], side: Int) throws {
        let layers = rates.map { "Conv2D(1, 3, dilation_rate=\($0), padding=same, use_bias=False)" }
        let found = try figures("Input(32, 32, 1)\n" + layers.joined(separator: "\n"))
        #expect(found.field == .pixels(height: side, width: side))
        #expect(found.parameters == 9 * rates.count)
    }

    @Test func `a transposed 2×2 with stride 1 makes 3×3 of 2×2`() throws {
        let found = try figures("Input(2, 2, 1)\nConv2DTranspose(1, 2)")
        #expect(found.shape == [3, 3, 1])
        #expect(found.macs == 2 * 2 * 2 * 2)
    }

    @Test func `a transposed 3×3 with stride 2 makes 5×5 of 2×2`() throws {
        let found = try figures("Input(2, 2, 1)\nConv2DTranspose(1, 3, strides=2)")
        #expect(found.shape == [5, 5, 1])
        #expect(found.field == .pixels(height: 2, width: 2))
    }

    @Test func `a global depthwise convolution is a learned pooling`() throws {
        let found = try figures("Input(7, 7, 512)\nDepthwiseConv2D(7, use_bias=False)")
        #expect(found.shape == [1, 1, 512])
        #expect(found.parameters == 7 * 7 * 512)
        #expect(found.field == .pixels(height: 7, width: 7))
    }

    @Test func `dense layers have the parameters of the convolutions that equal them`() throws {
        let dense = try network("Input(7, 7, 512)\nFlatten()\nDense(4096)\nDense(4096)\nDense(1000)").summary()
        let convolutions = try network("Input(7, 7, 512)\nConv2D(4096, 7)\nConv2D(4096, 1)\nConv2D(1000, 1)").summary()
        #expect(dense.layers[2].parameters == 102_764_544)
        #expect(convolutions.layers[1].parameters == 102_764_544)
        #expect(dense.parameters == convolutions.parameters)
        #expect(dense.macs == convolutions.macs)
        #expect(dense.layers[2].receptiveField == .all)
        #expect(convolutions.layers[1].receptiveField == .pixels(height: 7, width: 7))
    }

    /// Keras counts gamma, beta and both moving statistics; the statistics are not trained.
    @Test func `batch normalization has four parameters a channel, two of them trained`() throws {
        let text =
            "Input(8, 8, 3)\nDepthwiseConv2D(3, use_bias=False)\nBatchNormalization()\nReLU()\nConv2D(6, 1, use_bias=False)\nBatchNormalization()"
        let summary = try network(text).summary()
        #expect(summary.parameters == 27 + 12 + 18 + 24)
        #expect(summary.trainableParameters == 27 + 6 + 18 + 12)
        #expect(summary.weightBytes == 4 * 81)
    }
}
