import Diagnostics
import Formats
import Import
import KerasFiles
import Language
import Layers
import Network
import Testing

/// A legacy file whose configuration is given and that holds no weights.
private struct WithoutWeights: HDF5Opener {
    var configuration: String

    func open(_ image: HDF5Image) throws -> HDF5File {
        var listing = HDF5Listing()
        listing.texts = ["": ["model_config": [configuration]]]
        return try HDF5File(listing, file: MemorySource([]), copies: MemorySource([]))
    }
}

/// The text of a model without weights; the problems as one text where there are any.
private func imported(_ configuration: String) -> String {
    let signature = MemorySource([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
    do {
        return try importKeras(signature, fileName: "m.h5", hdf5: WithoutWeights(configuration: configuration)).text
    } catch { return "\(error)" }
}

/// A functional model of layers `[class, name, further entries of the configuration, inputs]`.
private func functional(_ layers: [(String, String, String, [String])], outputs: [String]) -> String {
    let texts = layers.map { className, name, config, inputs in
        let calls = inputs.isEmpty ? "" : "[\(inputs.map { "[\"\($0)\", 0, 0, {}]" }.joined(separator: ", "))]"
        let own = config.isEmpty ? "" : ", \(config)"
        return
            "{\"class_name\": \"\(className)\", \"name\": \"\(name)\", "
            + "\"config\": {\"name\": \"\(name)\", \"trainable\": true\(own)}, \"inbound_nodes\": [\(calls)]}"
    }
    let inputs = layers.filter { $0.0 == "InputLayer" }.map { "[\"\($0.1)\", 0, 0]" }.joined(separator: ", ")
    let results = outputs.map { "[\"\($0)\", 0, 0]" }.joined(separator: ", ")
    return
        "{\"class_name\": \"Functional\", \"config\": {\"name\": \"m\", \"layers\": [\(texts.joined(separator: ", "))], "
        + "\"input_layers\": [\(inputs)], \"output_layers\": [\(results)]}}"
}

private let image = ("InputLayer", "image", "\"batch_input_shape\": [null, 4, 4, 2]", [String]())

/// The network that a text describes; `nil` where it has mistakes.
private func network(_ text: String) -> Network? {
    let source = SourceFile(name: "m.net", text: Array(text.utf8))
    var log = DiagnosticLog()
    var builder = NetworkBuilder(source: source)
    interpret(source, definitions: [], with: &builder, log: &log)
    return builder.makeNetwork()
}

/// The names of the inputs that a tensor is made of.
private func sources(of tensor: TensorID, in network: Network) -> [String] {
    let node = network.nodes[tensor.node]
    return node.inputs.isEmpty ? [node.name] : node.inputs.flatMap { sources(of: $0, in: network) }
}

