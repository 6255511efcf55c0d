import Compiler
import Diagnostics
import Formats
import Foundation
import Network
import ONNX
import Reference
import SwiftProtobuf
import Testing

/// ONNX models as `.net` files. What ONNX's own cases say of each operator stands in cases.txt; here are the ways between the formats, and
/// what a model may do wrong.
@Suite struct `An imported model` {
    @Test(
        arguments: [
            "x = Input(9, 8, 3)\nx = Conv2D(8, 3, strides=2, padding=same)(x)\nx = BatchNormalization()(x)\nx = ReLU(6)(x)\n"
                + "x = DepthwiseConv2D(3, padding=same)(x)\nx = Flatten()(x)\nx = Dense(5, activation=softmax)(x)\n",
            "a = Input(6, 6, 8)\nb = ChannelShuffle(2)(a)\nc = Conv2D(8, 1, groups=2)(b)\nd = Concatenate()([c, a])\n"
                + "e = UpSampling2D(2)(d)\nf = MaxPooling2D(3, strides=2, padding=same)(e)\ng = Conv2DTranspose(4, 3, strides=2, padding=same)(f)\n",
            "x = Input(5, 7)\ny = LayerNormalization()(x)\nz = Dense(6, activation=gelu)(y)\nw = Permute((2, 1))(z)\nv = Conv1D(3, 3, padding=same)(w)\n",
            "x = Input(8, 8, 6)\ns = GlobalAveragePooling2D(keepdims=True)(x)\ns = Conv2D(6, 1, activation=sigmoid)(s)\ny = Multiply()([x, s])\n"
                + "z = AveragePooling2D(3, strides=2, padding=same)(y)\nu = LRN(3)(z)\np = PReLU(shared_axes=[1, 2])(u)\nq = Resizing(7, 9)(p)\n",
            "x = Input(6, 6, 4)\na, b = Split(2)(x)\nc = Subtract()([a, b])\nd = Average()([a, b])\ne = Maximum()([c, d])\nf = Cropping2D(1)(e)\n"
                + "g = ZeroPadding2D(((0, 1), (2, 0)))(f)\nh = GroupNormalization(2)(g)\n",
        ]) func `computes what the exported one did`(text: String) throws
    {
        for layout in [ImageLayout.nhwc, .nchw] {
            let (original, parameters) = try network(text)
            let imported = try importBack(text, layout)
            let (copy, copied) = try network(imported.text, imported.parameters.mapValues(\.values))
            #expect(copy.inputs.map(\.name) == original.inputs.map(\.name))
            #expect(copy.outputs.map(\.name) == original.outputs.map(\.name))
            let inputs = original.inputs.enumerated().map { index, input in
                RealTensor(
                    original.shape(of: input.tensor), noise(original.shape(of: input.tensor).elementCount, index))
            }
            let turned = inputs.map { layout == .nchw ? channelsFirst($0) : $0 }
            let wanted = evaluate(original, inputs: inputs, parameters: ReferenceParameters(parameters))
            let found = evaluate(copy, inputs: turned, parameters: ReferenceParameters(copied))
            for (a, b) in zip(wanted, found) {
                let expected = layout == .nchw ? channelsFirst(a) : a
                #expect(b.shape == expected.shape)
                let largest = expected.values.map(abs).max()!
                let error = zip(expected.values, b.values).map { abs($0 - $1) }.max()!
                #expect(error <= 1e-5 * largest && largest > 0, "\(error) of \(largest):\n\(imported.text)")
            }
        }
    }

    @Test func `is a file that a person would have written`() throws {
        let text = """
            image = Input((32, 32, 3), name=image)
            x = Conv2D(8, 3, padding=same)(image)
            for filters in [8, 8, 8, 8]:
                y = ReLU()(Conv2D(filters, 3, padding=same)(x))
                y = Conv2D(filters, 3, padding=same)(y)
                x = ReLU()(x + y)
            for filters in [16, 16]:
                y = ReLU()(Conv2D(filters, 3, padding=same)(x))
                y = Conv2D(filters, 3, padding=same)(y)
                x = ReLU()(Conv2D(filters, 1)(x) + y)
            for i in range(6):
                x = ReLU()(Conv2D(16, 3, padding=same)(x))
            probs = Dense(10, activation=softmax)(Flatten()(x))
            """
        let imported = try importBack(text, .nhwc)
        #expect(imported.text.contains("def "), "\(imported.text)")
        #expect(imported.text.contains("for i in range("), "\(imported.text)")
        #expect(imported.text.contains("probs = Dense(10, activation='softmax')"), "\(imported.text)")
        #expect(imported.text.split(separator: "\n").count < 40, "\(imported.text)")
        #expect(!imported.text.contains("Permute"), "\(imported.text)")
        let (original, _) = try network(text)
        let (copy, _) = try network(imported.text, imported.parameters.mapValues(\.values))
        #expect(copy.summary().macs == original.summary().macs)
    }

