import Import

/// A normalisation over axes in pieces: `(x − mean x) / √(variance x + epsilon) · scale + shift`.
private struct Normalization {
    var input: String
    var axes: [Int]
    var epsilon: Float
    /// What the normalised tensor is multiplied by, where that is part of the pieces; a missing operand is an empty name.
    var scale = ""
    /// What is added to it then.
    var shift = ""
}

extension Importer {
    /// Writes the normalisation of which this is the last operator; `false` where it is none.
    mutating func importNormalization(_ node: OperatorNode) throws -> Bool {
        guard let found = normalization(endingIn: node), case .dynamic(let x)? = values[found.input] else {
            return false
        }
        let (value, places) = try axiswise(x, with: found.axes)
        let shape = places.sorted().map { atoms.extent(value.net[$0]) }
        let ones = ImportedTensor(shape: shape, values: Array(repeating: 1, count: shape.reduce(1, *)))
        var arguments = places == [value.net.count - 1] ? [] : ["axis=\(list(places.sorted().map { $0 + 1 }))"]
        if found.epsilon != 1e-3 { arguments.append("epsilon=\(ONNX.number(found.epsilon))") }
        let tensor = layer(
            "LayerNormalization", arguments + ["center=False"], [value.tensor], list: false, parameters: ["gamma": ones]
        )
        normalizations[tensor] = places.sorted()
        var result = Dynamic(onnx: value.onnx, net: value.net, tensor: tensor)
        if let scale = values[found.scale] { result = try merged("Multiply", [.dynamic(result), scale]) }
        if let shift = values[found.shift] { result = try merged("Add", [.dynamic(result), shift]) }
        define(node, result)
        return true
    }

    private func normalization(endingIn node: OperatorNode) -> Normalization? {
        guard node.inputs.count == 2 else { return nil }
        switch node.type {
        case "Div":
            guard let root = producer(node.inputs[1], "Sqrt") else { return nil }
            return normalization(difference: node.inputs[0], sum: root.inputs[0])
        case "Mul":
            for position in 0...1 {
                guard let sum = inverseRoot(node.inputs[position]) else { continue }
                return normalization(difference: node.inputs[1 - position], sum: sum)
            }
        case "Add":
            for position in 0...1 {
                guard let product = producer(node.inputs[position], "Mul") else { continue }
                if let found = normalization(product: product, rest: node.inputs[1 - position]) { return found }
            }
        default: break
        }
        return nil
    }

    /// `(x − mean) / √sum`
    private func normalization(difference: String, sum: String) -> Normalization? {
        guard let node = producer(difference, "Sub"), let (variance, epsilon) = shifted(sum),
            let mean = average(node.inputs[1], of: { areSame($0, node.inputs[0]) }),
            isVariance(variance, of: node.inputs[0], mean)
        else { return nil }
        return Normalization(input: node.inputs[0], axes: mean, epsilon: epsilon)
    }

    /// `x·s + (shift − mean·s)`, where s is `scale/√(variance + epsilon)`.
    private func normalization(product: OperatorNode, rest: String) -> Normalization? {
        for position in 0...1 {
            let (x, s) = (product.inputs[position], product.inputs[1 - position])
            guard let (sum, scale) = scaledInverseRoot(s), let (variance, epsilon) = shifted(sum),
                let (mean, shift) = negatedMean(rest, times: s),
                let axes = average(mean, of: { areSame($0, x) }), isVariance(variance, of: x, axes)
            else { continue }
            return Normalization(input: x, axes: axes, epsilon: epsilon, scale: scale, shift: shift)
        }
        return nil
    }

    // MARK: Pieces

    /// The v and e of `v + e`.
    private func shifted(_ name: String) -> (String, Float)? {
        var epsilon: Float = 0
        let isSmall: (Float) -> Bool = {
            epsilon = $0
            return $0 >= 0 && $0.isFinite
        }
        return operand(of: producer(name, "Add"), besides: isSmall).map { ($0, epsilon) }
    }

    /// The v of `1/√v`.
    private func inverseRoot(_ name: String) -> String? {
        guard let node = producer(name) else { return nil }
        switch node.type {
        case "Reciprocal": return producer(node.inputs[0], "Sqrt")?.inputs[0]
        case "Div" where constant(of: node.inputs[0]) == 1: return producer(node.inputs[1], "Sqrt")?.inputs[0]
        case "Pow" where constant(of: node.inputs[1]) == -0.5: return node.inputs[0]
        default: return nil
        }
    }

