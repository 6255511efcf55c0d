import Compiler
import Diagnostics
import Formats
import Foundation
import Network
import ONNX
import Reference

/// A model of one input `x` and one output `y`, written operator by operator.
struct SmallModel {
    private var model = Onnx_ModelProto()

    init(_ shape: [Int], result: [Int]? = nil) {
        var set = Onnx_OperatorSetIdProto()
        set.version = 18
        model.opsetImport = [set]
        model.graph.input = [Self.tensor("x", shape)]
        model.graph.output = [Self.tensor("y", result ?? shape)]
    }

    private static func tensor(_ name: String, _ shape: [Int]) -> Onnx_ValueInfoProto {
        var value = Onnx_ValueInfoProto()
        value.name = name
        value.type.tensorType.elemType = 1
        value.type.tensorType.shape.dim = shape.map { extent in
            var dimension = Onnx_TensorShapeProto.Dimension()
            dimension.dimValue = Int64(extent)
            return dimension
        }
        return value
    }

    mutating func constant(_ name: String, _ shape: [Int], _ values: [Float]) {
        var tensor = Onnx_TensorProto()
        (tensor.name, tensor.dims, tensor.dataType, tensor.floatData) = (name, shape.map { Int64($0) }, 1, values)
        model.graph.initializer.append(tensor)
    }

    mutating func integers(_ name: String, _ values: [Int]) {
        var tensor = Onnx_TensorProto()
        (tensor.name, tensor.dims, tensor.dataType) = (name, [Int64(values.count)], 7)
        tensor.int64Data = values.map { Int64($0) }
        model.graph.initializer.append(tensor)
    }

    mutating func node(
        _ type: String, _ inputs: [String], _ output: String, _ attributes: [String: [Int]] = [:],
        texts: [String: String] = [:], numbers: [String: Float] = [:]
    ) {
        var node = Onnx_NodeProto()
        (node.opType, node.input, node.output) = (type, inputs, [output])
        for (name, values) in attributes {
            var attribute = Onnx_AttributeProto()
            attribute.name = name
            if name == "keepdims" {
                (attribute.type, attribute.i) = (.int, Int64(values[0]))
            } else {
                (attribute.type, attribute.ints) = (.ints, values.map { Int64($0) })
            }
            node.attribute.append(attribute)
        }
        for (name, text) in texts {
            var attribute = Onnx_AttributeProto()
            (attribute.name, attribute.type, attribute.s) = (name, .string, Data(text.utf8))
            node.attribute.append(attribute)
        }
        for (name, number) in numbers {
            var attribute = Onnx_AttributeProto()
            (attribute.name, attribute.type, attribute.f) = (name, .float, number)
            node.attribute.append(attribute)
        }
        model.graph.node.append(node)
    }

    /// The imported text, and what it makes of an input.
    func imported(_ x: [Double]) throws -> (text: String, values: [Double]) {
        var options = ONNXImportOptions(fileName: "m.onnx") { _ in throw CocoaError(.fileNoSuchFile) }
        options.layout = .nchw
        let imported = try importONNX(MemorySource(try model.serializedBytes()), options)
        let source = SourceFile(name: "m.net", text: Array(imported.text.utf8))
        let network = try readModel(source, ModelOptions(path: "m.net")).network
        let found = evaluate(
            network, inputs: [RealTensor(network.shape(of: network.inputs[0].tensor), x)],
            parameters: ReferenceParameters(imported.parameters.mapValues(\.values)))
        return (imported.text, found[0].values)
    }
}
