import Formats
import Import
import Language
import Layers
import Network

/// The construction of a layer as one writes it, by its table: `Conv2D(32, 3, strides=2, padding='same', name='stem')`. What equals the
/// default or matters in training only is left out; what the table doesn't know is reported, unless it says "not used".

struct LayerText {
    let index = LayerIndex()

    /// The layer without its name; `nil` where something stands against it, which has been reported.
    func arguments(
        of layer: KerasLayer, named name: String, problems: inout Problems
    ) -> (descriptor: LayerDescriptor, arguments: [Program.Argument])? {
        guard layer.module.map(isKeras) ?? true else {
            problems.add(
                "'\(layer.className)' is no class of Keras' own", layer: name,
                hint: "write what it computes with Keras' layers")
            return nil
        }
        guard let descriptor = index[layer.className]?.descriptor else {
            problems.add(
                "there is no layer '\(layer.className)' in a .net file", layer: name, hint: advice(for: layer.className)
            )
            return nil
        }
        var isRight = true
        var values: [String: AttributeValue] = [:]
        for (key, value) in layer.config.sorted(by: { $0.key < $1.key }) {
            do {
                guard let attribute = descriptor.attributes.first(where: { $0.answers(to: key) }) else {
                    try checkOther(key, value, descriptor)
                    continue
                }
                if let checked = try convert(value, attribute, descriptor) { values[attribute.name] = checked }
            } catch {
                problems.add(error.text, layer: name, hint: error.hint)
                isRight = false
            }
        }
        for attribute in descriptor.attributes
        where attribute.defaultValue == nil && !attribute.isOptional && attribute.type != .ignored
            && values[attribute.name] == nil && isRight
        {
            problems.add("'\(layer.className)' lacks '\(attribute.name)'", layer: name)
            isRight = false
        }
        return isRight ? (descriptor, written(values, descriptor)) : nil
    }

    /// Where Keras keeps its classes, also before version 3.
    private func isKeras(_ module: String) -> Bool {
        ["keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras"].contains {
            module == $0 || module.hasPrefix($0 + ".")
        }
    }

    private func advice(for className: String) -> String {
        switch className {
        case "Lambda", "TFOpLambda", "SlicingOpLambda":
            "it is Python code: write what it computes with Keras' layers"
        case "LSTM", "GRU", "SimpleRNN", "Bidirectional", "ConvLSTM2D", "RNN", "TimeDistributed":
            "recurrence is not compiled; cut the model before it and compile what lies before"
        default: "'netc layers' lists those there are"
        }
    }

    // MARK: - Reading

    private struct Refusal: Error {
        var text: String
        var hint: String?
    }

    /// The checked value of an attribute; `nil` for one that is left out.
    private func convert(
        _ value: JSONValue, _ attribute: Attribute, _ descriptor: LayerDescriptor
    ) throws(Refusal) -> AttributeValue? {
        switch attribute.type {
        // The weights are there.
        case .ignored, .initializer: return nil
        default: break
        }
        if attribute.name == "data_format" {
            guard value.isNull || value.string == "channels_last" else {
                throw Refusal(
                    text: "data_format '\(value.string ?? "?")' is not compiled",
                    hint: "images are height × width × channels; save the model with 'channels_last'")
            }
            return nil
        }
        if let function = functionName(value), !(activationNames + ["swish", "hard_swish"]).contains(function) {
            throw Refusal(
                text: "its \(attribute.name) is the function '\(function)', of which the file holds the name alone",
                hint: "Keras can't load it either; save the model with one of keras.activations")
        }
        guard var argument = ArgumentValue(value) else {
            throw Refusal(text: "the value of '\(attribute.name)' of \(descriptor.name) is not understood")
        }
        // Keras 2 has a list for the axis of BatchNormalization.
        if case .int = attribute.type, case .list(let items) = argument, items.count == 1 { argument = items[0] }
        do {
            return try attribute.convert(argument)
        } catch {
            let expected = error.expectation ?? attribute.expectation
            throw Refusal(
                text: error.message
                    ?? "'\(attribute.name)' of \(descriptor.name) must be \(expected), found \(argument.found)",
                hint: error.hint)
        }
    }

    /// Entries that are no attributes: those that matter in training only, and those that say that something isn't used.
    private func checkOther(_ key: String, _ value: JSONValue, _ descriptor: LayerDescriptor) throws(Refusal) {
        if descriptor.ignored.contains(key) || Self.common.contains(key) { return }
        if ["_regularizer", "_constraint", "_initializer"].contains(where: key.hasSuffix) { return }
        if key == "dtype" { return try checkType(value) }
        switch value {
        case .null, .bool(false), .array([]), .object([:]): return
        case .int(1) where key == "groups": return
        default:
            throw Refusal(
                text: "'\(key)' of \(descriptor.name) is not supported",
                hint: "its value is \(ArgumentValue(value)?.found ?? "an object")")
        }
    }

    /// The name of a function that is none of Keras', as one of the user's and those of `keras.ops` are saved.
    private func functionName(_ value: JSONValue) -> String? {
        guard value["module"]?.string == "builtins" else { return nil }
        return value["config"]?.string
    }

    private static let common: Set<String> = [
        "name", "trainable", "activity_regularizer", "batch_input_shape", "input_shape", "input_dim", "build_config",
        "autocast", "seed", "noise_shape", "registered_name",
    ]

    /// The type in which a layer computes: a name, or a policy.
    private func checkType(_ value: JSONValue) throws(Refusal) {
        let name = value.string ?? value["config"]?["name"]?.string
        guard let name else {
            if value.isNull { return }
            throw Refusal(text: "its type of numbers is not understood")
        }
        let isFloat = ["float", "bfloat", "mixed_float", "mixed_bfloat"].contains(where: name.hasPrefix)
        guard isFloat, !name.contains("8") else {
            throw Refusal(text: "it computes in '\(name)'", hint: "networks compute in float32")
        }
    }

    // MARK: - Writing

    /// The arguments that are not defaults, in the table's order: what must be given, and the first where it stands for the whole, by position.
    private func written(_ values: [String: AttributeValue], _ descriptor: LayerDescriptor) -> [Program.Argument] {
        var result: [Program.Argument] = []
        var isPositional = true
        for (position, attribute) in descriptor.attributes.enumerated() {
            guard let value = values[attribute.name], !isDefault(value, attribute, values) else {
                isPositional = false
                continue
            }
            let text = literal(value, as: attribute.type)
            let isRequired = attribute.defaultValue == nil && !attribute.isOptional
            let isMain = position == 0 && attribute.type != .bool && attribute.name != "axis"
            isPositional = isPositional && (isRequired || isMain)
            result.append(Program.Argument(keyword: isPositional ? nil : attribute.name, value: text))
        }
        return result
    }

    private func isDefault(
        _ value: AttributeValue, _ attribute: Attribute, _ values: [String: AttributeValue]
    ) -> Bool {
        if value == (attribute.defaultValue ?? (attribute.isOptional ? AttributeValue.none : nil)) { return true }
        if attribute.type == .activation, attribute.isOptional, value == .string("linear") { return true }
        // A pooling's own default.
        return attribute.name == "strides" && attribute.defaultValue == AttributeValue.none
            && value == values["pool_size"]
    }
}
