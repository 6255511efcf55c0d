import Network
import Testing

/// Tensors of weights, which no layer is applied to.
@Suite struct ConstantsTests {
    @Test func `a constant leaves the current tensor and the inputs as they are`() throws {
        let network = try network("Input(8, 8, 4)\nc = Constant((8,))\ny = Conv2D(8, 1)\nz = y + c")
        #expect(network.nodes.map(\.type) == ["Input", "Constant", "Conv2D", "Add"])
        #expect(network.inputs.count == 1)
        #expect(network.parameterInventory().map(\.name) == ["constant/value", "conv2d/kernel", "conv2d/bias"])
        #expect(network.summary().parameters == 8 + 4 * 8 + 8)
        #expect(network.summary().layers.map(\.receptiveField).allSatisfy { $0 == .pixels(height: 1, width: 1) })
    }

    @Test func `a model that is called twice has one constant`() throws {
        let text = """
            x = Input((4,))
            model = Model(x, x * Constant((4,), 'ones', name=gain))
            a = Input((4,), name=a)
            b = Input((4,), name=b)
            outputs = [model(a), model(b)]
            """
        let network = try network(text)
        #expect(network.inputs.map(\.name) == ["a", "b"])
        #expect(network.parameterInventory().map(\.name) == ["gain/value"])
    }
}
