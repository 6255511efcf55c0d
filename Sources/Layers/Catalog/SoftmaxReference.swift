// Softmax in double precision, and the bound of a float32 softmax.

import Network

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The positions of the vectors that run along some axes of a shape, each in the order of its elements.
func vectors(of shape: Shape, along axes: [Int]) -> [[Int]] {
    var offsets = (inner: [0], outer: [0])
    var distance = 1
    for axis in shape.dimensions.indices.reversed() {
        let steps = (0..<shape[axis]).map { $0 * distance }
        if axes.contains(axis) {
            offsets.inner = steps.flatMap { step in offsets.inner.map { $0 + step } }
        } else {
            offsets.outer = steps.flatMap { step in offsets.outer.map { $0 + step } }
        }
        distance *= shape[axis]
    }
    return offsets.outer.map { start in offsets.inner.map { $0 + start } }
}

/// `y_i = exp(x_i) / Σ exp(x_j)` over the given axes jointly, or its logarithm.
func referenceSoftmax(_ x: RealTensor, axes: [Int], _ isLogarithmic: Bool) -> RealTensor {
    var y = x
    for vector in vectors(of: x.shape, along: axes) {
        let largest = vector.reduce(-Double.infinity) { max($0, x.values[$1]) }
        let sum = vector.reduce(0) { $0 + exp(x.values[$1] - largest) }
        for i in vector {
            let exponent = x.values[i] - largest
            y.values[i] = isLogarithmic ? exponent - log(sum) : exp(exponent) / sum
        }
    }
    return y
}

/// Softmax with the bound of a float32 evaluation, derived as follows.
///
/// Let d_i = x_i − max, and β the largest incoming bound. Each exponent is off by at most B_i + u·|d_i|; the logarithm
/// of the sum by at most β + Σ y_j·u·|d_j| + c·u·(√n + 2), the last for its own additions. So the logarithm of y_i is
/// off by the sum of both, δ_i, and y_i by y_i·(exp(δ_i) − 1), plus the roundings of exp and of the division.
func softmaxEvaluation(
    _ x: RealTensor, _ bound: RealTensor, axes: [Int], _ isLogarithmic: Bool
) -> (value: RealTensor, bound: RealTensor) {
    let y = referenceSoftmax(x, axes: axes, isLogarithmic)
    var result = bound
    for vector in vectors(of: x.shape, along: axes) {
        let largest = vector.reduce(-Double.infinity) { max($0, x.values[$1]) }
        let widest = vector.reduce(0) { max($0, bound.values[$1]) }
        let drift = vector.reduce(0) { sum, j in
            let share = isLogarithmic ? exp(y.values[j]) : y.values[j]
            return sum + (share == 0 ? 0 : share * abs(x.values[j] - largest))
        }
        let shared = widest + unitRoundoff * drift + accumulationError(terms: vector.count)
        for i in vector {
            let delta = bound.values[i] + unitRoundoff * abs(x.values[i] - largest) + shared
            let error = isLogarithmic ? delta : y.values[i] * expm1(delta)
            result.values[i] = error + 8 * unitRoundoff * abs(y.values[i]) + smallestNormal
        }
    }
    return (y, result)
}
