import Layers
import Network
import Testing

private func pair(_ a: Int, _ b: Int) -> AttributeValue { .list([.int(a), .int(b)]) }

/// Shapes, parameters, products and mistakes.
@Suite struct LayerRulesTests {
    /// Rows of CONVOLUTIONS' kinds: parameters, multiplications and output shapes.
    @Test(arguments: [
        ("Conv2D", 32, 3, [9, 9, 16], false, 4608, 7 * 7 * 4608, [7, 7, 32]),
        ("Conv2D", 2, 2, [5, 5, 4], true, 34, 16 * 32, [4, 4, 2]),
        ("Conv2D", 256, 5, [12, 12, 3], false, 19200, 1_228_800, [8, 8, 256]),
        ("SeparableConv2D", 32, 3, [3, 3, 16], false, 656, 656, [1, 1, 32]),
        ("SeparableConv2D", 256, 5, [12, 12, 3], false, 843, 53952, [8, 8, 256]),
        ("Conv2DTranspose", 1, 2, [2, 2, 1], false, 4, 16, [3, 3, 1]),
    ])
    func `figures of convolutions`(
        _ name: String, filters: Int, kernel: Int, input: [Int], bias: Bool, parameters: Int, macs: Int, shape: [Int]
    ) throws {
        let layer = try makeLayer(
            name, ["filters": .int(filters), "kernel_size": pair(kernel, kernel), "use_bias": .bool(bias)])
        let inputs = [Shape(input)]
        #expect(layer.parameters(for: inputs).map(\.shape.elementCount).reduce(0, +) == parameters)
        #expect(layer.macs(for: inputs) == macs)
        #expect(try layer.outputShapes(for: inputs) == [Shape(shape)])
    }

    @Test func `a grouped convolution has a part of the parameters and products`() throws {
        let layer = try makeLayer(
            "Conv2D",
            ["filters": .int(256), "kernel_size": pair(3, 3), "groups": .int(8), "use_bias": .bool(false)])
        #expect(layer.parameters(for: [Shape([3, 3, 256])])[0].shape.elementCount == 73728)
        #expect(layer.macs(for: [Shape([3, 3, 256])]) == 73728)
    }

    @Test func `groups equal to channels are depthwise`() throws {
        let x = random(Shape([4, 5, 6]), "x")
        let weights = random(Shape([3, 3, 1, 6]), "w").values
        let grouped = try output(
            "Conv2D",
            ["filters": .int(6), "kernel_size": pair(3, 3), "groups": .int(6), "use_bias": .bool(false)], of: [x],
            [weights])
        let depthwise = try output(
            "DepthwiseConv2D", ["kernel_size": pair(3, 3), "use_bias": .bool(false)], of: [x], [weights])
        #expect(isClose(grouped.values, depthwise.values))
    }

    @Test func `a convolution of the whole image is Dense after Flatten`() throws {
        let x = random(Shape([3, 4, 5]), "x")
        let weights = random(Shape([60, 7]), "w").values
        let bias = random(Shape([7]), "b").values
        let flat = try output("Flatten", of: [x])
        let dense = try output("Dense", ["units": .int(7)], of: [flat], [weights, bias])
        let convolution = try output(
            "Conv2D", ["filters": .int(7), "kernel_size": pair(3, 4)], of: [x], [weights, bias])
        #expect(convolution.shape == Shape([1, 1, 7]) && isClose(convolution.values, dense.values))
    }

    @Test func `channel shuffle is reshape, permute, reshape`() throws {
        let x = sequence(2, 1, 6)
        let shuffled = try output("ChannelShuffle", ["groups": .int(3)], of: [x])
        // Channels 0 1 | 2 3 | 4 5 become 0 2 4 1 3 5.
        #expect(shuffled.values == [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11].map { x.values[$0] })
    }