    /// The v and s of `s/√v`; without s its name is empty.
    private func scaledInverseRoot(_ name: String) -> (sum: String, scale: String)? {
        if let sum = inverseRoot(name) { return (sum, "") }
        guard let node = producer(name, "Mul") else { return nil }
        for position in 0...1 {
            if let sum = inverseRoot(node.inputs[position]) { return (sum, node.inputs[1 - position]) }
        }
        return nil
    }

    /// The m and b of `b − m·s`; without b its name is empty.
    private func negatedMean(_ name: String, times s: String) -> (mean: String, shift: String)? {
        func factor(_ name: String) -> String? {
            guard let node = producer(name, "Mul") else { return nil }
            return (0...1).first { areSame(node.inputs[$0], s) }.map { node.inputs[1 - $0] }
        }
        func negated(_ name: String) -> String? {
            if let negative = producer(name, "Neg") { return factor(negative.inputs[0]) }
            return factor(name).flatMap { producer($0, "Neg")?.inputs[0] }
        }
        if let mean = negated(name) { return (mean, "") }
        if let node = producer(name, "Sub") { return factor(node.inputs[1]).map { ($0, node.inputs[0]) } }
        guard let node = producer(name, "Add") else { return nil }
        for position in 0...1 {
            if let mean = negated(node.inputs[position]) { return (mean, node.inputs[1 - position]) }
        }
        return nil
    }

    // MARK: Moments

    /// What made a tensor, before operators that gave its axes of extent 1 other places.
    private func origin(_ name: String) -> OperatorNode? {
        var name = name
        while let node = producer(name), case .dynamic(let result)? = values[name] {
            guard isView(node) else { return node }
            let source = node.inputs.first { input in
                guard case .dynamic(let x)? = values[input] else { return false }
                return x.tensor == result.tensor && wide(x) == wide(result)
            }
            guard let source else { return node }
            name = source
        }
        return nil
    }

    private func isView(_ node: OperatorNode) -> Bool {
        ["Reshape", "Squeeze", "Unsqueeze", "Expand", "Where", "Identity", "Cast"].contains(node.type)
    }

    private func wide(_ value: Dynamic) -> [Int] { extents(value).filter { $0 != 1 } }

    /// The axes over which a tensor is the mean of another one, and along which it has extent 1.
    private func average(_ name: String, squares: Bool = false, of isAveraged: (String) -> Bool) -> [Int]? {
        guard var node = origin(name), case .dynamic(let result)? = values[name] else { return nil }
        var count: Float = 1
        if node.type == "Div", let divisor = constant(of: node.inputs[1]), let sum = origin(node.inputs[0]) {
            (node, count) = (sum, divisor)
        } else if let sum = operand(
            of: node.type == "Mul" ? node : nil,
            besides: {
                count = 1 / $0
                return true
            }), let sum = origin(sum)
        {
            node = sum
        }
        let type = count == 1 ? "ReduceMean" : squares ? "ReduceSumSquare" : "ReduceSum"
        guard node.type == type, isAveraged(node.inputs[0]), case .dynamic(let x)? = values[node.inputs[0]],
            let given = try? integers(node, "axes", orInput: 1), !given.isEmpty
        else { return nil }
        let extents = extents(x)
        let axes = Set(given.map { $0 < 0 ? $0 + extents.count : $0 }).sorted()
        guard count.isFinite, axes.allSatisfy({ extents.indices.contains($0) && x.onnx[$0] != [AtomTable.batch] }),
            self.extents(result) == extents.indices.map({ axes.contains($0) ? 1 : extents[$0] }),
            count == 1 || abs(count - Float(axes.reduce(1) { $0 * extents[$1] })) <= 1e-4 * count
        else { return nil }
        return axes
    }

    /// Whether a tensor is the mean of `(x − mean x)²` over axes.
    private func isVariance(_ name: String, of x: String, _ axes: [Int]) -> Bool {
        func isDifference(_ name: String) -> Bool {
            guard let node = producer(name, "Sub"), areSame(node.inputs[0], x) else { return false }
            return average(node.inputs[1], of: { areSame($0, x) }) == axes
        }
        func isSquare(_ name: String) -> Bool {
            guard let node = producer(name), node.inputs.count == 2, isDifference(node.inputs[0]) else { return false }
            return node.type == "Pow"
                ? constant(of: node.inputs[1]) == 2
                : node.type == "Mul" && (node.inputs[1] == node.inputs[0] || isDifference(node.inputs[1]))
        }
        return average(name, of: isSquare) == axes || average(name, squares: true, of: isDifference) == axes
    }
}
