import IR
import Layers
import Network
import Testing

@Suite struct LoweringTests {
    private func graph(_ text: String) throws -> (Graph, Network) {
        let network = try network(text)
        return (lower(network, parameters: initialValues(for: network, seed: 1, style: .test)), network)
    }

    @Test(arguments: ["1_mobilenet_v1", "2_mobilenet_v2", "4_inception", "5_shufflenet"])
    func `every tensor of a sample has a value of its shape, and a valid graph`(name: String) throws {
        let (graph, network) = try graph(try sample(name + ".net"))
        try verify(graph)
        for value in graph.values {
            guard let tensor = value.tensor else { continue }
            #expect(value.shape == network.nodes[tensor.node].outputShapes[tensor.output].dimensions)
        }
        #expect(graph.inputNames == network.inputs.map(\.name))
        #expect(graph.outputNames == network.outputs.map(\.name))
        #expect(graph.outputs.map { graph[$0].tensor?.node } == network.outputs.map(\.tensor.node))
    }

    @Test func `values know the layer and the line that made them`() throws {
        let (graph, _) = try graph("Input(8, 8, 3)\n\nConv2D(4, 3,\n       name=stem)")
        let origin = try #require(graph.outputs.first.map { graph[$0].origin })
        #expect(origin.layers == [Origin.Layer(name: "stem", type: "Conv2D", line: 3)])
    }

    @Test func `outputs that are one value become two`() throws {
        let text = "x = Input((8, 8, 3), name=image)\ny = ReLU()(x)\nz = Dropout(0.5)(y)\nOutput(y, z, Dropout(0.5)(x))"
        let (graph, network) = try graph(text)
        try verify(graph)
        #expect(Set(graph.outputs).count == 3)
        let producers = graph.producers()
        for output in graph.outputs {
            let operation = graph.operations[try #require(producers[output])]
            if case .input = operation.primitive { Issue.record("an output is an input") }
        }
        #expect(graph.outputs.map { graph[$0].tensor?.node } == network.outputs.map(\.tensor.node))
    }
}