    /// `x` of one channel times three numbers plus three is no batch normalisation, which would have three channels before it.
    @Test(arguments: [1, 3])
    func `reads a scale and shift of each channel, also of a channel that they repeat`(channels: Int) throws {
        var model = try exported("x = Input(2, 2, \(channels), name=x)\ny = ReLU(name=y)(x)\n")
        let constants: [[Float]] = [[2, -3, 0.5], [1, 10, 100]]
        for (name, values) in zip(["scale", "shift"], constants) {
            var tensor = Onnx_TensorProto()
            (tensor.name, tensor.dims, tensor.dataType, tensor.floatData) = (name, [3, 1, 1], 1, values)
            model.graph.initializer.append(tensor)
        }
        model.graph.node = ["Mul", "Add"].enumerated().map { number, type in
            var node = Onnx_NodeProto()
            node.opType = type
            (node.input, node.output) = number == 0 ? (["x", "scale"], ["p"]) : (["p", "shift"], ["y"])
            return node
        }
        model.graph.output[0].type.tensorType.shape.dim[1].dimValue = 3
        var options = ONNXImportOptions(fileName: "m.onnx") { _ in throw NoFile() }
        options.layout = .nchw
        let imported = try importONNX(bytes(try model.serializedBytes()), options)
        let (network, values) = try network(imported.text, imported.parameters.mapValues(\.values))
        let x = (0..<channels * 4).map { Double($0) - 2 }
        let found = evaluate(
            network, inputs: [RealTensor(network.shape(of: network.inputs[0].tensor), x)],
            parameters: ReferenceParameters(values))
        let expected = (0..<12).map { index in
            let channel = index / 4
            return x[channels == 1 ? index % 4 : index] * Double(constants[0][channel]) + Double(constants[1][channel])
        }
        #expect(found[0].values == expected)
    }

    /// As exporters of frameworks with channels last write them.
    @Test func `keeps channels last where they are transposed, and finds rectifiers in limits`() throws {
        var model = try exported("x = Input(4, 6, 2, name=x)\ny = Conv2D(3, 1, name=y)(x)\n")
        model.graph.input[0].type.tensorType.shape.dim = ([1, 4, 6, 2] as [Int64]).map { extent in
            var dimension = Onnx_TensorShapeProto.Dimension()
            dimension.dimValue = extent
            return dimension
        }
        for (name, value) in zip(["zero", "six"], [0, 6] as [Float]) {
            var tensor = Onnx_TensorProto()
            (tensor.name, tensor.dataType, tensor.floatData) = (name, 1, [value])
            model.graph.initializer.append(tensor)
        }
        func node(_ type: String, _ inputs: [String], _ output: String, perm: [Int64] = []) -> Onnx_NodeProto {
            var node = Onnx_NodeProto()
            (node.opType, node.input, node.output) = (type, inputs, [output])
            if !perm.isEmpty {
                var attribute = Onnx_AttributeProto()
                (attribute.name, attribute.type, attribute.ints) = ("perm", .ints, perm)
                node.attribute = [attribute]
            }
            return node
        }
        var convolution = try #require(model.graph.node.first { $0.opType == "Conv" })
        convolution.input[0] = "first"
        convolution.output = ["sum"]
        model.graph.node = [
            node("Transpose", ["x"], "first", perm: [0, 3, 1, 2]), convolution, node("Max", ["zero", "sum"], "relu"),
            node("Min", ["relu", "six"], "y"),
        ]
        let imported = try importONNX(
            bytes(try model.serializedBytes()), ONNXImportOptions(fileName: "m.onnx") { _ in throw NoFile() })
        #expect(imported.text.contains("Input((4, 6, 2)") && imported.text.contains("ReLU(6.0)"), "\(imported.text)")
        #expect(!imported.text.contains("Permute") && !imported.text.contains("Clip"), "\(imported.text)")
    }

    // MARK: Refusals

    @Test func `asks for open dimensions, all at once`() throws {
        var model = try exported("x = Input(4, 4, 2, name=x)\ny = Conv2D(3, 1, name=y)(x)\n")
        for (axis, name) in [(0, "batch"), (2, "rows")] {
            var dimension = Onnx_TensorShapeProto.Dimension()
            dimension.dimParam = name
            model.graph.input[0].type.tensorType.shape.dim[axis] = dimension
        }
        let text = problems(try model.serializedBytes())
        #expect(text.contains("-D batch=1") && text.contains("-D rows=1"), "\(text)")
        var options = ONNXImportOptions(fileName: "m.onnx") { _ in throw NoFile() }
        options.dimensions = ["batch": 1, "rows": 6]
        let imported = try importONNX(bytes(try model.serializedBytes()), options)
        #expect(imported.text.contains("Input((6, 4, 2)"), "\(imported.text)")
    }

