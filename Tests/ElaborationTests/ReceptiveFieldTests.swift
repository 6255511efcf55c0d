import Network
import Testing

@Suite struct ReceptiveFieldTests {
    private func fields(_ text: String) throws -> [ReceptiveField] {
        try network(text).summary().layers.map(\.receptiveField)
    }

    private func square(_ side: Int) -> ReceptiveField { .pixels(height: side, width: side) }

    /// By the rule, by hand: 3, then strides 2: 3 + 2·1 …
    @Test func `strides multiply what later windows add`() throws {
        let text = "Input(64, 64, 3)\nConv2D(8, 3, strides=2)\nMaxPooling2D(2)\nConv2D(8, (3, 1))"
        #expect(try fields(text) == [square(1), square(3), square(5), .pixels(height: 13, width: 5)])
    }

    /// Jump 2 after pooling, 2/3 after upsampling by 3; 2 + 2·2/3 = 3⅓, seen as 4 pixels; the next adds 4/3: 4⅔.
    @Test func `upsampling divides the jump`() throws {
        let text = "Input(12, 12, 1)\nMaxPooling2D(2)\nUpSampling2D(3)\nConv2D(1, 3)\nConv2D(1, 3)"
        #expect(try fields(text) == [square(1), square(2), square(2), square(4), square(5)])
    }

    /// Jump 4 → 2; adds ⌈(2 − 1)·2⌉ = 2 pixels to 4.
    @Test func `a transposed convolution adds whole pixels`() throws {
        let text = "Input(16, 16, 1)\nMaxPooling2D(4)\nConv2DTranspose(1, 2, strides=2)"
        #expect(try fields(text) == [square(1), square(4), square(6)])
    }

    /// A sequence has height 1: 1 + 2·3 = 7, then + 2·1 = 9; a causal window sees as far, backwards.
    @Test func `a sequence's field is one cell high`() throws {
        let text = "Input(64, 3)\nConv1D(8, 3, dilation_rate=3)\nConv1D(8, 3, padding=causal)\nMaxPooling1D(2)"
        #expect(try fields(text) == [1, 7, 9, 10].map { .pixels(height: 1, width: $0) })
    }

    /// Half the size by bilinear interpolation: 2 pixels, 2 apart, so that a window of 3 sees 6; widened against aliasing, 4 and 8.
    @Test func `resizing sees the cells it mixes`() throws {
        let text = "Input(32, 32, 1)\nResizing(16, 16)\nConv2D(1, 3)"
        #expect(try fields(text) == [square(1), square(2), square(6)])
        #expect(try fields(text.replacing("16)\n", with: "16, antialias=True)\n")) == [1, 4, 8].map(square))
    }

    @Test func `a join sees what either branch sees`() throws {
        let text = """
            x = Input((16, 16, 4), name=image)
            a = Conv2D(4, 3, padding=same)(x)
            b = Conv2D(4, (1, 7), padding=same)(x)
            Add()([a, b])
            """
        #expect(try fields(text).last == .pixels(height: 3, width: 7))
    }

    @Test func `squeeze-and-excite and dense layers see everything`() throws {
        let text = """
            x = Input((16, 16, 4), name=image)
            s = GlobalAveragePooling2D(keepdims=True)(x)
            s = Conv2D(4, 1, activation=sigmoid)(s)
            x = Multiply()([x, s])
            Conv2D(4, 1)
            """
        #expect(try fields(text) == [square(1), .all, .all, .all, .all])
        #expect(try fields("Input(4, 4, 1)\nFlatten()\nDense(3)").last == .all)
        #expect(try fields("Input(4, 4, 1)\nDense(3)").last == square(1))
    }
}
