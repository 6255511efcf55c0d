import IR
import Target

// Output pixels whose positions agree modulo the strides read the same taps: each such phase is a plain convolution of the input with some
// of the kernel's taps, whose output pixels lie `strides` apart. No element is written twice and nothing is multiplied by zero.

/// One instance of convolution.c for each phase; together they write all of y, in any order.
package func transposedConvolutionKernels(
    _ convolution: TransposedConvolution, x: Layout, y: Layout, residual: Layout?, target: Target,
    precision: PlanOptions.Precision = .fast
) -> [KernelInstance] {
    precondition((residual != nil) == convolution.epilogue.addsResidual && x.lanes == y.lanes)
    let rows = phases(
        kernel: convolution.kernel.height, stride: convolution.strides.height, dilation: convolution.dilation.height,
        crop: convolution.cropTop, output: y.height)
    let columns = phases(
        kernel: convolution.kernel.width, stride: convolution.strides.width, dilation: convolution.dilation.width,
        crop: convolution.cropLeft, output: y.width)
    return rows.flatMap { row in
        columns.map { column in
            kernel(convolution, row, column, x: x, y: y, residual: residual, target: target, precision: precision)
        }
    }
}

/// The output positions `start + stride·i` along one axis, and the taps that reach them: tap n reads input position `i + offsets[n]`.
private struct Phase {
    var start: Int
    var count: Int
    var taps: [Int]
    /// Evenly spaced.
    var offsets: [Int]
    var step: Int { offsets.count > 1 ? offsets[1] - offsets[0] : 0 }
}

/// Output o gets tap r from input (o + crop − r·dilation) / stride, where that is whole.
private func phases(kernel: Int, stride: Int, dilation: Int, crop: Int, output: Int) -> [Phase] {
    (0..<min(stride, output)).map { start in
        let taps = (0..<kernel).reversed().filter { (start + crop - $0 * dilation) % stride == 0 }
        return Phase(
            start: start, count: (output - start + stride - 1) / stride, taps: taps,
            offsets: taps.map { (start + crop - $0 * dilation) / stride })
    }
}

private func kernel(
    _ convolution: TransposedConvolution, _ row: Phase, _ column: Phase, x: Layout, y: Layout, residual: Layout?,
    target: Target, precision: PlanOptions.Precision
) -> KernelInstance {
    func image(_ layout: Layout) -> ProductGeometry.Image {
        ProductGeometry.Image(
            origin: row.start * layout.row + column.start * layout.pixel, row: convolution.strides.height * layout.row,
            pixel: convolution.strides.width * layout.pixel, vector: layout.vector)
    }
    let isEmpty = row.taps.isEmpty || column.taps.isEmpty
    let plain = phaseConvolution(convolution, isEmpty ? [] : row.taps, isEmpty ? [] : column.taps)
    var clusters = channelClusters(plain, x: x, y: y, precision: precision)
    clusters.splitLastVectors(y: y, precision: precision)
    let origin = (row.offsets.first ?? 0) * x.row + (column.offsets.first ?? 0) * x.pixel
    let geometry = ProductGeometry(
        output: Extent(row.count, column.count), kernel: plain.kernel, tapRow: row.step * x.row,
        tapColumn: column.step * x.pixel,
        x: .init(origin: (isEmpty ? 0 : origin) + clusters.origin, row: x.row, pixel: x.pixel, vector: x.vector),
        y: image(y), residual: epilogueOperand(residual.map(image), plain.epilogue, lanes: y.lanes))
    let weights = ProductWeights(
        weights: plain.weights, bias: plain.bias, groups: 1, epilogue: plain.epilogue)
    return productKernel(geometry, weights, clusters: clusters, y: y, target: target)
}

/// The plain convolution with some taps, its weights in the order `[rows, columns, input channels, filters]`.
private func phaseConvolution(_ transposed: TransposedConvolution, _ rows: [Int], _ columns: [Int]) -> Convolution {
    let (filters, channels) = (transposed.filters, transposed.weights.shape[3])
    var values: [Float] = []
    values.reserveCapacity(rows.count * columns.count * channels * filters)
    for row in rows {
        for column in columns {
            let tap = (row * transposed.kernel.width + column) * filters * channels
            for channel in 0..<channels {
                for filter in 0..<filters {
                    values.append(transposed.weights.values[tap + filter * channels + channel])
                }
            }
        }
    }
    return Convolution(
        kernel: Extent(rows.count, columns.count), filters: filters,
        weights: Constant(shape: [rows.count, columns.count, channels, filters], values: values), bias: transposed.bias,
        epilogue: transposed.epilogue)
}
