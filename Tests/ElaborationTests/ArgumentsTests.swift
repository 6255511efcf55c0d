import IR
import Layers
import Network
import Testing

@Suite struct ArgumentsTests {
    private func outputShape(_ layers: String) throws -> [Int] {
        let network = try network("Input(12, 10, 4)\n" + layers)
        return network.shape(of: network.outputs[0].tensor).dimensions
    }

    @Test(arguments: [
        ("ZeroPadding2D(1)", [14, 12, 4]), ("ZeroPadding2D((1, 2))", [14, 14, 4]),
        ("ZeroPadding2D(((1, 0), (2, 3)))", [13, 15, 4]), ("MaxPooling2D((3, 2))", [4, 5, 4]),
        ("Conv2D(8, kernel_size=[3, 1], padding='SAME', strides=(2, 1))", [6, 10, 8]),
        ("keras.layers.Convolution2D(8, 3, data_format='channels_last', dtype='float32')", [10, 8, 8]),
        ("Reshape((-1, 4))", [120, 4]), ("Flatten(name=None)", [480]),
    ])
    func `arguments are read in every form that Keras takes`(layer: String, shape: [Int]) throws {
        #expect(try outputShape(layer) == shape)
    }

    @Test(arguments: [
        "Conv2D(8, 3, kernel_regularizer=keras.regularizers.l2(1e-4), trainable=False)",
        "Conv2D(8, 3, kernel_initializer='he_normal', bias_initializer=keras.initializers.Constant(0.1))",
        "Conv2D(8, 3, kernel_initializer=VarianceScaling(scale=2.0, mode='fan_out', distribution='normal', seed=3))",
        "Conv2D(8, 3, activation=tf.nn.relu6)", "LeakyReLU(alpha=0.2)",
        "Conv2D(8, 3, activation=keras.activations.gelu)",
        "Conv2D(8, 3, activation=None, bias_constraint=None, activity_regularizer='l1')",
    ])
    func `what Keras accepts is accepted`(layer: String) throws {
        #expect(elaborate("Input(12, 10, 4)\n" + layer).report == "")
    }

    @Test func `a layer may stand where an activation is wanted`() throws {
        let network = try network("Input(4, 4, 1)\nConv2D(1, 1, activation=LeakyReLU(alpha=0.125))")
        let graph = lower(network, parameters: initialValues(for: network, seed: 0, style: .test))
        guard case .convolution(let convolution)? = graph.operations.last?.primitive else {
            Issue.record("no convolution")
            return
        }
        let leaky = Activation.rectifier(maximum: .infinity, slope: 0.125, threshold: 0)
        #expect([convolution.epilogue.first, convolution.epilogue.last].contains(leaky))
    }

    @Test func `an input takes loose numbers, a tuple or keywords`() throws {
        for input in [
            "Input(6, 5, 4)", "Input((6, 5, 4))", "Input(shape=[6, 5, 4])", "InputLayer(input_shape=(6, 5, 4))",
        ] {
            let network = try network(input + "\nReLU()")
            #expect(network.shape(of: network.inputs[0].tensor).dimensions == [6, 5, 4])
        }
    }

    @Test func `a sequential model may begin with input_shape`() throws {
        let network = try network("model = Sequential([Dense(4, input_dim=3), Dense(2)])")
        #expect(network.nodes.map(\.name) == ["input_layer", "dense", "dense_1"])
        #expect(network.summary().parameters == 3 * 4 + 4 + 4 * 2 + 2)
    }
}
