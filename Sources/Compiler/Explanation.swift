import Diagnostics
import IR
import Kernels
import Network
import Target

/// A graph as text, for `--dump-after`.
public func text(of graph: Graph) -> String { dump(graph) }

/// What became of a layer: its shapes and padding, what passes did to it, the kernels that compute it and where they stand in the C.
public func explanation(of layer: String, in compiled: CompiledModel) throws -> String {
    let network = compiled.model.network
    let nodes = network.nodes.filter { $0.name == layer }
    guard let node = nodes.first else {
        let hint = suggestion(for: layer, among: network.nodes.map(\.name))
        throw CompilerError.usage(
            "the network has no layer '\(layer)'\(hint.isEmpty ? "; 'netc summary' lists them" : hint)")
    }
    var text = "\(node.name): \(node.type), line \(node.line) of \(fileName(compiled.model.path))\n"
    for node in nodes { text += "  \(shapes(of: node, in: network))\n" }
    if let padding = compiled.padding[layer] { text += "  padding: \(sides(of: padding))\n" }
    let remarks = compiled.remarks.filter { $0.layers.contains(layer) }
    if !remarks.isEmpty { text += "Passes\n" + remarks.map { "  \($0.pass): \($0.text)\n" }.joined() }
    let steps = compiled.plan.steps.indices.filter { index in
        compiled.plan.steps[index].origin.layers.contains { $0.name == layer }
    }
    for index in steps { text += describe(step: index, of: compiled) }
    if steps.isEmpty { text += "No code: nothing remains to be computed at run time\n" }
    for remark in compiled.plan.remarks where remark.layers.contains(layer) { text += "Memory\n  \(remark.text)\n" }
    return text
}

private func shapes(of node: Node, in network: Network) -> String {
    let inputs = node.inputs.map { network.shape(of: $0).description }.joined(separator: ", ")
    let outputs = node.outputShapes.map(\.description).joined(separator: ", ")
    let parameters = node.parameters.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
    return "\(inputs) → \(outputs)" + (parameters.isEmpty ? "" : "; \(parameters)")
}

private func describe(step index: Int, of compiled: CompiledModel) -> String {
    let step = compiled.plan.steps[index]
    var text = "Step \(index + 1) of \(compiled.plan.steps.count): \(step.title), \(step.shapes)\n"
    text += "  implements \(step.origin.layers.map(\.name).joined(separator: ", "))\n"
    text += step.reasons.map { "  why: \($0)\n" }.joined()
    for (number, call) in step.calls.enumerated() {
        let lines = compiled.code.functionLines[index]
        let line = number < lines.count ? ", \(compiled.identifier).c:\(lines[number])" : ""
        text += "  kernel \(call.instance.template)\(line)\n    \(call.instance.choice)\n"
        if let reason = reason(for: call.instance, on: compiled.target) { text += "    \(reason)\n" }
        guard !call.reads.isEmpty else { continue }
        text += "    reads \(call.reads.map { border($0.layout) }.joined(separator: " and "))\n"
    }
    return text + "  \(step.macs) MACs, \(step.bytes) bytes\n"
}

/// Why a kernel has its tile, where it keeps one of sums.
private func reason(for instance: KernelInstance, on target: Target) -> String? {
    func constant(_ name: String) -> Int? {
        guard case .int(let value)? = instance.constants.first(where: { $0.name == name })?.value else { return nil }
        return value
    }
    let takesImage = instance.template == "image_convolution"
    let prefix = takesImage ? "WINDOWS_" : ""
    guard let pixels = constant(prefix + "TILE"), let vectors = constant(prefix + "PANEL"), vectors > 0 else {
        return nil
    }
    return
        "why: its \(pixels * vectors) vectors of sums stay in the \(target.vectorRegisters) registers; "
        + (takesImage && vectors == 1
            ? "one vector of channels after the other makes one stream of results"
            : "of all such tiles it has the least estimated cost")
}

/// A layout with the zeros around it: the padding on each side.
private func border(_ layout: Layout) -> String {
    let order = layout.order == .blocked ? "blocks of \(layout.lanes) channels" : "interleaved channels"
    let sides = [("top", layout.top), ("bottom", layout.bottom), ("left", layout.left), ("right", layout.right)]
    let padding = sides.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    return "\(layout.height)×\(layout.width) in \(order)" + (padding.isEmpty ? "" : ", zeros around it: \(padding)")
}

/// `top 0, bottom 1, left 0, right 1`
private func sides(of padding: Margins) -> String {
    "top \(padding.top), bottom \(padding.bottom), left \(padding.left), right \(padding.right)"
}

extension Graph {
    /// The zeros that windows and padding put around their inputs, by the name of the layer.
    var padding: [String: Margins] {
        var result: [String: Margins] = [:]
        for operation in operations {
            guard let layer = self[operation.output].origin.layers.first?.name, result[layer] == nil else { continue }
            switch operation.primitive {
            case .convolution(let convolution): result[layer] = convolution.padding
            case .separable(let separable): result[layer] = separable.depthwise.padding
            case .pooling(let pooling): result[layer] = pooling.padding
            case .padding(let margins): result[layer] = margins
            default: break
            }
        }
        return result
    }
}
