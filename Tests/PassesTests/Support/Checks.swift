import IR
import Interpreter
import Passes
import Target
import Testing

let anyTarget = Target(.scalar)

/// The pass of that name.
func pass(_ name: String) -> Pass { allPasses.first { $0.name == name }! }

/// The graph after one pass, checked against the graph before it.
func run(
    _ name: String, _ graph: Graph, context: PassContext = PassContext(target: anyTarget),
    sourceLocation: SourceLocation = #_sourceLocation
) -> Graph {
    var result = graph
    var remarks: [Remark] = []
    pass(name).run(&result, context, &remarks)
    expectSame(graph, result, sourceLocation: sourceLocation)
    return result
}

/// The graph after all passes, checked likewise.
func optimized(
    _ graph: Graph, context: PassContext = PassContext(target: anyTarget),
    sourceLocation: SourceLocation = #_sourceLocation
) -> Graph {
    let result = optimize(graph, context: context).graph
    expectSame(graph, result, sourceLocation: sourceLocation)
    return result
}

/// What the graph computes, without its inputs: `["convolution", "pooling"]`.
func kinds(_ graph: Graph) -> [String] { graph.operations.map(\.primitive.name).filter { $0 != "input" } }

/// Both verify, and give the same numbers in outputs and in every tensor that is labelled in both.
func expectSame(_ before: Graph, _ after: Graph, sourceLocation: SourceLocation = #_sourceLocation) {
    if let problem = difference(before, after) {
        Issue.record(
            "\(problem)\nbefore:\n\(dump(before))after:\n\(dump(after))", sourceLocation: sourceLocation)
    }
}

/// The first difference, in words.
func difference(_ before: Graph, _ after: Graph) -> String? {
    do {
        try verify(before)
        try verify(after)
    } catch {
        return "\(error)"
    }
    var maker = GraphMaker(seed: 7)
    let inputs = maker.inputs(for: before)
    let expected = evaluate(before, inputs: inputs)
    let found = evaluate(after, inputs: inputs)
    for (a, b) in zip(before.outputs, after.outputs) {
        guard before[a].shape == after[b].shape else { return "output \(a.index) has another shape" }
        if !isClose(expected[a]!, found[b]!) { return "output %\(a.index) differs from %\(b.index)" }
    }
    let labelled = Dictionary(before.definedValues.map { (before[$0].tensor, $0) }, uniquingKeysWith: { a, _ in a })
    for value in after.definedValues {
        guard var tensor = after[value].tensor else { continue }
        let scale = tensor.scale
        tensor.scale = 1
        guard let original = labelled[tensor] else { return "%\(value.index) has a label that was not there" }
        if !isClose(expected[original]!.map { $0 * scale }, found[value]!) {
            return "%\(value.index) is not tensor \(tensor.node) times \(scale)"
        }
    }
    return before.outputs.count == after.outputs.count ? nil : "another number of outputs"
}

/// Equal up to the rounding of folded constants.
private func isClose(_ a: [Double], _ b: [Double]) -> Bool {
    guard a.count == b.count else { return false }
    let scale = a.filter(\.isFinite).map(abs).max() ?? 0
    return zip(a, b).allSatisfy { x, y in
        x == y || (x.isNaN && y.isNaN) || abs(x - y) <= 1e-6 * max(scale, 1e-3)
    }
}

extension Graph {
    var definedValues: [ValueID] { operations.map(\.output) }

    /// The only operation of a kind.
    func only(_ kind: String) -> Operation {
        let found = operations.filter { $0.primitive.name == kind }
        precondition(found.count == 1, "\(found.count) operations \(kind)")
        return found[0]
    }
}
