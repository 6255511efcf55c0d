import Import

extension Importer {
    /// Tensors side by side along an axis.
    mutating func concatenate(_ node: OperatorNode, axis given: Int) throws {
        let rank = try shape(node, 0).count
        let axis = try axis(given, rank: rank)
        let operands = try node.inputs.indices.map { try value(node, $0) }
        let literals = operands.compactMap { if case .literal(let literal) = $0 { literal } else { nil } }
        if literals.count == operands.count { return define(node, try concatenated(literals, axis)) }
        // What has no elements adds none.
        let parts = try operands.indices.filter { try shape(node, $0).allSatisfy { $0 > 0 } }
            .map { atoms.renamed(try dynamic(node, $0)) }
        guard parts.allSatisfy({ $0.onnx.count == rank }) else {
            throw OperatorProblem("joins tensors of different ranks")
        }
        guard let first = parts.first, parts.count > 1 else {
            guard let first = parts.first else { throw OperatorProblem("joins nothing") }
            return define(node, first)
        }
        for other in 0..<rank where other != axis {
            for part in parts.dropFirst() where !atoms.unify(first.onnx[other], part.onnx[other]) {
                if part.onnx[other].contains(AtomTable.batch) || first.onnx[other].contains(AtomTable.batch) {
                    throw MixedBatch()
                }
                throw OperatorProblem("joins shapes \(extents(first)) and \(extents(part)) along axis \(axis)")
            }
        }
        // The longest part has most to lose by being laid out anew.
        let (leader, places) = try axiswise(
            parts.max { extents($0).reduce(1, *) < extents($1).reduce(1, *) }!, with: [axis])
        let place = places[0]
        let operandTensors = try parts.map { part -> Program.Tensor in
            var target = atoms.resolve(leader.net)
            target[place] = atoms.resolve(part.onnx[axis])
            return try arranged(part, target).tensor
        }
        let isLast = place == leader.net.count - 1
        let tensor = layer("Concatenate", isLast ? [] : ["axis=\(place + 1)"], operandTensors, list: true)
        let extent = parts.reduce(0) { $0 + extents($1)[axis] }
        define(node, replacingAxis(leader, axis, place: place, extent: extent, tensor))
    }

    private func concatenated(_ literals: [Literal], _ axis: Int) throws -> Literal {
        var shape = literals[0].shape
        guard literals.allSatisfy({ $0.shape.count == shape.count }), axis < shape.count else {
            throw OperatorProblem("joins tensors of different ranks")
        }
        shape[axis] = literals.reduce(0) { $0 + $1.shape[axis] }
        _ = try checkedCount(shape, limit: 1 << 26)
        let outer = shape[..<axis].reduce(1, *)
        let blocks = literals.map { $0.shape[axis...].reduce(1, *) }
        guard zip(literals, blocks).allSatisfy({ $0.count == outer * $1 }) else {
            throw OperatorProblem("joins shapes that do not meet")
        }
        if literals.allSatisfy(\.isIntegral) {
            let parts = literals.map { $0.integers! }
            return Literal(
                shape,
                integers: (0..<outer).flatMap { row in
                    zip(parts, blocks).flatMap { part, block in part[row * block..<(row + 1) * block] }
                })
        }
        let parts = try literals.map { try $0.floats() }
        return Literal(
            shape,
            floats: (0..<outer).flatMap { row in
                zip(parts, blocks).flatMap { part, block in part[row * block..<(row + 1) * block] }
            })
    }

