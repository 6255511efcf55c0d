import Network
import Testing

/// The register-tiled convolution against the definition, written as seven loops.
@Suite struct ReferenceConvolutionTests {
    private func naive(
        _ x: RealTensor, _ weights: RealTensor, bias: [Double]?, _ window: ConvolutionWindow, groups: Int
    ) -> RealTensor {
        let extents = [0, 1].map { window.outputExtent($0, of: x.shape[$0]) }
        let before = [0, 1].map { window.margins($0, of: x.shape[$0]).before }
        let (depth, filters) = (weights.shape[2], weights.shape[3])
        var y = RealTensor(Shape(extents + [filters]))
        for i in 0..<extents[0] {
            for j in 0..<extents[1] {
                for n in 0..<filters {
                    var sum = bias?[n] ?? 0
                    for r in 0..<window.kernel[0] {
                        for s in 0..<window.kernel[1] {
                            let row = i * window.strides[0] + r * window.dilation[0] - before[0]
                            let column = j * window.strides[1] + s * window.dilation[1] - before[1]
                            guard 0..<x.shape[0] ~= row, 0..<x.shape[1] ~= column else { continue }
                            for c in 0..<depth {
                                let channel = n / (filters / groups) * depth + c
                                let w = weights.values[((r * window.kernel[1] + s) * depth + c) * filters + n]
                                sum += w * x.values[(row * x.shape[1] + column) * x.shape[2] + channel]
                            }
                        }
                    }
                    y.values[(i * extents[1] + j) * filters + n] = sum
                }
            }
        }
        return y
    }

    /// Filters and pixels that fill no whole tile, few pixels, one channel, depthwise with and without multiplier.
    @Test(
        arguments: [(1, 5, 1), (6, 9, 1), (6, 9, 3), (8, 8, 8), (8, 16, 8), (7, 7, 7), (3, 4, 1)],
        [([7, 9], 2), ([3, 3], 1), ([2, 1], 1), ([16, 3], 3)])
    func `it is the definition`(_ channels: (inputs: Int, filters: Int, groups: Int), _ image: (size: [Int], step: Int))
    {
        let x = random(Shape(image.size + [channels.inputs]), "x")
        let weights = random(Shape([3, 2, channels.inputs / channels.groups, channels.filters]), "w")
        let bias = random(Shape([channels.filters]), "b").values
        for dilation in [1, 2] {
            let window = ConvolutionWindow(
                kernel: [3, 2], strides: [image.step, 1], dilation: [dilation, 1], padding: .same)
            let y = referenceConvolution(x, weights, bias: bias, window: window, groups: channels.groups)
            let expected = naive(x, weights, bias: bias, window, groups: channels.groups)
            #expect(y.shape == expected.shape)
            #expect(isClose(y.values, expected.values))
        }
    }

    /// A convolution as the 4×9 matrix that maps a 3×3 image to the 2×2 result of a 2×2 kernel: its transpose maps 2×2
    /// to 3×3.
    @Test func `a transposed convolution is the product with the transposed Toeplitz matrix`() throws {
        let kernel = [2.0, -3, 5, 7]
        let image = [1.0, -2, 3, 4]
        var expected = Array(repeating: 0.0, count: 9)
        for (row, value) in image.enumerated() {
            for (tap, weight) in kernel.enumerated() {
                let column = (row / 2 + tap / 2) * 3 + row % 2 + tap % 2
                expected[column] += weight * value
            }
        }
        let attributes: [String: AttributeValue] = [
            "filters": .int(1), "kernel_size": .list([.int(2), .int(2)]), "use_bias": .bool(false),
        ]
        let y = try output("Conv2DTranspose", attributes, of: [RealTensor(Shape([2, 2, 1]), image)], [kernel])
        #expect(y == RealTensor(Shape([3, 3, 1]), expected))
        // By hand: 1·2, 1·(−3) + (−2)·2, (−2)·(−3).
        #expect(Array(y.values[..<3]) == [2, -7, 6])
    }

    @Test func `NaN and infinity reach every output that depends on them, and no other`() {
        for (filters, groups) in [(4, 1), (4, 4), (3, 1)] {
            var x = RealTensor(Shape([5, 5, 4]), repeating: 1)
            x.values[(1 * 5 + 1) * 4] = .nan
            x.values[(4 * 5 + 4) * 4 + 1] = .infinity
            let weights = RealTensor(Shape([2, 2, 4 / groups, filters]), repeating: 1)
            let y = referenceConvolution(
                x, weights, bias: nil, window: ConvolutionWindow(kernel: [2, 2]), groups: groups)
            for i in 0..<4 {
                for j in 0..<4 {
                    let cell = (i * 4 + j) * filters
                    #expect(y.values[cell].isNaN == (i <= 1 && j <= 1))
                    #expect((y.values[cell + 1] == .infinity) == (i == 3 && j == 3))
                }
            }
        }
    }

    @Test func `a matrix product of several rows and of one`() {
        let weights = RealTensor(Shape([2, 5]), [1, 2, 3, 4, 5, 10, 20, 30, 40, 50])
        let rows: [Double] = [1, -1, 2, -1, 3, -1, 4, -1, 5, -1, 6, -1]
        let y = referenceProduct(RealTensor(Shape([6, 2]), rows), weights, bias: [0, 0, 0, 0, 100])
        #expect(y.values[..<5] == [-9, -18, -27, -36, 55])
        #expect(y.values[25...] == [-4, -8, -12, -16, 80])
        let one = referenceProduct(RealTensor(Shape([2]), [6, -1]), weights, bias: [0, 0, 0, 0, 100])
        #expect(one.shape == Shape([5]) && one.values[...] == y.values[25...])
    }
}
