import Compiler
import Diagnostics
import Foundation
import Layers
import Network
import Reference
import Target
import Testing
import Verification

/// Every layer against numbers that Keras computed: ARCHITECTURE.md, "Keras as judge".
@Suite struct `Keras' numbers` {
    private static let layers = stems("Cases", ".net")

    /// Keras computes in float32, the reference in double precision.
    @Test(arguments: layers) func `are those of the reference`(layer: String) throws {
        let golden = try Golden(layer)
        let inputs = zip(golden.network.inputs, golden.inputs).map { input, values in
            RealTensor(golden.network.shape(of: input.tensor), values.map { Double($0) })
        }
        let found = evaluate(golden.network, inputs: inputs, parameters: ReferenceParameters(golden.parameters))
        for (index, text) in golden.cases.enumerated() {
            #expect(found[index].shape.dimensions == golden.outputs[index].shape, "\(text)")
            let error = largestError(found[index].values, golden.outputs[index].values)
            #expect(error < 2e-6, "\(text): \(error) of the largest value")
        }
    }

    #if arch(x86_64)
        private static let widths = ["x86-64-v4", "x86-64-v3", "x86-64", "scalar"]
    #else
        private static let widths = ["aarch64", "scalar"]
    #endif
    /// This machine's own; every width that it runs where the environment has `NETC_ALL`.
    private static let cpus =
        ProcessInfo.processInfo.environment["NETC_ALL"] == nil
        ? ["native"]
        : widths.filter { (try? Target(specification: $0).lanes <= Target.native().lanes) ?? false }

    /// Some hundreds of cases are one network: one C file, one clang.
    @Test(arguments: cpus, [0, 1]) func `are those of generated code`(cpu: String, part: Int) throws {
        let goldens = try Self.layers.indices.filter { $0 % 2 == part }.map { try Golden(Self.layers[$0]) }
        #expect(goldens.map(\.cases.count).reduce(0, +) >= 200)
        let (model, options, parameters) = try join(goldens)
        var build = BuildOptions()
        build.cpu = cpu
        var hooks = CompilerHooks()
        hooks.mutateWeights = { $0 = parameters }
        let found = try LibraryRunner(model, options, build, hooks: hooks).run(goldens.flatMap(\.inputs))
        let expected = goldens.flatMap { golden in zip(golden.cases, golden.outputs).map { (golden.layer, $0, $1) } }
        #expect(found.count == expected.count)
        for (values, (layer, text, output)) in zip(found, expected) {
            let error = largestError(values.map { Double($0) }, output.values)
            #expect(error < 1e-5, "\(layer): \(text): \(error) of the largest value")
        }
    }
}

/// The networks of goldens side by side in one; each layer's name and each tensor's begins with its golden's.
private func join(_ goldens: [Golden]) throws -> (Model, ModelOptions, ParameterValues) {
    let options = ModelOptions(path: "goldens.net")
    var model = try readModel(SourceFile(name: options.path, text: Array("ReLU()(Input((1,)))".utf8)), options)
    var joined = Network(sourceName: options.path, nodes: [], inputs: [], outputs: [])
    var parameters: ParameterValues = [:]
    for golden in goldens {
        let prefix = golden.layer + "."
        let offset = joined.nodes.count
        func moved(_ tensor: TensorID) -> TensorID { TensorID(node: tensor.node + offset, output: tensor.output) }
        func moved(_ tensor: PublicTensor) -> PublicTensor {
            PublicTensor(name: prefix + tensor.name, tensor: moved(tensor.tensor), range: tensor.range)
        }
        joined.inputs += golden.network.inputs.map { moved($0) }
        joined.outputs += golden.network.outputs.map { moved($0) }
        joined.nodes += golden.network.nodes.map { node in
            var node = node
            node.name = prefix + node.name
            node.inputs = node.inputs.map { moved($0) }
            return node
        }
        for (name, values) in golden.parameters { parameters[prefix + name] = values }
    }
    model.network = joined
    return (model, options, parameters)
}
