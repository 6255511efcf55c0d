// Primitives over the positions of an image.
import IR

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Tensor {
    /// The image itself where there is no pooling.
    func pooled(_ pooling: Pooling?) -> Tensor { pooling.map { pool(self, $0) } ?? self }
}

/// Maximum or mean of the cells of each window that lie in the image.
func pool(_ x: Tensor, _ it: Pooling) -> Tensor {
    let height = (x.shape[0] + it.padding.top + it.padding.bottom - it.window.height) / it.strides.height + 1
    let width = (x.shape[1] + it.padding.left + it.padding.right - it.window.width) / it.strides.width + 1
    return Tensor(shape: [height, width, x.channels]) { index in
        var cells: [Double] = []
        for r in 0..<it.window.height {
            for s in 0..<it.window.width {
                let row = index[0] * it.strides.height + r - it.padding.top
                let column = index[1] * it.strides.width + s - it.padding.left
                if x.contains(row, column) { cells.append(x[row, column, index[2]]) }
            }
        }
        return switch it.kind {
        case .maximum: cells.max()!
        case .average: cells.reduce(0, +) / Double(cells.count)
        }
    }
}

/// All positions to one vector of channels.
func reduce(_ x: Tensor, _ kind: Reduction.Kind) -> Tensor {
    let positions = x.elements.count / x.channels
    return Tensor(shape: [x.channels]) { index in
        let cells = (0..<positions).map { x.elements[$0 * x.channels + index[0]] }
        return switch kind {
        case .mean: cells.reduce(0, +) / Double(positions)
        case .sum: cells.reduce(0, +)
        case .product: cells.reduce(1, *)
        case .maximum: cells.max()!
        case .minimum: cells.min()!
        }
    }
}

/// Zeros around the image, or its edges cut off.
func pad(_ x: Tensor, _ margins: Margins) -> Tensor {
    let shape = [
        x.shape[0] + margins.top + margins.bottom, x.shape[1] + margins.left + margins.right, x.channels,
    ]
    return Tensor(shape: shape) { index in
        let row = index[0] - margins.top
        let column = index[1] - margins.left
        return x.contains(row, column) ? x[row, column, index[2]] : 0
    }
}

/// Repetition, or interpolation between cell centres with the edges extended.
func upsample(_ x: Tensor, _ it: Upsampling) -> Tensor {
    let shape = [x.shape[0] * it.factor.height, x.shape[1] * it.factor.width, x.channels]
    return Tensor(shape: shape) { index in
        switch it.method {
        case .nearest:
            return x[index[0] / it.factor.height, index[1] / it.factor.width, index[2]]
        case .bilinear:
            let rows = neighbours(of: index[0], factor: it.factor.height, length: x.shape[0])
            let columns = neighbours(of: index[1], factor: it.factor.width, length: x.shape[1])
            var sum = 0.0
            for (row, a) in rows { for (column, b) in columns { sum += a * b * x[row, column, index[2]] } }
            return sum
        }
    }
}

/// The two cells between whose centres an enlarged position lies, with their shares.
private func neighbours(of position: Int, factor: Int, length: Int) -> [(cell: Int, share: Double)] {
    let centre = (Double(position) + 0.5) / Double(factor) - 0.5
    let share = centre - floor(centre)
    let first = Int(floor(centre))
    return [(max(first, 0), 1 - share), (min(first + 1, length - 1), share)]
}

/// Weighted sums along both axes, and the weight of what lies outside.
func resample(_ x: Tensor, _ it: Resampling) -> Tensor {
    Tensor(shape: [it.rows.starts.count, it.columns.starts.count, x.channels]) { index in
        let (h, w) = (index[0], index[1])
        var sum = Double(it.fill) * (Double(it.rows.outside[h]) + Double(it.columns.outside[w]))
        for (i, a) in it.rows.weights[h].enumerated() {
            for (j, b) in it.columns.weights[w].enumerated() {
                sum += Double(a) * Double(b) * x[it.rows.starts[h] + i, it.columns.starts[w] + j, index[2]]
            }
        }
        return sum
    }
}

/// Each channel over a power of the squares of its neighbours.
func normalizeLocally(_ x: Tensor, _ it: LocalResponse) -> Tensor {
    Tensor(shape: x.shape) { index in
        let channel = index[index.count - 1]
        var squares = 0.0
        for c in channel - it.before...channel + it.behind where c >= 0 && c < x.channels {
            let neighbour = x[index.dropLast() + [c]]
            squares += neighbour * neighbour
        }
        return x[index] / pow(Double(it.bias) + Double(it.alpha) * squares, Double(it.beta))
    }
}

/// Each element less the mean of its kin, over their deviation, then scaled and shifted.
func normalize(_ x: Tensor, _ it: MomentNormalization) -> Tensor {
    func kin(_ index: [Int]) -> [Double] {
        switch it.span {
        case .position: return (0..<x.channels).map { x[index.dropLast() + [$0]] }
        case .groups(let count):
            let size = x.channels / count
            let group = index[index.count - 1] / size
            return x.elements.indices.filter { $0 % x.channels / size == group }.map { x.elements[$0] }
        }
    }
    var moments: [[Int]: (mean: Double, factor: Double)] = [:]
    return Tensor(shape: x.shape) { index in
        let channel = index[index.count - 1]
        let key =
            switch it.span {
            case .position: Array(index.dropLast())
            case .groups(let count): [channel * count / x.channels]
            }
        if moments[key] == nil {
            let values = kin(index)
            let mean = values.reduce(0, +) / Double(values.count)
            let centre = it.centresVariance ? mean : 0
            let variance = values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(values.count)
            let divisor = max(variance + Double(it.epsilon), Double(it.least)).squareRoot()
            moments[key] = (it.centresResult ? mean : 0, 1 / divisor)
        }
        let (mean, factor) = moments[key]!
        let scale = it.scale.map { Double($0.values[channel]) } ?? 1
        let shift = it.shift.map { Double($0.values[channel]) } ?? 0
        return (x[index] - mean) * factor * scale + shift
    }
}
