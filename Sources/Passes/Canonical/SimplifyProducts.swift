// One form for products and reductions, so that kernels have one case each: a convolution that makes one pixel of a whole image is a matrix
// product with one row; a matrix product of more rows is a convolution of 1×1; a pooling window over the whole image is a reduction.
import IR

let simplifyProducts = Pass("simplify-products", "gives products and reductions over whole images one form") {
    graph, _, remarks in
    let operations = graph.operations
    graph.operations = []
    for operation in operations {
        let count = graph.operations.count
        if graph.appendSimplified(operation) {
            remarks.append(
                Remark(
                    pass: "simplify-products", layers: graph[operation.output].origin.names,
                    text: "made \(graph.operations[count...].map(\.primitive.name).joined(separator: ", "))"))
        } else {
            graph.operations.append(operation)
        }
    }
}

extension Graph {
    /// Appends the simpler form of an operation, if it has one.
    fileprivate mutating func appendSimplified(_ operation: Operation) -> Bool {
        guard !operation.primitive.addsResidual, let input = operation.inputs.first else { return false }
        switch operation.primitive {
        case .convolution(let it): return append(it, asProductOf: input, operation.output)
        case .matrixProduct(let it): return append(it, asConvolutionOf: input, operation.output)
        case .pooling(let it): return append(it, asReductionOf: input, operation.output)
        default: return false
        }
    }

    private mutating func append(_ it: Convolution, asProductOf input: ValueID, _ output: ValueID) -> Bool {
        let image = Extent(self[input].shape[0], self[input].shape[1])
        guard self[output].shape[0] == 1, self[output].shape[1] == 1,
            let weights = it.weights(overWhole: image, channels: self[input].channels)
        else { return false }
        let product = MatrixProduct(weights: weights, bias: it.bias, epilogue: it.epilogue)
        let vector = view(input, as: [1, 1, weights.shape[0]], origin: self[output].origin)
        operations.append(Operation(.matrixProduct(product), inputs: [vector], output: output))
        return true
    }

    private mutating func append(_ it: MatrixProduct, asConvolutionOf input: ValueID, _ output: ValueID) -> Bool {
        let shape = self[input].shape
        let rows = shape.dropLast().reduce(1, *)
        guard rows > 1 else { return false }
        let units = it.weights.shape[1]
        let extent = shape.count == 3 ? [shape[0], shape[1]] : [1, rows]
        let convolution = Convolution(
            kernel: .one, filters: units,
            weights: Constant(shape: [1, 1] + it.weights.shape, values: it.weights.values), bias: it.bias,
            epilogue: it.epilogue)
        let origin = self[output].origin
        let image = view(input, as: extent + [self[input].channels], origin: origin)
        if shape.count == 3 {
            operations.append(Operation(.convolution(convolution), inputs: [image], output: output))
            return true
        }
        let result = append(
            .convolution(convolution), [image], shape: extent + [units], origin: origin, tensor: self[output].tensor)
        operations.append(Operation(.reshape, inputs: [result], output: output))
        return true
    }

    private mutating func append(_ it: Pooling, asReductionOf input: ValueID, _ output: ValueID) -> Bool {
        let shape = self[input].shape
        let whole = it.window.height >= shape[0] + it.padding.top && it.window.width >= shape[1] + it.padding.left
        guard self[output].shape[0] == 1, self[output].shape[1] == 1, whole else { return false }
        let kind: Reduction.Kind = it.kind == .average ? .mean : .maximum
        let value = self[output]
        let vector = append(
            .reduction(Reduction(kind)), [input], shape: [value.channels], origin: value.origin, tensor: value.tensor)
        operations.append(Operation(.reshape, inputs: [vector], output: output))
        return true
    }

    /// The value in another shape.
    private mutating func view(_ value: ValueID, as shape: [Int], origin: Origin) -> ValueID {
        self[value].shape == shape
            ? value : append(.reshape, [value], shape: shape, origin: origin, tensor: self[value].tensor)
    }
}

extension Convolution {
    /// The weights `[height·width·channels, filters]` of the only output pixel, if each cell of the image meets one tap.
    fileprivate func weights(overWhole image: Extent, channels: Int) -> Constant? {
        guard groups == 1, padding.top + image.height <= kernel.height, padding.left + image.width <= kernel.width,
            dilation == .one || image == .one
        else { return nil }
        guard padding.top % dilation.height == 0, padding.left % dilation.width == 0 else { return nil }
        let row = channels * filters
        var values: [Float] = []
        values.reserveCapacity(image.height * image.width * row)
        for r in 0..<image.height {
            let first = (r + padding.top / dilation.height) * kernel.width + padding.left / dilation.width
            values += weights.values[first * row..<(first + image.width) * row]
        }
        return Constant(shape: [image.height * image.width * channels, filters], values: values)
    }
}