    /// Cells around a tensor.
    mutating func pad(_ node: OperatorNode) throws {
        let shape = try shape(node, 0)
        var pads = try integers(node, "pads", orInput: 1) ?? []
        let mode = try node.string("mode", default: "constant")
        var value: Float = try node.float("value") ?? 0
        if let literal = try optionalLiteral(node, 2), literal.count > 0 { value = try literal.floats()[0] }
        if let axes = try optionalLiteral(node, 3)?.integers {
            guard pads.count == 2 * axes.count else { throw OperatorProblem("pads do not fit the axes") }
            var all = Array(repeating: 0, count: 2 * shape.count)
            for (position, given) in axes.enumerated() {
                let axis = try axis(given, rank: shape.count)
                all[axis] = pads[position]
                all[shape.count + axis] = pads[axes.count + position]
            }
            pads = all
        }
        guard pads.count == 2 * shape.count else { throw OperatorProblem("pads do not fit \(shape.count) axes") }
        guard pads.allSatisfy({ $0.magnitude < 1 << 20 }) else { throw OperatorProblem("pads are too large") }
        var dynamic = try dynamic(node, 0)
        for axis in shape.indices where min(pads[axis], pads[shape.count + axis]) < 0 {
            let (start, end) = (max(-pads[axis], 0), shape[axis] - max(-pads[shape.count + axis], 0))
            guard start < end else { throw OperatorProblem("cuts off all of axis \(axis)") }
            try checkListed(shape[axis])
            dynamic = try taken(dynamic, axis, Array(start..<end))
        }
        let margins = shape.indices.map { (max(pads[$0], 0), max(pads[shape.count + $0], 0)) }
        define(node, try padded(dynamic, margins, mode: mode, value: value))
    }

    /// Cells before and behind each axis: a constant, or repeated from inside.
    mutating func padded(_ value: Dynamic, _ margins: [(Int, Int)], mode: String, value fill: Float) throws -> Dynamic {
        let axes = margins.indices.filter { margins[$0] != (0, 0) }
        guard !axes.isEmpty else { return value }
        guard fill.isFinite else { throw OperatorProblem("pads with \(fill)") }
        if mode == "wrap" {
            return try axes.reduce(value) { part, axis in
                let extent = extents(part)[axis]
                let (before, after) = margins[axis]
                try checkListed(before + extent + after)
                let indices = (-before..<extent + after).map { (($0 % extent) + extent) % extent }
                return try taken(part, axis, indices)
            }
        }
        guard let word = ["constant": "constant", "reflect": "reflect", "edge": "edge"][mode] else {
            throw OperatorProblem("the mode '\(sanitizedMode(mode))' is not supported")
        }
        let (value, places) = try axiswise(value, with: axes)
        var pairs = Array(repeating: (0, 0), count: value.net.count)
        for (axis, place) in zip(axes, places) { pairs[place] = margins[axis] }
        let isImage = pairs.count == 3 && pairs[2] == (0, 0)
        let tensor: Program.Tensor
        if word == "constant", fill == 0, isImage {
            tensor = layer("ZeroPadding2D", [marginsText([pairs[0], pairs[1]])], value.tensor)
        } else {
            let text =
                "(" + pairs.map { "(\($0.0), \($0.1))" }.joined(separator: ", ") + (pairs.count == 1 ? ",)" : ")")
            let more = word != "constant" ? ["mode='\(word)'"] : fill != 0 ? ["constant_values=\(number(fill))"] : []
            tensor = layer("Pad", [text] + more, value.tensor)
        }
        var result = Dynamic(onnx: atoms.resolve(value.onnx), net: atoms.resolve(value.net), tensor: tensor)
        for (axis, place) in zip(axes, places) {
            let extent = atoms.extent(result.net[place])
            result = replacingAxis(
                result, axis, place: place, extent: extent + margins[axis].0 + margins[axis].1, tensor)
        }
        return result
    }

    private func sanitizedMode(_ text: String) -> String { String(text.filter { $0.isLetter }.prefix(20)) }
}

/// Margins as ZeroPadding2D and Cropping2D take them: `1`, `(1, 2)`, `((0, 1), (0, 1))`.
func marginsText(_ pairs: [(Int, Int)]) -> String {
    if pairs.allSatisfy({ $0.0 == $0.1 }) { return pair(pairs.map(\.0)) }
    let inner = pairs.map { "(\($0.0), \($0.1))" }.joined(separator: ", ")
    return pairs.count == 1 ? inner : "(\(inner))"
}
