import Kernels
import Network
import Toolchain

/// The network as a Graphviz graph: a box for each layer, an arrow for each tensor with its shape, a frame around each
/// block of several layers. Layers that the plan computes in one kernel share a shade; those that leave no code are dashed.
func picture(of network: Network, plan: Plan) -> String {
    let kernels = network.kernels(in: plan)
    var text = """
        digraph network {
          graph [fontname="Helvetica", rankdir=TB, ranksep=0.3, fontsize=10, fontcolor="#666666"]
          label="layers of one shade run as one kernel; dashed ones leave no code"
          node [fontname="Helvetica", shape=box, style="rounded,filled", fillcolor="#f5f5f5", color="#5b7db1", fontsize=11]
          edge [fontname="Helvetica", fontsize=9, color="#666666"]

        """
    text += Frame(of: network).text(network, styles: styles(of: network, kernels), indent: 1)
    for (index, node) in network.nodes.enumerated() {
        for input in node.inputs {
            let isInside = kernels[index] != nil && kernels[index] == kernels[input.node]
            let line = isInside ? ", penwidth=2.5, color=\"#5b7db1\"" : ""
            text += "  n\(input.node) -> n\(index) [label=\(quoted(" \(network.shape(of: input))"))\(line)]\n"
        }
    }
    for (index, output) in network.outputs.enumerated() {
        text +=
            "  out\(index) [label=\(quoted(output.name)), shape=ellipse, fillcolor=\"#ffffff\", color=\"#5a9a5e\"]\n"
        text +=
            "  n\(output.tensor.node) -> out\(index) [label=\(quoted(" \(network.shape(of: output.tensor))"))]\n"
    }
    return text + "}\n"
}

/// Writes the picture: Graphviz's text, or what its `dot` makes of it.
public func drawPicture(of model: Model, _ options: ModelOptions, format: String, to path: String) throws {
    let text = Array(picture(of: model.network, plan: try planWithoutWeights(model, options)).utf8)
    if format == "dot" { return try writeFile(path, text) }
    let environment = processEnvironment()
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    guard let program = folders.map({ "\($0)/dot" }).first(where: isReadable) else {
        throw CompilerError.noCompiler("a .\(format) needs Graphviz, whose 'dot' is not on PATH; a .dot needs nothing")
    }
    let folder = try TemporaryFolder(environment: environment)
    try writeFile(folder.path + "/network.dot", text)
    let command = Command(
        program, ["-T\(format)", "-o", "picture", "network.dot"], folder: folder.path, environment: environment)
    let result = try command.run()
    guard result.status == 0 else { throw CompilerError.noCompiler("'dot' failed: \(result.output)") }
    try writeFile(path, try readFile(folder.path + "/picture", limit: 1 << 30))
}

extension Network {
    /// For each node the step that computes it: with other layers where there is a choice. A layer value that is applied several times
    /// has a step for each application, or none is told.
    fileprivate func kernels(in plan: Plan) -> [Int?] {
        var steps: [String: [Int]] = [:]
        for (index, step) in plan.steps.enumerated() {
            for name in Set(step.origin.layers.map(\.name)) { steps[name, default: []].append(index) }
        }
        let applications = Dictionary(grouping: nodes.indices) { nodes[$0].name }
        var result = [Int?](repeating: nil, count: nodes.count)
        for (name, indices) in applications {
            guard let candidates = steps[name] else { continue }
            if indices.count == 1 {
                result[indices[0]] = candidates.max {
                    plan.steps[$0].origin.layers.count < plan.steps[$1].origin.layers.count
                }
            } else if indices.count == candidates.count {
                for (index, step) in zip(indices, candidates) { result[index] = step }
            }
        }
        return result
    }
}

