import Formats
import Import

/// Operators that take pieces of tensors, repeat them or put them together.
let pieceOperators: [String: Operator] = [
    "Concat": { importer, node in
        node.ignore()
        guard let axis = try node.int("axis") else { throw OperatorProblem("has no axis") }
        try importer.concatenate(node, axis: axis)
    },
    "Split": { importer, node in try importer.split(node) },
    "Slice": { importer, node in try importer.slice(node) },
    "Gather": { importer, node in
        let rank = try importer.shape(node, 0).count
        let axis = try importer.axis(try node.int("axis", default: 0), rank: rank)
        let indices = try importer.literal(node, 1)
        guard let numbers = indices.integers else { throw OperatorProblem("indices must be whole numbers") }
        let extent = try importer.shape(node, 0)[axis]
        guard numbers.allSatisfy({ $0 >= -extent && $0 < extent }) else {
            throw OperatorProblem("an index lies outside the axis of extent \(extent)")
        }
        try importer.take(node, axis: axis, numbers.map { $0 < 0 ? $0 + extent : $0 }, indices.shape)
    },
    "Expand": { importer, node in
        guard let target = try importer.literal(node, 1).integers else {
            throw OperatorProblem("the shape must be whole numbers")
        }
        try importer.expand(node, to: try broadcastShape(try importer.shape(node, 0), target))
    },
    "Where": { importer, node in
        guard case .literal(let condition) = try importer.value(node, 0), let truths = condition.integers,
            let truth = truths.first, truths.allSatisfy({ ($0 != 0) == (truth != 0) })
        else { throw OperatorProblem("is supported where its condition is one constant") }
        let others = try broadcastShape(try importer.shape(node, 1), try importer.shape(node, 2))
        node.replaceInput(0, with: node.inputs[truth != 0 ? 1 : 2])
        try importer.expand(node, to: try broadcastShape(condition.shape, others))
    },
    "Tile": { importer, node in
        guard let repeats = try importer.literal(node, 1).integers else {
            throw OperatorProblem("repeats must be whole numbers")
        }
        let old = try importer.shape(node, 0)
        guard repeats.count == old.count, repeats.allSatisfy({ $0 >= 1 }) else {
            throw OperatorProblem("repeats \(repeats) do not fit \(old.count) axes")
        }
        let shape = zip(old, repeats).map {
            let (extent, overflow) = $0.multipliedReportingOverflow(by: $1)
            return overflow ? .max : extent
        }
        _ = try checkedCount(shape, limit: 1 << 26)
        try importer.relabelForRank(node, old.count)
        for (axis, count) in repeats.enumerated() where count > 1 {
            try checkListed(shape[axis])
            try importer.retake(node, axis: axis, (0..<shape[axis]).map { $0 % old[axis] })
        }
    },
    "Pad": { importer, node in try importer.pad(node) },
]

extension Importer {
    /// Repeats the first input along axes of extent 1.
    fileprivate mutating func expand(_ node: OperatorNode, to shape: [Int]) throws {
        let old = try self.shape(node, 0)
        _ = try checkedCount(shape, limit: 1 << 26)
        try relabelForRank(node, shape.count)
        for axis in shape.indices {
            let extent = shape.count - old.count <= axis ? old[axis - shape.count + old.count] : 1
            if extent == shape[axis] { continue }
            try checkListed(shape[axis])
            try retake(node, axis: axis, Array(repeating: 0, count: shape[axis]))
        }
    }

    /// The input as the output, with axes of extent 1 in front up to a rank.
    fileprivate mutating func relabelForRank(_ node: OperatorNode, _ rank: Int) throws {
        switch try value(node, 0) {
        case .literal(let literal):
            define(
                node, literal.reshaped(Array(repeating: 1, count: max(rank - literal.shape.count, 0)) + literal.shape))
        case .dynamic(var dynamic):
            let lead = max(rank - dynamic.onnx.count, 0)
            if lead > 0, dynamic.onnx.first == [AtomTable.batch] { throw MixedBatch() }
            dynamic.onnx = Array(repeating: [], count: lead) + dynamic.onnx
            define(node, dynamic)
        case .failed: throw FailedBefore()
        }
    }

    /// The output made of its own elements by indices along an axis.
    fileprivate mutating func retake(_ node: OperatorNode, axis: Int, _ indices: [Int]) throws {
        switch values[node.outputs[0]] {
        case .literal(let literal): define(node, try taken(literal, axis, indices))
        case .dynamic(let dynamic): define(node, try taken(dynamic, axis, indices))
        default: throw FailedBefore()
        }
    }

    private func taken(_ literal: Literal, _ axis: Int, _ indices: [Int]) throws -> Literal {
        var shape = literal.shape
        shape[axis] = indices.count
        let count = try checkedCount(shape, limit: 1 << 25)
        let inner = literal.shape[(axis + 1)...].reduce(1, *)
        let outer = literal.shape[..<axis].reduce(1, *)
        var places: [Int] = []
        places.reserveCapacity(count)
        for block in 0..<outer {
            for index in indices {
                let start = (block * literal.shape[axis] + index) * inner
                places += start..<start + inner
            }
        }
        return try literal.taking(places, shape: shape)
    }

