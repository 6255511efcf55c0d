// Operations whose result equals their input: dropout's remains, linear activations, windows of one cell, reshapes to the same shape.
import IR

let removeIdentities = Pass("remove-identities", "removes operations that change nothing") { graph, _, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        editor.removeIdentity(at: position, pass: "remove-identities", remarks: &remarks)
    }
    graph = editor.finish()
}

extension Editor {
    /// Removes the operation at a position if its result equals its only input and the outputs remain separate.
    mutating func removeIdentity(at position: Int, pass: String, remarks: inout [Remark]) {
        guard let operation = operations[position], operation.inputs.count == 1 else { return }
        let input = operation.inputs[0]
        let isIdentity = operation.primitive.isIdentity(from: shape(input), to: shape(operation.output))
        guard isIdentity, canReplace(operation.output, with: input) else { return }
        remarks.append(
            Remark(
                pass: pass, layers: self[operation.output].origin.names,
                text: "erased: \(operation.primitive.name) changes nothing"))
        put(nil, at: position)
        replaceUses(of: operation.output, with: input)
    }
}

extension Primitive {
    /// Whether the result equals the only input, shape included.
    func isIdentity(from input: [Int], to output: [Int]) -> Bool {
        guard input == output else { return false }
        return switch self {
        case .elementwise(let it): it.isIdentity
        case .pooling(let it): it.window == .one && it.strides == .one && it.padding == .zero
        case .upsampling(let it): it.factor == .one
        case .padding(let margins): margins == .zero
        case .channelGather(let map): map == Array(map.indices)
        case .gather(let it): it.indices == Array(it.indices.indices)
        case .permutation(let axes): axes == Array(axes.indices)
        case .reshape, .slice, .concatenation: true
        default: false
        }
    }
}