    @Test func `split gives the parts in order`() throws {
        let x = sequence(2, 4)
        let columns = try makeLayer("Split", ["sections": .int(2)]).reference([x], [])
        #expect(columns.map(\.values) == [[0, 1, 4, 5], [2, 3, 6, 7]].map { $0.map { x.values[$0] } })
        let rows = try makeLayer("Split", ["sections": .int(2), "axis": .int(1)]).reference([x], [])
        #expect(rows.map(\.values) == [Array(x.values[..<4]), Array(x.values[4...])])
    }

    /// AlexNet's rule by hand: with size 3, alpha 1, beta 1 and k 1, the divisors of 1, 2, 3 are 1 + 1 + 4, 1 + 1 + 4 +
    /// 9, 1 + 4 + 9. A window of 2 is a channel and the next one, as ONNX defines it.
    @Test(arguments: [3: [6.0, 15, 14], 2: [6.0, 14, 10]])
    func `local response normalisation cuts its window off at the ends`(size: Int, divisors: [Double]) throws {
        let y = try output(
            "LRN", ["size": .int(size), "alpha": .float(1), "beta": .float(1), "k": .float(1)],
            of: [RealTensor(Shape([1, 1, 3]), [1, 2, 3])])
        #expect(isClose(y.values, [1 / divisors[0], 2 / divisors[1], 3 / divisors[2]]))
    }

