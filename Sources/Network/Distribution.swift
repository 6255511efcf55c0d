/// A distribution of a tensor's elements.
enum Distribution: Equatable {
    case constant(Double)
    case uniform(Double, Double)
    case normal(mean: Double, deviation: Double)
    /// A normal distribution cut off two deviations from its mean.
    case truncatedNormal(mean: Double, deviation: Double)
    /// All axes but the last taken as one: a matrix whose columns (or rows, where it is wide) are orthonormal, times a gain.
    case orthogonal(gain: Double)
    /// A matrix with a gain on its diagonal.
    case identity(gain: Double)

    /// A tensor's elements, each computed in double precision and rounded once.
    func draw(_ shape: Shape, from stream: inout RandomStream) -> [Float] {
        let count = shape.elementCount
        switch self {
        case .constant(let value): return Array(repeating: Float(value), count: count)
        case .uniform(let low, let high): return fill(count, &stream) { $0.uniform(low, high) }
        case .normal(let mean, let deviation): return fill(count, &stream) { mean + $0.normal() * deviation }
        case .truncatedNormal(let mean, let deviation):
            return fill(count, &stream) { mean + $0.truncatedNormal() * deviation }
        case .orthogonal(let gain): return orthogonalMatrix(shape, gain: gain, from: &stream)
        case .identity(let gain):
            let columns = shape.channels
            return (0..<count).map { $0 / columns == $0 % columns ? Float(gain) : 0 }
        }
    }
}

private func fill(_ count: Int, _ stream: inout RandomStream, _ draw: (inout RandomStream) -> Double) -> [Float] {
    var generator = stream
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
        for index in 0..<count { buffer.initializeElement(at: index, to: Float(draw(&generator))) }
        filled = count
    }
    stream = generator
    return values
}

/// A product of random Householder reflections applied to the identity. As many as columns give the uniform distribution; a large
/// matrix gets fewer, which leaves it orthogonal and the time bounded.
private func orthogonalMatrix(_ shape: Shape, gain: Double, from stream: inout RandomStream) -> [Float] {
    let lastAxis = shape.channels
    let others = shape.elementCount / lastAxis
    let (rows, columns) = (max(others, lastAxis), min(others, lastAxis))
    let affordable = max(1, (1 << 31) / (rows * columns))
    var matrix = [Double](repeating: 0, count: rows * columns)
    for column in 0..<columns { matrix[column * columns + column] = gain }
    for _ in 0..<min(columns, affordable) { reflect(&matrix, rows, columns, &stream) }
    let isWide = lastAxis > others
    return (0..<shape.elementCount).map { index in
        let (row, column) = (index / lastAxis, index % lastAxis)
        return Float(isWide ? matrix[column * columns + row] : matrix[row * columns + column])
    }
}

/// `matrix -= 2·v·(vᵀ·matrix) / (vᵀ·v)` for a random direction v.
private func reflect(_ matrix: inout [Double], _ rows: Int, _ columns: Int, _ stream: inout RandomStream) {
    let direction = (0..<rows).map { _ in stream.normal() }
    let square = direction.reduce(0) { $0 + $1 * $1 }
    guard square > 0 else { return }
    var products = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
        for column in 0..<columns { products[column] += direction[row] * matrix[row * columns + column] }
    }
    for row in 0..<rows {
        let factor = 2 * direction[row] / square
        for column in 0..<columns { matrix[row * columns + column] -= factor * products[column] }
    }
}
