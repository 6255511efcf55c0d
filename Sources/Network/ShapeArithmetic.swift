/// Shape arithmetic shared by shape rules, references and lowerings: how windows tile an axis, after TensorFlow and Keras 3.
///
/// Every function saturates instead of overflowing, so that hostile attributes end as a shape over the limit, never as a trap.

/// How a window treats the edges of an axis.
public enum PaddingMode: String, Hashable, Sendable, CaseIterable {
    /// Windows stay inside the input.
    case valid
    /// Zeros on both sides, so that the output has ⌈input / stride⌉ cells.
    case same
    /// Zeros before the input only: no output sees later cells. As many outputs as under `same`.
    case causal
}

/// The product, or the largest (smallest, for a negative one) integer where it does not fit.
public func saturatingProduct(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? ((a < 0) == (b < 0) ? Int.max : Int.min) : product
}

/// The product of many factors that are not negative, or the largest integer where it does not fit.
public func saturatingProduct(_ factors: [Int]) -> Int {
    factors.contains(0) ? 0 : factors.reduce(1, saturatingProduct)
}

/// The sum, or the largest (smallest) integer where it does not fit.
public func saturatingSum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (a < 0 ? Int.min : Int.max) : sum
}

/// The cells that a dilated kernel spans: `(kernel − 1)·dilation + 1`.
public func effectiveKernel(_ kernel: Int, dilation: Int = 1) -> Int {
    saturatingSum(saturatingProduct(kernel - 1, dilation), 1)
}

/// The number of windows along an axis: TensorFlow's rule. Zero or negative where the kernel is larger than the input (`valid`).
public func convolutionOutput(input: Int, kernel: Int, stride: Int, dilation: Int = 1, padding: PaddingMode) -> Int {
    switch padding {
    case .same, .causal: return (input - 1) / stride + 1
    case .valid:
        let room = saturatingSum(input, -effectiveKernel(kernel, dilation: dilation))
        return room < 0 ? 0 : room / stride + 1
    }
}

/// The zeros before and after an axis under `same`: as even as can be, the odd one after.
public func samePadding(input: Int, kernel: Int, stride: Int, dilation: Int = 1) -> (before: Int, after: Int) {
    let output = convolutionOutput(input: input, kernel: kernel, stride: stride, dilation: dilation, padding: .same)
    let needed = saturatingSum(saturatingProduct(output - 1, stride), effectiveKernel(kernel, dilation: dilation))
    let total = max(saturatingSum(needed, -input), 0)
    return (total / 2, total - total / 2)
}

/// The zeros before and after an axis: none under `valid`; as many as the kernel reaches back under `causal`.
public func windowPadding(
    _ mode: PaddingMode, input: Int, kernel: Int, stride: Int, dilation: Int = 1
) -> (before: Int, after: Int) {
    switch mode {
    case .valid: (0, 0)
    case .same: samePadding(input: input, kernel: kernel, stride: stride, dilation: dilation)
    case .causal: (effectiveKernel(kernel, dilation: dilation) - 1, 0)
    }
}

/// The extent of a transposed convolution's result along an axis, as in Keras 3; `outputPadding` is `nil` where it was not given.
public func transposedOutput(
    input: Int, kernel: Int, stride: Int, dilation: Int = 1, padding: PaddingMode, outputPadding: Int? = nil
) -> Int {
    let effective = effectiveKernel(kernel, dilation: dilation)
    let moved = saturatingProduct(input - 1, stride)
    switch (padding, outputPadding) {
    case (.valid, let extra): return saturatingSum(saturatingSum(moved, effective), extra ?? max(stride - effective, 0))
    case (.same, nil): return saturatingProduct(input, stride)
    case (.same, let extra?): return saturatingSum(saturatingSum(moved, effective % 2), extra)
    case (.causal, _): preconditionFailure("no transposed convolution is causal")
    }
}

/// The cells that a transposed convolution cuts off the start of an axis of its full result.
public func transposedCrop(
    input: Int, kernel: Int, stride: Int, dilation: Int = 1, padding: PaddingMode, outputPadding: Int? = nil
) -> Int {
    guard padding == .same else { return 0 }
    let full = saturatingSum(saturatingProduct(input - 1, stride), effectiveKernel(kernel, dilation: dilation))
    let output = transposedOutput(
        input: input, kernel: kernel, stride: stride, dilation: dilation, padding: padding, outputPadding: outputPadding
    )
    return max(full - output, 0) / 2
}

/// The number of elements of a shape, or `nil` where an extent is not positive or the product is over `maximumElementCount`.
public func checkedElementCount(_ dimensions: [Int]) -> Int? {
    guard dimensions.allSatisfy({ $0 > 0 }) else { return nil }
    let count = saturatingProduct(dimensions)
    return count <= maximumElementCount ? count : nil
}
