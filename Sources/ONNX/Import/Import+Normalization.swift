import Import

/// Normalisations.
let normalizationOperators: [String: Operator] = [
    "BatchNormalization": { importer, node in try importer.batchNormalization(node) },
    "InstanceNormalization": { importer, node in
        let epsilon = try node.float("epsilon", default: 1e-5)
        let channels = try importer.shape(node, 0).dropFirst().first ?? 0
        try importer.groupNormalization(node, groups: channels, epsilon: epsilon)
    },
    "GroupNormalization": { importer, node in
        node.ignore("stash_type")
        let epsilon = try node.float("epsilon", default: 1e-5)
        guard let groups = try node.int("num_groups") else { throw OperatorProblem("has no num_groups") }
        try importer.groupNormalization(node, groups: groups, epsilon: epsilon)
    },
    "LayerNormalization": { importer, node in try importer.layerNormalization(node, centres: true) },
    "RMSNormalization": { importer, node in try importer.layerNormalization(node, centres: false) },
    "LpNormalization": { importer, node in
        let x = try importer.dynamic(node, 0)
        let axis = try importer.axis(try node.int("axis", default: -1), rank: x.onnx.count)
        let power = try node.int("p", default: 2)
        let (value, places) = try importer.axiswise(x, with: [axis])
        let axes = ["axis=\(places[0] + 1)"]
        if power == 2 {
            let tensor = importer.layer("UnitNormalization", axes, value.tensor)
            return importer.define(node, Dynamic(onnx: value.onnx, net: value.net, tensor: tensor))
        }
        let norm = try importer.norm(value.tensor, power) { $0.layer("Sum", axes + ["keepdims=True"], $1) }
        let tensor = importer.layer("Divide", [], [value.tensor, norm], list: true)
        importer.define(node, Dynamic(onnx: value.onnx, net: value.net, tensor: tensor))
    },
    "LRN": { importer, node in
        guard let size = try node.int("size"), (1...1 << 16).contains(size) else {
            throw OperatorProblem("has no size")
        }
        let (alpha, beta) = (try node.float("alpha", default: 1e-4), try node.float("beta", default: 0.75))
        let bias = try node.float("bias", default: 1)
        let rank = try importer.shape(node, 0).count - 2
        guard rank >= 0 else { throw OperatorProblem("reads a tensor without channels") }
        let x = try importer.image(try importer.dynamic(node, 0), axes: rank)
        // ONNX divides alpha by the size of the window.
        let arguments = [
            "\(size)", "alpha=\(number(alpha / Float(size)))", "beta=\(number(beta))", "k=\(number(bias))",
        ]
        let tensor = importer.layer("LRN", arguments, x.tensor)
        importer.define(node, Dynamic(onnx: x.onnx, net: x.net, tensor: tensor))
    },
    "MeanVarianceNormalization": { importer, node in
        let axes = try node.ints("axes") ?? [0, 2, 3]
        let x = try importer.dynamic(node, 0)
        let places = try axes.map { try importer.axis($0, rank: x.onnx.count) }
        let moments = try importer.centred(x, places)
        let deviation = try importer.deviation(moments.difference, places, epsilon: 0)
        importer.define(node, try importer.merged("Divide", [.dynamic(moments.difference), .dynamic(deviation)]))
    },
]

extension Importer {
    fileprivate mutating func batchNormalization(_ node: OperatorNode) throws {
        node.ignore("momentum", "spatial", "is_test")
        let epsilon = try node.float("epsilon", default: 1e-5)
        guard try node.int("training_mode", default: 0) == 0 else { throw OperatorProblem("is in training mode") }
        let x = try dynamic(node, 0)
        guard x.onnx.count >= 2 else { throw OperatorProblem("reads a tensor without channels") }
        let (value, places) = try axiswise(x, with: [1])
        var parameters: [String: ImportedTensor] = [:]
        let channels = extents(value)[1]
        for (position, name) in ["gamma", "beta", "moving_mean", "moving_variance"].enumerated() {
            let literal = try self.literal(node, position + 1)
            guard literal.count == channels else {
                throw OperatorProblem("\(literal.count) numbers for \(channels) channels")
            }
            parameters[name] = try imported(literal.reshaped([channels]))
        }
        var arguments = places[0] == value.net.count - 1 ? [] : ["axis=\(places[0] + 1)"]
        if epsilon != 1e-3 { arguments.append("epsilon=\(number(epsilon))") }
        let tensor = layer("BatchNormalization", arguments, [value.tensor], list: false, parameters: parameters)
        define(node, Dynamic(onnx: value.onnx, net: value.net, tensor: tensor))
    }

