import Diagnostics
import Foundation
import Language
import Layers
import Network
import Testing

/// What became of a program: the network, where it is right, and what was reported.
struct Elaboration {
    var network: Network?
    var report: String
}

/// Runs a program through the language and the layers, as the compiler does.
func elaborate(
    _ text: String, _ definitions: [(name: String, value: String)] = [], file: String = "net.net", batch: Int = 1
) -> Elaboration {
    let source = SourceFile(name: file, text: Array(text.utf8))
    var builder = NetworkBuilder(source: source, batch: batch)
    var log = DiagnosticLog()
    interpret(source, definitions: definitions, with: &builder, log: &log)
    let report = render(log.diagnostics, in: source, color: false, errorLimit: 20)
    return Elaboration(network: log.hasErrors ? nil : builder.makeNetwork(), report: report)
}

/// The network of a program that must be right.
func network(
    _ text: String, _ definitions: [(name: String, value: String)] = [],
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> Network {
    let result = elaborate(text, definitions)
    return try #require(result.network, "\(result.report)", sourceLocation: sourceLocation)
}

/// A `.net` file beside the tests.
func sample(_ name: String) throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Samples")
    return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
}
