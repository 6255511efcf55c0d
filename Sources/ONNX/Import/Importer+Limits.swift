// A model of a few bytes may ask for constants that fill any memory, again and again, and for tensors whose size no number holds.

/// Cells of an axis whose indices are listed one by one.
private let longestList = 1 << 23
/// The most elements of a tensor that the network computes: as many as the language allows.
private let largestTensor = 1 << 40

/// Refuses to list so many indices: pieces are taken of axes by the indices of their cells.
func checkListed(_ count: Int) throws {
    guard count <= longestList else { throw OperatorProblem("takes pieces of an axis of \(count) cells, too many") }
}

extension Importer {
    /// Allows what nodes make of constants: so many elements, and several times what the model holds itself.
    mutating func allowConstants() {
        allowance = values.values.reduce(options.constantElements) { sum, value in
            guard case .literal(let literal) = value else { return sum }
            return min(sum + 8 * literal.count, 1 << 60)
        }
    }

    /// Refuses a node while the ones before it have made more of constants than they may.
    func checkAllowance() throws {
        guard allowance >= 0 else { throw OperatorProblem("constants before it are too large altogether") }
    }

    /// Refuses tensors that are too large, before another node reckons with them, and counts constants, parameters and lists in layers' arguments.
    mutating func checkResults(of node: OperatorNode) throws {
        for name in node.outputs {
            switch values[name] {
            case .literal(let literal):
                if case .stored = literal.numbers { continue }
                allowance -= literal.count
            case .dynamic(let dynamic):
                var count = 1
                for axis in dynamic.onnx {
                    let (product, overflow) = count.multipliedReportingOverflow(by: try atoms.checkedExtent(axis))
                    guard !overflow, product <= largestTensor else {
                        throw OperatorProblem("its result has more than \(largestTensor) elements")
                    }
                    count = product
                }
            case .failed, nil: break
            }
        }
        for statement in program.statements.dropFirst(counted) {
            allowance -= statement.parameters.values.reduce(0) { $0 + $1.values.count }
            allowance -= statement.arguments.reduce(0) { $0 + $1.value.utf8.count }
        }
        counted = program.statements.count
        try checkAllowance()
    }
}
