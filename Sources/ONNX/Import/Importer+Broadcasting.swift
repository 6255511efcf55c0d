import Import

extension Importer {
    /// Operands whose axes meet from the last one on, as in NumPy, in one order; and the result, still without a tensor.
    ///
    /// A literal comes back in the order of the network, without leading axes of extent 1.
    mutating func align(_ values: [Value]) throws -> (operands: [Value], result: Dynamic) {
        var operands = try values.map { value -> Operand in
            switch value {
            case .dynamic(let dynamic):
                let renamed = atoms.renamed(dynamic)
                return Operand(onnx: renamed.onnx, dynamic: renamed)
            case .literal(let literal):
                guard literal.count > 0 else { throw OperatorProblem("a constant holds no numbers") }
                return Operand(onnx: literal.shape.map { atoms.axis($0) }, literal: literal)
            case .failed: return Operand(onnx: [])
            }
        }
        let rank = operands.map(\.onnx.count).max()!
        for index in operands.indices {
            operands[index].onnx = Array(repeating: [], count: rank - operands[index].onnx.count) + operands[index].onnx
        }
        var common: [Axis] = []
        for axis in 0..<rank {
            let axes = operands.map { $0.onnx[axis] }.filter { !$0.isEmpty }
            for other in axes.dropFirst() where !atoms.unify(axes[0], other) {
                if (axes[0] + other).contains(AtomTable.batch) { throw MixedBatch() }
                throw OperatorProblem("shapes \(operands.map { atoms.extents($0.onnx) }) do not meet")
            }
            common.append(axes.first ?? [])
        }
        common = atoms.resolve(common)
        if common.dropFirst().contains(where: { $0.contains(AtomTable.batch) }) { throw MixedBatch() }
        // A batch that only some operands have would be repeated for the others; a literal's axis there must be 1.
        let target = try commonOrder(operands, common)
        var result = Dynamic(onnx: common, net: target, tensor: Program.Tensor(statement: 0))
        var largestRank = 1
        let aligned = try operands.map { operand -> Value in
            let own = Set(atoms.resolve(operand.onnx).flatMap { $0 })
            let wanted = Array(target.map { $0.allSatisfy(own.contains) ? $0 : [] }.drop { $0.isEmpty })
            if let dynamic = operand.dynamic {
                let current = atoms.resolve(dynamic.net)
                var placed = dynamic
                if Array(current.drop { $0.isEmpty }) != wanted {
                    placed = try arranged(dynamic, wanted.isEmpty ? [[]] : wanted)
                }
                largestRank = max(largestRank, placed.net.count)
                return .dynamic(placed)
            }
            let literal = try ordered(operand.literal!, atoms.resolve(operand.onnx), wanted)
            largestRank = max(largestRank, literal.shape.count)
            return .literal(literal)
        }
        let net = Array(target.drop { $0.isEmpty })
        result.net = Array(repeating: [], count: max(largestRank - net.count, 0)) + net
        return (aligned, result)
    }

    private struct Operand {
        var onnx: [Axis]
        var dynamic: Dynamic?
        var literal: Literal?

        init(onnx: [Axis], dynamic: Dynamic? = nil, literal: Literal? = nil) {
            self.onnx = onnx
            self.dynamic = dynamic
            self.literal = literal
        }
    }

    /// The axes of the result in the network: the order of the operand that has all of them, cut where others have only part of an axis.
    private func commonOrder(_ operands: [Operand], _ common: [Axis]) throws -> [Axis] {
        let all = common.flatMap { $0 }.filter { $0 != AtomTable.batch }
        let owned = operands.map { Set(atoms.resolve($0.onnx).flatMap { $0 }) }
        let leaders = operands.indices.filter { operands[$0].dynamic != nil && all.allSatisfy(owned[$0].contains) }
        guard let leader = leaders.first else { return channelsLast(operands, common) }
        return atoms.resolve(operands[leader].dynamic!.net).flatMap { axis -> [Axis] in
            var pieces: [Axis] = []
            for atom in axis {
                let isAlike = pieces.last?.last.map { last in
                    owned.allSatisfy { $0.contains(atom) == $0.contains(last) }
                }
                if isAlike == true { pieces[pieces.count - 1].append(atom) } else { pieces.append([atom]) }
            }
            return pieces.isEmpty ? [[]] : pieces
        }
    }

    /// No operand has all axes: channels stand last where they do so in the largest operand that has them, else all in ONNX's order.
    private func channelsLast(_ operands: [Operand], _ common: [Axis]) -> [Axis] {
        let sample = Array(sampleAxes(common))
        guard sample.count > 1 else { return sample }
        let last = Array(sample.dropFirst()) + [sample[0]]
        let isLast = operands.contains { operand in
            guard let dynamic = operand.dynamic, dynamic.net.count == last.count else { return false }
            let own = atoms.resolve(dynamic.net).filter { !$0.isEmpty }
            return own.count > 1 && own == last.filter(own.contains) && own != sample.filter(own.contains)
        }
        return isLast ? last : sample
    }

    /// The elements of a literal in the order of the network.
    private func ordered(_ literal: Literal, _ axes: [Axis], _ wanted: [Axis]) throws -> Literal {
        let (from, to) = (axes.flatMap { $0 }, wanted.flatMap { $0 })
        let flat = literal.reshaped(from.map { atoms.extent([$0]) })
        let result = try flat.transposed(to.map { atom in from.firstIndex(of: atom)! })
        return result.reshaped(wanted.isEmpty ? [1] : atoms.extents(wanted))
    }
}
