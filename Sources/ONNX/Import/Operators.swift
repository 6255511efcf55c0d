/// Every operator that is read, by its name. One file a group; nothing else knows them by name.
let operators: [String: Operator] = [
    literalOperators, shapeOperators, pieceOperators, elementwiseOperators, activationOperators, convolutionOperators,
    poolingOperators, productOperators, reductionOperators, normalizationOperators, resizingOperators, logicalOperators,
].reduce(into: [:]) { table, group in
    table.merge(group) { _, _ in preconditionFailure("two operators of one name") }
}

/// Operators on truth values and whole numbers, which are folded where all is known and can't be computed elsewhere.
private let logicalOperators: [String: Operator] = {
    let refuse: Operator = { _, _ in throw OperatorProblem("is supported where its operands are constants alone") }
    let names = [
        "Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And", "Or", "Xor", "Not", "Mod",
    ]
    return names.reduce(into: [:]) { $0[$1] = refuse }
}()
