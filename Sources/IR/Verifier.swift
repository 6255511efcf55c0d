// The rules that every graph keeps between passes: each value has one producer that comes before its readers, every shape follows from the
// primitive and its inputs, and the public inputs and outputs are there.

/// Throws where the graph breaks a rule of the IR.
public func verify(_ graph: Graph) throws(IRError) {
    var defined: Set<ValueID> = []
    for operation in graph.operations {
        do {
            try verify(operation, in: graph, defined: defined)
        } catch {
            throw IRError(error.message, place: dumpLine(operation, in: graph))
        }
        defined.insert(operation.output)
    }
    try verifyInterface(graph, defined: defined)
}

private func verify(_ operation: Operation, in graph: Graph, defined: Set<ValueID>) throws(IRError) {
    for input in operation.inputs {
        try require(defined.contains(input), "\(text(input)) is read before it is defined")
    }
    let output = operation.output
    try require(graph.values.indices.contains(output.index), "\(text(output)) is not a value of the graph")
    try require(!defined.contains(output), "\(text(output)) is defined twice")
    let declared = graph[output].shape
    try require(declared.allSatisfy { $0 > 0 }, "an empty shape \(text(declared))")
    let inputs = operation.inputs.map { graph[$0].shape }
    let shape = try operation.primitive.resultShape(of: inputs, declared: declared)
    try require(shape == declared, "shape \(text(declared)), expected \(text(shape))")
}

/// Inputs are numbered 0, 1, …, each once; outputs are defined; all have names.
private func verifyInterface(_ graph: Graph, defined: Set<ValueID>) throws(IRError) {
    let inputs = graph.inputPositions.sorted()
    try require(inputs == Array(graph.inputNames.indices), "inputs \(inputs) with names \(graph.inputNames)")
    try require(
        graph.outputs.count == graph.outputNames.count,
        "\(graph.outputs.count) outputs with names \(graph.outputNames)")
    for output in graph.outputs {
        try require(defined.contains(output), "output \(text(output)) is not defined")
    }
}

extension Graph {
    /// The numbers of the `.input` operations, in the order of the operations.
    fileprivate var inputPositions: [Int] {
        operations.compactMap { operation in
            if case .input(let position) = operation.primitive { position } else { nil }
        }
    }
}
