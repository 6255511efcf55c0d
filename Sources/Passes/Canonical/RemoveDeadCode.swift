// Operations whose results reach no output.
import IR

let removeDeadCode = Pass("remove-dead-code", "removes operations that no output depends on") { graph, _, remarks in
    let before = graph.operations
    graph.removeUnread()
    let kept = Set(graph.operations.map(\.output))
    for operation in before where !kept.contains(operation.output) {
        remarks.append(
            Remark(
                pass: "remove-dead-code", layers: graph[operation.output].origin.names,
                text: "removed: no output depends on it"))
    }
}
