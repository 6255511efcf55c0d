import Formats
import Layers
import Network

/// The arrays of a weights file of Keras under the names of a network's parameters.
///
/// Keras 3 files (`.weights.h5`) know layers by their classes and order alone, as Keras itself reads them; where that doesn't fit, by the
/// layers' names, which newer versions note besides. In older files layers have their names.
public func kerasWeights(_ file: HDF5File, for network: Network) throws(FormatError) -> ArrayArchive {
    let parameters = network.parametersByLayer
    if file.variableCounts.isEmpty { return try file.archive(renaming: file.formerNames(parameters)) }
    let ordered = file.names(for: layerPaths(of: network), parameters)
    if network.fits(file.parameters(ordered)) { return try file.archive(renaming: ordered) }
    var paths: [String: String] = [:]
    for (path, texts) in file.texts where path.hasSuffix("/vars") {
        guard let name = texts["name"]?.first, parameters[name] != nil else { continue }
        paths[name] = String(path.dropLast("/vars".count))
    }
    let named = file.names(for: paths, parameters)
    return try file.archive(renaming: network.fits(file.parameters(named)) ? named : ordered)
}

/// Where Keras would put each layer's weights: below its class's name, numbered in the order of its list of layers. That is by the
/// greatest distance from an output, then by the first encounter on the way from the outputs.
func layerPaths(of network: Network) -> [String: String] {
    let traversal = Traversal(network)
    var depths: [Int: Int] = [:]
    var layerDepths: [String: Int] = [:]
    for number in traversal.finished.reversed() {
        let node = network.nodes[number]
        let depth = max(depths[number] ?? 0, layerDepths[node.name] ?? 0)
        layerDepths[node.name] = depth
        depths[number] = depth
        for input in node.inputs { depths[input.node] = max(depths[input.node] ?? 0, depth + 1) }
    }
    let names = layerDepths.keys.sorted {
        (-layerDepths[$0]!, traversal.firstSeen[$0]!) < (-layerDepths[$1]!, traversal.firstSeen[$1]!)
    }
    let types = Dictionary(network.nodes.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    var counter = AutomaticNames()
    var paths: [String: String] = [:]
    for name in names { paths[name] = "layers/" + counter.next(snakeCase(types[name]!)) }
    return paths
}

/// A walk from the outputs to the inputs, depth first.
private struct Traversal {
    /// Nodes, each after those that feed it.
    var finished: [Int] = []
    /// The order in which layers were come across.
    var firstSeen: [String: Int] = [:]

    init(_ network: Network) {
        var seen: Set<Int> = []
        for output in network.outputs where !seen.contains(output.tensor.node) {
            var stack = [(node: output.tensor.node, next: 0)]
            seen.insert(output.tensor.node)
            while let (number, next) = stack.last {
                let node = network.nodes[number]
                if next == 0, firstSeen[node.name] == nil { firstSeen[node.name] = firstSeen.count }
                guard next < node.inputs.count else {
                    finished.append(number)
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let source = node.inputs[next].node
                if seen.insert(source).inserted { stack.append((source, 0)) }
            }
        }
    }
}

extension Network {
    /// Whether an archive has every parameter in its shape.
    fileprivate func fits(_ archive: ArrayArchive) -> Bool {
        let shapes = Dictionary(
            archive.entries.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
        return nodes.allSatisfy { node in
            node.parameters.allSatisfy {
                $0.role == .state || shapes["\(node.name)/\($0.name)"] == $0.shape.dimensions
            }
        }
    }
}

extension HDF5File {
    /// All datasets but those of training, parameters under their own names: what belongs to no layer is to be reported.
    fileprivate func archive(renaming names: [String: String]) throws(FormatError) -> ArrayArchive {
        try checkReadable(names)
        let training = ["optimizer", "optimizer_weights", "top_level_model_weights", "vars"]
        return archive.filter { entry in !training.contains { entry.name.hasPrefix($0 + "/") } }.renamed {
            names[$0.name]
        }
    }
}
