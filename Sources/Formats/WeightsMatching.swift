// Weights from a file, matched with the parameters of a network by name and shape. All mistakes are reported at once,
// each at the layer's own line. Shapes are compared before anything is read.

import Diagnostics
import Network

/// Parts of names that Keras stores beside weights and that inference has no use for.
private let trainingState: Set<String> = [
    "count", "iteration", "learning_rate", "optimizer", "optimizer_variables", "seed_generator", "seed_generator_state",
]

/// Reads the parameters of a network from an archive; those of training's state are zero.
///
/// Reports in the log every parameter that is missing, of another shape, or not finite, and every array that belongs to no parameter. With
/// `allowMissing` a missing parameter is a warning, and the result lacks it. `fileName` is for the messages; what concerns no layer is
/// reported at `place`, where the network names the file.
public func matchWeights(
    of network: Network, with archive: ArrayArchive, fileName: String, at place: SourceRange? = nil,
    allowMissing: Bool = false, log: inout DiagnosticLog
) -> ParameterValues {
    var values: ParameterValues = [:]
    var known: Set<String> = []
    var used: Set<String> = []
    var states: Set<String> = []
    var missing = 0
    let entries = ArrayIndex(archive.entries)
    for node in network.nodes {
        for parameter in node.parameters {
            let name = "\(node.name)/\(parameter.name)"
            // Applications of one layer share its parameters.
            guard known.insert(name).inserted else { continue }
            if parameter.role == .state {
                if let entry = entries[name] { states.insert(entry.name) }
                values[name] = Array(repeating: 0, count: parameter.shape.elementCount)
                continue
            }
            let matching = Matching(name: name, parameter: parameter, node: node, fileName: fileName)
            if let entry = entries[name] {
                values[name] = matching.read(entry, of: archive, log: &log)
                used.insert(entry.name)
            } else {
                matching.reportMissing(allowed: allowMissing, hint: missing == 0, log: &log)
                missing += 1
            }
        }
    }
    reportExtra(
        archive.entries.filter { !used.contains($0.name) && !states.contains($0.name) }, network, fileName, at: place,
        log: &log)
    reportConversions(archive.entries.filter { used.contains($0.name) }, fileName, at: place, log: &log)
    return values
}

/// The arrays of a file by name.
private struct ArrayIndex {
    private let byName: [String: ArrayEntry]
    /// Those of longer names, by the last two parts.
    private let byEnd: [String: [ArrayEntry]]

    init(_ entries: [ArrayEntry]) {
        byName = Dictionary(entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        byEnd = Dictionary(grouping: entries) { $0.name.split(separator: "/").suffix(2).joined(separator: "/") }
    }

    /// The array called `layer/kernel`; else the only one whose name ends so: a model that Keras builds late puts its own name in
    /// front, `sequential/layer/kernel`.
    subscript(name: String) -> ArrayEntry? {
        if let entry = byName[name] { return entry }
        let alike = byEnd[name] ?? []
        return alike.count == 1 ? alike[0] : nil
    }
}

/// One parameter and the layer it belongs to.
private struct Matching {
    let name: String
    let parameter: Parameter
    let node: Node
    let fileName: String

    /// The values of the entry, or `nil` after a report.
    func read(_ entry: ArrayEntry, of archive: ArrayArchive, log: inout DiagnosticLog) -> [Float]? {
        guard entry.shape == parameter.shape.dimensions else {
            log.error(
                "'\(name)' is \(Shape(entry.shape)) in '\(fileName)', but the layer needs \(parameter.shape)",
                at: node.range,
                notes: node.trail)
            return nil
        }
        do {
            let values = try archive.values(of: entry)
            if let wrong = values.firstIndex(where: { !$0.isFinite }) {
                log.error(
                    "'\(name)' in '\(fileName)' holds \(values[wrong]) at \(position(of: wrong))", at: node.range,
                    notes: node.trail)
                return nil
            }
            return values
        } catch {
            log.error("'\(name)' can't be read from '\(fileName)': \(error)", at: node.range, notes: node.trail)
            return nil
        }
    }

    /// The first of several reports tells the way out.
    func reportMissing(allowed: Bool, hint isWanted: Bool, log: inout DiagnosticLog) {
        let message = "'\(fileName)' has no '\(name)' of shape \(parameter.shape)"
        if allowed {
            log.warning(message + "; its initialiser is used", at: node.range, notes: node.trail)
        } else {
            let hint = Note("'--allow-missing' takes the layers' initialisers for what is missing")
            log.error(message, at: node.range, notes: node.trail + (isWanted ? [hint] : []))
        }
    }

    /// The index of an element by axis: `[0, 2, 1]`.
    private func position(of element: Int) -> String {
        var rest = element
        var index: [Int] = []
        for extent in parameter.shape.dimensions.reversed() {
            index.insert(rest % extent, at: 0)
            rest /= extent
        }
        return "\(index)"
    }
}

/// Reports arrays that no parameter takes, at the layer's line where a layer has that name.
private func reportExtra(
    _ entries: [ArrayEntry], _ network: Network, _ fileName: String, at place: SourceRange?, log: inout DiagnosticLog
) {
    for entry in entries {
        let path = entry.name.split(separator: "/").map(String.init)
        if path.contains(where: trainingState.contains) { continue }
        let shape = Shape(entry.shape)
        if let node = network.nodes.first(where: { $0.name == path.first }) {
            let names = node.parameters.map { "'\($0.name)'" }.joined(separator: ", ")
            let has = names.isEmpty ? "has no parameters" : "has \(names)"
            log.error(
                "'\(entry.name)' of shape \(shape) in '\(fileName)' is no parameter of layer '\(node.name)', which \(has)",
                at: node.range,
                notes: node.trail)
        } else {
            log.error(
                "'\(entry.name)' of shape \(shape) in '\(fileName)' belongs to no layer of the network", at: place)
        }
    }
}

/// Notes the element types that were converted.
private func reportConversions(
    _ entries: [ArrayEntry], _ fileName: String, at place: SourceRange?, log: inout DiagnosticLog
) {
    for type in ElementType.allCases where type != .float32 {
        let count = entries.count { $0.elementType == type }
        guard count > 0 else { continue }
        log.note(
            "\(count) \(count == 1 ? "tensor" : "tensors") of \(type.rawValue) in '\(fileName)' converted to float32",
            at: place)
    }
}
