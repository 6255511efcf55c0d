import Diagnostics
import Formats
import Import
import KerasFiles
import Network

/// The endings of files that are imported.
public let importedEndings = [".keras", ".h5"]

/// Whether a file is a model of another format, by its ending.
public func isImported(_ path: String) -> Bool {
    importedEndings.contains { path.hasSuffix($0) } && !path.hasSuffix(".weights.h5")
}

/// Reads a model of another format.
public func importModel(_ path: String) throws -> ImportedModel {
    do {
        return try importKeras(FileByteSource(path: path), fileName: fileName(path), hdf5: HDF5Process.standard)
    } catch let error as FormatError {
        throw CompilerError.invalidData("'\(path)': \(error)")
    } catch let error as ImportError {
        throw CompilerError.invalidData(
            error.problems.map { "'\(path)': \($0)" }.joined(separator: "\n"))
    }
}

/// Writes an imported model as a `.net` file, and its parameters beside it as safetensors; the paths of both.
public func writeImported(_ model: ImportedModel, to path: String) throws -> [String] {
    let weights = "\(folder(of: path))/\(fileStem(path)).safetensors"
    let arrays = model.parameters.sorted { $0.key < $1.key }.map {
        NamedArray(name: $0.key, shape: $0.value.shape, values: $0.value.values)
    }
    try writeFile(weights) { sink in try writeSafetensors(arrays, to: sink) }
    try writeFile(path, Array(model.text.utf8))
    return [path, weights]
}

/// The network of a model of another format, with its parameters.
func readImported(_ options: ModelOptions) throws -> Model {
    let imported = try importModel(options.path)
    var options = options
    if let batch = imported.batch, options.batch == 1 { options.batch = batch }
    var model = try readModel(
        SourceFile(name: fileStem(options.path) + ".net", text: Array(imported.text.utf8)), options)
    var parameters = imported.parameters.mapValues(\.values)
    for parameter in model.network.nodes.flatMap({ node in node.parameters.map { (node.name, $0) } })
    where parameter.1.role == .state {
        parameters["\(parameter.0)/\(parameter.1.name)"] = Array(repeating: 0, count: parameter.1.shape.elementCount)
    }
    model.imported = parameters
    model.report.diagnostics += imported.notes.map { Diagnostic(.note, $0, at: nil) }
    return model
}
