import IR

// Convolutions and matrix products: weights change their order, nothing else.

extension ModelWriter {
    mutating func writeConvolution(_ convolution: Convolution, _ inputs: [ValueID], _ id: ValueID) {
        let sum = convolved(convolution, image(inputs[0]), hint: hint(id))
        let residual = convolution.epilogue.addsResidual ? image(inputs[1]) : nil
        let map = finished(sum, convolution.epilogue, residual: residual, id)
        define(id, convolution.pooling.map { pooled(map, $0, hint: hint(id)) } ?? map)
    }

    mutating func writeSeparable(_ separable: Separable, _ inputs: [ValueID], _ id: ValueID) {
        var value = image(inputs[0])
        for (place, stage) in separable.stages.enumerated() {
            let isLast = place == separable.stages.count - 1
            let residual = isLast && stage.epilogue.addsResidual ? image(inputs[1]) : nil
            let sum = convolved(stage, value, hint: hint(id))
            value = finished(sum, stage.epilogue, residual: residual, id)
        }
        define(id, value)
    }

    private mutating func convolved(_ convolution: Convolution, _ input: String, hint: String) -> String {
        let kernel = convolution.kernel
        let depth = convolution.weights.shape[2]
        // [height, width, depth, filters] → [filters, depth, height, width]
        let weights = convolution.weights.values.permuted(
            [kernel.height, kernel.width, depth, convolution.filters], [3, 2, 0, 1])
        var inputs = [
            input,
            constant(
                weights, shape: [convolution.filters, depth, kernel.height, kernel.width], hint: hint + "/kernel"),
        ]
        if let bias = convolution.bias {
            inputs.append(constant(bias.values, shape: bias.shape, hint: hint + "/bias"))
        }
        let padding = convolution.padding
        return node(
            "Conv", inputs,
            [
                ("kernel_shape", .ints([kernel.height, kernel.width])),
                ("strides", .ints([convolution.strides.height, convolution.strides.width])),
                ("dilations", .ints([convolution.dilation.height, convolution.dilation.width])),
                ("pads", .ints([padding.top, padding.left, padding.bottom, padding.right])),
                ("group", .int(convolution.groups)),
            ], hint: hint)
    }

    mutating func writeTransposedConvolution(
        _ convolution: TransposedConvolution, _ inputs: [ValueID], _ id: ValueID
    ) {
        let kernel = convolution.kernel
        let extent = shape(inputs[0])
        let output = shape(id)
        // [height, width, filters, channels] → [channels, filters, height, width]
        let weights = convolution.weights.values.permuted(
            [kernel.height, kernel.width, convolution.filters, extent[2]], [3, 2, 0, 1])
        var operands = [
            image(inputs[0]),
            constant(
                weights, shape: [extent[2], convolution.filters, kernel.height, kernel.width],
                hint: hint(id) + "/kernel"),
        ]
        if let bias = convolution.bias {
            operands.append(constant(bias.values, shape: bias.shape, hint: hint(id) + "/bias"))
        }
        let full = [
            (extent[0] - 1) * convolution.strides.height + (kernel.height - 1) * convolution.dilation.height + 1,
            (extent[1] - 1) * convolution.strides.width + (kernel.width - 1) * convolution.dilation.width + 1,
        ]
        let start = [convolution.cropTop, convolution.cropLeft]
        let end = (0..<2).map { full[$0] - start[$0] - output[$0] }
        let sum = node(
            "ConvTranspose", operands,
            [
                ("kernel_shape", .ints([kernel.height, kernel.width])),
                ("strides", .ints([convolution.strides.height, convolution.strides.width])),
                ("dilations", .ints([convolution.dilation.height, convolution.dilation.width])),
                ("pads", .ints(start + end.map { max($0, 0) })),
                ("output_padding", .ints(end.map { max(-$0, 0) })),
            ], hint: hint(id))
        let residual = convolution.epilogue.addsResidual ? image(inputs[1]) : nil
        define(id, finished(sum, convolution.epilogue, residual: residual, id))
    }

    /// Over an image a pointwise convolution, over a vector a product with bias, else a product of the last axis.
    mutating func writeMatrixProduct(_ product: MatrixProduct, _ inputs: [ValueID], _ id: ValueID) {
        if isImage(id) {
            let weights = product.weights
            let convolution = Convolution(
                kernel: .one, filters: weights.shape[1],
                weights: Constant(shape: [1, 1] + weights.shape, values: weights.values), bias: product.bias,
                epilogue: product.epilogue)
            return writeConvolution(convolution, inputs, id)
        }
        let hint = hint(id)
        let weights = constant(product.weights.values, shape: product.weights.shape, hint: hint + "/kernel")
        let bias = product.bias.map { constant($0.values, shape: $0.shape, hint: hint + "/bias") }
        let sum: String
        if shape(id).count == 1 {
            sum = node("Gemm", [natural(inputs[0]), weights] + (bias.map { [$0] } ?? []), hint: hint)
        } else {
            let products = node("MatMul", [natural(inputs[0]), weights], hint: hint)
            sum = bias.map { node("Add", [products, $0], hint: hint) } ?? products
        }
        let residual = product.epilogue.addsResidual ? natural(inputs[1]) : nil
        define(id, finished(sum, product.epilogue, residual: residual, id))
    }

    /// A product of two tensors of one rank.
    mutating func writeMatmul(_ inputs: [ValueID], _ id: ValueID) {
        let operands = inputs.map { input in
            let missing = shape(id).count - shape(input).count
            guard missing > 0 else { return natural(input) }
            let lifted = [batch] + Array(repeating: 1, count: missing) + shape(input)
            return node("Reshape", [natural(input), integers(lifted)], hint: hint(input))
        }
        define(id, natural: node("MatMul", operands, hint: hint(id)))
    }

    /// An epilogue as operators.
    private mutating func finished(_ sum: String, _ epilogue: Epilogue, residual: String?, _ id: ValueID) -> String {
        let hint = hint(id)
        let first = activated(sum, epilogue.first, hint: hint)
        let total = residual.map { node("Add", [first, $0], hint: hint) } ?? first
        return sloped(activated(total, epilogue.last, hint: hint), epilogue.negativeSlope, id)
    }
}

extension [Float] {
    /// The elements of a tensor of the given shape with its axes in another order.
    func permuted(_ shape: [Int], _ axes: [Int]) -> [Float] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        var result: [Float] = []
        result.reserveCapacity(count)
        func visit(_ depth: Int, _ offset: Int) {
            let extent = shape[axes[depth]]
            let stride = strides[axes[depth]]
            if depth == axes.count - 1 {
                for i in 0..<extent { result.append(self[offset + i * stride]) }
            } else {
                for i in 0..<extent { visit(depth + 1, offset + i * stride) }
            }
        }
        visit(0, 0)
        return result
    }
}
