import Diagnostics
import Formats
import Import
import Language
import Layers
import Network

/// The largest configuration that is read, many times that of any network.
private let longestConfiguration = 16 << 20

/// Reads a model that Keras has saved, `.keras` or `.h5`: its structure becomes a `.net` file, its weights parameters.
///
/// Throws `ImportError` with everything that stands against it, `FormatError` where the file is damaged, or what the opener throws.
public func importKeras(
    _ source: some ByteSource, fileName: String, hdf5: any HDF5Opener
) throws -> ImportedModel {
    let file = try KerasFile(source, hdf5: hdf5)
    let saved = try readModel(try JSONValue(parsing: file.configuration, subject: "configuration of the model"))
    let graph = try KerasGraph(saved)
    let name = saved.name.contains("/") ? "" : saved.name
    var model = ModelProgram(graph, modelName: name)
    guard model.problems.isEmpty else { throw ImportError(model.problems.lines) }
    model.program.description = "Imported from \(fileName)."
    var imported = ImportedModel(text: model.program.written().text, parameters: [:])

    let network = try elaborate(imported.text)
    try file.checkSize(of: network)
    try file.checkWeights(of: graph, network)
    let archive = try file.archive(for: graph, network)
    var log = DiagnosticLog()
    let values = matchWeights(of: network, with: archive, fileName: fileName, log: &log)
    try refuse(log)
    for node in network.nodes {
        for parameter in node.parameters where parameter.role != .state {
            let name = "\(node.name)/\(parameter.name)"
            imported.parameters[name] = values[name].map {
                ImportedTensor(shape: parameter.shape.dimensions, values: $0)
            }
        }
    }
    imported.notes = log.diagnostics.map(\.message) + notes(on: graph, dropped: model.dropped)
    imported.batch = graph.fixedBatch
    return imported
}

/// The network that the text describes: whatever was overlooked in the configuration shows here, at the latest.
private func elaborate(_ text: String) throws -> Network {
    let source = SourceFile(name: "model.net", text: Array(text.utf8))
    var log = DiagnosticLog()
    var builder = NetworkBuilder(source: source)
    interpret(source, definitions: [], with: &builder, log: &log)
    try refuse(log, source)
    guard let network = builder.makeNetwork() else { throw ImportError(["the model describes no network"]) }
    return network
}

/// Throws the errors of a log; with the source, the line that each is about.
private func refuse(_ log: DiagnosticLog, _ source: SourceFile? = nil) throws(ImportError) {
    guard log.hasErrors else { return }
    throw ImportError(
        log.diagnostics.filter { $0.severity == .error }.map { diagnostic in
            guard let source, let range = diagnostic.range else { return diagnostic.message }
            return
                "\(diagnostic.message), in '\(source.string(source.contentRange(ofLine: source.line(of: range.start))))'"
        })
}

private func notes(on graph: KerasGraph, dropped: [Int]) -> [String] {
    var classes: [String: Int] = [:]
    for instance in dropped { classes[graph.instances[instance].layer.className, default: 0] += 1 }
    var notes = classes.sorted { $0.key < $1.key }.map {
        "\($0.value) \($0.key) \($0.value == 1 ? "layer" : "layers") left out, for training only"
    }
    let policies = Set(graph.instances.compactMap(\.layer.computationType)).subtracting(["float32"])
    for policy in policies.sorted() {
        notes.append("layers that computed in \(policy) compute in float32")
    }
    for instance in graph.instances where instance.layer.isInput && instance.uses > 0 {
        guard let type = instance.layer.config["dtype"]?.string, type != "float32" else { continue }
        notes.append("the input '\(instance.name)' was of type \(type) and takes float32")
    }
    return notes
}

extension KerasLayer {
    /// The type in which it computes, where the configuration tells one of floating point.
    fileprivate var computationType: String? {
        guard !isOperation, !isInput, let type = config["dtype"] else { return nil }
        return type.string ?? type["config"]?["name"]?.string
    }
}

extension KerasGraph {
    /// The number of samples that the inputs have fixed.
    fileprivate var fixedBatch: Int? {
        inputs.lazy.compactMap { input -> Int? in
            let config = instances[applications[input.application].instance].layer.config
            return (config["batch_shape"] ?? config["batch_input_shape"])?.array?.first?.int
        }.first { (1...1 << 20).contains($0) }
    }
}

/// What a saved model consists of.
private struct KerasFile {
    var configuration: [UInt8]
    var weights: HDF5File
    /// The whole file is HDF5, as before Keras 3.
    var isFormer: Bool

    init(_ source: some ByteSource, hdf5: any HDF5Opener) throws {
        let start = try source.bytes(at: 0, count: min(source.count, 8))
        if start.starts(with: [0x50, 0x4B]) {
            let archive = try ZipArchive(source)
            guard let configuration = try archive.bytes(of: "config.json", limit: longestConfiguration) else {
                throw FormatError(
                    "the zip file has no 'config.json'", hint: "a .keras file is what model.save('x.keras') writes")
            }
            guard archive.names.contains("model.weights.h5") else {
                throw FormatError("the zip file has no 'model.weights.h5'")
            }
            weights = try hdf5.open(.member("model.weights.h5", of: archive))
            (self.configuration, isFormer) = (configuration, false)
        } else if start.starts(with: hdf5Signature) {
            weights = try hdf5.open(.file(source))
            guard let text = weights.texts[""]?["model_config"]?.first else {
                throw FormatError(
                    "the file holds weights without a model",
                    hint: "save the whole model, or write the network as a .net file and give this by '--weights'")
            }
            (configuration, isFormer) = (Array(text.utf8), true)
        } else {
            throw FormatError(
                start.isEmpty ? "the file is empty" : "the file is neither a .keras archive nor HDF5", at: 0)
        }
    }

    /// The datasets under the names of the network's parameters.
    func archive(for graph: KerasGraph, _ network: Network) throws(FormatError) -> ArrayArchive {
        let parameters = network.parametersByLayer
        let names =
            isFormer ? weights.formerNames(for: graph, parameters) : weights.names(for: graph.pathsByName, parameters)
        try weights.checkReadable(names)
        return weights.parameters(names)
    }

    /// Refuses a network that has many times the weights that the file can hold, before memory is taken: datasets may share their bytes.
    func checkSize(of network: Network) throws(ImportError) {
        let count = network.summary().parameters
        guard count > weights.byteCount + 1 << 20 else { return }
        throw ImportError(["the model has \(count) weights, and the file's \(weights.byteCount) bytes can't hold them"])
    }

    /// Refuses a layer that has weights in the file and none here, or other ones.
    func checkWeights(of graph: KerasGraph, _ network: Network) throws(ImportError) {
        guard !isFormer else { return }
        let parameters = network.parametersByLayer
        let counts = weights.variableCounts
        var problems = Problems()
        for instance in graph.instances where !instance.path.isEmpty && instance.uses > 0 {
            let expected = parameters[instance.name]?.count ?? 0
            let found = counts[instance.path] ?? 0
            guard expected != found, found > 0 else { continue }
            problems.add(
                "'\(instance.layer.className)' has \(found) weights in the file and \(expected) here",
                layer: instance.name)
        }
        if !problems.isEmpty { throw ImportError(problems.lines) }
    }
}

/// What HDF5 files begin with.
private let hdf5Signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
