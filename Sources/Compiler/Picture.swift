import Network
import Toolchain

/// The network as a Graphviz graph: a box for each layer, an arrow for each tensor with its shape, a frame around each
/// block of several layers.
public func picture(of network: Network) -> String {
    var text = """
        digraph network {
          graph [fontname="Helvetica", rankdir=TB, ranksep=0.3]
          node [fontname="Helvetica", shape=box, style="rounded,filled", fillcolor="#eef3fb", color="#5b7db1", fontsize=11]
          edge [fontname="Helvetica", fontsize=9, color="#666666"]

        """
    text += Frame(of: network).text(network, indent: 1)
    for (index, node) in network.nodes.enumerated() {
        for input in node.inputs {
            text += "  n\(input.node) -> n\(index) [label=\(quoted(network.shape(of: input).description))]\n"
        }
    }
    for (index, output) in network.outputs.enumerated() {
        text +=
            "  out\(index) [label=\(quoted(output.name)), shape=ellipse, fillcolor=\"#e9f6ea\", color=\"#5a9a5e\"]\n"
        text +=
            "  n\(output.tensor.node) -> out\(index) [label=\(quoted(network.shape(of: output.tensor).description))]\n"
    }
    return text + "}\n"
}

/// Writes the picture: Graphviz's text, or what its `dot` makes of it.
public func drawPicture(of network: Network, format: String, to path: String) throws {
    let text = Array(picture(of: network).utf8)
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

    func text(_ network: Network, indent: Int) -> String {
        let space = String(repeating: "  ", count: indent)
        var text = nodes.map { index in
            let node = network.nodes[index]
            let label = node.name == node.type.lowercased() ? node.type : "\(node.type)\n\(node.name)"
            return "\(space)n\(index) [label=\(quoted(label))]\n"
        }.joined()
        for frame in frames {
            guard frame.holdsSeveral else {
                text += frame.text(network, indent: indent)
                continue
            }
            let title = frame.name.split(separator: "#").first.map(String.init) ?? frame.name
            // The first layer inside names the cluster: no two frames share it at one depth.
            text += "\(space)subgraph cluster_\(indent)_\(frame.firstNode) {\n\(space)  label=\(quoted(title))\n"
            text += "\(space)  labeljust=l\n\(space)  fontname=\"Helvetica\"\n"
            text += "\(space)  color=\"#bbbbbb\"\n\(space)  fontsize=10\n"
            text += frame.text(network, indent: indent + 1) + "\(space)}\n"
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
