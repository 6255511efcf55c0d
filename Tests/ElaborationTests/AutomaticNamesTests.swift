import Network
import Testing

@Suite struct AutomaticNamesTests {
    private func names(_ text: String) throws -> [String] { try network(text).nodes.map(\.name) }

    /// Python constructs the outer layer of `A()(B()(x))` first.
    @Test func `layers are counted in the order of their construction`() throws {
        let text = "x = Input((8, 8, 3))\ny = Conv2D(4, 1)(Conv2D(5, 1)(x))"
        #expect(try names(text) == ["input_layer", "conv2d_1", "conv2d"])
    }

    @Test func `explicit names do not count`() throws {
        let text = "Input(8, 8, 3)\nConv2D(4, 1)\nConv2D(4, 1, name=middle)\nConv2D(4, 1)"
        #expect(try names(text) == ["input_layer", "conv2d", "middle", "conv2d_1"])
    }

    @Test func `layers that no output needs count and are dropped`() throws {
        let text = "x = Input((8, 8, 3))\nunused = ReLU()(x)\ny = ReLU()(x)"
        #expect(try names(text) == ["input_layer", "re_lu_1"])
    }

    /// Keras' operators on tensors are operations of their own names: `keras.ops.Add` and the layer Add count together.
    @Test func `operators are named as in Keras`() throws {
        let text = "x = Input((8, 8, 3))\ny = x + x\nz = Add()([y, x])\nw = (z * 2.0 - y) / 4 + 1"
        #expect(
            try names(text)
                == ["input_layer", "add", "add_1", "multiply", "subtract", "true_divide", "add_2"])
    }

    @Test func `operators that are no layers of Keras have its names, too`() throws {
        let text = "x = Input((8,))\ny = (x + 9) ** 2\nz = x / y\nw = z + Constant((8,)) + Constant((8,), name=last)"
        #expect(
            try names(text)
                == ["input_layer", "add", "power", "true_divide", "constant", "add_1", "last", "add_2"])
    }

    /// Keras' initialiser of that name is no layer.
    @Test func `an initializer that is called as a layer is none`() throws {
        let text =
            "Input(8, 8, 3)\nConv2D(4, 1, bias_initializer=Constant(0.5))\nConv2D(4, 1, kernel_initializer=initializers.Constant(2))"
        #expect(try names(text) == ["input_layer", "conv2d", "conv2d_1"])
    }

    @Test func `loops count each round`() throws {
        #expect(
            try names("Input(8, 8, 3)\nfor i in range(3):\n    ReLU()").suffix(3) == ["re_lu", "re_lu_1", "re_lu_2"])
    }

    @Test func `a layer that is applied twice is one layer`() throws {
        let text = """
            a = Input((8,), name=a)
            b = Input((8,), name=b)
            dense = Dense(4)
            y = Add()([dense(a), dense(b)])
            """
        let network = try network(text)
        #expect(network.nodes.map(\.name) == ["a", "b", "dense", "dense", "add"])
        #expect(network.parameterInventory().map(\.name) == ["dense/kernel", "dense/bias"])
        let summary = network.summary()
        #expect(summary.parameters == 8 * 4 + 4)
        #expect(summary.macs == 2 * 8 * 4)
        #expect(summary.layers.map(\.sharesWeights) == [false, false, false, true, false])
    }

    @Test func `a model that is called shares its layers' weights`() throws {
        let text = """
            a = Input((8, 8, 3))
            encoder = Model(a, Flatten()(Conv2D(2, 3)(a)))
            left = Input((8, 8, 3), name=left)
            right = Input((8, 8, 3), name=right)
            distance = Subtract()([encoder(left), encoder(right)])
            model = Model([left, right], distance)
            """
        let network = try network(text)
        #expect(network.inputs.map(\.name) == ["left", "right"])
        #expect(network.outputs.map(\.name) == ["distance"])
        #expect(network.parameterInventory().map(\.name) == ["conv2d/kernel", "conv2d/bias"])
        #expect(network.summary().macs == 2 * 6 * 6 * 2 * 27)
    }

    /// Keras code calls everything `x`.
    @Test func `variables that clash give way to automatic names`() throws {
        let network = try network("x = Input((8, 8, 3))\nx = ReLU()(x)\nx = Dense(4)(x)")
        #expect(network.inputs.map(\.name) == ["x"])
        #expect(network.outputs.map(\.name) == ["dense"])
    }

    @Test func `an output is named by its layer, else its variable, else automatically`() throws {
        let text = """
            x = Input((8, 8, 3), name=image)
            a = ReLU(name=first)(x)
            b = ReLU()(x)
            Output(a, b, ReLU()(x))
            """
        #expect(try network(text).outputs.map(\.name) == ["first", "b", "re_lu_1"])
    }
}