    /// Every mistake names what was expected and what was found, and the attribute where there is one to blame.
    @Test(
        arguments: [
            (
                "Conv2D", ["filters": .int(4), "kernel_size": pair(5, 5)], [[3, 8, 2]],
                "a window of 5×5 is larger than its input 3×8×2", "kernel_size"
            ),
            (
                "Conv2D", ["filters": .int(4), "kernel_size": pair(3, 3), "dilation_rate": pair(4, 4)], [[8, 8, 2]],
                "a window of 9×9 (dilation included) is larger than its input 8×8×2", "kernel_size"
            ),
            (
                "Conv2D", ["filters": .int(4), "kernel_size": pair(1, 1), "groups": .int(3)], [[8, 8, 6]],
                "3 groups do not divide 4 filters", "groups"
            ),
            (
                "Conv2D", ["filters": .int(6), "kernel_size": pair(1, 1), "groups": .int(3)], [[8, 8, 4]],
                "3 groups do not divide the 4 channels of 8×8×4", "groups"
            ),
            (
                "Conv2D", ["filters": .int(6), "kernel_size": pair(1, 1)], [[10]],
                "Conv2D expects an image (height×width×channels), found (10)", nil
            ),
            (
                "Conv2D",
                ["filters": .int(6), "kernel_size": pair(1, 1), "data_format": .string("channels_first")], [[8, 8, 4]],
                "data_format 'channels_first' is not supported", "data_format"
            ),
            (
                "Conv2DTranspose",
                ["filters": .int(6), "kernel_size": pair(3, 3), "strides": pair(2, 2), "output_padding": pair(1, 2)],
                [[8, 8, 4]], "output_padding 1, 2 must be smaller than the strides 2, 2", "output_padding"
            ),
            ("Add", [:], [[4, 4, 2], [4, 3, 2]], "Add cannot combine shapes 4×4×2 and 4×3×2", nil),
            (
                "Concatenate", [:], [[4, 4, 2], [4, 4, 3], [4, 3, 2]],
                "Concatenate cannot join shapes 4×4×2 and 4×3×2 (input 3) along axis -1", nil
            ),
            ("Concatenate", ["axis": .int(0)], [[4, 4, 2], [4, 4, 3]], "axis 0 is the batch", "axis"),
            (
                "BatchNormalization", ["axis": .int(4)], [[4, 4, 2]],
                "axis 4 does not exist in 4×4×2, whose axes are 1 to 3 (or -3 to -1)", "axis"
            ),
            (
                "Reshape", ["target_shape": .list([.int(-1), .int(5)])], [[4, 4, 2]],
                "the 32 elements of 4×4×2 do not make a shape of ?×5", "target_shape"
            ),
            (
                "Permute", ["dims": .list([.int(1), .int(3)])], [[4, 4, 2]],
                "expected each of the axes 1 to 2 once, found [1, 3]", "dims"
            ),
            (
                "Cropping2D", ["cropping": .list([.int(2), .int(2), .int(0), .int(0)])], [[4, 4, 2]],
                "cropping 4 rows and 0 columns leaves nothing of 4×4×2", "cropping"
            ),
            (
                "Split", ["sections": .int(3)], [[4, 4, 2]], "3 sections do not divide the 2 cells of axis -1 of 4×4×2",
                "sections"
            ),
            (
                "ChannelShuffle", ["groups": .int(3)], [[4, 4, 2]], "3 groups do not divide the 2 channels of 4×4×2",
                "groups"
            ),
            (
                "LayerNormalization", ["axis": .list([.int(1), .int(-3)])], [[4, 4, 2]], "an axis is named twice",
                "axis"
            ),
            (
                "GroupNormalization", ["groups": .int(3)], [[4, 4, 8]],
                "3 groups do not divide the 8 channels of 4×4×8", "groups"
            ),
            ("GroupNormalization", ["groups": .int(0)], [[4, 4, 8]], "0 groups", "groups"),
            (
                "RMSNormalization", ["axis": .int(1)], [[4, 4, 2]],
                "the axes of RMSNormalization must be the last ones of 4×4×2", "axis"
            ),
            (
                "Normalization", ["mean": .float(1)], [[4, 4, 2]],
                "mean and variance come together, 'variance' is missing", "variance"
            ),
            (
                "Normalization", ["mean": .list([.float(1), .float(2)]), "variance": .float(1)], [[4, 4, 2]],
                "a variance of shape scalar for a mean of (2)", "variance"
            ),
            (
                "Normalization",
                ["mean": .list([.float(1), .float(2)]), "variance": .list([.float(1), .float(2)])], [[4, 4, 3]],
                "a mean of shape (2) for axes of (3) of 4×4×3", "mean"
            ),
            (
                "LayerScale", ["init_values": .float(1), "projection_dim": .int(3)], [[4, 4, 2]],
                "3 factors for the 2 channels of 4×4×2", "projection_dim"
            ),
            ("RepeatVector", ["n": .int(3)], [[4, 2]], "RepeatVector expects a vector, found 4×2", nil),
            (
                "PReLU", ["shared_axes": .list([.int(4)])], [[4, 4, 2]],
                "axis 4 does not exist in 4×4×2, whose axes are 1 to 3", "shared_axes"
            ),
            (
                "Input", ["shape": .list([.int(8), .none, .int(3)])], [],
                "every extent of an input must be known, found None", "shape"
            ),
        ] as [(String, [String: AttributeValue], [[Int]], String, String?)])
    func `a mistake is explained`(
        _ name: String, attributes: [String: AttributeValue], inputs: [[Int]], message: String, attribute: String?
    ) throws {
        let error = try #require(
            throws: LayerError.self
        ) { try makeLayer(name, attributes).outputShapes(for: inputs.map { Shape($0) }) }
        #expect(error.message == message)
        #expect(error.attribute == attribute)
    }

    /// Hostile attributes make sizes that no machine holds, never a trap.
    @Test func `sizes saturate`() throws {
        let huge = AttributeValue.list(Array(repeating: .int(Int.max), count: 4))
        let image = [Shape([1 << 20, 1 << 19, 2])]
        #expect(try makeLayer("ZeroPadding2D", ["padding": huge]).outputShapes(for: image)[0][0] == Int.max)
        #expect(throws: LayerError.self) { try makeLayer("Cropping2D", ["cropping": huge]).outputShapes(for: image) }
        for name in ["Conv2D", "SeparableConv2D", "Conv2DTranspose"] {
            let layer = try makeLayer(
                name,
                [
                    "filters": .int(1 << 30), "kernel_size": pair(1 << 20, 1 << 20),
                    "dilation_rate": pair(1 << 20, 1 << 20),
                    "padding": .string("same"),
                ])
            #expect(layer.macs(for: image) == Int.max)
            #expect(!layer.parameters(for: image).isEmpty)
        }
    }
}
