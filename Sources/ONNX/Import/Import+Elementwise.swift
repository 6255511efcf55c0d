import Import

/// Operators on two or more tensors that broadcast.
let elementwiseOperators: [String: Operator] = [
    "Add": { importer, node in try importer.add(node, sign: 1) },
    "Sub": { importer, node in try importer.add(node, sign: -1) },
    "Mul": { importer, node in try importer.multiply(node) },
    "Div": { importer, node in try importer.divide(node) },
    "Pow": { importer, node in try importer.power(node) },
    "Max": { importer, node in try importer.limit(node, isUpper: false) },
    "Min": { importer, node in try importer.limit(node, isUpper: true) },
    "Sum": { importer, node in try importer.merge(node, "Add") },
    "Mean": { importer, node in try importer.merge(node, "Average") },
    "PRelu": { importer, node in try importer.slopes(node) },
]

/// Operators that said before set 7 where the axes of the second operand lie.
private let placedOperators: Set<String> = ["Add", "Sub", "Mul", "Div", "Pow"]

extension Importer {
    /// Before operator set 7 the second operand's axes begin at `axis` of the first one's, where that is given.
    mutating func placeOperand(_ node: OperatorNode) throws {
        guard placedOperators.contains(node.type), node.inputs.count == 2 else { return }
        node.ignore("broadcast")
        guard let axis = try node.int("axis") else { return }
        let (first, second) = (try shape(node, 0), try shape(node, 1))
        let trailing = first.count - (try self.axis(axis, rank: max(first.count, 1))) - second.count
        guard trailing > 0 else { return }
        let name = node.inputs[1] + "\u{0}" + String(axis)
        switch try value(node, 1) {
        case .literal(let literal):
            values[name] = .literal(literal.reshaped(second + Array(repeating: 1, count: trailing)))
        case .dynamic(var dynamic):
            dynamic.onnx += Array(repeating: [], count: trailing)
            values[name] = .dynamic(dynamic)
        case .failed: return
        }
        readers[name] = readers[node.inputs[1]]
        node.replaceInput(1, with: name)
    }

    /// A literal of one element.
    private func scalar(_ node: OperatorNode, _ position: Int) throws -> Float? {
        guard case .literal(let literal) = try value(node, position), literal.count == 1 else { return nil }
        let value = try literal.floats()[0]
        // What is larger in rank than the other operand makes the result larger too.
        let other = try shape(node, 1 - position).count
        return literal.shape.count <= other && value.isFinite ? value : nil
    }

    /// `scale·x + offset`
    private mutating func rescaled(_ x: Dynamic, _ scale: Float, _ offset: Float) -> Dynamic {
        if scale == 1, offset == 0 { return x }
        let arguments = [number(scale)] + (offset == 0 ? [] : ["offset=\(number(offset))"])
        return Dynamic(onnx: x.onnx, net: x.net, tensor: layer("Rescaling", arguments, x.tensor))
    }

    fileprivate mutating func add(_ node: OperatorNode, sign: Float) throws {
        if let offset = try scalar(node, 1) {
            return define(node, rescaled(try dynamic(node, 0), 1, sign * offset))
        }
        if let start = try scalar(node, 0) {
            return define(node, rescaled(try dynamic(node, 1), sign, start))
        }
        if sign > 0, try importNormalization(node) { return }
        if try addBias(node, sign) { return }
        try merge(node, sign > 0 ? "Add" : "Subtract")
    }

    fileprivate mutating func multiply(_ node: OperatorNode) throws {
        if try importIdiom(node) { return }
        for position in 0...1 {
            if let factor = try scalar(node, position) {
                return define(node, rescaled(try dynamic(node, 1 - position), factor, 0))
            }
        }
        try merge(node, "Multiply")
    }

    fileprivate mutating func divide(_ node: OperatorNode) throws {
        if try importIdiom(node) || importAveragePooling(node) { return }
        if let divisor = try scalar(node, 1), divisor != 0, (1 / divisor).isFinite {
            return define(node, rescaled(try dynamic(node, 0), 1 / divisor, 0))
        }
        if let dividend = try scalar(node, 0) {
            let x = try dynamic(node, 1)
            let inverse = Dynamic(onnx: x.onnx, net: x.net, tensor: function("reciprocal", x.tensor))
            return define(node, rescaled(inverse, dividend, 0))
        }
        if case .literal(let literal) = try value(node, 1) {
            let inverse = Literal(literal.shape, floats: try literal.floats().map { 1 / $0 })
            if try inverse.floats().allSatisfy(\.isFinite) {
                return define(node, try merged("Multiply", [try value(node, 0), .literal(inverse)]))
            }
        }
        try merge(node, "Divide")
    }

