// Single numbers and whole tensors against what they should be: the rules of the numeric contract for NaN and infinities included.

/// How far a computed number lies from the reference, as a multiple of its bound: right up to 1, infinite where it is beyond reason.
package func boundRatio(_ actual: Double, expected: Double, bound: Double) -> Double {
    // Where nothing is known, next to a pole or to the end of a function's domain, any number is right, and none.
    if bound == .infinity { return 0 }
    if expected.isNaN { return actual.isNaN ? 0 : .infinity }
    let limit = Double(Float.greatestFiniteMagnitude)
    // Where the reference leaves float's range any non-finite number is right; so it is where the bound reaches beyond it.
    if expected.magnitude + bound > limit && !actual.isFinite { return 0 }
    if expected.magnitude - bound > limit || !actual.isFinite { return .infinity }
    let error = (actual - expected).magnitude
    if error == 0 { return 0 }
    return bound > 0 ? error / bound : .infinity
}

/// The distance in units in the last place of the expected number as a float.
package func ulpDistance(_ actual: Double, expected: Double) -> Double {
    let rounded = Float(expected)
    guard rounded.isFinite, actual.isFinite else { return rounded.isNaN == actual.isNaN ? 0 : .infinity }
    return (actual - expected).magnitude / Double(rounded.ulp)
}

/// The errors of one tensor, gathered element by element.
package struct ErrorStatistics: Sendable {
    /// The largest error divided by its bound; right up to 1.
    package private(set) var boundRatio = 0.0
    package private(set) var maxAbsoluteError = 0.0
    package private(set) var maxRelativeError = 0.0
    package private(set) var maxUlp = 0.0
    /// The element with the largest ratio, counted in row-major order.
    package private(set) var worstIndex = 0
    package private(set) var worstActual = 0.0
    package private(set) var worstExpected = 0.0
    /// Elements beyond their bound.
    package private(set) var wrongCount = 0
    package private(set) var count = 0

    package init() {}

    package var isRight: Bool { wrongCount == 0 }

    /// Takes in one element.
    package mutating func add(_ actual: Double, expected: Double, bound: Double) {
        let ratio = Verification.boundRatio(actual, expected: expected, bound: bound)
        if !(ratio <= 1) { wrongCount += 1 }
        if !(ratio <= boundRatio) {
            (boundRatio, worstIndex, worstActual, worstExpected) = (ratio, count, actual, expected)
        }
        count += 1
        guard ratio > 0 else { return }
        let error = (actual - expected).magnitude
        maxAbsoluteError = max(maxAbsoluteError, error.isNaN ? .infinity : error)
        if expected != 0 {
            maxRelativeError = max(maxRelativeError, error.isNaN ? .infinity : error / expected.magnitude)
        }
        maxUlp = max(maxUlp, ulpDistance(actual, expected: expected))
    }

    /// Takes in the elements of another sample of the same tensor.
    package mutating func merge(_ other: ErrorStatistics) {
        if other.boundRatio > boundRatio {
            (boundRatio, worstIndex) = (other.boundRatio, other.worstIndex)
            (worstActual, worstExpected) = (other.worstActual, other.worstExpected)
        }
        maxAbsoluteError = max(maxAbsoluteError, other.maxAbsoluteError)
        maxRelativeError = max(maxRelativeError, other.maxRelativeError)
        maxUlp = max(maxUlp, other.maxUlp)
        wrongCount += other.wrongCount
        count = max(count, other.count)
    }
}
