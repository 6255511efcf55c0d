// The double-precision convolution behind the references of Conv2D, DepthwiseConv2D, Conv2DTranspose and Dense: what
// verification spends its time on, so it is register-tiled. It computes Σ w·x in the order rows, columns, channels of
// the kernel, and nothing clever: no term is skipped, so NaN and infinities spread as in the definition. Lowering,
// passes and kernels share nothing with it.
//
// The tile is 4 pixels × 4 filters: with SSE2's sixteen registers of two doubles it is the largest that never spills (9
// GMAC/s; 6 × 4 and 3 × 8 reach 7). Weights are packed one panel of 4 filters at a time, in the order in which the tile
// reads them.

/// How the window of a convolution moves over an image; two numbers each, for height and width.
public struct ConvolutionWindow: Hashable, Sendable {
    public var kernel: [Int]
    public var strides: [Int]
    public var dilation: [Int]
    public var padding: PaddingMode
    /// The cells around the image, where they are given instead of a mode: top, bottom, left, right. `padding` then says nothing.
    public var explicitMargins: [Int]?

    public init(kernel: [Int], strides: [Int] = [1, 1], dilation: [Int] = [1, 1], padding: PaddingMode = .valid) {
        self.kernel = kernel
        self.strides = strides
        self.dilation = dilation
        self.padding = padding
    }

    /// The number of its positions along an axis of the given extent.
    public func outputExtent(_ axis: Int, of input: Int) -> Int {
        let explicit = explicitMargins?[2 * axis..<2 * axis + 2].reduce(input, saturatingSum)
        return convolutionOutput(
            input: explicit ?? input, kernel: kernel[axis], stride: strides[axis], dilation: dilation[axis],
            padding: explicit == nil ? padding : .valid)
    }

    /// The cells it adds before and after an axis of the given extent; of explicit ones those that a window reaches.
    public func margins(_ axis: Int, of input: Int) -> (before: Int, after: Int) {
        if let explicitMargins {
            let before = explicitMargins[2 * axis]
            let last = saturatingProduct(outputExtent(axis, of: input) - 1, strides[axis])
            let end = saturatingSum(last, effectiveKernel(kernel[axis], dilation: dilation[axis]))
            return (before, max(saturatingSum(end, -saturatingSum(before, input)), 0))
        }
        return windowPadding(
            padding, input: input, kernel: kernel[axis], stride: strides[axis], dilation: dilation[axis])
    }
}

/// `y[h, w, n] = bias[n] + Σ x[h·stride + r·dilation − padding, …, c]·weights[r, s, c, n]` over an image `[height,
/// width, channels]` and weights `[kernel height, kernel width, channels / groups, filters]`; group g makes filters
/// `g·filters/groups ..<`.
public func referenceConvolution(
    _ image: RealTensor, _ weights: RealTensor, bias: [Double]?, window: ConvolutionWindow, groups: Int = 1
) -> RealTensor {
    let x = padded(image, for: window)
    let filters = weights.shape[3]
    let height = window.outputExtent(0, of: image.shape[0])
    let width = window.outputExtent(1, of: image.shape[1])
    let addresses = Addresses(window: window, rows: height, columns: width, rowLength: x.shape[1], channels: x.shape[2])
    var y = [Double](repeating: 0, count: height * width * filters)
    fill(&y, with: bias, filters: filters)
    if weights.shape[2] == 1 && groups == x.shape[2] && groups > 1 {
        accumulateDepthwise(x.values, weights.values, into: &y, addresses, filters: filters)
    } else if addresses.pixels.count < 4 && groups == 1 {
        accumulateFewPixels(x.values, weights.values, into: &y, addresses, filters: filters)
    } else {
        accumulateTiles(x.values, weights.values, into: &y, addresses, filters: filters, groups: groups)
    }
    return RealTensor(Shape([height, width, filters]), y)
}

/// `y[i, n] = bias[n] + Σ x[i, k]·weights[k, n]`: x of any rank, its last axis summed over.
public func referenceProduct(_ x: RealTensor, _ weights: RealTensor, bias: [Double]?) -> RealTensor {
    let (depth, units) = (weights.shape[0], weights.shape[1])
    let rows = x.values.count / depth
    let y = referenceConvolution(
        RealTensor(Shape([1, rows, depth]), x.values), RealTensor(Shape([1, 1, depth, units]), weights.values),
        bias: bias, window: ConvolutionWindow(kernel: [1, 1]))
    return RealTensor(Shape(Array(x.shape.dimensions.dropLast()) + [units]), y.values)
}

