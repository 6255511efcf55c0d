extension Primitive {
    /// The shape of the result from those of the inputs, after checking that primitive, constants and inputs fit each other. `declared` is the
    /// shape that the value claims to have; it decides where the primitive leaves a choice (input, reshape, transposed convolution).
    public func resultShape(of inputs: [[Int]], declared: [Int]) throws(IRError) -> [Int] {
        let shape = try finishedShape(inputs, declared: declared)
        guard case .convolution(let convolution) = self, let pooling = convolution.pooling else { return shape }
        return try pooling.resultShape(shape)
    }

    /// The shape behind the epilogue.
    private func finishedShape(_ inputs: [[Int]], declared: [Int]) throws(IRError) -> [Int] {
        var inputs = inputs
        if case .convolution(let it) = self, it.scalesInput {
            try require(inputs.count > 1, "no factors for the channels")
            let (channels, factors) = (inputs[0].last, inputs.remove(at: 1))
            try require(
                factors.last == channels && factors.reduce(1, *) == channels,
                "factors of \(text(factors)) for the channels of \(text(inputs[0]))")
        }
        guard addsResidual else {
            let shape = try accumulatedShape(inputs, declared: declared)
            if let slope = epilogue?.negativeSlope {
                try requireShape(slope, [shape[shape.count - 1]], "negative slope")
            }
            return shape
        }
        try require(epilogue?.negativeSlope == nil, "a negative slope behind a residual")
        try require(inputs.count == 2, "\(inputs.count) inputs, expected one and a residual")
        let shape = try accumulatedShape([inputs[0]], declared: declared)
        try require(inputs[1] == shape, "a residual of \(text(inputs[1])) added to \(text(shape))")
        return shape
    }

    private func accumulatedShape(_ inputs: [[Int]], declared: [Int]) throws(IRError) -> [Int] {
        switch self {
        case .input, .constant:
            try require(inputs.isEmpty, "\(name) with inputs")
        case .elementwise, .concatenation, .matmul: break
        default: try require(inputs.count == 1, "\(inputs.count) inputs, expected one")
        }
        switch self {
        case .input(let position):
            try require(position >= 0, "input at position \(position)")
            return declared
        case .constant(let constant): return constant.shape
        case .convolution(let it):
            return try it.checkedMapShape(it.prologue?.resultShape([inputs[0]]) ?? inputs[0])
        case .transposedConvolution(let it): return try it.resultShape(inputs[0], declared: declared)
        case .matrixProduct(let it): return try it.resultShape(inputs[0])
        case .matmul: return try matmulShape(inputs)
        case .separable(let it): return try it.resultShape(inputs[0])
        case .pooling(let it): return try it.resultShape(inputs[0])
        case .reduction(let it): return try it.resultShape(inputs[0])
        case .elementwise(let it): return try it.resultShape(inputs)
        case .softmax(let axis, _):
            try require(inputs[0].indices.contains(axis), "no axis \(axis) in \(text(inputs[0]))")
            return inputs[0]
        case .sparsemax: return inputs[0]
        case .concatenation(let axis): return try concatenationShape(inputs, axis: axis)
        case .padding(let margins): return try margins.resultShape(inputs[0])
        case .channelGather(let map): return try channelGatherShape(inputs[0], map: map)
        case .gather(let it): return try it.resultShape(inputs[0])
        case .slice(let axis, let start, let count):
            return try sliceShape(inputs[0], axis: axis, start: start, count: count)
        case .permutation(let axes): return try permutationShape(inputs[0], axes: axes)
        case .reshape: return try reshapeShape(inputs[0], declared: declared)
        case .upsampling(let it): return try it.resultShape(inputs[0])
        case .resampling(let it): return try it.resultShape(inputs[0])
        case .localResponse(let it): return try it.resultShape(inputs[0])
        case .momentNormalization(let it): return try it.resultShape(inputs[0])
        }
    }
}
