import Diagnostics
import Formats
import Import
import KerasFiles
import Network
import ONNX
import Toolchain

public typealias ImportedModel = Import.ImportedModel

/// The endings of files that are imported.
public let importedEndings = [".onnx", ".keras", ".h5"]

/// Whether a file is a model of another format, by its ending.
public func isImported(_ path: String) -> Bool {
    importedEndings.contains { path.hasSuffix($0) } && !path.hasSuffix(".weights.h5")
}

/// Reads a model of another format. Throws `CompilerError.invalidModel` with everything in it that can't be imported.
///
/// `layout` is that of images at the inputs and outputs of ONNX models.
public func importModel(_ options: ModelOptions, layout: ImageLayout = .nhwc) throws -> ImportedModel {
    let path = options.path
    let file: FileByteSource
    do {
        file = try FileByteSource(path: path)
    } catch {
        throw CompilerError.missingInput("\(error)")
    }
    var settings = ONNXImportOptions(fileName: fileName(path)) { try externalFile($0, besides: path) }
    settings.layout = layout
    return try importModel(file, options, hdf5: HDF5Process.standard, settings)
}

/// The same for a file that is open: the path in `options` tells its format, and what it needs besides is opened by the caller.
package func importModel(
    _ file: some ByteSource, _ options: ModelOptions, hdf5: any HDF5Opener, _ settings: ONNXImportOptions
) throws -> ImportedModel {
    let path = options.path
    do {
        guard path.hasSuffix(".onnx") else {
            if let (name, _) = options.definitions.first {
                throw CompilerError.usage("'-D \(name)': a Keras model has no parameters")
            }
            return try importKeras(file, fileName: fileName(path), hdf5: hdf5)
        }
        var settings = settings
        settings.dimensions = try dimensions(options.definitions)
        let imported = try importONNX(file, settings)
        // What the language would refuse is refused here, before anything is written.
        _ = try network(of: imported, options)
        return imported
    } catch let error as FileError {
        throw CompilerError.missingInput("\(error)")
    } catch let error as FormatError {
        throw CompilerError.invalidData("'\(path)': \(error)")
    } catch let error as ImportError {
        throw CompilerError.invalidModel(report(error.problems.map { Diagnostic(.error, $0, at: nil) }, path))
    }
}

/// What there is to say about an imported model.
public func remarks(of imported: ImportedModel, path: String) -> DiagnosticReport {
    var notes = imported.notes
    if let batch = imported.batch {
        notes.append("the model takes \(batch) samples at once: with '--batch \(batch)' the code does too")
    }
    return report(notes.map { Diagnostic(.note, $0, at: nil) }, path)
}

private func report(_ diagnostics: [Diagnostic], _ path: String) -> DiagnosticReport {
    DiagnosticReport(source: SourceFile(name: path, text: []), diagnostics: diagnostics, errorLimit: 0)
}

/// `-D name=extent`
private func dimensions(_ definitions: [(name: String, value: String)]) throws -> [String: Int] {
    var result: [String: Int] = [:]
    for (name, value) in definitions {
        guard let extent = Int(value), (1...1 << 40).contains(extent) else {
            throw CompilerError.usage("'-D \(name)=\(value)': the extent of a dimension is a whole number from 1")
        }
        result[name] = extent
    }
    return result
}

/// Opens a file of tensors, which must lie in the model's folder or below it, symbolic links resolved.
private func externalFile(_ name: String, besides path: String) throws -> any ByteSource {
    let folder = folder(of: path)
    guard isWithin(name, folder) else {
        throw ImportError([
            "its file '\(sanitized(name))' must lie in the folder of the model or below it, and be there"
        ])
    }
    return try FileByteSource(path: folder + "/" + name)
}

/// Writes the `.net` file and, beside it, its weights, both or neither; their paths.
public func writeImported(_ imported: ImportedModel, to path: String) throws -> [String] {
    let folder = folder(of: path)
    let weights = fileStem(path) + ".safetensors"
    do {
        let output = try StagedOutput(into: folder)
        let arrays = imported.parameters.sorted { $0.key < $1.key }
            .map { NamedArray(name: $0.key, shape: $0.value.shape, values: $0.value.values) }
        try output.write(weights) { file in try writeSafetensors(arrays) { try file.append($0) } }
        try output.write(fileName(path), imported.text)
        try output.commit([weights, fileName(path)])
    } catch let error as ToolchainError {
        throw CompilerError(error) ?? .cannotWrite("cannot write '\(path)'")
    }
    return [path, "\(folder)/\(weights)"]
}

/// The network that an imported model's text describes.
package func network(of imported: ImportedModel, _ options: ModelOptions) throws -> Model {
    var plain = options
    plain.definitions = []
    let source = SourceFile(name: fileStem(options.path) + ".net", text: Array(imported.text.utf8))
    return try readModel(source, plain)
}

/// An imported model as if its text and its weights had been files.
func readImported(_ options: ModelOptions) throws -> Model {
    let imported = try importModel(options)
    var model = try network(of: imported, options)
    var parameters = imported.parameters.mapValues(\.values)
    for node in model.network.nodes {
        for parameter in node.parameters where parameter.role == .state {
            parameters[node.fullName(of: parameter)] = Array(repeating: 0, count: parameter.shape.elementCount)
        }
    }
    model.parameters = parameters
    model.report.diagnostics = remarks(of: imported, path: options.path).diagnostics + model.report.diagnostics
    return model
}