/// Input (i, j) adds `weights[r, s]·x` to output `(i·stride + r·dilation − crop, …)` where that exists; the rest holds
/// the bias. Weights are `[kernel height, kernel width, filters, channels]` as in Keras.
public func referenceTransposedConvolution(
    _ x: RealTensor, _ weights: RealTensor, bias: [Double]?, window: ConvolutionWindow, crop: [Int], output: Shape
) -> RealTensor {
    let (filters, channels) = (weights.shape[2], weights.shape[3])
    var y = [Double](repeating: 0, count: output.elementCount)
    fill(&y, with: bias, filters: filters)
    for r in 0..<window.kernel[0] {
        for s in 0..<window.kernel[1] {
            let start = (r * window.kernel[1] + s) * filters * channels
            let tap = transposed(weights.values[start..<start + filters * channels], rows: filters, columns: channels)
            let product = referenceProduct(x, RealTensor(Shape([channels, filters]), tap), bias: nil)
            let top = r * window.dilation[0] - crop[0]
            let left = s * window.dilation[1] - crop[1]
            scatter(product, into: &y, output, strides: window.strides, top: top, left: left)
        }
    }
    return RealTensor(output, y)
}

// MARK: - Addressing

/// Where the window's positions and its taps lie in the padded image, in elements.
private struct Addresses {
    /// The first element of each position, row by row.
    var pixels: [Int]
    /// The distance of each tap from it, in the order of the kernel's rows and columns.
    var taps: [Int]
    var channels: Int

    init(window: ConvolutionWindow, rows: Int, columns: Int, rowLength: Int, channels: Int) {
        func positions(_ rows: Int, _ columns: Int, by steps: [Int]) -> [Int] {
            (0..<rows).flatMap { row in
                (0..<columns).map { (row * steps[0] * rowLength + $0 * steps[1]) * channels }
            }
        }
        pixels = positions(rows, columns, by: window.strides)
        taps = positions(window.kernel[0], window.kernel[1], by: window.dilation)
        self.channels = channels
    }
}

/// The image with the window's zeros around it; the image itself where there are none.
private func padded(_ x: RealTensor, for window: ConvolutionWindow) -> RealTensor {
    let (height, width, channels) = (x.shape[0], x.shape[1], x.shape[2])
    let (top, bottom) = window.margins(0, of: height)
    let (left, right) = window.margins(1, of: width)
    if top + bottom + left + right == 0 { return x }
    let rowLength = (width + left + right) * channels
    var values = [Double](repeating: 0, count: (height + top + bottom) * rowLength)
    for row in 0..<height {
        let start = (row + top) * rowLength + left * channels
        let source = row * width * channels
        values.withUnsafeMutableBufferPointer { target in
            x.values.withUnsafeBufferPointer {
                (target.baseAddress! + start).update(from: $0.baseAddress! + source, count: width * channels)
            }
        }
    }
    return RealTensor(Shape([height + top + bottom, width + left + right, channels]), values)
}

private func fill(_ y: inout [Double], with bias: [Double]?, filters: Int) {
    guard let bias else { return }
    precondition(bias.count == filters)
    for start in stride(from: 0, to: y.count, by: filters) {
        for filter in 0..<filters { y[start + filter] = bias[filter] }
    }
}

private func transposed(_ matrix: ArraySlice<Double>, rows: Int, columns: Int) -> [Double] {
    var result = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
        for column in 0..<columns {
            result[column * rows + row] = matrix[matrix.startIndex + row * columns + column]
        }
    }
    return result
}

/// Adds the product of one tap at the output cells it reaches.
private func scatter(
    _ product: RealTensor, into y: inout [Double], _ output: Shape, strides: [Int], top: Int, left: Int
) {
    let (height, width, filters) = (product.shape[0], product.shape[1], product.shape[2])
    for i in 0..<height {
        let row = i * strides[0] + top
        guard 0 <= row && row < output[0] else { continue }
        for j in 0..<width {
            let column = j * strides[1] + left
            guard 0 <= column && column < output[1] else { continue }
            let target = (row * output[1] + column) * filters
            let source = (i * width + j) * filters
            for filter in 0..<filters { y[target + filter] += product.values[source + filter] }
        }
    }
}

// MARK: - Loops

private typealias Lanes = SIMD4<Double>

/// Four neighbouring doubles, whatever their alignment.
@inline(__always)
private func load(_ p: UnsafePointer<Double>) -> Lanes { UnsafeRawPointer(p).loadUnaligned(as: Lanes.self) }

@inline(__always)
private func add(_ value: Lanes, to p: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(p).storeBytes(of: load(p) + value, as: Lanes.self)
}

