import IR

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Activation {
    /// The function's value, as Keras 3 defines it.
    func apply(_ x: Double) -> Double {
        switch self {
        case .linear: x
        case .rectifier(let maximum, let slope, let threshold):
            x <= Double(threshold)
                ? slope == 0 ? 0 : Double(slope) * (x - Double(threshold)) : x > Double(maximum) ? Double(maximum) : x
        case .elu(let alpha): x > 0 ? x : Double(alpha) * expm1(x)
        case .selu: 1.0507009873554804934 * (x > 0 ? x : 1.6732632423543772848 * expm1(x))
        case .celu(let alpha): x > 0 ? x : Double(alpha) * expm1(x / Double(alpha))
        case .gelu: x / 2 * erfc(-x / 2.0.squareRoot())
        case .geluTanh: x / 2 * (1 + Self.tangent((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case .sigmoid: Self.logistic(x)
        case .logSigmoid: -Self.softened(-x)
        case .silu: x * Self.logistic(x)
        case .binarySilu: 256 * x / (1 + exp2(-x))
        case .hardSigmoid: min(max(x / 6 + 0.5, 0), 1)
        case .hardSilu: x * min(max(x / 6 + 0.5, 0), 1)
        case .sixfoldHardSilu: x * min(max(x + 3, 0), 6)
        case .hardTanh: min(max(x, -1), 1)
        case .tanh: Self.tangent(x)
        case .softplus: Self.softened(x)
        case .softsign: x / (1 + abs(x))
        case .exponential: exp(x)
        case .mish: x * Self.tangent(Self.softened(x))
        case .hardShrink: x < -0.5 || x > 0.5 ? x : x.isNaN ? x : 0
        case .softShrink: x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : x.isNaN ? x : 0
        case .tanhShrink: x - Self.tangent(x)
        case .sparsePlus: x >= 1 ? x : x <= -1 ? 0 : (x + 1) * (x + 1) * 0.25
        case .sparseSigmoid: min(max(0.5 * (x + 1), 0), 1)
        case .squareplus: (x + (x * x + 4).squareRoot()) / 2
        case .clip(let minimum, let maximum): min(max(x, Double(minimum)), Double(maximum))
        case .power(let exponent): pow(x, Double(exponent))
        case .elementary(let function): elementaryValue(function, x)
        }
    }

    private static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    /// log(1 + eˣ) without overflow.
    private static func softened(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
    /// The library's function: inside this type the name is the enumeration case.
    private static func tangent(_ x: Double) -> Double { hyperbolicTangent(x) }
}

private func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

/// The library's functions; those that it lacks are spelled out.
private func elementaryValue(_ function: ElementaryFunction, _ x: Double) -> Double {
    switch function {
    case .abs: abs(x)
    case .square: x * x
    case .sqrt: x.squareRoot()
    case .rsqrt: 1 / x.squareRoot()
    case .reciprocal: 1 / x
    case .negative: -x
    case .log: log(x)
    case .log1p: log1p(x)
    case .expm1: expm1(x)
    case .floor: floor(x)
    case .ceil: ceil(x)
    case .round: rint(x)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .sin: sin(x)
    case .cos: cos(x)
    case .tan: tan(x)
    case .arcsin: asin(x)
    case .arccos: acos(x)
    case .arctan: atan(x)
    case .sinh: sinh(x)
    case .cosh: cosh(x)
    case .arcsinh: asinh(x)
    case .arccosh: acosh(x)
    case .arctanh: atanh(x)
    case .erf: erf(x)
    }
}
