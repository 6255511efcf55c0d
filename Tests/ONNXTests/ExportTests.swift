import Compiler
import Diagnostics
import Foundation
import ONNX
import SwiftProtobuf
import Testing

/// What `netc export` writes, read back. ONNX Runtime runs the examples in `make oracle`.
@Suite struct `The exported model` {
    private func export(_ text: String, layout: ImageLayout = .nchw, batch: Int = 1) throws -> Onnx_ModelProto {
        var options = ModelOptions(path: "small.net")
        options.usesTestWeights = true
        options.batch = batch
        let model = try readModel(SourceFile(name: "small.net", text: Array(text.utf8)), options)
        let path = FileManager.default.temporaryDirectory.path + "/export-\(UUID().uuidString).onnx"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try exportModel(model, options, layout: layout, to: path)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        return try Onnx_ModelProto(serializedBytes: bytes)
    }

    private func floats(_ graph: Onnx_GraphProto, _ name: String) throws -> (shape: [Int], values: [Float]) {
        let tensor = try #require(graph.initializer.first { $0.name == name })
        let values = tensor.rawData.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        return (tensor.dims.map(Int.init), values)
    }

    private func node(_ graph: Onnx_GraphProto, _ type: String) throws -> Onnx_NodeProto {
        try #require(graph.node.first { $0.opType == type }, "no \(type) among \(graph.node.map(\.opType))")
    }

    private func ints(_ node: Onnx_NodeProto, _ name: String) throws -> [Int] {
        try #require(node.attribute.first { $0.name == name }).ints.map(Int.init)
    }

    private func integers(_ graph: Onnx_GraphProto, _ name: String) throws -> [Int] {
        let tensor = try #require(graph.initializer.first { $0.name == name })
        return tensor.rawData.withUnsafeBytes { $0.bindMemory(to: Int64.self).map(Int.init) }
    }

    private func extents(_ information: Onnx_ValueInfoProto) -> [Int] {
        information.type.tensorType.shape.dim.map { Int($0.dimValue) }
    }

    @Test func `kernels stand with filters first and keep their numbers`() throws {
        let model = try export("x = Input(7, 6, 2)\ny = Conv2D(3, (3, 2), strides=(2, 1), padding=same)(x)\n")
        let conv = try node(model.graph, "Conv")
        // 7 rows at stride 2 under 3 taps: one row of zeros above and one below; 6 columns under 2 taps: one on the right.
        #expect(try ints(conv, "pads") == [1, 0, 1, 1])
        #expect(try ints(conv, "strides") == [2, 1])
        #expect(try ints(conv, "kernel_shape") == [3, 2])
        let (shape, values) = try floats(model.graph, conv.input[1])
        #expect(shape == [3, 2, 3, 2])
        // The network's own values, in Keras' order: height, width, channels, filters.
        var options = ModelOptions(path: "small.net")
        options.usesTestWeights = true
        let source = "x = Input(7, 6, 2)\ny = Conv2D(3, (3, 2), strides=(2, 1), padding=same)(x)\n"
        let network = try readModel(SourceFile(name: "small.net", text: Array(source.utf8)), options)
        let kernel = try #require(try loadParameters(of: network, options)["conv2d/kernel"])
        for f in 0..<3 {
            for c in 0..<2 {
                for h in 0..<3 {
                    for w in 0..<2 {
                        #expect(values[((f * 2 + c) * 3 + h) * 2 + w] == kernel[((h * 2 + w) * 2 + c) * 3 + f])
                    }
                }
            }
        }
    }

