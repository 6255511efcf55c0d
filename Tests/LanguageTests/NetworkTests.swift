import Testing

/// What the elaborator is asked, in the order in which Python would ask.
@Suite struct `Layers and models` {
    private func expectJournal(_ program: String, _ journal: [String], outputs: [Int], inputs: [Int]? = nil) {
        let (elaborator, diagnostics) = run(program)
        #expect(!diagnostics.contains("error"), "\(diagnostics)")
        #expect(elaborator.journal == journal)
        #expect(elaborator.summary?.outputs.map(\.index) == outputs)
        #expect(elaborator.summary?.inputs?.map(\.index) == inputs)
    }

    @Test func `bare lines apply to the current tensor, through blocks and loops`() {
        expectJournal(
            """
            Input(8, 8, 3)
            def unit(f):
                Conv2D(f, 3)
                return ReLU()
            for f in [4, 2]: unit(f)
            """,
            [
                "Input(8, 8, 3)", "t0 = Input#0()", "Conv2D(4, 3)", "t1 = Conv2D#1(t0)", "ReLU()", "t2 = ReLU#2(t1)",
                "Conv2D(2, 3)", "t3 = Conv2D#3(t2)", "ReLU()", "t4 = ReLU#4(t3)",
            ], outputs: [4])
    }

    @Test func `an outer call constructs its layer first`() {
        expectJournal(
            "x = Input((8, 8, 3))\ny = ReLU()(Conv2D(4, 3)(x))",
            [
                "Input((8, 8, 3))", "t0 = Input#0() -> x", "ReLU()", "Conv2D(4, 3)", "t1 = Conv2D#2(t0)",
                "t2 = ReLU#1(t1) -> y",
            ], outputs: [2])
    }

    @Test func `a layer that is called later, passed on or listed stays a layer and shares its weights`() {
        expectJournal(
            """
            x = Input((8, 8, 3))
            conv = Conv2D(8, 3)
            a = conv(conv(x))
            y = Conv2D(4, 1)
            def apply(f, t):
                return f(t)
            act = ReLU()
            z = apply(act, y)
            for l in [Flatten(), Dense(3)]: z = l(z)
            """,
            [
                "Input((8, 8, 3))", "t0 = Input#0() -> x", "Conv2D(8, 3)", "t1 = Conv2D#1(t0)",
                "t2 = Conv2D#1(t1) -> a",
                "Conv2D(4, 1)", "t3 = Conv2D#2(t2) -> y", "ReLU()", "t4 = ReLU#3(t3)", "Flatten()", "Dense(3)",
                "t5 = Flatten#4(t4) -> z", "t6 = Dense#5(t5) -> z",
            ], outputs: [6])
    }

    @Test func `a name that is assigned again before it is called was a tensor`() {
        expectJournal(
            "Input((8,))\nx = Dense(4)\nx = Dense(5)\ny = x(x0) if False else x",
            ["Input((8))", "t0 = Input#0()", "Dense(4)", "t1 = Dense#1(t0) -> x", "Dense(5)"], outputs: [1])
    }

    @Test func `Keras prefixes, aliases, words and symbols are understood`() {
        expectJournal(
            """
            import tensorflow as tf
            from tensorflow.keras import layers as L
            from keras.layers import Conv2D as C, Dense
            x = tf.keras.Input(shape=[8, 8, 3])
            x = L.Conv2D(4, 3, padding=same, activation=tf.nn.relu)(x)
            y = C(4, 3, activation='relu', kernel_initializer=HeNormal(seed=1))(x)
            z = concatenate([x, y], axis=-1)
            logits = Dense(7, name=logits)(z, training=False)
            """,
            [
                "Input(shape=[8, 8, 3])", "t0 = Input#0() -> x", "Conv2D(4, 3, padding='same', activation=relu)",
                "t1 = Conv2D#1(t0) -> x", "Conv2D(4, 3, activation='relu', kernel_initializer=HeNormal(seed=1))",
                "t2 = Conv2D#2(t1) -> y", "concatenate(axis=-1)", "t3 = concatenate#3(t1, t2) -> z",
                "Dense(7, name='logits')", "t4 = Dense#4(t3) -> logits",
            ], outputs: [4])
    }

    @Test func `tensors take part in arithmetic, and a shape begins with None`() {
        expectJournal(
            """
            x = Input((8, 6, 3))
            y = 2 * -x + x / 4 - 1
            assert x.shape == (None, 8, 6, 3) and x.shape[0] is None and x.shape[-1] * x.shape[1] == 24
            b, h, w, c = x.shape
            assert x.shape[1:3] == (h, w) and len(x.shape) == 4
            """,
            [
                "Input((8, 6, 3))", "t0 = Input#0() -> x", "t1 = t0 * -1.0", "t2 = 2.0 * t1", "t3 = t0 / 4.0",
                "t4 = t2 + t3", "t5 = t4 - 1.0",
            ], outputs: [5])
    }

