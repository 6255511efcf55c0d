import Import

/// Functions of each element that Keras knows by name.
private let named: [String: String] = [
    "Abs": "abs", "Neg": "negative", "Sqrt": "sqrt", "Reciprocal": "reciprocal", "Log": "log", "Floor": "floor",
    "Ceil": "ceil", "Round": "round", "Sign": "sign", "Sin": "sin", "Cos": "cos", "Tan": "tan", "Asin": "arcsin",
    "Acos": "arccos", "Atan": "arctan", "Sinh": "sinh", "Cosh": "cosh", "Asinh": "arcsinh", "Acosh": "arccosh",
    "Atanh": "arctanh", "Erf": "erf",
]

/// The same, by the names of Keras' activations.
private let activations: [String: String] = [
    "Sigmoid": "sigmoid", "Tanh": "tanh", "Softplus": "softplus", "Softsign": "softsign", "Exp": "exponential",
    "HardSwish": "hard_silu", "Mish": "mish",
]

/// Functions of each element, and softmax.
let activationOperators: [String: Operator] = {
    var table: [String: Operator] = [
        "Relu": { importer, node in try importer.each(node) { $0.layer("ReLU", [], $1) } },
        "LeakyRelu": { importer, node in
            let slope = try node.float("alpha", default: 0.01)
            try importer.each(node) { importer, x in
                if slope >= 0 { return importer.layer("LeakyReLU", [number(slope)], x) }
                // A negative slope: max(x, 0) − slope·max(−x, 0).
                let below = importer.layer("ReLU", [], importer.layer("Rescaling", ["-1.0"], x))
                let scaled = importer.layer("Rescaling", [number(-slope)], below)
                return importer.layer("Add", [], [importer.layer("ReLU", [], x), scaled], list: true)
            }
        },
        "Elu": { importer, node in
            let alpha = try node.float("alpha", default: 1)
            try importer.each(node) { importer, x in importer.elu(x, alpha) }
        },
        "Selu": { importer, node in
            let (alpha, gamma) = (
                try node.float("alpha", default: 1.6732632), try node.float("gamma", default: 1.050701)
            )
            let isKeras = abs(alpha - 1.6732632) < 1e-6 && abs(gamma - 1.050701) < 1e-6
            try importer.each(node) { importer, x in
                isKeras
                    ? importer.layer("Activation", ["'selu'"], x)
                    : importer.layer("Rescaling", [number(gamma)], importer.elu(x, alpha))
            }
        },
        "Celu": { importer, node in
            let alpha = try node.float("alpha", default: 1)
            guard alpha > 0 else { throw OperatorProblem("alpha \(alpha) is not positive") }
            try importer.each(node) { importer, x in
                if alpha == 1 { return importer.layer("Activation", ["'celu'"], x) }
                let elu = importer.elu(importer.layer("Rescaling", [number(1 / alpha)], x), 1)
                return importer.layer("Rescaling", [number(alpha)], elu)
            }
        },
        "HardSigmoid": { importer, node in
            let (alpha, beta) = (try node.float("alpha", default: 0.2), try node.float("beta", default: 0.5))
            try importer.each(node) { importer, x in importer.hardSigmoid(x, alpha, beta) }
        },
        "Gelu": { importer, node in
            let isTanh = try node.string("approximate", default: "none") == "tanh"
            try importer.each(node) { $0.layer("GELU", isTanh ? ["approximate=True"] : [], $1) }
        },
        "Swish": { importer, node in
            let alpha = try node.float("alpha", default: 1)
            try importer.each(node) { importer, x in
                if alpha == 1 { return importer.layer("Activation", ["'silu'"], x) }
                let gate = importer.layer(
                    "Activation", ["'sigmoid'"], importer.layer("Rescaling", [number(alpha)], x))
                return importer.layer("Multiply", [], [x, gate], list: true)
            }
        },
        "ThresholdedRelu": { importer, node in
            let alpha = try node.float("alpha", default: 1)
            guard alpha >= 0 else { throw OperatorProblem("a negative threshold is not supported") }
            try importer.each(node) { $0.layer("ReLU", ["threshold=\(number(alpha))"], $1) }
        },
        "Shrink": { importer, node in
            let (limit, bias) = (try node.float("lambd", default: 0.5), try node.float("bias", default: 0))
            guard limit == bias, limit >= 0 else { throw OperatorProblem("is supported where bias equals lambd alone") }
            try importer.each(node) { importer, x in
                let inside = importer.layer("Clip", [number(-limit), number(limit)], x)
                return importer.layer("Subtract", [], [x, inside], list: true)
            }
        },
        "Clip": { importer, node in try importer.clip(node) },
        "Softmax": { importer, node in try importer.softmax(node, isLogarithmic: false) },
        "LogSoftmax": { importer, node in try importer.softmax(node, isLogarithmic: true) },
    ]
    for (type, name) in named { table[type] = { importer, node in try importer.each(node) { $0.function(name, $1) } } }
    for (type, name) in activations {
        table[type] = { importer, node in try importer.each(node) { $0.layer("Activation", ["'\(name)'"], $1) } }
    }
    return table
}()

