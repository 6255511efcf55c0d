import Diagnostics
import Formats
import Network

/// The parameters of a network: of the weights file, where there is one, else drawn from the seed.
///
/// Throws `CompilerError.invalidModel` with every mismatch between file and network.
public func loadParameters(
    of model: Model, _ options: ModelOptions, _ hooks: CompilerHooks = CompilerHooks()
) throws -> ParameterValues {
    try checkSizes(of: model)
    defer { hooks.observe("weights", nil) }
    let initial = {
        initialValues(for: model.network, seed: options.seed, style: options.usesTestWeights ? .test : .layerDefaults)
    }
    if let parameters = model.parameters, options.weights == nil { return parameters }
    guard let path = weightsPath(of: model, options) else { return initial() }
    var log = DiagnosticLog()
    let place = options.weights == nil ? model.network.weightsRange : nil
    let archive = try openWeights(path, namedAt: place, of: model, options)
    var values = matchWeights(
        of: model.network, with: archive, fileName: fileName(path), at: place, allowMissing: options.allowsMissing,
        log: &log)
    let report = DiagnosticReport(source: model.source, diagnostics: log.diagnostics, errorLimit: options.errorLimit)
    if log.hasErrors { throw CompilerError.invalidModel(report) }
    if !log.diagnostics.isEmpty { hooks.remark(report) }
    if options.allowsMissing { values.merge(initial()) { loaded, _ in loaded } }
    return values
}

/// Where a network's weights lie: `--weights`, else `load_weights`, else a file of the same stem.
package func weightsPath(of model: Model, _ options: ModelOptions) -> String? {
    if let path = options.weights { return path }
    if let path = model.network.weightsPath { return folder(of: model.path) + "/" + path }
    return ["safetensors", "npz", "weights.h5"].map { "\(folder(of: model.path))/\(fileStem(model.path)).\($0)" }.first(
        where: isReadable)
}

/// Reports a `load_weights` that names no file in the network's own folder or below it, symbolic links resolved.
func checkWeightsPath(of network: Network, _ options: ModelOptions, log: inout DiagnosticLog) {
    guard options.weights == nil, let path = network.weightsPath else { return }
    let base = folder(of: options.path)
    guard staysWithin(path), resolvedPath(base) != nil else {
        return log.error(
            "weights '\(path)' must lie in the folder of the network or below it", at: network.weightsRange)
    }
    guard resolvedPath(base + "/" + path) != nil else {
        return log.error("there is no weights file '\(path)' beside the network", at: network.weightsRange)
    }
    if !isWithin(path, base) {
        log.error("weights '\(path)' lie outside the folder of the network", at: network.weightsRange)
    }
}

/// Whether a relative path leads to a file in a folder or below it, symbolic links resolved.
func isWithin(_ path: String, _ folder: String) -> Bool {
    guard staysWithin(path), let root = resolvedPath(folder), let resolved = resolvedPath(folder + "/" + path) else {
        return false
    }
    return resolved.hasPrefix(root == "/" ? "/" : root + "/")
}

/// Whether a path is relative and, as it is written, stays in the folder that it starts from.
private func staysWithin(_ path: String) -> Bool {
    !path.hasPrefix("/") && !leaves(path) && !path.utf8.contains(0)
}

/// Whether a relative path climbs out of the folder that it starts from, whatever lies there.
private func leaves(_ path: String) -> Bool {
    var depth = 0
    for part in path.split(separator: "/") where part != "." {
        depth += part == ".." ? -1 : 1
        if depth < 0 { return true }
    }
    return false
}

/// The weights of a network, under its parameters' names. Where the network names them, what is wrong with them is reported there.
private func openWeights(
    _ path: String, namedAt place: SourceRange?, of model: Model, _ options: ModelOptions
) throws -> ArrayArchive {
    do {
        return isHDF5(path) ? try openKerasWeights(path, for: model.network) : try openArchive(path)
    } catch CompilerError.invalidData(let text) where place != nil {
        throw CompilerError.invalidModel(
            DiagnosticReport(
                source: model.source, diagnostics: [Diagnostic(.error, text, at: place)],
                errorLimit: options.errorLimit))
    }
}

/// Opens a file of arrays and reads its directory; every failure has its exit code.
package func openArchive(_ path: String) throws -> ArrayArchive {
    do {
        return try readArrays(at: path)
    } catch let error as FileError {
        throw CompilerError.missingInput("\(error)")
    } catch let error as FormatError {
        throw CompilerError.invalidData("'\(path)': \(error)")
    }
}
