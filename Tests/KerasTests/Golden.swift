import Compiler
import Diagnostics
import Foundation
import Language
import Layers
import Network
import Testing

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

/// The files of a folder beside the tests, without their suffix.
func stems(_ name: String, _ suffix: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(name).path)) ?? []
    return files.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.sorted()
}

/// The bytes of a file beside the tests.
func data(_ path: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(path)) }

/// The cases of a layer with what Keras makes of them.
struct Golden {
    /// The layer: the stem of `Cases/Conv2D.net` and `Goldens/Conv2D.npz`.
    let layer: String
    /// The lines that are cases, in order: the network has an output for each.
    let cases: [String]
    let network: Network
    /// Every layer of the file with its attributes.
    let constructions: [(layer: LayerDescriptor, attributes: AttributeValues)]
    let inputs: [[Float]]
    let parameters: ParameterValues
    /// Keras' outputs, with their shapes, in the order of the cases.
    let outputs: [(shape: [Int], values: [Float])]

    init(_ layer: String) throws {
        self.layer = layer
        var text = ""
        var cases: [String] = []
        for line in String(decoding: try data("Cases/\(layer).net"), as: UTF8.self).split(separator: "\n") {
            let isCase = !line.hasPrefix("#") && line.firstMatch(of: #/^\w+ *= /#) == nil
            text += (isCase ? "case\(cases.count) = " : "") + line + "\n"
            if isCase { cases.append(String(line)) }
        }
        text += "Output(\(cases.indices.map { "case\($0)" }.joined(separator: ", ")))\n"
        let elaborated = try elaborate(text, name: "\(layer).net")
        (network, constructions, self.cases) = (elaborated.network, elaborated.constructions, cases)

        let archive = try readArrays(at: folder.appendingPathComponent("Goldens/\(layer).npz").path)
        func array(_ name: String) throws -> (shape: [Int], values: [Float]) {
            let entry = try #require(
                archive.entry(named: name), "Goldens/\(layer).npz lacks '\(name)': make oracle-golden")
            return (entry.shape, try archive.values(of: entry))
        }
        inputs = try network.inputs.map { try array($0.name).values }
        outputs = try cases.map(array)
        var parameters: ParameterValues = [:]
        for named in network.parameterInventory() {
            let (shape, values) = try array(named.name)
            #expect(shape == named.parameter.shape.dimensions, "\(layer): \(named.name)")
            parameters[named.name] = values
        }
        self.parameters = parameters
        let known = Set(parameters.keys).union(cases).union(network.inputs.map(\.name))
        let left = archive.entries.map(\.name).filter { !known.contains($0) }
        #expect(left.isEmpty, "Goldens/\(layer).npz holds what no case needs: make oracle-golden")
    }
}

/// The network of a text that must be right, and the layers that it constructed.
func elaborate(_ text: String, name: String) throws -> (
    network: Network, constructions: [(layer: LayerDescriptor, attributes: AttributeValues)]
) {
    let source = SourceFile(name: name, text: Array(text.utf8))
    var builder = NetworkBuilder(source: source)
    var log = DiagnosticLog()
    interpret(source, definitions: [], with: &builder, log: &log)
    let report = render(log.diagnostics, in: source, color: false, errorLimit: 20)
    let network = try #require(log.hasErrors ? nil : builder.makeNetwork(), "\(report)")
    return (network, builder.constructions)
}

/// The largest distance between what was found and what Keras says, as a share of Keras' largest value.
func largestError(_ found: [Double], _ expected: [Float]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let scale = expected.map { Double(abs($0)) }.max() ?? 0
    let distance = zip(found, expected).map { $1.isFinite ? abs($0 - Double($1)) : .infinity }
        .reduce(0) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
    return distance / max(scale, 1e-3)
}
