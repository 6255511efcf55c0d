import Import

/// Functions that other tools write as several operators, found at the last of them. What was written for the others meanwhile is dropped with
/// everything that no output needs.
extension Importer {
    /// Writes the function that ends in this product or quotient; `false` where it is none.
    mutating func importIdiom(_ node: OperatorNode) throws -> Bool {
        guard let product = product(endingIn: node) else { return false }
        if let x = gatedActivation(product) { return try writeActivation(node, x.input, x.layer, x.arguments) }
        return try importNormalization(node)
    }

    private mutating func writeActivation(
        _ node: OperatorNode, _ input: String, _ type: String, _ arguments: [String]
    ) throws -> Bool {
        guard case .dynamic(let x)? = values[input] else { return false }
        define(node, Dynamic(onnx: x.onnx, net: x.net, tensor: layer(type, arguments, x.tensor)))
        return true
    }

    // MARK: Looking at the graph

    /// The node, of that type if one is given, that made a tensor; having been read, it has the inputs that its type needs.
    func producer(_ name: String, _ type: String? = nil) -> OperatorNode? {
        guard let node = producers[name], case .dynamic? = values[name], type.map({ $0 == node.type }) ?? true else {
            return nil
        }
        return node
    }

    func constant(of name: String) -> Float? {
        guard case .literal(let literal)? = values[name], literal.count == 1 else { return nil }
        return try? literal.floats().first
    }

    /// Whether two names stand for one tensor.
    func areSame(_ a: String, _ b: String) -> Bool {
        if a == b { return true }
        guard case .dynamic(let x)? = values[a], case .dynamic(let y)? = values[b] else { return false }
        return x.tensor == y.tensor && atoms.resolve(x.onnx) == atoms.resolve(y.onnx)
    }

    /// The operand beside a number.
    func operand(of node: OperatorNode?, besides accepts: (Float) -> Bool) -> String? {
        guard let node, node.inputs.count == 2 else { return nil }
        for position in 0...1 where constant(of: node.inputs[position]).map(accepts) == true {
            if constant(of: node.inputs[1 - position]) == nil { return node.inputs[1 - position] }
        }
        return nil
    }

    private func isNear(_ value: Float) -> (Float) -> Bool { { abs($0 - value) <= 1e-4 * abs(value) } }

    // MARK: Gates

    private struct Product {
        var constant: Float = 1
        var factors: [String] = []
    }

    /// A number times two tensors, from products and quotients by numbers that nothing else reads.
    private func product(endingIn node: OperatorNode) -> Product? {
        var product = Product()
        var open = [node]
        var steps = 0
        while let next = open.popLast() {
            steps += 1
            guard next.inputs.count == 2, steps <= 4 else { return nil }
            for (position, name) in next.inputs.enumerated() {
                if let value = constant(of: name) {
                    if next.type == "Div", position == 0 { return nil }
                    product.constant *= next.type == "Div" ? 1 / value : value
                } else if next.type == "Div", position == 1 {
                    return next === node && steps == 1 ? Product(factors: next.inputs) : nil
                } else if let inner = producer(name), inner.type == "Mul" || inner.type == "Div", isReadOnce(name),
                    inner.type == "Mul" || constant(of: inner.inputs.last ?? "") != nil
                {
                    open.append(inner)
                } else {
                    product.factors.append(name)
                }
            }
        }
        return product.factors.count <= 2 ? product : nil
    }

    private func gatedActivation(_ product: Product) -> (input: String, layer: String, arguments: [String])? {
        if product.factors.count == 1, isNear(1 / 6)(product.constant), let x = clippedSum(product.factors[0]) {
            return (x, "Activation", ["'hard_sigmoid'"])
        }
        guard product.factors.count == 2 else { return nil }
        for (x, gate) in [(product.factors[0], product.factors[1]), (product.factors[1], product.factors[0])] {
            let c = product.constant
            if c == 1, let node = producer(gate, "Sigmoid"), areSame(node.inputs[0], x) {
                return (x, "Activation", ["'silu'"])
            }
            if c == 1, isHardSigmoid(gate, of: x) { return (x, "Activation", ["'hard_silu'"]) }
            if isNear(1 / 6)(c), let inner = clippedSum(gate), areSame(inner, x) {
                return (x, "Activation", ["'hard_silu'"])
            }
            if c == 1, let tanh = producer(gate, "Tanh"), let soft = producer(tanh.inputs[0], "Softplus"),
                areSame(soft.inputs[0], x)
            {
                return (x, "Activation", ["'mish'"])
            }
            if isNear(0.5)(c),
                let erf = producer(operand(of: producer(gate, "Add"), besides: { $0 == 1 }) ?? "", "Erf"),
                let inner = scaled(erf.inputs[0], by: 0.70710678), areSame(inner, x)
            {
                return (x, "GELU", [])
            }
            if isNear(0.5)(c),
                let tanh = producer(operand(of: producer(gate, "Add"), besides: { $0 == 1 }) ?? "", "Tanh"),
                let sum = producer(scaled(tanh.inputs[0], by: 0.7978846) ?? "", "Add"), isCubicSum(sum, of: x)
            {
                return (x, "GELU", ["approximate=True"])
            }
        }
        return nil
    }

    /// The x of `clip(x + 3, 0, 6)`.
    private func clippedSum(_ name: String) -> String? {
        guard let clip = producer(name, "Clip") else { return nil }
        let low = (try? clip.float("min")) ?? (clip.has(1) ? constant(of: clip.inputs[1]) : nil)
        let high = (try? clip.float("max")) ?? (clip.has(2) ? constant(of: clip.inputs[2]) : nil)
        guard low == 0, high == 6 else { return nil }
        return operand(of: producer(clip.inputs[0], "Add"), besides: { $0 == 3 })
    }

    private func isHardSigmoid(_ name: String, of x: String) -> Bool {
        if let node = producer(name, "HardSigmoid"), areSame(node.inputs[0], x) {
            return isNear(1 / 6)((try? node.float("alpha", default: 0.2)) ?? 0)
                && (try? node.float("beta", default: 0.5)) == 0.5
        }
        guard let node = producer(name), node.type == "Div" || node.type == "Mul",
            let product = product(endingIn: node),
            product.factors.count == 1, isNear(1 / 6)(product.constant), let inner = clippedSum(product.factors[0])
        else { return false }
        return areSame(inner, x)
    }

    /// The x of `x · factor`.
    private func scaled(_ name: String, by factor: Float) -> String? {
        guard let node = producer(name) else { return nil }
        if node.type == "Mul" { return operand(of: node, besides: isNear(factor)) }
        guard node.type == "Div", node.inputs.count == 2, let divisor = constant(of: node.inputs[1]),
            isNear(factor)(1 / divisor)
        else { return nil }
        return node.inputs[0]
    }

    /// Whether a sum is `x + 0.044715·x³`.
    private func isCubicSum(_ sum: OperatorNode, of x: String) -> Bool {
        for position in 0...1 where areSame(sum.inputs[position], x) {
            guard let cube = scaled(sum.inputs[1 - position], by: 0.044715) else { continue }
            if let power = producer(cube, "Pow"), areSame(power.inputs[0], x), constant(of: power.inputs[1]) == 3 {
                return true
            }
            guard let outer = producer(cube, "Mul") else { continue }
            for side in 0...1 where areSame(outer.inputs[side], x) {
                if let square = producer(outer.inputs[1 - side], "Mul"), square.inputs.allSatisfy({ areSame($0, x) }) {
                    return true
                }
            }
        }
        return false
    }
}