    fileprivate mutating func groupNormalization(_ node: OperatorNode, groups: Int, epsilon: Float) throws {
        let rank = try shape(node, 0).count - 2
        guard rank >= 1 else { throw OperatorProblem("reads a tensor of \(rank + 2) axes; at least 3 were expected") }
        let weights = try [literal(node, 1), literal(node, 2)]
        let x = try image(try dynamic(node, 0), axes: rank)
        let channels = extents(x)[1]
        guard groups > 0, channels % groups == 0 else {
            throw OperatorProblem("\(groups) groups do not divide \(channels) channels")
        }
        var parameters: [String: ImportedTensor] = [:]
        for (name, literal) in zip(["gamma", "beta"], weights) {
            // Until operator set 21 there is one number to a group.
            guard literal.count == channels || literal.count == groups else {
                throw OperatorProblem("\(literal.count) numbers for \(channels) channels")
            }
            let values = try literal.floats()
            parameters[name] = ImportedTensor(
                shape: [channels], values: (0..<channels).map { values[$0 * literal.count / channels] })
        }
        let arguments = [groups == channels ? "groups=-1" : "groups=\(groups)"]
        let tensor = layer(
            "GroupNormalization", arguments + (epsilon == 1e-3 ? [] : ["epsilon=\(number(epsilon))"]), [x.tensor],
            list: false,
            parameters: parameters)
        define(node, Dynamic(onnx: x.onnx, net: x.net, tensor: tensor))
    }

    /// Normalisation over the last axes, with or without taking the mean off.
    fileprivate mutating func layerNormalization(_ node: OperatorNode, centres: Bool) throws {
        node.ignore("stash_type")
        let epsilon = try node.float("epsilon", default: 1e-5)
        let x = try dynamic(node, 0)
        let rank = x.onnx.count
        let first = try axis(try node.int("axis", default: -1), rank: rank)
        let axes = Array(first..<rank)
        if node.wants(1) || node.wants(2) { return try layerNormalizationInPieces(node, x, axes, epsilon) }
        let (value, places) = try axiswise(x, with: axes)
        // The weights' axes follow the order in which ours lie.
        let order = places.indices.sorted { places[$0] < places[$1] }
        let inner = axes.map { extents(value)[$0] }
        var parameters: [String: ImportedTensor] = [:]
        let names = centres ? ["gamma", "beta"] : ["scale"]
        // The scale is no option: without it the layer would lack its parameter.
        for (position, name) in names.enumerated() where position == 0 || node.has(position + 1) {
            let literal = try self.literal(node, position + 1)
            let spread = try literal.taking(literal.broadcastPositions(to: inner), shape: inner)
            parameters[name] = try imported(spread.transposed(order))
        }
        let sorted = places.sorted()
        var arguments = sorted == [value.net.count - 1] ? [] : ["axis=\(list(sorted.map { $0 + 1 }))"]
        if epsilon != (centres ? 1e-3 : 1e-6) { arguments.append("epsilon=\(number(epsilon))") }
        if centres, parameters["beta"] == nil { arguments.append("center=False") }
        let tensor = layer(
            centres ? "LayerNormalization" : "RMSNormalization", arguments, [value.tensor], list: false,
            parameters: parameters)
        define(node, Dynamic(onnx: value.onnx, net: value.net, tensor: tensor))
    }

    /// The same where the mean or the deviation is an output too.
    private mutating func layerNormalizationInPieces(
        _ node: OperatorNode, _ x: Dynamic, _ axes: [Int], _ epsilon: Float
    ) throws {
        let (mean, difference) = try centred(x, axes)
        let deviation = try deviation(difference, axes, epsilon: epsilon)
        let inverse = Dynamic(
            onnx: deviation.onnx, net: deviation.net, tensor: function("reciprocal", deviation.tensor))
        var result = try merged("Multiply", [.dynamic(difference), .dynamic(inverse)])
        result = try merged("Multiply", [.dynamic(result), try value(node, 1)])
        if node.has(2) { result = try merged("Add", [.dynamic(result), try value(node, 2)]) }
        define(node, result)
        define(node, mean, at: 1)
        define(node, inverse, at: 2)
    }

    /// The mean over axes, and what lies around it.
    fileprivate mutating func centred(_ x: Dynamic, _ axes: [Int]) throws -> (mean: Dynamic, difference: Dynamic) {
        let mean = try reduced(x, axes) { $0.layer("Mean", $2, $1) }
        return (mean, try merged("Subtract", [.dynamic(x), .dynamic(mean)]))
    }

    /// `√(mean difference² + epsilon)` over axes.
    fileprivate mutating func deviation(_ difference: Dynamic, _ axes: [Int], epsilon: Float) throws -> Dynamic {
        var variance = try reduced(difference, axes) { $0.layer("Mean", $2, $0.function("square", $1)) }
        if epsilon != 0 { variance.tensor = layer("Rescaling", ["1.0", "offset=\(number(epsilon))"], variance.tensor) }
        variance.tensor = function("sqrt", variance.tensor)
        return variance
    }
}
