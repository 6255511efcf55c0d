// Evaluates IR in double precision, naively: tests compare graphs before and after passes with it. It shares no code with the layers'
// reference, the passes or the kernels.
import IR

/// The elements of every value of a graph that verifies, computed from the public inputs.
///
/// - Parameter inputs: one array of elements for each public input, channels last, in order.
public func evaluate(_ graph: Graph, inputs: [[Double]]) -> [ValueID: [Double]] {
    var known: [ValueID: Tensor] = [:]
    for operation in graph.operations {
        let operands = operation.inputs.map { known[$0]! }
        let shape = graph[operation.output].shape
        let result =
            if case .input(let position) = operation.primitive {
                Tensor(shape: shape, elements: inputs[position])
            } else {
                evaluate(operation.primitive, operands, shape: shape)
            }
        precondition(result.shape == shape, "\(operation.primitive.name) made \(result.shape), expected \(shape)")
        known[operation.output] = result
    }
    return known.mapValues(\.elements)
}

/// The same from single-precision inputs.
public func evaluate(_ graph: Graph, inputs: [[Float]]) -> [ValueID: [Double]] {
    evaluate(graph, inputs: inputs.map { $0.map(Double.init) })
}

/// One primitive but `.input`, applied; `shape` is that of its result.
private func evaluate(_ primitive: Primitive, _ operands: [Tensor], shape: [Int]) -> Tensor {
    switch primitive {
    case .input: preconditionFailure("an input is given, not computed")
    case .constant(let constant): Tensor(constant)
    case .convolution(let it):
        convolve(
            it.scalesInput
                ? combine(Array(operands[..<2]), Elementwise(combine: .multiply))
                : it.prologue.map { combine([operands[0]], $0) } ?? operands[0], it
        )
        .finished(it.epilogue, operands).pooled(it.pooling)
    case .transposedConvolution(let it):
        convolveTransposed(operands[0], it, height: shape[0], width: shape[1]).finished(it.epilogue, operands)
    case .matrixProduct(let it): multiply(operands[0], it).finished(it.epilogue, operands)
    case .matmul: multiply(operands[0], operands[1])
    case .separable(let it):
        // Only the last stage may add a residual.
        it.stages.reduce(operands[0]) { convolve($0, $1).finished($1.epilogue, operands) }
    case .pooling(let it): pool(operands[0], it)
    case .reduction(let it): reduce(operands[0], it.kind)
    case .elementwise(let it): combine(operands, it)
    case .softmax(let axis, let isLogarithmic): softmax(operands[0], axis: axis, isLogarithmic: isLogarithmic)
    case .sparsemax: sparsemax(operands[0])
    case .concatenation(let axis): concatenate(operands, axis: axis)
    case .padding(let margins): pad(operands[0], margins)
    case .channelGather(let map): gather(operands[0], map)
    case .gather(let it): gather(operands[0], it)
    case .slice(let axis, let start, let count): slice(operands[0], axis: axis, start: start, count: count)
    case .permutation(let axes): permute(operands[0], axes)
    case .reshape: Tensor(shape: shape, elements: operands[0].elements)
    case .upsampling(let it): upsample(operands[0], it)
    case .resampling(let it): resample(operands[0], it)
    case .localResponse(let it): normalizeLocally(operands[0], it)
    case .momentNormalization(let it): normalize(operands[0], it)
    }
}