extension Importer {
    /// A function of each element.
    mutating func each(
        _ node: OperatorNode, _ function: (inout Importer, Program.Tensor) throws -> Program.Tensor
    ) throws {
        node.ignore("consumed_inputs")
        let x = try dynamic(node, 0)
        define(node, Dynamic(onnx: x.onnx, net: x.net, tensor: try function(&self, x.tensor)))
    }

    mutating func elu(_ x: Program.Tensor, _ alpha: Float) -> Program.Tensor {
        layer("ELU", alpha == 1 ? [] : ["alpha=\(number(alpha))"], x)
    }

    mutating func hardSigmoid(_ x: Program.Tensor, _ alpha: Float, _ beta: Float) -> Program.Tensor {
        if abs(alpha - 1 / 6) < 1e-6, beta == 0.5 { return layer("Activation", ["'hard_sigmoid'"], x) }
        return layer("Clip", ["0.0", "1.0"], layer("Rescaling", [number(alpha), "offset=\(number(beta))"], x))
    }

    fileprivate mutating func clip(_ node: OperatorNode) throws {
        func limit(_ name: String, _ position: Int) throws -> Float? {
            if let attribute = try node.float(name) { return attribute }
            guard let literal = try optionalLiteral(node, position) else { return nil }
            guard literal.count == 1 else { throw OperatorProblem("a limit is one number") }
            return try literal.floats()[0]
        }
        var (low, high) = (try limit("min", 1), try limit("max", 2))
        if let value = low, value <= -Float.greatestFiniteMagnitude { low = nil }
        if let value = high, value >= Float.greatestFiniteMagnitude { high = nil }
        guard low?.isFinite ?? true, high?.isFinite ?? true else { throw OperatorProblem("limits must be finite") }
        try each(node) { importer, x in
            switch (low, high) {
            case (nil, nil): return x
            case (0, nil): return importer.layer("ReLU", [], x)
            case (0, let high?) where high >= 0: return importer.layer("ReLU", [number(high)], x)
            default:
                // An open end is the largest number there is.
                let ends = [low ?? -Float.greatestFiniteMagnitude, high ?? Float.greatestFiniteMagnitude]
                // Where the limits cross, everything becomes the upper one.
                return importer.layer("Clip", [number(min(ends[0], ends[1])), number(ends[1])], x)
            }
        }
    }

    /// Softmax along an axis; in operator sets before 13 along all axes from it on.
    fileprivate mutating func softmax(_ node: OperatorNode, isLogarithmic: Bool) throws {
        let x = try dynamic(node, 0)
        let rank = x.onnx.count
        let isOld = node.version < 13
        let first = try axis(try node.int("axis", default: isOld ? 1 : -1), rank: max(rank, 1))
        let axes = isOld ? Array(first..<rank) : [first]
        let (value, places) = try axiswise(x, with: axes)
        if !isLogarithmic {
            let isLast = places == [value.net.count - 1]
            let text = places.count == 1 ? "axis=\(places[0] + 1)" : "axis=\(list(places.map { $0 + 1 }.sorted()))"
            let tensor = layer("Softmax", isLast ? [] : [text], value.tensor)
            return define(node, Dynamic(onnx: value.onnx, net: value.net, tensor: tensor))
        }
        // Keras has the logarithm along the last axis alone.
        let summed = places.map { value.net[$0] }
        let others = value.net.indices.filter { !places.contains($0) }.map { value.net[$0] }
        let source = try arranged(value, others + [summed.flatMap { $0 }])
        let tensor = layer("Activation", ["'log_softmax'"], source.tensor)
        define(node, Dynamic(onnx: source.onnx, net: source.net, tensor: tensor))
    }
}
