extension Convolution {
    /// The shape of the map from an image of the given shape, after checking weights and bias: of the result, where nothing pools it.
    func checkedMapShape(_ input: [Int]) throws(IRError) -> [Int] {
        let (extent, channels) = try requireImage(input)
        try padding.requireNonNegative()
        try require(groups > 0 && filters > 0, "groups and filters must be positive")
        try require(
            channels % groups == 0 && filters % groups == 0,
            "\(groups) groups do not divide \(channels) channels and \(filters) filters")
        try requireShape(weights, [kernel.height, kernel.width, channels / groups, filters], "weights")
        try requireShape(bias, [filters], "bias")
        let height = try positions(
            length: extent.height, padding: padding.top + padding.bottom, window: kernel.height,
            dilation: dilation.height, stride: strides.height)
        let width = try positions(
            length: extent.width, padding: padding.left + padding.right, window: kernel.width,
            dilation: dilation.width, stride: strides.width)
        return [height, width, filters]
    }

    /// The same of a convolution that fits the image.
    public func mapShape(of input: [Int]) -> [Int] {
        do {
            return try checkedMapShape(input)
        } catch {
            preconditionFailure(error.message)
        }
    }
}

extension TransposedConvolution {
    /// The declared height and width are free: the result is cut, or filled with the bias, to fit them.
    func resultShape(_ input: [Int], declared: [Int]) throws(IRError) -> [Int] {
        let (_, channels) = try requireImage(input)
        let (extent, _) = try requireImage(declared)
        try require(
            min(strides.height, strides.width, dilation.height, dilation.width) > 0,
            "strides and dilation must be positive")
        try require(cropTop >= 0 && cropLeft >= 0, "negative crop (\(cropTop),\(cropLeft))")
        try requireShape(weights, [kernel.height, kernel.width, filters, channels], "weights")
        try requireShape(bias, [filters], "bias")
        return [extent.height, extent.width, filters]
    }
}

extension Separable {
    func resultShape(_ input: [Int]) throws(IRError) -> [Int] {
        try require(stages.count > 1, "a depthwise convolution alone is no separable one")
        var shape = input
        for (place, stage) in stages.enumerated() {
            if place == (expansion == nil ? 0 : 1) {
                let (_, channels) = try requireImage(shape)
                try require(stage.groups == channels, "the middle convolution of a separable one is not depthwise")
            } else {
                try require(stage.isPointwise, "a convolution beside the depthwise one is not pointwise")
            }
            try require(
                place == stages.count - 1 || !stage.epilogue.addsResidual,
                "a residual between the convolutions of a separable one")
            try require(stage.pooling == nil, "a pooling in a separable convolution")
            shape = try stage.checkedMapShape(shape)
        }
        return shape
    }
}

extension MatrixProduct {
    func resultShape(_ input: [Int]) throws(IRError) -> [Int] {
        try require(!input.isEmpty && weights.shape.count == 2, "a matrix product needs a vector and a matrix")
        try require(
            input.last == weights.shape[0], "weights of shape \(text(weights.shape)) over \(text(input))")
        try requireShape(bias, [weights.shape[1]], "bias")
        return input.dropLast() + [weights.shape[1]]
    }
}

/// `[…, M, K]` by `[…, K, N]`: as many matrices as the operand has that has more.
func matmulShape(_ inputs: [[Int]]) throws(IRError) -> [Int] {
    try require(inputs.count == 2, "\(inputs.count) inputs of a matmul")
    let (a, b) = (inputs[0], inputs[1])
    try require(a.count >= 2 && b.count >= 2, "a matmul of \(text(a)) by \(text(b))")
    try require(a[a.count - 1] == b[b.count - 2], "the matrices of \(text(a)) and \(text(b)) do not meet")
    let (outer, other) = (Array(a.dropLast(2)), Array(b.dropLast(2)))
    let isShared = outer == other || [outer, other].contains { $0.allSatisfy { $0 == 1 } }
    try require(isShared, "the matrices of \(text(a)) and \(text(b)) are not as many")
    return try broadcast(outer, other) + [a[a.count - 2], b[b.count - 1]]
}
