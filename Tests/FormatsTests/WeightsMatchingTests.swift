import Diagnostics
import Formats
import Network
import Testing

/// A stand-in for a layer: only its parameters matter here.
private struct Dense: Layer {
    static let descriptor = LayerDescriptor("Dense", summary: "", formula: "")
    init(_ attributes: AttributeValues) {}
    init() {}
    func outputShapes(for inputs: [Shape]) -> [Shape] { inputs }
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] { inputs }
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        Evaluation(outputs: inputs, bounds: bounds)
    }
}

private func node(_ name: String, at offset: Int) -> Node {
    let parameters = [
        Parameter("kernel", Shape([2, 3]), .kernel(fanIn: 2, fanOut: 3), initializer: .string("glorot_uniform")),
        Parameter("bias", Shape([3]), .bias, initializer: .string("zeros")),
    ]
    return Node(
        name: name, layer: Dense(), inputs: [], outputShapes: [], parameters: parameters,
        range: SourceRange(offset, offset + 5), line: 1)
}

/// Two layers, the first of which is applied twice.
private let network = Network(
    sourceName: "n.net", nodes: [node("dense", at: 0), node("dense_1", at: 10), node("dense", at: 20)], inputs: [],
    outputs: [])

private func match(_ arrays: [NamedArray], allowMissing: Bool = false) throws -> (ParameterValues, [Diagnostic]) {
    var bytes: [UInt8] = []
    try writeSafetensors(arrays) { bytes += $0 }
    var log = DiagnosticLog()
    let values = matchWeights(
        of: network, with: try archive(bytes), fileName: "n.safetensors", allowMissing: allowMissing, log: &log)
    return (values, log.diagnostics)
}

private let kernel: [Float] = [1, 2, 3, 4, 5, 6]
private let complete = [
    NamedArray(name: "dense/kernel", shape: [2, 3], values: kernel),
    NamedArray(name: "dense/bias", shape: [3], values: [0, 0, 0]),
    NamedArray(name: "dense_1/kernel", shape: [2, 3], values: kernel),
    NamedArray(name: "dense_1/bias", shape: [3], values: [7, 8, 9]),
]

@Suite struct WeightsMatchingTests {
    @Test func `a complete file gives every parameter, and Keras' training state is skipped`() throws {
        let state = ["optimizer/iteration", "dropout/seed_generator/seed_generator_state", "normalization/count"].map {
            NamedArray(name: $0, shape: [1], values: [0])
        }
        let (values, diagnostics) = try match(complete + state)
        #expect(diagnostics.isEmpty)
        #expect(values.count == 4 && values["dense_1/bias"] == [7, 8, 9] && values["dense/kernel"] == kernel)
    }

    /// Keras calls the weights of a Sequential model without an Input `sequential/dense/kernel`.
    @Test func `a model's name in front is no obstacle where it leaves no doubt`() throws {
        var arrays = complete
        for index in arrays.indices { arrays[index].name = "sequential/" + arrays[index].name }
        let (values, diagnostics) = try match(arrays)
        #expect(diagnostics.isEmpty)
        #expect(values.count == 4 && values["dense_1/bias"] == [7, 8, 9] && values["dense/kernel"] == kernel)

        let twice = arrays + [NamedArray(name: "other/dense/bias", shape: [3], values: [1, 1, 1])]
        #expect(
            try match(twice).1.map(\.message) == [
                "'n.safetensors' has no 'dense/bias' of shape (3)",
                "'sequential/dense/bias' of shape (3) in 'n.safetensors' belongs to no layer of the network",
                "'other/dense/bias' of shape (3) in 'n.safetensors' belongs to no layer of the network",
            ])
    }

    @Test func `all mistakes are reported at once, each at its layer`() throws {
        var arrays = complete
        arrays[0].shape = [3, 2]
        arrays[1].values[2] = .nan
        arrays[2].name = "dense_1/weight"
        arrays[3].name = "other/bias"
        let (_, diagnostics) = try match(arrays)
        #expect(
            diagnostics.map(\.message) == [
                "'dense/kernel' is 3×2 in 'n.safetensors', but the layer needs 2×3",
                "'dense/bias' in 'n.safetensors' holds nan at [2]",
                "'n.safetensors' has no 'dense_1/kernel' of shape 2×3",
                "'n.safetensors' has no 'dense_1/bias' of shape (3)",
                "'dense_1/weight' of shape 2×3 in 'n.safetensors' is no parameter of layer 'dense_1', which has 'kernel', 'bias'",
                "'other/bias' of shape (3) in 'n.safetensors' belongs to no layer of the network",
            ])
        #expect(diagnostics.map { $0.range?.start } == [0, 0, 10, 10, 10, nil])
        #expect(diagnostics.allSatisfy { $0.severity == .error })
    }

    @Test func `with leave a missing parameter is a warning`() throws {
        let (values, diagnostics) = try match(Array(complete[..<3]), allowMissing: true)
        #expect(diagnostics.map(\.severity) == [.warning])
        #expect(diagnostics[0].message == "'n.safetensors' has no 'dense_1/bias' of shape (3); its initialiser is used")
        #expect(values["dense_1/bias"] == nil && values.count == 3)
    }

    @Test func `converted types are noted`() throws {
        var bytes: [UInt8] = []
        try writeSafetensors(complete, as: .float16) { bytes += $0 }
        var log = DiagnosticLog()
        _ = matchWeights(of: network, with: try archive(bytes), fileName: "n.safetensors", log: &log)
        #expect(log.diagnostics.map(\.message) == ["4 tensors of float16 in 'n.safetensors' converted to float32"])
    }
}