    @Test func `names all operators that are not supported`() throws {
        var model = try exported("x = Input(4, 4, 2, name=x)\ny = ReLU(name=y)(Conv2D(3, 1)(x))\n")
        for (index, type) in ["NonMaxSuppression", "Loop", "Loop"].enumerated() {
            var node = Onnx_NodeProto()
            (node.opType, node.name, node.input, node.output) = (type, "n\(index)", ["x"], ["made\(index)"])
            model.graph.node.append(node)
        }
        let text = problems(try model.serializedBytes())
        #expect(text.contains("operator NonMaxSuppression is not supported; it occurs once: 'n0'"), "\(text)")
        #expect(text.contains("operator Loop is not supported; it occurs 2 times: 'n1', 'n2'"), "\(text)")
    }

    @Test func `refuses an attribute that it does not know`() throws {
        var model = try exported("x = Input(4, 4, 2, name=x)\ny = Conv2D(3, 1, name=y)(x)\n")
        let position = try #require(model.graph.node.firstIndex { $0.opType == "Conv" })
        var attribute = Onnx_AttributeProto()
        (attribute.name, attribute.i, attribute.type) = ("flip_kernel", 1, .int)
        model.graph.node[position].attribute.append(attribute)
        #expect(problems(try model.serializedBytes()).contains("attribute 'flip_kernel' is not known"))
    }

