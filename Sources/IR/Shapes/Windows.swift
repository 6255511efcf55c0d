/// Height, width and channels of an image.
func requireImage(_ shape: [Int]) throws(IRError) -> (extent: Extent, channels: Int) {
    try require(shape.count == 3, "expected an image (height × width × channels), found \(text(shape))")
    return (Extent(shape[0], shape[1]), shape[2])
}

/// Positions of a window that slides over `length` cells with `padding` more in all.
func positions(length: Int, padding: Int, window: Int, dilation: Int, stride: Int) throws(IRError) -> Int {
    try require(window > 0 && dilation > 0 && stride > 0, "window, dilation and stride must be positive")
    let span = (window - 1) * dilation + 1
    try require(length + padding >= span, "a window of \(span) is larger than its input of \(length + padding)")
    return (length + padding - span) / stride + 1
}

extension Margins {
    func requireNonNegative() throws(IRError) {
        try require(min(top, bottom, left, right) >= 0, "negative padding \(text(self))")
    }
}

/// A constant's shape against the expected one.
func requireShape(_ constant: Constant?, _ expected: [Int], _ what: String) throws(IRError) {
    guard let constant else { return }
    try require(constant.shape == expected, "\(what) of shape \(text(constant.shape)), expected \(text(expected))")
}
