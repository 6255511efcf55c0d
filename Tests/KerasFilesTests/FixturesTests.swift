import Compiler
import Diagnostics
import Foundation
import Import
import Language
import Layers
import Network
import Reference
import Testing

let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

/// The network of a text that was imported.
func network(_ text: String) throws -> Network {
    let source = SourceFile(name: "imported.net", text: Array(text.utf8))
    var log = DiagnosticLog()
    var builder = NetworkBuilder(source: source)
    interpret(source, definitions: [], with: &builder, log: &log)
    #expect(log.diagnostics.isEmpty, "\(render(log.diagnostics, in: source, color: false, errorLimit: 20))")
    return try #require(builder.makeNetwork())
}

/// Whether HDF5's library is there: on a machine without it nothing of this can be tested but the advice.
let hasHDF5: Bool = {
    do {
        _ = try importModel(ModelOptions(path: fixtures.appending(path: "sequential.keras").path))
        return true
    } catch CompilerError.missingLibrary { return false } catch { return true }
}()

@Suite(.enabled(if: hasHDF5, "needs HDF5's library")) struct FixturesTests {
    static let files = ["sequential.keras", "branches.keras", "nested.keras", "operations.keras", "former.h5"]

    @Test(arguments: files) func `an imported model gives Keras' own outputs`(file: String) throws {
        let model = try importModel(ModelOptions(path: fixtures.appending(path: file).path))
        let network = try network(model.text)
        let stem = file.prefix { $0 != "." }
        let archive = try readArrays(at: fixtures.appending(path: "\(stem).outputs.npz").path)
        func values(_ name: String) throws -> [Float] {
            try archive.values(of: try #require(archive.entry(named: name)))
        }
        let inputs = try network.inputs.enumerated().map { number, input in
            RealTensor(network.shape(of: input.tensor), try values("x\(number)").map(Double.init))
        }
        let found = evaluate(
            network, inputs: inputs, parameters: ReferenceParameters(model.parameters.mapValues(\.values)))
        for (number, output) in found.enumerated() {
            let expected = try values("y\(number)")
            #expect(output.shape.elementCount == expected.count)
            let largest = expected.reduce(0) { max($0, $1.magnitude) }
            for (a, b) in zip(output.values, expected) { #expect(abs(a - Double(b)) < 1e-5 * Double(largest)) }
        }
    }

    /// Written anew with NETC_UPDATE_GOLDEN=1.
    @Test(arguments: files) func `the text that is written is the text in the repository`(file: String) throws {
        let text = try importModel(ModelOptions(path: fixtures.appending(path: file).path)).text
        let golden = fixtures.appending(path: "\(file.prefix { $0 != "." }).net")
        if ProcessInfo.processInfo.environment["NETC_UPDATE_GOLDEN"] != nil {
            try text.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOf: golden, encoding: .utf8)))
    }

    @Test func `what has no counterpart is told at once, with layers and counts`() {
        do {
            _ = try importModel(ModelOptions(path: fixtures.appending(path: "refused.keras").path))
            Issue.record("the model was imported")
        } catch CompilerError.invalidModel(let report) {
            let text = report.rendered(color: false)
            #expect(text.contains("there is no layer 'LSTM' in a .net file: 2 layers 'lstm', 'second'; recurrence"))
            #expect(text.contains("there is no layer 'MultiHeadAttention' in a .net file: layer"))
            #expect(text.contains("operation 'Cumsum' has no counterpart: layer 'cumsum'"))
        } catch { Issue.record("\(error)") }
    }

    @Test func `layers that matter in training only are left out with a note`() throws {
        let model = try importModel(ModelOptions(path: fixtures.appending(path: "branches.keras").path))
        #expect(model.notes == ["1 RandomFlip layer left out, for training only"])
    }
}