    @Test func `images are channels first, or last where that is asked for`() throws {
        let text = "x = Input(4, 5, 3, name=x)\ny = Conv2D(2, 1, name=y)(x)\n"
        let first = try export(text, batch: 2).graph
        #expect(extents(first.input[0]) == [2, 3, 4, 5])
        #expect(extents(first.output[0]) == [2, 2, 4, 5])
        #expect(!first.node.contains { $0.opType == "Transpose" })
        let last = try export(text, layout: .nhwc).graph
        #expect(extents(last.input[0]) == [1, 4, 5, 3])
        #expect(extents(last.output[0]) == [1, 4, 5, 2])
        #expect(
            last.node.filter { $0.opType == "Transpose" }.map(\.attribute[0].ints) == [[0, 3, 1, 2], [0, 2, 3, 1]])
        #expect((first.input + first.output).map(\.name) == ["x", "y"])
    }

    @Test func `inputs stand in the order that the model gives them`() throws {
        let text = "a = Input((3,))\nb = Input((4,))\ny = Concatenate()([a, b])\nm = Model([b, a], y)\n"
        let graph = try export(text).graph
        #expect(graph.input.map(\.name) == ["b", "a"])
    }

    @Test func `batch normalisation is folded and activations are operators`() throws {
        let graph = try export(
            "x = Input(8, 8, 3)\ny = ReLU(6.0)(BatchNormalization()(Conv2D(4, 3, use_bias=False)(x)))\n"
        ).graph
        #expect(graph.node.map(\.opType) == ["Conv", "Clip", "Identity"])
        #expect(graph.node[0].input.count == 3, "the shift has become a bias")
    }

    @Test func `a transposed convolution is cut as Keras cuts it`() throws {
        // 4 rows, stride 3, kernel 2: the full result has 11 rows, Keras' 12: the last is padding of the output.
        let graph = try export("x = Input(4, 5, 2)\ny = Conv2DTranspose(3, (2, 4), strides=(3, 2), padding=same)(x)\n")
            .graph
        let node = try node(graph, "ConvTranspose")
        #expect(try ints(node, "output_padding") == [1, 0])
        #expect(try ints(node, "pads") == [0, 1, 0, 1])
        #expect(try floats(graph, node.input[1]).shape == [2, 3, 2, 4])
    }

    @Test func `a shuffle is a transposition and a split a slice`() throws {
        let graph = try export(
            "x = Input(4, 4, 12)\na = ChannelShuffle(3)(x)\nb = Split(2)(x)[1]\nOutput(a, b)\n"
        ).graph
        #expect(try ints(node(graph, "Transpose"), "perm") == [0, 2, 1, 3, 4])
        let reshape = try node(graph, "Reshape")
        #expect(try integers(graph, reshape.input[1]) == [1, 3, 4, 4, 4])
        let slice = try node(graph, "Slice")
        #expect(try slice.input[1...].map { try integers(graph, $0) } == [[6], [12], [1]])
    }

    @Test func `sparsemax, which has no operator, sorts the channels`() throws {
        let graph = try export("x = Input(4, 5, 12)\ny = Activation(sparsemax)(x)\n").graph
        let sorted = try node(graph, "TopK")
        #expect(sorted.attribute.first?.i == 1)
        #expect(try integers(graph, sorted.input[1]) == [12])
        #expect(sorted.output.count == 2 && Set(sorted.output).count == 2)
        let shares = try floats(graph, node(graph, "Mul").input[1])
        #expect(shares.shape == [12, 1, 1] && shares.values[2] == 1 / 3)
    }

    @Test func `parts of a shuffle are slices of one transposition`() throws {
        let graph = try export(
            "x = Input(4, 4, 12)\ns = ChannelShuffle(3)(x)\na, b = Split(2)(s)\nOutput(ReLU()(a), ReLU()(b))\n"
        ).graph
        #expect(graph.node.filter { $0.opType == "Transpose" }.count == 1)
        #expect(!graph.node.contains { $0.opType == "Gather" })
        let slices = graph.node.filter { $0.opType == "Slice" }
        #expect(
            try slices.map { try $0.input[1...].map { try integers(graph, $0) } } == [
                [[0], [6], [1]], [[6], [12], [1]],
            ])
        #expect(Set(slices.map { $0.input[0] }).count == 1)
    }

    @Test func `LRN's alpha counts for the whole window`() throws {
        let graph = try export("x = Input(2, 2, 9)\ny = LRN(size=5, alpha=0.5)(x)\n").graph
        let alpha = try #require(try node(graph, "LRN").attribute.first { $0.name == "alpha" })
        #expect(alpha.f == 2.5)
    }

    @Test func `nodes stand after what feeds them, and names are used once`() throws {
        let graph = try export(
            """
            x = Input(8, 8, 4, name=x)
            a = Conv2D(4, 3, padding=same, activation=gelu)(x)
            b = Add()([a, x])
            c = Multiply()([b, GlobalAveragePooling2D(keepdims=True)(b)])
            d = UpSampling2D(2, interpolation=bilinear)(MaxPooling2D(2)(c))
            y = Dense(5, activation=softmax)(Flatten()(Concatenate()([c, d])))
            """
        ).graph
        var known = Set(graph.input.map(\.name) + graph.initializer.map(\.name))
        #expect(known.count == graph.input.count + graph.initializer.count)
        for node in graph.node {
            for input in node.input where !input.isEmpty { #expect(known.contains(input), "\(node.name)") }
            for output in node.output { #expect(known.insert(output).inserted, "\(output) is defined twice") }
        }
        for output in graph.output { #expect(known.contains(output.name)) }
    }
}
