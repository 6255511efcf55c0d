import Import

/// Products of matrices.
let productOperators: [String: Operator] = [
    "Gemm": { importer, node in try importer.generalProduct(node) },
    "MatMul": { importer, node in try importer.matrixProduct(node) },
]

extension Importer {
    fileprivate mutating func generalProduct(_ node: OperatorNode) throws {
        node.ignore("broadcast")
        let alpha = try node.float("alpha", default: 1)
        let beta = try node.float("beta", default: 1)
        let (turnsA, turnsB) = (try node.bool("transA", default: false), try node.bool("transB", default: false))
        var a = try dynamic(node, 0)
        guard a.onnx.count == 2 else {
            throw OperatorProblem("reads a tensor of \(a.onnx.count) axes; 2 were expected")
        }
        if turnsA {
            a.onnx.swapAt(0, 1)
            try requireBatchFirst(a)
        }
        var result: Dynamic
        switch try value(node, 1) {
        case .literal(let literal):
            let weights = turnsB ? try literal.transposed([1, 0]) : literal
            result = try dense(a, weights, factor: alpha)
        case .dynamic(var b):
            if turnsB { b.onnx.swapAt(0, 1) }
            result = try product(a, b)
            if alpha != 1 { result.tensor = layer("Rescaling", [number(alpha)], result.tensor) }
        case .failed: throw FailedBefore()
        }
        guard node.has(2), beta != 0 else { return define(node, result) }
        switch try value(node, 2) {
        case .literal(let literal):
            let bias = beta == 1 ? literal : try literal.map { Double(Float($0) * beta) }
            let statement = result.tensor.statement
            if bias.count == extents(result)[1], bias.shape.last == bias.count,
                let argument = program.statements[statement].arguments.firstIndex(of: "use_bias=False")
            {
                program.statements[statement].arguments.remove(at: argument)
                program.statements[statement].parameters["bias"] = try imported(bias.reshaped([bias.count]))
                return define(node, result)
            }
            define(node, try merged("Add", [.dynamic(result), .literal(bias)]))
        case .dynamic(var c):
            if beta != 1 { c.tensor = layer("Rescaling", [number(beta)], c.tensor) }
            define(node, try merged("Add", [.dynamic(result), .dynamic(c)]))
        case .failed: throw FailedBefore()
        }
    }

    /// `x·weights` over the last axis of x, the weights being `[inputs, units]` in ONNX's order.
    mutating func dense(_ x: Dynamic, _ weights: Literal, factor: Float = 1) throws -> Dynamic {
        let x = atoms.renamed(x)
        guard weights.shape.count == 2, let inner = x.onnx.last, atoms.extent(inner) == weights.shape[0],
            weights.count > 0
        else {
            throw OperatorProblem("weights of shape \(weights.shape) do not fit an input of shape \(extents(x))")
        }
        if inner.contains(AtomTable.batch) { throw MixedBatch() }
        let outer = atoms.resolve(x.net).map { axis in axis.filter { !inner.contains($0) } }.filter { !$0.isEmpty }
        // The factors of the inner axis in whatever order they lie in: the rows of the weights follow.
        let lying = atoms.resolve(x.net).flatMap { $0 }.filter(inner.contains)
        let source = try arranged(x, outer + [lying])
        let rows = weights.reshaped(inner.map { atoms.extent([$0]) } + [weights.shape[1]])
        let order = lying.map { inner.firstIndex(of: $0)! } + [inner.count]
        var kernel = try imported(rows.transposed(order).reshaped(weights.shape))
        if factor != 1 { for index in kernel.values.indices { kernel.values[index] *= factor } }
        let units = atoms.axis(weights.shape[1])
        let tensor = layer(
            "Dense", ["\(weights.shape[1])", "use_bias=False"], [source.tensor], list: false,
            parameters: ["kernel": kernel])
        return Dynamic(onnx: atoms.resolve(Array(x.onnx.dropLast())) + [units], net: outer + [units], tensor: tensor)
    }

