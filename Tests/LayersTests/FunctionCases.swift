import Network

/// Functions that end, or have a pole, where others do not.
private let domains: [String: ClosedRange<Double>] = [
    "sqrt": 0.25...2, "rsqrt": 0.25...2, "reciprocal": 0.25...2, "log": 0.25...2, "log1p": -0.5...2,
    "tan": -1.25...1.25,
    "arcsin": -0.9...0.9, "arccos": -0.9...0.9, "arctanh": -0.9...0.9, "arccosh": 1.25...4,
]

/// Functions of keras.ops, and what combines tensors with each other.
let functionCases: [LayerCase] =
    elementaryFunctionNames.map {
        LayerCase(name: "Activation", attributes: ["activation": .string($0)], range: domains[$0])
    }
    + [
        LayerCase(name: "Dense", attributes: ["units": .int(3), "activation": .string("square")], inputs: [[5]]),
        LayerCase(name: "Clip", attributes: ["x_min": .float(-0.5), "x_max": .float(1)]),
        LayerCase(name: "Clip", attributes: ["x_min": .none, "x_max": .float(0.5)]),
        LayerCase(name: "Clip", attributes: ["x_min": .float(0.25), "x_max": .none]),
        LayerCase(name: "Clip", attributes: ["x_min": .float(1), "x_max": .float(0)]),
        LayerCase(name: "Power", attributes: ["exponent": .float(2)]),
        LayerCase(name: "Power", attributes: ["exponent": .float(3)]),
        LayerCase(name: "Power", attributes: ["exponent": .float(-2)], range: 0.25...2),
        LayerCase(name: "Power", attributes: ["exponent": .float(1.5)], range: 0.25...2),
        LayerCase(name: "Power", attributes: ["exponent": .float(0)]),
    ]
    + [("Divide", [[5, 6, 4], [4]]), ("Divide", [[6, 1], [5, 1, 4]]), ("Power", [[2, 3, 4, 5], [1, 3, 1, 5]])].map {
        LayerCase(name: $0, inputs: $1, range: 0.5...2)
    } + [
        LayerCase(name: "Constant", attributes: ["shape": list(3, 2)], inputs: []),
        LayerCase(name: "Constant", attributes: ["shape": list(2, 1, 2, 3)], inputs: []),
    ]
    + [
        [[3, 4], [4, 5]], [[2, 3, 4], [2, 4, 5]], [[2, 3, 4], [4, 5]], [[3, 4], [2, 4, 1]],
        [[2, 3, 2, 4], [2, 3, 4, 3]],
        [[2, 1, 2, 4], [1, 3, 4, 3]], [[1, 7], [7, 1]], [[3, 1, 2, 2], [2, 1, 2, 2, 4]],
    ].map { LayerCase(name: "Matmul", inputs: $0) }
