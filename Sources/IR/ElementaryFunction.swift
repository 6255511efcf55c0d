/// Functions of one number that every library of mathematics has, by the names that they have in `keras.ops`.
public enum ElementaryFunction: String, Hashable, Sendable, CaseIterable {
    case abs, square, sqrt, rsqrt, reciprocal, negative
    case log, log1p, expm1
    /// `round` is to the nearest whole number, the even one of two.
    case floor, ceil, round
    /// −1, 0 or 1.
    case sign
    case sin, cos, tan, arcsin, arccos, arctan
    case sinh, cosh, arcsinh, arccosh, arctanh
    case erf
}

extension Activation {
    /// Whether it makes a number of zero: sums between the channels of a vector are zero, and what becomes of them is multiplied by zero later.
    public var isFiniteAtZero: Bool {
        switch self {
        case .elementary(let function): ![.log, .rsqrt, .reciprocal, .arccosh].contains(function)
        case .power(let exponent): exponent >= 0
        default: true
        }
    }
}