/// Panels of four filters, tiles of four pixels. The last tile of a panel repeats its last pixel and stores it once.
private func accumulateTiles(
    _ x: [Double], _ weights: [Double], into y: inout [Double], _ addresses: Addresses, filters: Int, groups: Int
) {
    let depth = addresses.channels / groups
    let perGroup = filters / groups
    let pixels = addresses.pixels
    var panel = [Lanes](repeating: .zero, count: addresses.taps.count * depth)
    for group in 0..<groups {
        let taps = addresses.taps.map { $0 + group * depth }
        for first in stride(from: 0, to: perGroup, by: 4) {
            let count = min(4, perGroup - first)
            let filter = group * perGroup + first
            pack(weights, filter: filter, count: count, filters: filters, into: &panel)
            for pixel in stride(from: 0, to: pixels.count, by: 4) {
                let last = pixels.count - 1
                let origins = (
                    pixels[pixel], pixels[min(pixel + 1, last)], pixels[min(pixel + 2, last)],
                    pixels[min(pixel + 3, last)]
                )
                let sums = tile(x, origins, taps: taps, depth: depth, panel: panel)
                let target = pixel * filters + filter
                let rows = pixels.count - pixel
                add(sums.0, lanes: count, to: &y, at: target)
                if rows > 1 { add(sums.1, lanes: count, to: &y, at: target + filters) }
                if rows > 2 { add(sums.2, lanes: count, to: &y, at: target + 2 * filters) }
                if rows > 3 { add(sums.3, lanes: count, to: &y, at: target + 3 * filters) }
            }
        }
    }
}

@inline(__always)
private func add(_ sums: Lanes, lanes: Int, to y: inout [Double], at start: Int) {
    for lane in 0..<lanes { y[start + lane] += sums[lane] }
}

private func pack(_ weights: [Double], filter: Int, count: Int, filters: Int, into panel: inout [Lanes]) {
    for k in panel.indices {
        let start = k * filters + filter
        if count == 4 {
            panel[k] = Lanes(weights[start], weights[start + 1], weights[start + 2], weights[start + 3])
        } else {
            panel[k] = .zero
            for lane in 0..<count { panel[k][lane] = weights[start + lane] }
        }
    }
}

/// The sums of four pixels for four filters.
private func tile(
    _ x: [Double], _ origins: (Int, Int, Int, Int), taps: [Int], depth: Int, panel: [Lanes]
) -> (Lanes, Lanes, Lanes, Lanes) {
    var (a0, a1, a2, a3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    x.withUnsafeBufferPointer { x in
        panel.withUnsafeBufferPointer { panel in
            let base = x.baseAddress!
            var w = panel.baseAddress!
            for tap in taps {
                let x0 = base + (origins.0 + tap)
                let x1 = base + (origins.1 + tap)
                let x2 = base + (origins.2 + tap)
                let x3 = base + (origins.3 + tap)
                for k in 0..<depth {
                    a0 += w[k] * x0[k]
                    a1 += w[k] * x1[k]
                    a2 += w[k] * x2[k]
                    a3 += w[k] * x3[k]
                }
                w += depth
            }
        }
    }
    return (a0, a1, a2, a3)
}

/// Fewer pixels than a tile (Dense, a 7×7 convolution of a 7×7 image): packing would cost more than the products, so
/// each weight is read once where it lies.
private func accumulateFewPixels(
    _ x: [Double], _ weights: [Double], into y: inout [Double], _ addresses: Addresses, filters: Int
) {
    let depth = addresses.channels
    let vectorized = filters & ~3
    y.withUnsafeMutableBufferPointer { y in
        weights.withUnsafeBufferPointer { weights in
            for (pixel, origin) in addresses.pixels.enumerated() {
                let sums = y.baseAddress! + pixel * filters
                var w = weights.baseAddress!
                for tap in addresses.taps {
                    for k in 0..<depth {
                        let value = x[origin + tap + k]
                        for n in stride(from: 0, to: vectorized, by: 4) { add(load(w + n) * value, to: sums + n) }
                        for n in vectorized..<filters { sums[n] += w[n] * value }
                        w += filters
                    }
                }
            }
        }
    }
}

/// One input channel to a group: filter f reads channel `f / multiplier`.
private func accumulateDepthwise(
    _ x: [Double], _ weights: [Double], into y: inout [Double], _ addresses: Addresses, filters: Int
) {
    let multiplier = filters / addresses.channels
    let vectorized = multiplier == 1 ? filters & ~3 : 0
    y.withUnsafeMutableBufferPointer { y in
        weights.withUnsafeBufferPointer { weights in
            x.withUnsafeBufferPointer { x in
                for (pixel, origin) in addresses.pixels.enumerated() {
                    let sums = y.baseAddress! + pixel * filters
                    for (index, tap) in addresses.taps.enumerated() {
                        let w = weights.baseAddress! + index * filters
                        let cells = x.baseAddress! + (origin + tap)
                        for n in stride(from: 0, to: vectorized, by: 4) {
                            add(load(w + n) * load(cells + n), to: sums + n)
                        }
                        for n in vectorized..<filters { sums[n] += w[n] * cells[n / multiplier] }
                    }
                }
            }
        }
    }
}
