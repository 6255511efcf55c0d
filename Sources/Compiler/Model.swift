import Diagnostics
import Language
import Layers
import Network

/// A network that was read without errors, with what there is to say about it.
public struct Model: Sendable {
    public var source: SourceFile
    public var network: Network
    /// Names its C: see `modelIdentifier`.
    public var path: String
    /// Warnings and notes.
    public var report: DiagnosticReport
    /// The parameters, where the file of the model holds them.
    public var parameters: ParameterValues?
}

/// The largest source file that is read.
private let maximumSourceBytes = 16 << 20

/// Reads a `.net` file, or a model of another format: text to network. Throws `CompilerError.invalidModel` with all mistakes of the file.
public func readModel(_ options: ModelOptions) throws -> Model {
    if isImported(options.path) { return try readImported(options) }
    let source = SourceFile(name: options.path, text: try readFile(options.path, limit: maximumSourceBytes))
    return try readModel(source, options)
}

/// The network of a source text that is in memory already.
public func readModel(_ source: SourceFile, _ options: ModelOptions) throws -> Model {
    var log = DiagnosticLog()
    var builder = NetworkBuilder(source: source, batch: options.batch)
    interpret(source, definitions: options.definitions, with: &builder, log: &log, mostSteps: options.mostSteps)
    let network = log.hasErrors ? nil : builder.makeNetwork()
    if let network { checkWeightsPath(of: network, options, log: &log) }
    let report = DiagnosticReport(source: source, diagnostics: log.diagnostics, errorLimit: options.errorLimit)
    guard let network, !log.hasErrors else { throw CompilerError.invalidModel(report) }
    return Model(source: source, network: network, path: options.path, report: report)
}
