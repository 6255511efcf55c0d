import Network
import Testing

@Suite struct ShapeArithmeticTests {
    /// TensorFlow's documentation of `tf.nn.convolution`, by hand.
    @Test(arguments: [
        (5, 3, 1, 1, 1, 1), (5, 3, 2, 1, 1, 1), (6, 3, 2, 1, 0, 1), (224, 7, 2, 1, 2, 3), (7, 2, 2, 1, 0, 1),
        (8, 3, 1, 4, 4, 4), (4, 1, 3, 1, 0, 0), (2, 5, 1, 1, 2, 2), (1, 4, 1, 1, 1, 2),
    ])
    func `same padding is as even as can be`(
        input: Int, kernel: Int, stride: Int, dilation: Int, before: Int, after: Int
    ) {
        let padding = samePadding(input: input, kernel: kernel, stride: stride, dilation: dilation)
        #expect(padding.before == before)
        #expect(padding.after == after)
    }

    @Test func `a window larger than its input fits nowhere`() {
        #expect(convolutionOutput(input: 4, kernel: 5, stride: 1, padding: .valid) == 0)
        #expect(convolutionOutput(input: 4, kernel: 3, stride: 1, dilation: 2, padding: .valid) == 0)
        #expect(convolutionOutput(input: 5, kernel: 3, stride: 1, dilation: 2, padding: .valid) == 1)
        #expect(convolutionOutput(input: 12, kernel: 5, stride: 1, padding: .valid) == 8)
    }

    /// LANGUAGE.md's rule, by hand: kernel, stride, padding, output padding → output, crop of 3 cells.
    @Test(
        arguments: [
            (3, 2, PaddingMode.valid, nil, 7, 0), (2, 1, .valid, nil, 4, 0), (2, 3, .valid, nil, 9, 0),
            (3, 2, .same, nil, 6, 0), (4, 2, .same, nil, 6, 1), (2, 2, .same, nil, 6, 0), (3, 2, .same, 0, 5, 1),
            (3, 2, .same, 1, 6, 0), (5, 2, .same, 1, 6, 1),
        ] as [(Int, Int, PaddingMode, Int?, Int, Int)])
    func `a transposed convolution enlarges and crops as in Keras`(
        kernel: Int, stride: Int, padding: PaddingMode, extra: Int?, output: Int, crop: Int
    ) {
        #expect(
            transposedOutput(input: 3, kernel: kernel, stride: stride, padding: padding, outputPadding: extra) == output
        )
        #expect(
            transposedCrop(input: 3, kernel: kernel, stride: stride, padding: padding, outputPadding: extra) == crop)
    }

    @Test func `sizes saturate and never trap`() {
        #expect(effectiveKernel(Int.max, dilation: Int.max) == Int.max)
        #expect(convolutionOutput(input: 1, kernel: Int.max, stride: 1, dilation: Int.max, padding: .valid) == 0)
        #expect(checkedElementCount([1 << 20, 1 << 20]) == 1 << 40)
        #expect(checkedElementCount([1 << 20, 1 << 21]) == nil)
        #expect(checkedElementCount([1 << 40, 1 << 40, 0]) == nil)
        #expect(saturatingProduct([Int.max, Int.max, 0]) == 0)
    }
}
