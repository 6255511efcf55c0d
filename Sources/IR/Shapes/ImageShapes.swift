extension Pooling {
    /// Padding is smaller than the window, so that every window holds a cell of the image.
    func resultShape(_ input: [Int]) throws(IRError) -> [Int] {
        let (extent, channels) = try requireImage(input)
        try padding.requireNonNegative()
        try require(
            max(padding.top, padding.bottom) < window.height && max(padding.left, padding.right) < window.width,
            "padding \(text(padding)) as wide as the window \(text(window))")
        let height = try positions(
            length: extent.height, padding: padding.top + padding.bottom, window: window.height, dilation: 1,
            stride: strides.height)
        let width = try positions(
            length: extent.width, padding: padding.left + padding.right, window: window.width, dilation: 1,
            stride: strides.width)
        return [height, width, channels]
    }
}

extension Reduction {
    func resultShape(_ input: [Int]) throws(IRError) -> [Int] {
        try require(input.count > 1, "a reduction needs positions besides its channels, found \(text(input))")
        return [input[input.count - 1]]
    }
}

extension Margins {
    func resultShape(_ input: [Int]) throws(IRError) -> [Int] {
        let (extent, channels) = try requireImage(input)
        let height = extent.height + top + bottom
        let width = extent.width + left + right
        try require(height > 0 && width > 0, "padding \(text(self)) leaves nothing of \(text(input))")
        return [height, width, channels]
    }
}

extension Upsampling {
    func resultShape(_ input: [Int]) throws(IRError) -> [Int] {
        let (extent, channels) = try requireImage(input)
        try require(factor.height > 0 && factor.width > 0, "upsampling by \(text(factor))")
        return [extent.height * factor.height, extent.width * factor.width, channels]
    }
}

extension Resampling {
    func resultShape(_ input: [Int]) throws(IRError) -> [Int] {
        let (extent, channels) = try requireImage(input)
        try rows.requireInside(extent.height)
        try columns.requireInside(extent.width)
        return [rows.starts.count, columns.starts.count, channels]
    }
}

extension Resampling.Axis {
    fileprivate func requireInside(_ length: Int) throws(IRError) {
        try require(
            weights.count == starts.count && outside.count == starts.count,
            "\(starts.count) starts, \(weights.count) lists of weights and \(outside.count) outside")
        for (start, taps) in zip(starts, weights) {
            try require(
                start >= 0 && start + taps.count <= length, "\(taps.count) weights from cell \(start) of \(length)")
        }
    }
}

extension LocalResponse {
    func resultShape(_ input: [Int]) throws(IRError) -> [Int] {
        try require(!input.isEmpty && size > 0, "local response over \(size) channels of \(text(input))")
        return input
    }
}

extension MomentNormalization {
    func resultShape(_ input: [Int]) throws(IRError) -> [Int] {
        try require(!input.isEmpty, "a normalization of a scalar")
        let channels = input[input.count - 1]
        if case .groups(let count) = span {
            try require(count > 0 && channels % count == 0, "\(count) groups of \(channels) channels")
        }
        try requireShape(scale, [channels], "scale")
        try requireShape(shift, [channels], "shift")
        return input
    }
}
