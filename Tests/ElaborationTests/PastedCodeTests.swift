import Foundation
import Network
import Testing

/// Layer code as it stands in tutorials and papers' repositories: it must compile as it was written.
@Suite struct PastedCodeTests {
    /// Keras' own ResNet tutorial's residual block, functional style; figures by hand.
    @Test func `a residual network in functional style`() throws {
        let text = """
            import numpy as np
            import keras
            from keras import layers

            inputs = keras.Input(shape=(32, 32, 3), name="img")
            x = layers.Conv2D(32, 3, activation="relu")(inputs)
            x = layers.Conv2D(64, 3, activation="relu")(x)
            block_1_output = layers.MaxPooling2D(3)(x)

            x = layers.Conv2D(64, 3, activation="relu", padding="same")(block_1_output)
            x = layers.Conv2D(64, 3, activation="relu", padding="same")(x)
            block_2_output = layers.add([x, block_1_output])

            x = layers.Conv2D(64, 3, activation="relu", padding="same")(block_2_output)
            x = layers.Conv2D(64, 3, activation="relu", padding="same")(x)
            block_3_output = layers.add([x, block_2_output])

            x = layers.Conv2D(64, 3, activation="relu")(block_3_output)
            x = layers.GlobalAveragePooling2D()(x)
            x = layers.Dense(256, activation="relu")(x)
            x = layers.Dropout(0.5)(x)
            outputs = layers.Dense(10)(x)

            model = keras.Model(inputs, outputs, name="toy_resnet")
            model.summary()
            """
        let network = try network(text)
        // The total that the tutorial prints.
        #expect(network.summary().parameters == 223_242)
        #expect(network.modelName == "toy_resnet")
        #expect(network.nodes.map(\.name).filter { $0.hasPrefix("add") } == ["add", "add_1"])
    }

    /// Keras' MNIST tutorial, sequential style.
    @Test func `a sequential convnet`() throws {
        let text = """
            num_classes = 10
            input_shape = (28, 28, 1)
            model = keras.Sequential(
                [
                    keras.Input(shape=input_shape),
                    layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
                    layers.MaxPooling2D(pool_size=(2, 2)),
                    layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
                    layers.MaxPooling2D(pool_size=(2, 2)),
                    layers.Flatten(),
                    layers.Dropout(0.5),
                    layers.Dense(num_classes, activation="softmax"),
                ]
            )

            model.summary()
            """
        // The total that the tutorial prints.
        #expect(try network(text).summary().parameters == 34_826)
    }

    /// `model.add`, the first layer's `input_shape`, Keras 2's aliases and arguments that matter in training.
    @Test func `model.add with old names`() throws {
        let text = """
            model = Sequential()
            model.add(Convolution2D(32, (3, 3), input_shape=(32, 32, 3), kernel_regularizer=l2(1e-4)))
            model.add(LeakyReLU(alpha=0.1))
            model.add(MaxPool2D(pool_size=(2, 2), strides=None))
            model.add(Dropout(0.25))
            model.add(Flatten())
            model.add(Dense(10, activation='softmax', kernel_initializer=RandomNormal(0.0, 0.02)))
            model.compile(optimizer='adam', loss='categorical_crossentropy')
            """
        let network = try network(text)
        #expect(network.summary().parameters == 32 * 27 + 32 + 15 * 15 * 32 * 10 + 10)
        #expect(network.nodes.map(\.type).contains("LeakyReLU"))
    }

    /// Whole files with `keras.layers.` prefixes, trailing comments and calls over several lines; Keras' own figures.
    @Test(arguments: [("separable_cnn", 183_987, 3_871_952), ("dilated_unet", 31_031_685, 54_605_774_848)])
    func `a tutorial's file`(name: String, parameters: Int, macs: Int) throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Pasted/\(name).net")
        let summary = try network(String(contentsOf: path, encoding: .utf8)).summary()
        #expect(summary.parameters == parameters)
        #expect(summary.macs == macs)
    }
}