    fileprivate mutating func power(_ node: OperatorNode) throws {
        guard let exponent = try scalar(node, 1) else { return try merge(node, "Power") }
        let x = try dynamic(node, 0)
        let tensor =
            exponent == 2
            ? function("square", x.tensor)
            : exponent == 0.5
                ? function("sqrt", x.tensor)
                : exponent == -1
                    ? function("reciprocal", x.tensor)
                    : exponent == 1 ? x.tensor : layer("Power", [number(exponent)], x.tensor)
        define(node, Dynamic(onnx: x.onnx, net: x.net, tensor: tensor))
    }

    /// A maximum or minimum: with a number a limit, which may make a rectifier or bound the one before it.
    fileprivate mutating func limit(_ node: OperatorNode, isUpper: Bool) throws {
        for position in 0...1 where node.inputs.count == 2 {
            guard let limit = try scalar(node, position), case .dynamic(let x) = try value(node, 1 - position) else {
                continue
            }
            let statement = program.statements[x.tensor.statement]
            let isBounding =
                isUpper && limit >= 0 && statement.type == "ReLU" && statement.arguments.isEmpty
                && isReadOnce(node.inputs[1 - position])
            let tensor =
                isBounding
                ? layer("ReLU", [number(limit)], statement.inputs, list: false)
                : !isUpper && limit == 0
                    ? layer("ReLU", [], x.tensor)
                    : layer("Clip", ["x_\(isUpper ? "max" : "min")=\(number(limit))"], x.tensor)
            return define(node, Dynamic(onnx: x.onnx, net: x.net, tensor: tensor))
        }
        try merge(node, isUpper ? "Minimum" : "Maximum")
    }

    fileprivate mutating func merge(_ node: OperatorNode, _ type: String) throws {
        let operands = try node.inputs.indices.map { try value(node, $0) }
        guard let first = operands.first else { throw OperatorProblem("has no inputs") }
        guard operands.count > 1 else { return forward(node, first) }
        define(node, try merged(type, operands))
    }

    /// A merging layer on operands that broadcast.
    mutating func merged(_ type: String, _ operands: [Value]) throws -> Dynamic {
        let aligned = try align(operands)
        if let normalized = try batchNormalization(type, aligned.operands, aligned.result) { return normalized }
        if let normalized = try layerNormalization(type, aligned.operands, aligned.result) { return normalized }
        var result = aligned.result
        if type == "Multiply", let (x, scale) = channelScale(aligned.operands) {
            result.tensor = layer(
                "LayerScale", ["1.0"], [x.tensor], list: false, parameters: ["gamma": try imported(scale)])
            return result
        }
        let tensors = try aligned.operands.map { operand -> Program.Tensor in
            switch operand {
            case .dynamic(let dynamic): return dynamic.tensor
            case .literal(let literal): return try self.constant(literal).tensor
            case .failed: throw FailedBefore()
            }
        }
        result.tensor = layer(type, [], tensors, list: true)
        return result
    }

    /// A tensor and a vector of as many numbers as it has channels: neither is repeated for the other's sake.
    private func channelScale(_ operands: [Value]) -> (Dynamic, Literal)? {
        guard operands.count == 2 else { return nil }
        switch (operands[0], operands[1]) {
        case (.dynamic(let x), .literal(let scale)), (.literal(let scale), .dynamic(let x)):
            return scale.shape.count == 1 && atoms.extents(x.net).last == scale.count ? (x, scale) : nil
        default: return nil
        }
    }

    // MARK: Biases

    /// Adds a vector to what a layer without bias has just made: its bias.
    private mutating func addBias(_ node: OperatorNode, _ sign: Float) throws -> Bool {
        for position in sign > 0 ? [0, 1] : [0] {
            guard case .dynamic(let x) = try value(node, position),
                case .literal(let literal) = try value(node, 1 - position),
                isReadOnce(node.inputs[position]), x.tensor.statement == program.statements.count - 1,
                let argument = program.statements.last!.arguments.firstIndex(of: "use_bias=False")
            else { continue }
            let aligned = try align([.dynamic(x), .literal(literal)])
            guard case .literal(let vector) = aligned.operands[1], case .dynamic(let same) = aligned.operands[0],
                same.tensor == x.tensor, let channels = atoms.extents(x.net).last, vector.shape == [channels],
                atoms.extents(aligned.result.onnx) == extents(x)
            else { continue }
            let values = try vector.floats().map { sign * $0 }
            program.statements[x.tensor.statement].arguments.remove(at: argument)
            program.statements[x.tensor.statement].parameters["bias"] = ImportedTensor(
                shape: [channels], values: values)
            var result = aligned.result
            result.tensor = x.tensor
            define(node, result)
            return true
        }
        return false
    }

