import IR
import Interpreter
import Layers
import Network
import Reference
import Testing

/// What holds for every layer, on a grid of attributes.
@Suite struct EveryLayerTests {
    @Test func `every layer has a case`() {
        let tested = Set(layerCases.map(\.name))
        let missing = layerRegistry.map { $0.descriptor.name }.filter { !tested.contains($0) }
        #expect(missing.isEmpty, "add a row to LayerCases.swift")
    }

    @Test(arguments: layerCases)
    func `the lowering means what the reference says`(_ it: LayerCase) throws {
        let (network, inputs, parameters) = try setUp(it)
        let graph = lower(network, parameters: parameters)
        try verify(graph)
        let values = Interpreter.evaluate(graph, inputs: inputs.map(\.values))
        let expected = Reference.evaluate(network, inputs: inputs, parameters: ReferenceParameters(parameters))
        for (value, tensor) in zip(graph.outputs, expected) {
            #expect(graph[value].shape == tensor.shape.dimensions)
            #expect(isClose(values[value]!, tensor.values, tolerance: it.isFolded ? 1e-6 : 1e-12))
        }
    }

    /// Inputs anywhere within their bounds give outputs within theirs.
    @Test(arguments: layerCases)
    func `bounds hold what the inputs' bounds can do`(_ it: LayerCase) throws {
        let layer = try makeLayer(it.name, it.attributes)
        let inputs = it.inputs.enumerated().map { random(Shape($1), "x\($0)", it.range ?? -2...2) }
        let bounds = it.inputs.enumerated().map { random(Shape($1), "b\($0)", 0, 0.01) }
        let parameters = layer.parameters(for: inputs.map(\.shape)).map { random($0.shape, $0.name, 0.2, 1) }
        let evaluation = layer.evaluate(inputs, bounds: bounds, parameters)
        let exact = layer.reference(inputs, parameters)
        #expect(zip(evaluation.outputs, exact).allSatisfy { isClose($0.values, $1.values) })
        for seed in 0..<5 as Range<UInt64> {
            let moved = zip(inputs, bounds).enumerated().map {
                $1.0.perturbed(within: $1.1, seed: seed, name: "input \($0)")
            }
            for (output, index) in zip(layer.reference(moved, parameters), exact.indices) {
                let distances = output.zip(exact[index]) { abs($0 - $1) }
                #expect(zip(distances.values, evaluation.bounds[index].values).allSatisfy { $0 <= $1 })
            }
        }
    }

    /// Zero bounds stay zero where nothing is computed, and stay in the order of float32's rounding elsewhere.
    @Test(arguments: layerCases)
    func `bounds of exact inputs are those of rounding`(_ it: LayerCase) throws {
        let layer = try makeLayer(it.name, it.attributes)
        let inputs = it.inputs.enumerated().map { random(Shape($1), "x\($0)", it.range ?? -1...1) }
        let parameters = layer.parameters(for: inputs.map(\.shape)).map { random($0.shape, $0.name, 0.2, 1) }
        let evaluation = layer.evaluate(inputs, bounds: inputs.map { RealTensor($0.shape) }, parameters)
        let largest = evaluation.bounds.flatMap(\.values).max() ?? 0
        #expect(largest <= 1e-4)
        #expect(!(layer is any CarryingLayer) || largest == 0)
    }

    private func setUp(_ it: LayerCase) throws -> (Network, [RealTensor], ParameterValues) {
        let layer = try makeLayer(it.name, it.attributes)
        let shapes = it.inputs.map { Shape($0) }
        let isInput = it.name == "Input"
        let network = try Network.make(
            inputs: shapes, isInput ? [] : [(layer, Array(shapes.indices))])
        let inputs = shapes.enumerated().map { random($1, "x\($0)", it.range ?? -2...2) }
        return (network, inputs, network.randomParameters())
    }
}
