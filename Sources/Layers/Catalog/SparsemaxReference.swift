// Sparsemax in double precision, and the bound of a float32 sparsemax (Martins & Astudillo 2016,
// https://arxiv.org/abs/1602.02068).

import Network

/// `y_i = max(x_i − t, 0)` over the last axis, with the t that makes the sum 1: the point of the probability simplex that is nearest to x.
func referenceSparsemax(_ x: RealTensor) -> RealTensor {
    var y = x
    for vector in vectors(of: x.shape, along: [x.shape.rank - 1]) {
        let distances = distancesFromThreshold(vector.map { x.values[$0] })
        for (i, distance) in zip(vector, distances) { y.values[i] = distance < 0 ? 0 : distance }
    }
    return y
}

/// Each element less the threshold t: the paper's algorithm 1, with the largest element taken off first.
///
/// Of the elements in falling order, the first k belong to those above the threshold as long as `1 + k·z_k > z_1 + … + z_k`. An infinite or NaN
/// element leaves no threshold: all are NaN, but for −∞ beside numbers, which is as far below as can be.
private func distancesFromThreshold(_ x: [Double]) -> [Double] {
    let largest = x.contains { $0.isNaN } ? .nan : x.max()!
    guard largest.isFinite else { return x.map { _ in .nan } }
    let z = x.map { $0 - largest }
    var sum = 0.0
    var threshold = -1.0
    for (number, element) in z.sorted(by: >).enumerated() {
        let count = Double(number + 1)
        guard 1 + count * element > sum + element else { break }
        sum += element
        threshold = (sum - 1) / count
    }
    return z.map { $0 - threshold }
}

/// Sparsemax with the bound of a float32 evaluation, derived as follows.
///
/// A larger element can only raise t, and adding d to all elements adds d to t. So with every x_j off by at most β_j, x lies between
/// x − max β and x + max β, and t is off by no more than max β; the distance x_i − t of an element by no more than β_i + max β.
///
/// To find t, sums of n numbers are made in double precision, each number within 1 of the largest: their mean is off by at most n·2⁻⁵³, which lets
/// elements that near to t pass for larger ones. Up to n of them, instead of a single one, share what is missing to the sum 1:
/// t is off by at most n²·2⁻⁵³, and the reference by no more. (With sums in float32 it would be of the order of n²·2⁻²⁴.)
///
/// From there to y_i it is a function of one number, which bends at 0: an element that is below t by more than the bound is exactly 0.
func sparsemaxEvaluation(_ x: RealTensor, _ bound: RealTensor) -> (value: RealTensor, bound: RealTensor) {
    var (value, result) = (x, bound)
    for vector in vectors(of: x.shape, along: [x.shape.rank - 1]) {
        let widest = vector.reduce(0) { max($0, bound.values[$1]) }
        let search = Double(vector.count * vector.count) * 0x1p-52
        for (i, distance) in zip(vector, distancesFromThreshold(vector.map { x.values[$0] })) {
            value.values[i] = distance < 0 ? 0 : distance
            result.values[i] = pointwiseBound(distance, bound.values[i] + widest + search) { $0 < 0 ? 0 : $0 }
        }
    }
    return (value, result)
}