    /// The elements of a tensor at indices along an axis.
    mutating func taken(_ value: Dynamic, _ axis: Int, _ indices: [Int]) throws -> Dynamic {
        guard !indices.isEmpty else { throw OperatorProblem("takes no elements at all") }
        if indices.elementsEqual(0..<extents(value)[axis]) { return value }
        let (value, places) = try axiswise(value, with: [axis])
        let step = indices.count > 1 ? indices[1] - indices[0] : 1
        let isRun = step == 1 && indices.elementsEqual(indices[0]..<indices[0] + indices.count)
        let tensor: Program.Tensor
        if isRun {
            let shape = atoms.extents(value.net)
            var (starts, counts) = (Array(repeating: 0, count: shape.count), shape)
            (starts[places[0]], counts[places[0]]) = (indices[0], indices.count)
            tensor = layer("Slice", [tuple(starts), tuple(counts)], value.tensor)
        } else {
            guard indices.count <= 1 << 18 else { throw OperatorProblem("takes \(indices.count) cells one by one") }
            tensor = layer("Take", [list(indices), "axis=\(places[0] + 1)"], value.tensor)
        }
        return replacingAxis(value, axis, place: places[0], extent: indices.count, tensor)
    }

    /// The tensor with one axis of another extent.
    mutating func replacingAxis(
        _ value: Dynamic, _ axis: Int, place: Int, extent: Int, _ tensor: Program.Tensor
    ) -> Dynamic {
        let new = atoms.axis(extent)
        var result = Dynamic(onnx: atoms.resolve(value.onnx), net: atoms.resolve(value.net), tensor: tensor)
        result.onnx[axis] = new
        result.net[place] = new
        return result
    }

    /// Takes by indices of any shape, which replaces the axis.
    fileprivate mutating func take(_ node: OperatorNode, axis: Int, _ indices: [Int], _ shape: [Int]) throws {
        switch try value(node, 0) {
        case .literal(let literal):
            let result = try taken(literal, axis, indices)
            define(node, result.reshaped(Array(literal.shape[..<axis]) + shape + Array(literal.shape[(axis + 1)...])))
        case .dynamic(let dynamic):
            let result = try taken(dynamic, axis, indices)
            let extents = extents(result)
            define(node, try reshaped(result, to: Array(extents[..<axis]) + shape + Array(extents[(axis + 1)...])))
        case .failed: throw FailedBefore()
        }
    }

    fileprivate mutating func split(_ node: OperatorNode) throws {
        let shape = try shape(node, 0)
        let axis = try axis(try node.int("axis", default: 0), rank: shape.count)
        let wanted = try node.int("num_outputs")
        var parts = try integers(node, "split", orInput: 1) ?? []
        if parts.isEmpty {
            let count = wanted ?? node.outputs.count
            guard (1...1 << 16).contains(count) else { throw OperatorProblem("\(count) parts") }
            let size = (shape[axis] + count - 1) / count
            parts = (0..<count).map { max(min(size, shape[axis] - $0 * size), 0) }
        }
        guard parts.count == node.outputs.count, parts.reduce(0, +) == shape[axis], parts.allSatisfy({ $0 > 0 }) else {
            throw OperatorProblem("parts of \(parts) do not make an axis of \(shape[axis])")
        }
        guard case .dynamic(let dynamic) = try value(node, 0) else {
            let whole = try literal(node, 0)
            var start = 0
            for (index, part) in parts.enumerated() {
                define(node, try taken(whole, axis, Array(start..<start + part)), at: index)
                start += part
            }
            return
        }
        guard parts.count > 1 else { return define(node, dynamic) }
        if Set(parts).count == 1 {
            let (value, places) = try axiswise(dynamic, with: [axis])
            let isLast = places[0] == value.net.count - 1
            let tensor = layer(
                "Split", ["\(parts.count)"] + (isLast ? [] : ["axis=\(places[0] + 1)"]), [value.tensor], list: false,
                outputs: parts.count)
            for (index, part) in parts.enumerated() {
                let output = Program.Tensor(statement: tensor.statement, output: index)
                define(node, replacingAxis(value, axis, place: places[0], extent: part, output), at: index)
            }
            return
        }
        var start = 0
        try checkListed(shape[axis])
        for (index, part) in parts.enumerated() {
            define(node, try taken(dynamic, axis, Array(start..<start + part)), at: index)
            start += part
        }
    }

    fileprivate mutating func slice(_ node: OperatorNode) throws {
        let shape = try shape(node, 0)
        guard let starts = try integers(node, "starts", orInput: 1), let ends = try integers(node, "ends", orInput: 2)
        else {
            throw OperatorProblem("has no starts or ends")
        }
        let axes = try integers(node, "axes", orInput: 3) ?? Array(starts.indices)
        let steps = node.has(4) ? try literal(node, 4).integers ?? [] : Array(repeating: 1, count: starts.count)
        guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count, !steps.contains(0)
        else {
            throw OperatorProblem("starts, ends, axes and steps do not fit each other")
        }
        try relabelForRank(node, shape.count)
        for (position, given) in axes.enumerated() {
            let axis = try axis(given, rank: shape.count)
            let (extent, step) = (shape[axis], steps[position])
            let clamp = { (index: Int, low: Int, high: Int) in
                min(max(index < 0 ? index + extent : index, low), high)
            }
            let start = step > 0 ? clamp(starts[position], 0, extent) : clamp(starts[position], -1, extent - 1)
            let end =
                step > 0
                ? clamp(ends[position], 0, extent)
                : ends[position] < -extent ? -1 : clamp(ends[position], -1, extent - 1)
            if step == 1, start == 0, end == extent { continue }
            try checkListed(extent)
            let indices = Array(stride(from: start, to: end, by: step))
            if !indices.elementsEqual(0..<extent) { try retake(node, axis: axis, indices) }
        }
    }
}
