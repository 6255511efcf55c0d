import IR

// Elementary functions: most are operators, some are made of two or three.

extension ModelWriter {
    mutating func elementary(_ x: String, _ function: ElementaryFunction, hint: String) -> String {
        switch function {
        case .square: node("Mul", [x, x], hint: hint)
        case .rsqrt: node("Reciprocal", [node("Sqrt", [x], hint: hint)], hint: hint)
        case .log1p: node("Log", [node("Add", [x, scalar(1)], hint: hint)], hint: hint)
        case .expm1: node("Sub", [node("Exp", [x], hint: hint), scalar(1)], hint: hint)
        default: node(Self.name(of: function), [x], hint: hint)
        }
    }

    /// The operator of the same function.
    private static func name(of function: ElementaryFunction) -> String {
        switch function {
        case .negative: "Neg"
        case .arcsin: "Asin"
        case .arccos: "Acos"
        case .arctan: "Atan"
        case .arcsinh: "Asinh"
        case .arccosh: "Acosh"
        case .arctanh: "Atanh"
        default: function.rawValue.prefix(1).uppercased() + function.rawValue.dropFirst()
        }
    }

    mutating func clipped(_ x: String, minimum: Float, maximum: Float, hint: String) -> String {
        if minimum == -.infinity { return maximum == .infinity ? x : node("Min", [x, scalar(maximum)], hint: hint) }
        if maximum == .infinity { return node("Max", [x, scalar(minimum)], hint: hint) }
        // Of two bounds that have changed places Keras, too, takes the upper one.
        return minimum <= maximum
            ? node("Clip", [x, scalar(minimum), scalar(maximum)], hint: hint)
            : node("Min", [node("Max", [x, scalar(minimum)], hint: hint), scalar(maximum)], hint: hint)
    }
}
