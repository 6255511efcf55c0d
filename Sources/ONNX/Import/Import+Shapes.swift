import Formats

/// Operators that give the same elements other axes. On what the network computes they change the lists of axes alone.
let shapeOperators: [String: Operator] = [
    "Reshape": { importer, node in
        let target = try importer.integers(node, "shape", orInput: 1)
        let keepsZero = try node.bool("allowzero", default: false)
        guard var shape = target else { throw OperatorProblem("has no shape") }
        let old = try importer.shape(node, 0)
        for axis in shape.indices where shape[axis] == 0 && !keepsZero {
            guard axis < old.count else { throw OperatorProblem("keeps axis \(axis), which does not exist") }
            shape[axis] = old[axis]
        }
        let rest = shape.filter { $0 != -1 }.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        if let open = shape.firstIndex(of: -1), rest > 0 { shape[open] = old.reduce(1, *) / rest }
        try importer.reshape(node, to: shape)
    },
    "Flatten": { importer, node in
        let old = try importer.shape(node, 0)
        var axis = try node.int("axis", default: 1)
        if axis < 0 { axis += old.count }
        guard (0...old.count).contains(axis) else { throw OperatorProblem("axis \(axis) does not exist") }
        try importer.reshape(node, to: [old[..<axis].reduce(1, *), old[axis...].reduce(1, *)])
    },
    "Squeeze": { importer, node in
        let old = try importer.shape(node, 0)
        let axes =
            try importer.integers(node, "axes", orInput: 1)
            .map { try $0.map { try importer.axis($0, rank: old.count) } } ?? old.indices.filter { old[$0] == 1 }
        guard axes.allSatisfy({ old[$0] == 1 }) else {
            throw OperatorProblem("removes an axis of \(old), whose extent is not 1")
        }
        try importer.relabel(node, shape: old.indices.filter { !axes.contains($0) }.map { old[$0] }) { onnx in
            onnx.indices.filter { !axes.contains($0) }.map { onnx[$0] }
        }
    },
    "Unsqueeze": { importer, node in
        let old = try importer.shape(node, 0)
        guard let given = try importer.integers(node, "axes", orInput: 1) else { throw OperatorProblem("has no axes") }
        let rank = old.count + given.count
        let axes = Set(try given.map { try importer.axis($0, rank: rank) })
        guard axes.count == given.count else { throw OperatorProblem("inserts an axis twice") }
        var rest = old[...]
        let shape = (0..<rank).map { axes.contains($0) ? 1 : rest.removeFirst() }
        try importer.relabel(node, shape: shape) { onnx in
            var rest = onnx[...]
            return (0..<rank).map { axes.contains($0) ? [] : rest.removeFirst() }
        }
    },
    "Transpose": { importer, node in
        let old = try importer.shape(node, 0)
        let order = try node.ints("perm") ?? Array(old.indices.reversed())
        guard order.sorted() == Array(old.indices) else {
            throw OperatorProblem("perm \(order) is no order of \(old.count) axes")
        }
        switch try importer.value(node, 0) {
        case .literal(let literal): importer.define(node, try literal.transposed(order))
        case .dynamic(let dynamic):
            var result = dynamic
            result.onnx = order.map { dynamic.onnx[$0] }
            try importer.requireBatchFirst(result)
            importer.define(node, result)
        case .failed: throw FailedBefore()
        }
    },
    "DepthToSpace": { importer, node in
        let size = try node.int("blocksize", default: 0)
        let isColumnRow = try node.string("mode", default: "DCR") == "CRD"
        try importer.rearrangeBlocks(node) { shape in
            let (c, h, w) = (shape[1], shape[2], shape[3])
            guard (1...1 << 16).contains(size), c % (size * size) == 0 else {
                throw OperatorProblem("blocks of \(size) do not divide \(c) channels")
            }
            let depth = c / (size * size)
            return isColumnRow
                ? ([shape[0], depth, size, size, h, w], [0, 1, 4, 2, 5, 3], [shape[0], depth, h * size, w * size])
                : ([shape[0], size, size, depth, h, w], [0, 3, 4, 1, 5, 2], [shape[0], depth, h * size, w * size])
        }
    },
    "SpaceToDepth": { importer, node in
        let size = try node.int("blocksize", default: 0)
        let isColumnRow = try node.string("mode", default: "DCR") == "CRD"
        try importer.rearrangeBlocks(node) { shape in
            let (c, h, w) = (shape[1], shape[2], shape[3])
            guard (1...1 << 16).contains(size), h % size == 0, w % size == 0 else {
                throw OperatorProblem("blocks of \(size) do not divide \(h)×\(w)")
            }
            return (
                [shape[0], c, h / size, size, w / size, size], isColumnRow ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4],
                [shape[0], c * size * size, h / size, w / size]
            )
        }
    },
]