    fileprivate mutating func matrixProduct(_ node: OperatorNode) throws {
        let (a, b) = (try value(node, 0), try value(node, 1))
        if case .dynamic(let x) = a, case .literal(let weights) = b,
            weights.shape.count <= 2 || weights.shape.dropLast(2).allSatisfy({ $0 == 1 }),
            weights.shape.count <= max(x.onnx.count, 2)
        {
            let isVector = weights.shape.count == 1
            var result = try dense(x, weights.reshaped(isVector ? [weights.count, 1] : Array(weights.shape.suffix(2))))
            if isVector { result.onnx.removeLast() }
            return define(node, result)
        }
        if case .literal(let weights) = a, case .dynamic(var y) = b, weights.shape.count <= 2, y.onnx.count >= 2 {
            // (W·y) = (yᵀ·Wᵀ)ᵀ, and a transposition costs nothing here.
            let last = y.onnx.count - 1
            y.onnx.swapAt(last, last - 1)
            let isVector = weights.shape.count == 1
            let rows = weights.reshaped(isVector ? [1, weights.count] : weights.shape)
            var result = try dense(y, try rows.transposed([1, 0]))
            if isVector { result.onnx.removeLast() } else { result.onnx.swapAt(last, last - 1) }
            return define(node, result)
        }
        define(node, try product(try dynamic(node, 0), try dynamic(node, 1)))
    }

    /// The product of two tensors that the network computes.
    mutating func product(_ first: Dynamic, _ second: Dynamic) throws -> Dynamic {
        var (a, b) = (atoms.renamed(first), atoms.renamed(second))
        let (isRow, isColumn) = (a.onnx.count == 1, b.onnx.count == 1)
        if isRow { a.onnx.insert([], at: 0) }
        if isColumn { b.onnx.append([]) }
        let (rowAxis, columnAxis) = (a.onnx.count - 2, b.onnx.count - 1)
        guard rowAxis >= 0, columnAxis >= 1 else { throw OperatorProblem("multiplies single numbers") }
        let (rows, columns) = (a.onnx[rowAxis], b.onnx[columnAxis])
        guard atoms.unify(a.onnx[rowAxis + 1], b.onnx[columnAxis - 1]) else {
            throw OperatorProblem("shapes \(extents(first)) and \(extents(second)) do not meet")
        }
        let rank = max(rowAxis, columnAxis - 1)
        let lead = { (axes: [Axis], count: Int) in Array(repeating: Axis(), count: rank - count) + axes.prefix(count) }
        let (outerA, outerB) = (lead(a.onnx, rowAxis), lead(b.onnx, columnAxis - 1))
        var outer: [Axis] = []
        for axis in 0..<rank {
            if !outerA[axis].isEmpty, !outerB[axis].isEmpty, !atoms.unify(outerA[axis], outerB[axis]) {
                throw MixedBatch()
            }
            outer.append(outerA[axis].isEmpty ? outerB[axis] : outerA[axis])
        }
        let sample = { (axes: [Axis], atoms: AtomTable) in axes.filter { atoms.resolve($0) != [AtomTable.batch] } }
        let (netA, netB, net) = (sample(outerA, atoms), sample(outerB, atoms), sample(outer, atoms))
        a = try arranged(a, netA + [a.onnx[rowAxis], a.onnx[rowAxis + 1]])
        b = try arranged(b, netB + [b.onnx[columnAxis - 1], b.onnx[columnAxis]])
        let tensor = layer("Matmul", [], [a.tensor, b.tensor], list: true)
        var onnx = outer
        if !isRow { onnx.append(rows) }
        if !isColumn { onnx.append(columns) }
        return Dynamic(onnx: atoms.resolve(onnx), net: atoms.resolve(net + [rows, columns]), tensor: tensor)
    }
}
