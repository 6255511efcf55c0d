// Two products in a row with nothing between them are one: a 1×1 convolution behind a convolution without an activation, or a dense layer behind
// another. Their weights are multiplied at compile time, in double precision, where that leaves fewer products for the network.
import IR

let mergePointwise = Pass("merge-pointwise", "merges 1×1 convolutions into linear layers before them", isFusion: true) {
    graph, context, remarks in
    guard context.capabilities.reordersLinearOperations else { return }
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], let before = editor.soleSource(of: operation),
            let merged = before.primitive.merged(with: operation.primitive)
        else { continue }
        let origin = editor[before.output].origin
        remarks.append(
            Remark(
                pass: "merge-pointwise", layers: editor[operation.output].origin.names,
                text: "multiplied with the weights of \(origin.leader), which takes fewer products"))
        editor[operation.output].origin = origin.merged(with: editor[operation.output].origin)
        editor.put(nil, at: editor.position(of: before.output))
        editor.put(
            Operation(merged, inputs: before.inputs + operation.inputs.dropFirst(), output: operation.output),
            at: position)
    }
    graph = editor.finish()
}

extension Primitive {
    /// This one and what reads it as one, if they are two products of which one is cheaper.
    fileprivate func merged(with next: Primitive) -> Primitive? {
        guard epilogue == Epilogue() else { return nil }
        switch (self, next) {
        case (.convolution(let first), .convolution(let second)):
            guard first.groups == 1, !first.scalesInput, second.isPointwise, !second.scalesInput,
                let merged = first.weights.merged(second.weights, first.bias, second.bias)
            else { return nil }
            var result = first
            result.filters = second.filters
            (result.weights, result.bias, result.epilogue) = (merged.weights, merged.bias, second.epilogue)
            return .convolution(result)
        case (.matrixProduct(let first), .matrixProduct(let second)):
            guard let merged = first.weights.merged(second.weights, first.bias, second.bias) else { return nil }
            return .matrixProduct(MatrixProduct(weights: merged.weights, bias: merged.bias, epilogue: second.epilogue))
        default: return nil
        }
    }
}

/// The most products for which a user waits while netc multiplies weights: a second or less.
private let mostProducts = 1 << 28

extension Constant {
    /// The weights `[…, inputs, between]` times `[…, between, outputs]`, and the bias behind both; `nil` where two products are cheaper.
    fileprivate func merged(
        _ next: Constant, _ bias: Constant?, _ nextBias: Constant?
    ) -> (weights: Constant, bias: Constant?)? {
        let (between, outputs) = (shape[shape.count - 1], next.shape[next.shape.count - 1])
        let rows = values.count / between
        guard rows * outputs <= values.count + next.values.count, values.count <= mostProducts / outputs
        else { return nil }
        let weights = Constant(
            shape: shape.dropLast() + [outputs], rounding: values.times(next, rows: rows))
        guard bias != nil || nextBias != nil else { return (weights, nil) }
        var sums =
            bias.map { $0.values.times(next, rows: 1) }
            ?? Array(repeating: 0, count: outputs)
        if let nextBias { for n in sums.indices { sums[n] += Double(nextBias.values[n]) } }
        return (weights, Constant(shape: [outputs], rounding: sums))
    }
}

extension [Float] {
    /// A matrix of so many rows times that of a constant.
    fileprivate func times(_ matrix: Constant, rows: Int) -> [Double] {
        let between = count / rows
        let outputs = matrix.values.count / between
        var result = [Double](repeating: 0, count: rows * outputs)
        for row in 0..<rows {
            for k in 0..<between {
                let factor = Double(self[row * between + k])
                for n in 0..<outputs { result[row * outputs + n] += factor * Double(matrix.values[k * outputs + n]) }
            }
        }
        return result
    }
}