    @Test func `a sequential model with input_shape is built from it`() {
        expectJournal(
            """
            model = keras.Sequential([layers.Conv2D(4, 3, input_shape=(8, 8, 1))])
            model.add(Flatten())
            model.compile(optimizer=keras.optimizers.Adam(undefined))
            history = model.fit(also, undefined)
            if __name__ == '__main__':
                not_run()
            """,
            [
                "Conv2D(4, 3, input_shape=(8, 8, 1))", "Flatten()", "input [8, 8, 1]", "t1 = Conv2D#0(t0)",
                "t2 = Flatten#1(t1)",
            ], outputs: [2], inputs: [0])
    }

    @Test func `models are called and nest, and their own inputs are no inputs of the network`() {
        expectJournal(
            """
            i = Input((8,))
            inner = Model(i, Dense(8)(i), name='inner')
            head = Sequential([Input((8,)), Dense(3), ReLU()])
            j = Input((8,))
            probs = head(inner(j))
            Output(probs)
            """,
            [
                "Input((8))", "t0 = Input#0() -> i", "Dense(8)", "t1 = Dense#1(t0)",
                "Input((8))", "t2 = Input#2()", "Dense(3)", "ReLU()", "Input((8))",
                "t3 = Input#5() -> j", "t4 = model(t0 -> t1)(t3)", "t5 = Dense#3(t4)", "t6 = ReLU#4(t5) -> probs",
            ], outputs: [6], inputs: [3])
    }

    @Test func `several results unpack, and outputs may be a list`() {
        let (elaborator, _) = run("x = Input((8, 8, 4))\na, b = Split(2)(x)\noutputs = [b, a]")
        #expect(elaborator.summary?.outputs.map(\.index) == [2, 1])
    }

    @Test func `the file's description, weights and model name are kept`() {
        let (elaborator, diagnostics) = run(
            "\"\"\"A small net.\"\"\"\nx = Input((8,))\nm = Model(x, Dense(3)(x), name='small')\nm.load_weights('a/w.npz')"
        )
        #expect(diagnostics == "")
        #expect(elaborator.summary?.description == "A small net.")
        #expect(elaborator.summary?.weights?.path == "a/w.npz")
        #expect(elaborator.summary?.modelName == "small")
    }

    @Test func `a site names the blocks and loops around it`() {
        let (elaborator, _) = run("Input((8,))\ndef unit(n):\n    Dense(n)\nfor i in [5, 6]: unit(i)")
        #expect(elaborator.sites[2].blocks == ["unit#2"])
        #expect(
            elaborator.sites[2].trail.map(\.message) == [
                "in block 'unit' called here", "in iteration 2 of this loop (i = 6)",
            ])
    }
}

@Suite struct `Definitions of the command line` {
    private let program = "alpha = 1.0\nn = 3\nname = 'x'\nInput((8,))\nx = Dense(int(8 * alpha) + n)\n"

    @Test func `replace the first assignment, which is not evaluated`() {
        let (elaborator, diagnostics) = run(
            "alpha = 1 / 0\nn = 3\n" + program.dropFirst(12), definitions: [("alpha", "0.5"), ("n", "(2)")])
        #expect(diagnostics.contains("warning: this assignment stands: -D n replaced only the first"))
        #expect(!diagnostics.contains("error"))
        #expect(elaborator.journal.contains("Dense(7)"))
    }

    @Test func `are one literal, else a string`() {
        let (elaborator, _) = run(program, definitions: [("name", "a b"), ("n", "-2"), ("alpha", "2")])
        #expect(elaborator.summary?.parameters.map(\.value) == ["2", "-2", "'a b'"])
    }

    @Test func `of what is no parameter are errors that list the parameters`() {
        let (_, diagnostics) = run(program, definitions: [("alhpa", "2"), ("x", "3")])
        #expect(
            diagnostics == """
                m.net: error: -D alhpa: the file assigns no such parameter; did you mean 'alpha'?
                m.net:1:1: note: the parameters are alpha, n, name
                alpha = 1.0
                ^~~~~
                m.net:5:1: error: -D x: 'x' is not a parameter but names a tensor or layer
                x = Dense(int(8 * alpha) + n)
                ^
                2 errors generated.

                """)
    }
}
