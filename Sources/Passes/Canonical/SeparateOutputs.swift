// Every public output becomes the result of an operation of its own: an output that is a public input, a constant, or another output too is
// copied. So kernels always write outputs, and later passes need not ask.
import IR

let separateOutputs = Pass("separate-outputs", "copies outputs that nothing computes or that are named twice") {
    graph, _, remarks in
    let producers = graph.producers()
    var seen: Set<ValueID> = []
    for (position, output) in graph.outputs.enumerated() {
        let isComputed = graph.operations[producers[output]!].primitive.isComputed
        if seen.insert(output).inserted, isComputed { continue }
        let value = graph[output]
        let copy = graph.append(
            .elementwise(Elementwise()), [output], shape: value.shape, origin: value.origin, tensor: value.tensor)
        graph.outputs[position] = copy
        remarks.append(
            Remark(pass: "separate-outputs", layers: value.origin.names, text: "copied to a public output"))
    }
}

extension Primitive {
    /// Whether it is neither a public input nor a constant.
    var isComputed: Bool {
        switch self {
        case .input, .constant: false
        default: true
        }
    }
}

extension Editor {
    /// Whether `old`'s readers may read `new` in its place and the public outputs remain separate.
    func canReplace(_ old: ValueID, with new: ValueID) -> Bool {
        !isOutput(old) || (!isOutput(new) && producer(of: new).primitive.isComputed)
    }
}