@Suite struct ConfigurationTests {
    @Test func `a model of Keras 2 is read`() {
        let text = imported(
            functional(
                [
                    image, ("Activation", "a/b", "\"activation\": \"relu\"", ["image"]),
                    ("Add", "add", "", ["image", "a/b"]),
                ], outputs: ["add"]))
        #expect(
            text == """
                \"""Imported from m.h5.\"""

                image = Input((4, 4, 2), name='image')
                x = Activation('relu', name='a_b')(image)
                add_out = Add()([image, x])

                model = Model(image, add_out, name='m')

                """)
    }

    /// Layers keep the names that the model gives them, as keras.applications' own code does it.
    @Test func `repeated layers become a block that is told what they are called`() {
        var layers = [image]
        var last = "image"
        for stage in 1...2 {
            for block in 1...4 {
                let name = "stage\(stage)_block\(block)"
                layers += [
                    ("Activation", name + "_act", "\"activation\": \"tanh\"", [last]),
                    ("ReLU", name + "_relu", "\"max_value\": \(stage)", [name + "_act"]),
                    ("Softmax", name + "_max", "", [name + "_relu"]),
                    ("Add", name + "_add", "", [name + "_max", last]),
                    ("ELU", name + "_out", "", [name + "_add"]),
                ]
                last = name + "_out"
            }
        }
        let text = imported(functional(layers, outputs: [last]))
        let lines = text.split(separator: "\n")
        #expect(lines.count < 25, "\(text)")
        #expect(text.contains("name=f'{name}_relu'"), "\(text)")
        let names = network(text)?.nodes.map(\.name)
        #expect(names == layers.map(\.1), "\(text)")
    }

    /// Both would have the layer's name.
    @Test func `two outputs of one layer are not one tensor`() throws {
        let second = ("InputLayer", "second", "\"batch_input_shape\": [null, 4, 4, 2]", [String]())
        let text = imported(
            functional([image, second, ("ReLU", "add", "", ["image"])], outputs: ["add", "add"])
                .replacing("[[[\"image\", 0, 0, {}]]]", with: "[[[\"image\", 0, 0, {}]], [[\"second\", 0, 0, {}]]]")
                .replacing("[\"add\", 0, 0]]", with: "[\"add\", 1, 0]]"))
        let model = try #require(network(text), "\(text)")
        #expect(model.outputs.map(\.name) == ["add", "add_1"], "\(text)")
        let ways = model.outputs.map { sources(of: $0.tensor, in: model) }
        #expect(ways == [["image"], ["second"]], "\(text)")
    }

    /// As the last line's variable would be called, and as the input's would where it has no name of its own.
    @Test(arguments: [("x", "scores"), ("input_layer", "image"), ("input_layer", "x")])
    func `a named sequence keeps its input and its output apart`(input: String, output: String) throws {
        let first = ("InputLayer", input, "\"batch_input_shape\": [null, 4, 4, 2]", [String]())
        let text = imported(
            functional([first, ("ReLU", output, "", [input])], outputs: [output])
                .replacing("\"config\": {\"name\": \"m\"", with: "\"config\": {\"name\": \"classifier\""))
        let model = try #require(network(text), "\(text)")
        #expect(model.outputs.map { model.nodes[$0.tensor.node].name } == [output], "\(text)")
    }

    /// A function that isn't Keras' own is saved by its name: what it computes, nobody knows. Keras looks for it among its activations.
    @Test func `a function by its mere name is an activation of Keras or refused`() {
        func text(_ name: String, kind: String = "function") -> String {
            let function = "{\"module\": \"builtins\", \"class_name\": \"\(kind)\", \"config\": \"\(name)\"}"
            return imported(
                functional([image, ("Activation", "a", "\"activation\": \(function)", ["image"])], outputs: ["a"]))
        }
        #expect(text("relu").contains("Activation('relu', name='a')"), "\(text("relu"))")
        for (name, kind) in [("arctan", "function"), ("mine", "function"), ("abs", "builtin_function_or_method")] {
            let problems = text(name, kind: kind)
            #expect(problems.contains("its activation is the function '\(name)'"), "\(problems)")
            #expect(!problems.contains("lacks"), "\(problems)")
        }
    }

    @Test func `a cycle is told`() {
        let layers = [
            image, ("Add", "a", "", ["image", "b"]), ("ReLU", "b", "", ["a"]),
        ]
        #expect(imported(functional(layers, outputs: ["b"])) == "layer 'b' depends on its own result")
    }

    @Test func `references to what is not there are told`() {
        let text = imported(functional([image, ("ReLU", "a", "", ["other"])], outputs: ["a"]))
        #expect(text.contains("call 0 of layer 'other', which is not there"))
    }

    @Test func `two layers of one name are told`() {
        let layers = [image, ("ReLU", "a", "", ["image"]), ("ReLU", "a", "", ["image"])]
        #expect(imported(functional(layers, outputs: ["a"])).contains("two layers called 'a'"))
    }

    @Test func `unknown arguments, open sizes and giant sizes are told`() {
        let open = ("InputLayer", "image", "\"batch_input_shape\": [null, null, 4, 2]", [String]())
        let text = imported(
            functional([open, ("ReLU", "a", "\"slope\": 3, \"padding\": null", ["image"])], outputs: ["a"]))
        #expect(text.contains("'slope' of ReLU is not supported: layer 'a'; its value is 3"))
        #expect(text.contains("the input has the shape (None, None, 4, 2)"))
        let giant = ("InputLayer", "image", "\"batch_input_shape\": [null, 4194304, 4194304, 65536]", [String]())
        #expect(imported(functional([giant, ("ReLU", "a", "", ["image"])], outputs: ["a"])).contains("2⁴⁰ elements"))
    }

    @Test func `a custom class that is called like one of Keras' is refused`() {
        let text = functional([image, ("Mine>ReLU", "a", "", ["image"])], outputs: ["a"])
        #expect(imported(text).contains("'ReLU' is no class of Keras' own"))
    }

    @Test func `calls in training mode are refused`() {
        let text = functional([image, ("Dropout", "a", "\"rate\": 0.5", ["image"])], outputs: ["a"])
            .replacing("[\"image\", 0, 0, {}]", with: "[\"image\", 0, 0, {\"training\": true}]")
        #expect(imported(text).contains("it is called with 'training', which has no counterpart"))
    }

    @Test func `deep nesting and malformed JSON are errors`() {
        let deep = String(repeating: "[", count: 200_000)
        #expect(imported(deep).contains("it nests deeper than 100 levels"))
        #expect(imported("{\"class_name\": tru}").contains("expected a value, found 'tru'"))
        #expect(imported("{}").contains("a layer without 'class_name'"))
        #expect(imported("{\"class_name\": \"MyModel\", \"config\": {}}").contains("whose structure is Python code"))
    }

    /// The innermost model applies a layer, or nothing at all.
    @Test(arguments: ["r", "i"]) func `models within models that multiply endlessly end`(leaf: String) {
        func level(_ depth: Int) -> String {
            let inner = depth == 0 ? "" : level(depth - 1)
            let body =
                depth == 0
                ? "{\"class_name\": \"ReLU\", \"name\": \"r\", \"config\": {\"name\": \"r\", \"trainable\": true}, "
                    + "\"inbound_nodes\": [[[\"i\", 0, 0, {}]]]}"
                : inner.replacing(
                    "\"class_name\": \"Functional\"",
                    with: "\"name\": \"r\", \"inbound_nodes\": [[[\"i\", 0, 0, {}]], [[\"r\", 1, 0, {}]]], "
                        + "\"class_name\": \"Functional\"", maxReplacements: 1)
            return
                "{\"class_name\": \"Functional\", \"config\": {\"name\": \"m\", \"layers\": [{\"class_name\": \"InputLayer\", "
                + "\"name\": \"i\", \"config\": {\"batch_shape\": [null, 4]}, \"inbound_nodes\": []}, \(body)], "
                + "\"input_layers\": [[\"i\", 0, 0]], \"output_layers\": [[\"\(depth == 0 ? leaf : "r")\", \(depth == 0 ? 0 : 2), 0]]}}"
        }
        #expect(imported(level(20)).contains("the model has more than 100000"))
    }

    @Test func `names that a file can't hold are replaced, and text can't leave its quotes`() throws {
        let text = imported(
            functional([image, ("ReLU", "a'); load_weights('x", "", ["image"])], outputs: ["a'); load_weights('x"]))
        #expect(text.contains("name='a\\'); load_weights(\\'x'"))
    }
}