extension Importer {
    /// Gives the first input another shape.
    fileprivate mutating func reshape(_ node: OperatorNode, to shape: [Int]) throws {
        switch try value(node, 0) {
        case .literal(let literal):
            guard try checkedProduct(shape) == literal.count else {
                throw OperatorProblem("shape \(literal.shape) cannot become \(shape)")
            }
            define(node, literal.reshaped(shape))
        case .dynamic(let dynamic): define(node, try reshaped(dynamic, to: shape))
        case .failed: throw FailedBefore()
        }
    }

    private func checkedProduct(_ shape: [Int]) throws -> Int {
        var product = 1
        for extent in shape where extent != 0 {
            let (next, overflow) = product.multipliedReportingOverflow(by: extent)
            guard !overflow, extent >= 0 else { throw OperatorProblem("the shape \(shape) is impossible") }
            product = next
        }
        return shape.contains(0) ? 0 : product
    }

    /// The same elements under another shape; laid out anew only where factors of the axes do not fit.
    mutating func reshaped(_ value: Dynamic, to shape: [Int]) throws -> Dynamic {
        let old = extents(value)
        guard try checkedProduct(shape) == old.reduce(1, *) else {
            throw OperatorProblem("shape \(old) cannot become \(shape)")
        }
        var value = atoms.renamed(value)
        var target = shape
        let hasBatch = value.onnx.first == [AtomTable.batch]
        if hasBatch {
            guard shape.first == old[0] else { throw MixedBatch() }
            target.removeFirst()
        }
        let atomsInOrder = (hasBatch ? Array(value.onnx.dropFirst()) : value.onnx).flatMap { $0 }
        let lead: [Axis] = hasBatch ? [[AtomTable.batch]] : []
        if let axes = atoms.cut(atomsInOrder, into: target) {
            return Dynamic(onnx: lead + axes, net: value.net, tensor: value.tensor)
        }
        // The elements in ONNX's own order, under the new shape.
        value = try arranged(value, Array(sampleAxes(value.onnx)))
        let axes = target.map { atoms.axis($0) }
        let net = Array(sampleAxes(lead + axes))
        let tensor = layer("Reshape", [tuple(atoms.extents(net))], value.tensor)
        return Dynamic(onnx: lead + axes, net: net, tensor: tensor)
    }

    /// Gives the first input other axes of which it already has the factors.
    fileprivate mutating func relabel(_ node: OperatorNode, shape: [Int], _ axes: ([Axis]) -> [Axis]) throws {
        switch try value(node, 0) {
        case .literal(let literal): define(node, literal.reshaped(shape))
        case .dynamic(let dynamic):
            var result = dynamic
            result.onnx = axes(dynamic.onnx)
            try requireBatchFirst(result)
            define(node, result)
        case .failed: throw FailedBefore()
        }
    }

    /// The batch stays the first axis.
    func requireBatchFirst(_ value: Dynamic) throws {
        if value.onnx.dropFirst().contains(where: { $0.contains(AtomTable.batch) }) { throw MixedBatch() }
        if value.onnx.first?.contains(AtomTable.batch) == true, value.onnx[0].count > 1 { throw MixedBatch() }
    }

    /// A reshape, a transposition and a reshape.
    fileprivate mutating func rearrangeBlocks(
        _ node: OperatorNode, _ plan: ([Int]) throws -> (split: [Int], order: [Int], merged: [Int])
    ) throws {
        let dynamic = try dynamic(node, 0)
        let shape = extents(dynamic)
        guard shape.count == 4 else { throw OperatorProblem("reads a tensor of \(shape.count) axes; 4 were expected") }
        let (split, order, merged) = try plan(shape)
        var value = try reshaped(dynamic, to: split)
        value.onnx = order.map { value.onnx[$0] }
        define(node, try reshaped(value, to: merged))
    }
}
