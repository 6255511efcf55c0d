// The primitives that multiply by weights: accumulated elements with their bias, before the epilogue.
import IR

/// Every output element is a sum over the window and over the channels of its group.
func convolve(_ x: Tensor, _ it: Convolution) -> Tensor {
    let span = Extent((it.kernel.height - 1) * it.dilation.height + 1, (it.kernel.width - 1) * it.dilation.width + 1)
    let height = (x.shape[0] + it.padding.top + it.padding.bottom - span.height) / it.strides.height + 1
    let width = (x.shape[1] + it.padding.left + it.padding.right - span.width) / it.strides.width + 1
    var y = biased(height, width, it.filters, it.bias)
    let weights = it.weights.values.map(Double.init)
    let groupChannels = x.channels / it.groups
    let groupFilters = it.filters / it.groups
    for i in 0..<height {
        for j in 0..<width {
            for r in 0..<it.kernel.height {
                for s in 0..<it.kernel.width {
                    let row = i * it.strides.height + r * it.dilation.height - it.padding.top
                    let column = j * it.strides.width + s * it.dilation.width - it.padding.left
                    guard x.contains(row, column) else { continue }
                    for f in 0..<it.filters {
                        let firstChannel = f / groupFilters * groupChannels
                        var sum = 0.0
                        for c in 0..<groupChannels {
                            let weight = weights[((r * it.kernel.width + s) * groupChannels + c) * it.filters + f]
                            sum += x[row, column, firstChannel + c] * weight
                        }
                        y[i, j, f] += sum
                    }
                }
            }
        }
    }
    return y
}

/// Every input element is scattered over the result.
func convolveTransposed(_ x: Tensor, _ it: TransposedConvolution, height: Int, width: Int) -> Tensor {
    var y = biased(height, width, it.filters, it.bias)
    let weights = Tensor(it.weights)
    for i in 0..<x.shape[0] {
        for j in 0..<x.shape[1] {
            for r in 0..<it.kernel.height {
                for s in 0..<it.kernel.width {
                    let row = i * it.strides.height + r * it.dilation.height - it.cropTop
                    let column = j * it.strides.width + s * it.dilation.width - it.cropLeft
                    guard y.contains(row, column) else { continue }
                    for f in 0..<it.filters {
                        for c in 0..<x.channels { y[row, column, f] += x[i, j, c] * weights[[r, s, f, c]] }
                    }
                }
            }
        }
    }
    return y
}

/// Every row of channels times the matrix.
func multiply(_ x: Tensor, _ it: MatrixProduct) -> Tensor {
    let weights = Tensor(it.weights)
    return Tensor(shape: x.shape.dropLast() + [it.weights.shape[1]]) { index in
        let unit = index[index.count - 1]
        var sum = it.bias.map { Double($0.values[unit]) } ?? 0
        for k in 0..<x.channels { sum += x[index.dropLast() + [k]] * weights[[k, unit]] }
        return sum
    }
}

/// The matrices of two tensors one by one.
func multiply(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (rows, columns) = (a.shape[a.shape.count - 2], b.channels)
    let outer = a.elements.count / a.shape.suffix(2).reduce(1, *) > 1 ? a.shape.dropLast(2) : b.shape.dropLast(2)
    let rank = max(a.shape.count, b.shape.count)
    let missing = Array(repeating: 1, count: rank - 2 - outer.count)
    return Tensor(shape: missing + outer + [rows, columns]) { index in
        let matrix = Array(index.dropLast(2))
        return (0..<a.channels).reduce(0) { sum, k in
            sum + a[matrix + [index[rank - 2], k]] * b[matrix + [k, index[rank - 1]]]
        }
    }
}

/// An image that holds the bias at every position.
private func biased(_ height: Int, _ width: Int, _ filters: Int, _ bias: Constant?) -> Tensor {
    let row = bias?.values.map(Double.init) ?? Array(repeating: 0, count: filters)
    return Tensor(
        shape: [height, width, filters], elements: Array(repeatElement(row, count: height * width).joined()))
}
