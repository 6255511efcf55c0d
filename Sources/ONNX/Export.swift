import IR
import SwiftProtobuf

/// The order of axes of images at a model's inputs and outputs. Inside, ONNX's operators know channels first alone.
public enum ImageLayout: String, CaseIterable, Sendable { case nchw, nhwc }

/// A graph as an ONNX model of operator set 17 (https://onnx.ai/onnx/operators/), weights included.
///
/// - Parameters:
///   - graph: without fused kernels where peers shall see plain operators; fused epilogues become operators of their own.
///   - name: the graph's name.
///   - batch: the first extent of every input and output.
/// - Returns: the bytes of the file.
/// - Throws: `ExportError.tooLarge` where the format has no room for the weights.
public func exportModel(_ graph: Graph, name: String, version: String, batch: Int, layout: ImageLayout) throws
    -> [UInt8]
{
    // A protocol buffer is limited to 2 GiB.
    let weights = graph.operations.reduce(0) { $0 + $1.primitive.constantBytes }
    guard weights < 2_000_000_000 else { throw ExportError.tooLarge(bytes: weights) }
    var writer = ModelWriter(
        graph: graph, batch: batch, name: name, reserved: graph.inputNames + graph.outputNames)
    let inputs = graph.operations.compactMap { operation -> (position: Int, id: ValueID)? in
        guard case .input(let position) = operation.primitive else { return nil }
        return (position, operation.output)
    }
    for (position, id) in inputs.sorted(by: { $0.position < $1.position }) {
        writer.declareInput(id, name: graph.inputNames[position], layout: layout)
    }
    for operation in graph.operations { writer.write(operation) }
    for (id, name) in zip(graph.outputs, graph.outputNames) { writer.declareOutput(id, name: name, layout: layout) }
    var model = Onnx_ModelProto()
    model.irVersion = 8
    model.producerName = "netc"
    model.producerVersion = version
    var operators = Onnx_OperatorSetIdProto()
    operators.domain = ""
    operators.version = 17
    model.opsetImport = [operators]
    model.graph = writer.onnx
    return try model.serializedBytes()
}

/// Why a model can't be exported.
public enum ExportError: Error, CustomStringConvertible {
    case tooLarge(bytes: Int)

    public var description: String {
        switch self {
        case .tooLarge(let bytes): "the weights take \(bytes) bytes, and an ONNX file holds less than 2 GB"
        }
    }
}

extension ModelWriter {
    /// The operators that compute what a primitive does.
    mutating func write(_ operation: Operation) {
        let id = operation.output
        let inputs = operation.inputs
        switch operation.primitive {
        case .input: break
        case .constant(let value): writeConstant(value, id)
        case .convolution(let convolution): writeConvolution(convolution, inputs, id)
        case .transposedConvolution(let convolution): writeTransposedConvolution(convolution, inputs, id)
        case .separable(let separable): writeSeparable(separable, inputs, id)
        case .matrixProduct(let product): writeMatrixProduct(product, inputs, id)
        case .matmul: writeMatmul(inputs, id)
        case .pooling(let pooling): writePooling(pooling, inputs[0], id)
        case .reduction(let reduction): writeReduction(reduction, inputs[0], id)
        case .elementwise(let elementwise): writeElementwise(elementwise, inputs, id)
        case .softmax(let axis, let isLogarithmic):
            let attributes = [("axis", Attribute.int(position(ofAxis: axis, in: id)))]
            let type = isLogarithmic ? "LogSoftmax" : "Softmax"
            define(id, node(type, [tensor(inputs[0])], attributes, hint: hint(id)))
        case .sparsemax: writeSparsemax(inputs[0], id)
        case .concatenation(let axis):
            let tensors = inputs.map { tensor($0) }
            define(id, node("Concat", tensors, [("axis", .int(position(ofAxis: axis, in: id)))], hint: hint(id)))
        case .padding(let margins): writePadding(margins, inputs[0], id)
        case .channelGather(let map): writeGather(map, inputs[0], id)
        case .gather(let gather): writeGather(gather, inputs[0], id)
        case .slice(let axis, let start, let count):
            define(id, sliced(tensor(inputs[0]), axis: position(ofAxis: axis, in: id), start, count, hint: hint(id)))
        case .permutation(let axes):
            let order = [0] + axes.map { $0 + 1 }
            define(id, natural: node("Transpose", [natural(inputs[0])], [("perm", .ints(order))], hint: hint(id)))
        case .reshape:
            let shape = integers([batch] + shape(id))
            define(id, natural: node("Reshape", [natural(inputs[0]), shape], hint: hint(id)))
        case .upsampling(let upsampling): writeUpsampling(upsampling, inputs[0], id)
        case .resampling(let resampling): writeResampling(resampling, inputs[0], id)
        case .localResponse(let response): writeLocalResponse(response, inputs[0], id)
        case .momentNormalization(let normalization): writeNormalization(normalization, inputs[0], id)
        }
    }

    /// Where an axis of a value lies in the tensor that `tensor(_:)` gives.
    func position(ofAxis axis: Int, in id: ValueID) -> Int { isImage(id) ? [2, 3, 1][axis] : axis + 1 }

    private mutating func writeConstant(_ value: Constant, _ id: ValueID) {
        let shape = [1] + value.shape
        let one = constant(value.values, shape: shape, hint: hint(id))
        // The batch shares a constant; operators that broadcast take it as it is, others would not.
        let form =
            batch == 1 ? one : node("Expand", [one, integers([batch] + value.shape)], hint: hint(id))
        define(id, natural: form)
    }
}

extension Primitive {
    /// The bytes of its weights.
    fileprivate var constantBytes: Int {
        switch self {
        case .constant(let value): 4 * value.values.count
        case .convolution(let convolution): 4 * convolution.weights.values.count
        case .transposedConvolution(let convolution): 4 * convolution.weights.values.count
        case .matrixProduct(let product): 4 * product.weights.values.count
        case .separable(let separable): separable.stages.reduce(0) { $0 + 4 * $1.weights.values.count }
        default: 0
        }
    }
}
