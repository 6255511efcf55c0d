/// Operators that make literals, or take the shape of a tensor.
let literalOperators: [String: Operator] = [
    "Constant": { importer, node in try importer.importConstant(node) },
    "ConstantOfShape": { importer, node in
        let shape = try importer.literal(node, 0).integers ?? []
        let count = try checkedCount(shape, limit: min(importer.options.constantElements, 1 << 28))
        let value = try node.tensor("value").map { try literal($0, nil, importer.options.externalFile) }
        guard let value else { return importer.define(node, Literal(shape, floats: Array(repeating: 0, count: count))) }
        guard value.count == 1 else { throw OperatorProblem("its value is not one number") }
        if let number = value.integers?.first {
            importer.define(node, Literal(shape, integers: Array(repeating: number, count: count)))
        } else {
            importer.define(node, Literal(shape, floats: Array(repeating: try value.floats()[0], count: count)))
        }
    },
    "Shape": { importer, node in
        let shape = try importer.shape(node, 0)
        let clamp = { (position: Int) in min(max(position < 0 ? position + shape.count : position, 0), shape.count) }
        let start = clamp(try node.int("start", default: 0))
        let end = clamp(try node.int("end", default: shape.count))
        importer.define(node, Literal(Array(shape[start..<max(start, end)])))
    },
    "Size": { importer, node in
        importer.define(node, Literal([], integers: [try importer.shape(node, 0).reduce(1, *)]))
    },
    "Range": { importer, node in try importer.importRange(node) },
    "Identity": { importer, node in importer.forward(node, try importer.value(node, 0)) },
    "Cast": { importer, node in
        node.ignore("saturate", "round_mode")
        try importer.importCast(node, to: Int32(truncatingIfNeeded: try node.int("to", default: 0)))
    },
    "CastLike": { importer, node in
        node.ignore("saturate", "round_mode")
        guard case .literal(let like) = try importer.value(node, 1) else {
            return importer.forward(node, try importer.value(node, 0))
        }
        try importer.importCast(node, to: like.isIntegral ? TensorType.int64 : TensorType.float)
    },
    "Dropout": { importer, node in
        node.ignore("seed", "ratio", "is_test")
        if node.has(2), let training = try importer.optionalLiteral(node, 2)?.integers, training.first != 0 {
            throw OperatorProblem("drops elements at random, as in training")
        }
        importer.forward(node, try importer.value(node, 0))
    },
]

extension Importer {
    /// The shape of an input, which is known even where its elements are not.
    func shape(_ node: OperatorNode, _ position: Int) throws -> [Int] {
        switch try value(node, position) {
        case .literal(let literal): literal.shape
        case .dynamic(let dynamic): extents(dynamic)
        case .failed: throw FailedBefore()
        }
    }

    /// The first output is an input as it is.
    mutating func forward(_ node: OperatorNode, _ value: Value) {
        guard node.wants(0) else { return }
        values[node.outputs[0]] = value
        // Whoever reads the output reads the input.
        if let name = node.inputs.first { readers[name, default: 1] += (readers[node.outputs[0]] ?? 0) - 1 }
    }

    fileprivate mutating func importConstant(_ node: OperatorNode) throws {
        if let tensor = try node.tensor("value") {
            define(node, try ONNX.literal(tensor, nil, options.externalFile))
        } else if let value = try node.float("value_float") {
            define(node, Literal([], floats: [value]))
        } else if let values = try node.floats("value_floats") {
            define(node, Literal([values.count], floats: values))
        } else if let value = try node.int("value_int") {
            define(node, Literal([], integers: [value]))
        } else if let values = try node.ints("value_ints") {
            define(node, Literal(values))
        } else {
            throw OperatorProblem("holds no tensor of numbers")
        }
    }

    fileprivate mutating func importRange(_ node: OperatorNode) throws {
        let ends = try (0..<3).map { try literal(node, $0) }
        guard ends.allSatisfy({ $0.count == 1 }) else {
            throw OperatorProblem("start, limit and delta must be single numbers")
        }
        if let numbers = Optional(ends.compactMap { $0.integers?.first }), numbers.count == 3 {
            guard numbers[2] != 0 else { throw OperatorProblem("a step of zero") }
            let (span, overflow) = numbers[1].subtractingReportingOverflow(numbers[0])
            guard !overflow, span.magnitude / numbers[2].magnitude < 1 << 23 else {
                throw OperatorProblem("too many numbers")
            }
            return define(node, Literal(Array(stride(from: numbers[0], to: numbers[1], by: numbers[2]))))
        }
        let numbers = try ends.map { Double(try $0.floats()[0]) }
        let count = ((numbers[1] - numbers[0]) / numbers[2]).rounded(.up)
        guard abs(count) < 0x1p23 else { throw OperatorProblem("too many numbers") }
        let values = (0..<max(Int(count), 0)).map { Float(numbers[0] + Double($0) * numbers[2]) }
        define(node, Literal([values.count], floats: values))
    }

    fileprivate mutating func importCast(_ node: OperatorNode, to type: Int32) throws {
        let isFloating = TensorType.floating[type] != nil
        guard isFloating || TensorType.whole(type) != nil else {
            throw OperatorProblem("elements of type \(TensorType.name(type)) are not supported")
        }
        switch try value(node, 0) {
        case .dynamic(let dynamic):
            guard isFloating else {
                throw OperatorProblem(
                    "makes \(TensorType.name(type)) of floating-point numbers, which would round them")
            }
            forward(node, .dynamic(dynamic))
        case .literal(let literal):
            if isFloating {
                define(node, literal.isIntegral ? Literal(literal.shape, floats: try literal.floats()) : literal)
            } else if let integers = literal.integers {
                define(
                    node,
                    Literal(
                        literal.shape, integers: type == TensorType.bool ? integers.map { $0 == 0 ? 0 : 1 } : integers))
            } else {
                let integers = try literal.floats().map { value -> Int in
                    guard let whole = Int(exactly: value.rounded(.towardZero)) else {
                        throw OperatorProblem("\(value) is no whole number")
                    }
                    return type == TensorType.bool ? (value == 0 ? 0 : 1) : whole
                }
                define(node, Literal(literal.shape, integers: integers))
            }
        case .failed: throw FailedBefore()
        }
    }

    /// Computes a node whose operands are all known; `false` where that is not done.
    mutating func fold(_ node: OperatorNode) throws -> Bool {
        guard !node.inputs.isEmpty, node.outputs.count == 1, !node.isGiven("fmod") else { return false }
        var operands: [Literal] = []
        for name in node.inputs {
            guard case .literal(let literal)? = values[name], literal.count <= 1 << 22 else { return false }
            operands.append(literal)
        }
        guard let result = try foldedArithmetic(node.type, operands) else { return false }
        define(node, result)
        return true
    }
}