    @Test(arguments: ["../weights.bin", "/etc/passwd", "a/../../weights.bin", "none.bin"])
    func `reads no file outside its folder`(location: String) throws {
        var model = try exported("x = Input(4, 4, 2, name=x)\ny = Conv2D(3, 1, name=y)(x)\n")
        let position = try #require(model.graph.initializer.firstIndex { $0.dims.count == 4 })
        model.graph.initializer[position].clearRawData()
        model.graph.initializer[position].dataLocation = 1
        var entry = Onnx_StringStringEntryProto()
        (entry.key, entry.value) = ("location", location)
        model.graph.initializer[position].externalData = [entry]
        let folder = FileManager.default.temporaryDirectory.path + "/import-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/inner", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(count: 24).write(to: URL(fileURLWithPath: folder + "/weights.bin"))
        try Data(try model.serializedBytes() as [UInt8]).write(to: URL(fileURLWithPath: folder + "/inner/m.onnx"))
        #expect {
            try importModel(ModelOptions(path: folder + "/inner/m.onnx"))
        } throws: { error in
            guard case CompilerError.invalidModel(let report) = error else { return false }
            return report.rendered(color: false).contains("must lie in the folder of the model or below it")
        }
    }

    @Test func `survives files that are cut off or damaged`() throws {
        let whole: [UInt8] = try exported(
            "x = Input(6, 6, 2, name=x)\ny = Conv2D(3, 3, strides=2)(x)\nz = Dense(4, name=z)(Flatten()(ReLU()(y)))\n"
        ).serializedBytes()
        var state: UInt64 = 1
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        var refused = 0
        for round in 0..<600 {
            var bytes = whole
            if round % 3 == 0 { bytes.removeLast(1 + random(bytes.count - 1)) }
            for _ in 0..<random(4) where !bytes.isEmpty { bytes[random(bytes.count)] = UInt8(random(256)) }
            do {
                _ = try importONNX(self.bytes(bytes), ONNXImportOptions(fileName: "m.onnx") { _ in throw NoFile() })
            } catch {
                refused += 1
            }
        }
        #expect(refused > 200)
    }

    /// Each is one operator on `x` of `[1, 2, 4, 4]`, with attributes and whole numbers as further inputs.
    @Test(
        arguments: [
            ("Split", ["num_outputs": [0]], []), ("Split", [:], [[0, 2]]),
            ("DepthToSpace", ["blocksize": [1 << 40]], []),
            ("Expand", [:], [[1 << 40, 2, 4, 4]]), ("Tile", [:], [[1 << 40, 1, 1, 1]]),
            ("Reshape", [:], [[-5, 1 << 62]]),
            ("Pad", [:], [[0, 0, 1 << 60, 0, 0, 0, 0, 0]]), ("Slice", [:], [[.min], [.max], [2], [.min]]),
            ("Gather", ["axis": [7]], [[0]]), ("Gather", ["axis": [.min]], [[9]]), ("Concat", ["axis": [.max]], []),
            ("Transpose", ["perm": [0, 0, 1, 2]], []), ("MaxPool", ["kernel_shape": [.max, 1]], []),
            ("MaxPool", ["kernel_shape": [2, 2], "pads": [.max, 0, 0, 0]], []), ("AveragePool", [:], []),
            ("Resize", [:], [[], [], [1, 2, 1 << 40, 4]]), ("Softmax", ["axis": [.min]], []), ("Max", [:], nil),
            ("ReduceMean", [:], [[4, .min]]), ("Unsqueeze", [:], [[0, 0]]), ("Flatten", ["axis": [.min]], []),
            ("ConstantOfShape", [:], nil), ("LRN", ["size": [.max]], []), ("Conv", [:], []), ("", [:], []),
        ] as [(String, [String: [Int]], [[Int]]?)]
    ) func `refuses absurd arguments`(type: String, attributes: [String: [Int]], further: [[Int]]?) throws {
        var model = try exported("x = Input(4, 4, 2, name=x)\ny = ReLU(name=y)(x)\n")
        var node = Onnx_NodeProto()
        (node.opType, node.output) = (type, ["y"])
        if let further {
            node.input = ["x"] + further.indices.map { further[$0].isEmpty ? "" : "k\($0)" }
            for (index, numbers) in further.enumerated() {
                var tensor = Onnx_TensorProto()
                (tensor.name, tensor.dims, tensor.dataType) = ("k\(index)", [Int64(numbers.count)], 7)
                tensor.int64Data = numbers.map { Int64($0) }
                model.graph.initializer.append(tensor)
            }
        }
        for (name, numbers) in attributes {
            var attribute = Onnx_AttributeProto()
            attribute.name = name
            let isList = ["perm", "kernel_shape", "pads"].contains(name)
            if isList {
                (attribute.ints, attribute.type) = (numbers.map { Int64($0) }, .ints)
            } else {
                (attribute.i, attribute.type) = (Int64(numbers[0]), .int)
            }
            node.attribute.append(attribute)
        }
        model.graph.node = [node]
        model.opsetImport[0].version = 18
        let text = problems(try model.serializedBytes())
        #expect(text != "imported" && !text.isEmpty, "\(type)")
    }

    @Test func `refuses shapes that no memory holds`() throws {
        var model = try exported("x = Input(4, 4, 2, name=x)\ny = Conv2D(3, 1, name=y)(x)\n")
        let position = try #require(model.graph.initializer.firstIndex { $0.dims.count == 4 })
        model.graph.initializer[position].dims = [1 << 40, 1 << 40, 1, 1]
        #expect(problems(try model.serializedBytes()).contains("is impossible"))
        model = try exported("x = Input(4, 4, 2, name=x)\ny = Conv2D(3, 1, name=y)(x)\n")
        model.graph.input[0].type.tensorType.shape.dim[1].dimValue = 1 << 50
        #expect(problems(try model.serializedBytes()).contains("too large"))
    }

    // MARK: Support

    private struct NoFile: Error {}

    private func bytes(_ bytes: [UInt8]) -> MemorySource { MemorySource(bytes) }

    private func problems(_ model: [UInt8]) -> String {
        do {
            _ = try importONNX(bytes(model), ONNXImportOptions(fileName: "m.onnx") { _ in throw NoFile() })
            return "imported"
        } catch {
            return "\(error)"
        }
    }

    private func network(_ text: String, _ given: ParameterValues? = nil) throws -> (Network, ParameterValues) {
        var options = ModelOptions(path: "small.net")
        options.usesTestWeights = true
        let model = try readModel(SourceFile(name: "small.net", text: Array(text.utf8)), options)
        return (model.network, try given ?? loadParameters(of: model, options))
    }

    private func exported(_ text: String, _ layout: ImageLayout = .nchw) throws -> Onnx_ModelProto {
        var options = ModelOptions(path: "small.net")
        options.usesTestWeights = true
        let model = try readModel(SourceFile(name: "small.net", text: Array(text.utf8)), options)
        let path = FileManager.default.temporaryDirectory.path + "/export-\(UUID().uuidString).onnx"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try exportModel(model, options, layout: layout, to: path)
        return try Onnx_ModelProto(serializedBytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    private func importBack(_ text: String, _ layout: ImageLayout) throws -> ImportedModel {
        var options = ONNXImportOptions(fileName: "small.onnx") { _ in throw NoFile() }
        options.layout = layout
        return try importONNX(bytes(try exported(text).serializedBytes()), options)
    }

    private func noise(_ count: Int, _ seed: Int) -> [Double] {
        (0..<count).map { Double(Float(sin(Double($0 * 37 + seed * 101)) * 0.9 + 0.1)) }
    }

    /// An image with its channels in front; another tensor as it is.
    private func channelsFirst(_ tensor: RealTensor) -> RealTensor {
        guard tensor.shape.rank == 3 else { return tensor }
        let (h, w, c) = (tensor.shape[0], tensor.shape[1], tensor.shape[2])
        var result = RealTensor(Shape([c, h, w]), tensor.values)
        for i in 0..<h * w { for j in 0..<c { result.values[j * h * w + i] = tensor.values[i * c + j] } }
        return result
    }
}