/// The look of each node: shades for kernels of several layers, such that neighbours differ.
private func styles(of network: Network, _ kernels: [Int?]) -> [String] {
    let shades = ["#dbe8fb", "#fde5c8", "#dcf1d6", "#eadcf5", "#fbdadf", "#d5f0f0"]
    let sizes = Dictionary(kernels.compactMap { $0 }.map { ($0, 1) }, uniquingKeysWith: +)
    var neighbours: [Int: Set<Int>] = [:]
    for (index, node) in network.nodes.enumerated() {
        for input in node.inputs {
            guard let a = kernels[index], let b = kernels[input.node], a != b else { continue }
            neighbours[a, default: []].insert(b)
            neighbours[b, default: []].insert(a)
        }
    }
    var shade: [Int: Int] = [:]
    for case let kernel? in kernels where sizes[kernel, default: 0] > 1 && shade[kernel] == nil {
        let taken = Set(neighbours[kernel, default: []].compactMap { shade[$0] })
        let start = shade.count % 2
        shade[kernel] = shades.indices.first { $0 >= start && !taken.contains($0) } ?? 0
    }
    return network.nodes.indices.map { index in
        if network.nodes[index].inputs.isEmpty, network.nodes[index].parameters.isEmpty {
            return ", fillcolor=\"#ffffff\", color=\"#5a9a5e\""
        }
        guard let kernel = kernels[index] else {
            return ", style=\"rounded,dashed\", color=\"#999999\", fontcolor=\"#777777\""
        }
        return shade[kernel].map { ", fillcolor=\"\(shades[$0])\"" } ?? ""
    }
}

extension Node {
    /// `Conv2D 3×3, stride 2` and the layer's name below it, where it tells more.
    fileprivate var label: String {
        var title = type
        if case .window(let size, let stride, let divisor) = layer.fieldOfView {
            // A kernel's own extents; the window of dilated ones is larger.
            let kernel = parameters.first.map { Array($0.shape.dimensions.prefix(size.count)) } ?? size
            let factor = zip(divisor, stride).map { $0 / max($1, 1) }
            if parameters.isEmpty, divisor.contains(where: { $0 > 1 }) {
                title += " " + extents(factor)
            } else {
                title += " " + extents(kernel)
                let steps = zip(stride, divisor).map { max($0, $1) }
                if steps.contains(where: { $0 > 1 }) { title += ", stride \(brief(steps))" }
                let rates = zip(size, kernel).map { $1 > 1 ? ($0 - 1) / ($1 - 1) : 1 }
                if rates.contains(where: { $0 > 1 }) { title += ", rate \(brief(rates))" }
            }
        }
        return name == type.lowercased() ? title : "\(title)\n\(name)"
    }
}

/// `3×5`
private func extents(_ values: [Int]) -> String { values.map(String.init).joined(separator: "×") }

/// `2`, or `2×1` where the axes differ.
private func brief(_ values: [Int]) -> String { Set(values).count == 1 ? String(values[0]) : extents(values) }

/// The layers of a block, with the blocks inside it, in order of appearance.
private final class Frame {
    let name: String
    var nodes: [Int] = []
    var frames: [Frame] = []

    init(name: String) { self.name = name }

    /// The whole network.
    init(of network: Network) {
        name = ""
        for (index, node) in network.nodes.enumerated() {
            var frame = self
            for block in node.blocks { frame = frame.frame(named: block) }
            frame.nodes.append(index)
        }
    }

    private func frame(named name: String) -> Frame {
        if let frame = frames.last, frame.name == name { return frame }
        if let frame = frames.first(where: { $0.name == name }) { return frame }
        frames.append(Frame(name: name))
        return frames[frames.count - 1]
    }

    func text(_ network: Network, styles: [String], indent: Int) -> String {
        let space = String(repeating: "  ", count: indent)
        var text = nodes.map { index in
            "\(space)n\(index) [label=\(quoted(network.nodes[index].label))\(styles[index])]\n"
        }.joined()
        for frame in frames {
            guard frame.holdsSeveral else {
                text += frame.text(network, styles: styles, indent: indent)
                continue
            }
            let title = frame.name.split(separator: "#").first.map(String.init) ?? frame.name
            // The first layer inside names the cluster: no two frames share it at one depth.
            text += "\(space)subgraph cluster_\(indent)_\(frame.firstNode) {\n\(space)  label=\(quoted(title))\n"
            text += "\(space)  labeljust=l\n\(space)  fontname=\"Helvetica\"\n"
            text += "\(space)  color=\"#bbbbbb\"\n\(space)  fontsize=10\n"
            text += frame.text(network, styles: styles, indent: indent + 1) + "\(space)}\n"
        }
        return text
    }

    /// A frame around a single layer would only be noise.
    private var holdsSeveral: Bool { nodes.count + frames.count > 1 || frames.contains { $0.holdsSeveral } }

    private var firstNode: Int { nodes.first ?? frames.first?.firstNode ?? 0 }
}

/// A string of Graphviz's language.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
