// The functions of keras.ops that act on single elements, in double precision, and how far a result may lie from theirs where they are steep,
// jump or end.

import Network

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A function of one number, by its name in `keras.ops`.
enum Elementary: String, Hashable, Sendable, CaseIterable {
    case abs, square, sqrt, rsqrt, reciprocal, negative, log, log1p, expm1, floor, ceil, round, sign
    case sin, cos, tan, arcsin, arccos, arctan, sinh, cosh, arcsinh, arccosh, arctanh, erf

    var function: (Double) -> Double { definition(of: self) }

    /// Where it is defined and steady.
    var range: FunctionRange {
        switch self {
        case .sqrt, .rsqrt, .log: FunctionRange(domain: 0...(.infinity))
        case .log1p: FunctionRange(domain: -1...(.infinity))
        case .arcsin, .arccos, .arctanh: FunctionRange(domain: -1...1)
        case .arccosh: FunctionRange(domain: 1...(.infinity))
        case .reciprocal: FunctionRange(hasPole: { $0 <= 0 && $1 >= 0 })
        case .tan: FunctionRange(hasPole: { halfTurns($0) != halfTurns($1) })
        case .sin, .cos: FunctionRange(isWave: true)
        default: FunctionRange()
        }
    }
}

/// Poles of the tangent below a number, counted from one of them.
private func halfTurns(_ x: Double) -> Double { (x / Double.pi + 0.5).rounded(.down) }

private func definition(of elementary: Elementary) -> (Double) -> Double {
    switch elementary {
    case .abs: { $0.magnitude }
    case .square: { $0 * $0 }
    case .sqrt: { $0.squareRoot() }
    case .rsqrt: { 1 / $0.squareRoot() }
    case .reciprocal: { 1 / $0 }
    case .negative: { -$0 }
    case .log: { log($0) }
    case .log1p: { log1p($0) }
    case .expm1: { expm1($0) }
    case .floor: { $0.rounded(.down) }
    case .ceil: { $0.rounded(.up) }
    case .round: { $0.rounded(.toNearestOrEven) }
    case .sign: { $0 < 0 ? -1 : $0 > 0 ? 1 : $0 }
    case .sin: { sin($0) }
    case .cos: { cos($0) }
    case .tan: { tan($0) }
    case .arcsin: { asin($0) }
    case .arccos: { acos($0) }
    case .arctan: { atan($0) }
    case .sinh: { sinh($0) }
    case .cosh: { cosh($0) }
    case .arcsinh: { asinh($0) }
    case .arccosh: { acosh($0) }
    case .arctanh: { atanh($0) }
    case .erf: { erf($0) }
    }
}

/// A real power: of a negative number NaN but for whole exponents.
func realPower(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
