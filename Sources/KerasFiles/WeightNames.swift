import Formats
import Network

// Keras 3 saves a layer's weights by number below its place among the layers of its class: `layers/conv2d_1/vars/0`. Before, a layer had
// a group of its name, with the paths of its weights in an attribute.

extension HDF5File {
    /// The parameter of each dataset that is one, where the layers' weights lie at `paths`.
    func names(for paths: [String: String], _ parameters: [String: [Parameter]]) -> [String: String] {
        var names: [String: String] = [:]
        let root = hasFormerRoot ? "_layer_checkpoint_dependencies" : "layers"
        for (layer, path) in paths {
            let own = root == "layers" ? path : path.replacing(prefix: "layers", by: root)
            for (number, parameter) in (parameters[layer] ?? []).enumerated() {
                names["\(own)/vars/\(number)"] = "\(layer)/\(parameter.name)"
            }
        }
        return names
    }

    /// Throws where a parameter's dataset is there and can't be read.
    func checkReadable(_ names: [String: String]) throws(FormatError) {
        guard let path = names.keys.sorted().first(where: { unreadable[$0] != nil }) else { return }
        throw FormatError("dataset '\(path)' can't be read: \(unreadable[path]!)")
    }

    /// The datasets that are parameters, under the parameters' names.
    func parameters(_ names: [String: String]) -> ArrayArchive {
        archive.filter { names[$0.name] != nil }.renamed { names[$0.name] }
    }

    /// Keras 2.13 called the list of layers otherwise.
    private var hasFormerRoot: Bool {
        !archive.entries.contains { $0.name.hasPrefix("layers/") }
            && archive.entries.contains { $0.name.hasPrefix("_layer_checkpoint_dependencies/") }
    }

    /// How many weights each layer has, by its path.
    var variableCounts: [String: Int] {
        var counts: [String: Int] = [:]
        let isFormer = hasFormerRoot
        for entry in archive.entries {
            let parts = entry.name.split(separator: "/")
            guard parts.count > 2, parts[parts.count - 2] == "vars" else { continue }
            var path = parts.dropLast(2).joined(separator: "/")
            if isFormer { path = path.replacing(prefix: "_layer_checkpoint_dependencies", by: "layers") }
            counts[path, default: 0] += 1
        }
        return counts
    }

    // MARK: - Before Keras 3

    /// The same for an `.h5` file: a layer's weights in the order of its own list.
    func formerNames(for graph: KerasGraph, _ parameters: [String: [Parameter]]) -> [String: String] {
        var names: [String: String] = [:]
        // A nested model's weights stand together, those that are trained before the others: here by the last part of their layer's name.
        var nested: [String: [Substring: [String]]] = [:]
        for instance in graph.instances {
            let group = formerRoot + (instance.models.first ?? instance.layer.name)
            var paths: [String] = []
            if instance.models.isEmpty {
                paths = list("weight_names", of: group)
            } else {
                if nested[group] == nil {
                    nested[group] = Dictionary(grouping: list("weight_names", of: group)) {
                        $0.split(separator: "/").dropLast().last ?? ""
                    }
                }
                let end = instance.layer.name.split(separator: "/").last ?? ""
                paths = (nested[group]?[end] ?? []).filter { Self.layer(ofWeight: $0, is: instance.layer.name) }
            }
            guard let own = parameters[instance.name], own.count == paths.count else { continue }
            for (path, parameter) in zip(paths, own) {
                names["\(group)/\(path)"] = "\(instance.name)/\(parameter.name)"
            }
        }
        return names
    }

    /// The same without a model, by the names of its layers.
    func formerNames(_ parameters: [String: [Parameter]]) -> [String: String] {
        var names: [String: String] = [:]
        for (layer, own) in parameters {
            let group = formerRoot + layer
            for (path, parameter) in zip(list("weight_names", of: group), own) {
                names["\(group)/\(path)"] = "\(layer)/\(parameter.name)"
            }
        }
        return names
    }

    /// A whole model has its weights in a group, a file of weights has them at its root.
    private var formerRoot: String { texts["model_weights"] == nil ? "" : "model_weights/" }

    /// Whether `encoder/conv2d/kernel:0` is a weight of layer `conv2d`.
    private static func layer(ofWeight path: String, is name: String) -> Bool {
        guard let slash = path.lastIndex(of: "/") else { return false }
        let owner = path[..<slash]
        return owner == name || owner.hasSuffix("/" + name)
    }

    /// A list of texts, which is in several attributes where it is long: `weight_names0`, `weight_names1`.
    private func list(_ name: String, of group: String) -> [String] {
        if let whole = texts[group]?[name] { return whole }
        var result: [String] = []
        var number = 0
        while let part = texts[group]?["\(name)\(number)"] {
            result += part
            number += 1
        }
        return result
    }
}

extension Network {
    /// The parameters of each layer that has any.
    var parametersByLayer: [String: [Parameter]] {
        Dictionary(
            nodes.filter { !$0.parameters.isEmpty }.map { ($0.name, $0.parameters) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension KerasGraph {
    /// Where each layer's weights lie.
    var pathsByName: [String: String] {
        Dictionary(instances.map { ($0.name, $0.path) }, uniquingKeysWith: { first, _ in first })
    }
}

extension String {
    fileprivate func replacing(prefix: String, by other: String) -> String {
        // Every level of nested models has the list.
        split(separator: "/", omittingEmptySubsequences: false).map { $0 == prefix ? other : String($0) }
            .joined(separator: "/")
    }
}