    /// A scale of each channel and a shift behind it: batch normalisation in two pieces.
    private mutating func batchNormalization(_ type: String, _ operands: [Value], _ result: Dynamic) throws -> Dynamic?
    {
        guard type == "Add", operands.count == 2 else { return nil }
        for position in 0...1 {
            guard case .dynamic(let product) = operands[position], case .literal(let shift) = operands[1 - position],
                shift.shape.count == 1, shift.count == atoms.extents(product.net).last
            else { continue }
            let statement = program.statements[product.tensor.statement]
            guard statement.type == "LayerScale", let scale = statement.parameters["gamma"] else { continue }
            let count = shift.count
            var result = result
            result.tensor = layer(
                "BatchNormalization", ["epsilon=0.0"], statement.inputs, list: false,
                parameters: [
                    "gamma": scale, "beta": try imported(shift),
                    "moving_mean": ImportedTensor(shape: [count], values: Array(repeating: 0, count: count)),
                    "moving_variance": ImportedTensor(shape: [count], values: Array(repeating: 1, count: count)),
                ])
            return result
        }
        return nil
    }

    /// A scale or shift right behind a layer normalisation that has none yet becomes its own.
    private mutating func layerNormalization(_ type: String, _ operands: [Value], _ result: Dynamic) throws -> Dynamic?
    {
        guard operands.count == 2, type == "Multiply" || type == "Add" else { return nil }
        for position in 0...1 {
            guard case .dynamic(let x) = operands[position], case .literal(let literal) = operands[1 - position],
                x.tensor.statement == program.statements.count - 1, let axes = normalizations[x.tensor]
            else { continue }
            var statement = program.statements[x.tensor.statement]
            let shape = Array(repeating: 1, count: max(x.net.count - literal.shape.count, 0)) + literal.shape
            guard let gamma = statement.parameters["gamma"], shape.count == x.net.count,
                axes.map({ shape[$0] }) == gamma.shape, literal.count == gamma.values.count,
                let argument = statement.arguments.firstIndex(of: "center=False")
            else { continue }
            if type == "Multiply" {
                let values = zip(gamma.values, try literal.floats()).map { $0 * $1 }
                statement.parameters["gamma"] = ImportedTensor(shape: gamma.shape, values: values)
            } else {
                statement.arguments.remove(at: argument)
                statement.parameters["beta"] = ImportedTensor(shape: gamma.shape, values: try literal.floats())
            }
            var result = result
            result.tensor = program.append(statement)
            normalizations[result.tensor] = axes
            return result
        }
        return nil
    }

    /// Learned slopes below zero.
    fileprivate mutating func slopes(_ node: OperatorNode) throws {
        var slopes = try literal(node, 1)
        let rank = try shape(node, 0).count
        // Before operator set 7 a vector has one slope to a channel.
        if node.version < 7, slopes.shape.count == 1, rank > 2 {
            slopes = slopes.reshaped([slopes.count] + Array(repeating: 1, count: rank - 2))
        }
        if slopes.count == 1, slopes.shape.count <= rank {
            let x = try dynamic(node, 0)
            let slope = try slopes.floats()[0]
            if slope >= 0 {
                let tensor = layer("LeakyReLU", [number(slope)], x.tensor)
                return define(node, Dynamic(onnx: x.onnx, net: x.net, tensor: tensor))
            }
        }
        let aligned = try align([try value(node, 0), .literal(slopes)])
        guard case .dynamic(let x) = aligned.operands[0], case .literal(let literal) = aligned.operands[1],
            atoms.extents(aligned.result.net) == atoms.extents(x.net)
        else { throw OperatorProblem("slopes of shape \(slopes.shape) do not fit its input") }
        let shape = Array(repeating: 1, count: x.net.count - literal.shape.count) + literal.shape
        let shared = shape.indices.filter { shape[$0] == 1 }.map { $0 + 1 }
        let tensor = layer(
            "PReLU", shared.isEmpty ? [] : ["shared_axes=\(list(shared))"], [x.tensor], list: false,
            parameters: ["alpha": ImportedTensor(shape: shape, values: try literal.floats())])
        define(node, Dynamic(onnx: aligned.result.onnx, net: x.net, tensor: tensor))
    }
}
