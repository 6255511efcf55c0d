import Formats
import Import

/// Reads the configuration of a model: of Keras 3, and of Keras 2 where it has the same form.
func readModel(_ value: JSONValue) throws(ImportError) -> KerasModel {
    let layer = try readLayer(value, fallbackName: "model")
    guard let model = layer.model else {
        throw ImportError([
            "the model is of the class '\(layer.className)', whose structure is Python code and not in the file;"
                + " save a functional or sequential model"
        ])
    }
    return model
}

private func readModel(_ className: String, _ config: [String: JSONValue]) throws(ImportError) -> KerasModel? {
    switch className {
    case "Functional", "Model":
        guard let layers = config["layers"]?.array else { return nil }
        return KerasModel(
            kind: .functional, name: config["name"]?.string ?? "", layers: try readLayers(layers),
            inputs: try tensors(config["input_layers"]), outputs: try tensors(config["output_layers"]))
    case "Sequential":
        guard let layers = config["layers"]?.array else { return nil }
        return KerasModel(
            kind: .sequential, name: config["name"]?.string ?? "", layers: try readLayers(layers),
            buildShape: config["build_input_shape"])
    default: return nil
    }
}

private func readLayers(_ values: [JSONValue]) throws(ImportError) -> [KerasLayer] {
    var layers: [KerasLayer] = []
    var names: Set<String> = []
    for (index, value) in values.enumerated() {
        let layer = try readLayer(value, fallbackName: "layer_\(index)")
        guard names.insert(layer.name).inserted else {
            throw ImportError(["the configuration has two layers called '\(layer.name)'"])
        }
        layers.append(layer)
    }
    return layers
}

private func readLayer(_ value: JSONValue, fallbackName: String) throws(ImportError) -> KerasLayer {
    guard let className = value["class_name"]?.string else {
        throw ImportError(["the configuration has a layer without 'class_name'"])
    }
    // Sequential models of Keras 1 and 2.2 have a list of layers for a configuration.
    var config = value["config"]?.object ?? [:]
    if let list = value["config"]?.array { config = ["layers": .array(list)] }
    let calls = try (value["inbound_nodes"]?.array ?? []).map(readCall)
    return KerasLayer(
        className: className.split(separator: ">").last.map(String.init) ?? className,
        module: module(of: value, className), name: value["name"]?.string ?? config["name"]?.string ?? fallbackName,
        config: config, calls: calls, model: try readModel(className, config))
}

/// The class's module. What a package has registered, `Package>Class`, is none of Keras', whatever its module is called.
private func module(of value: JSONValue, _ className: String) -> String? {
    if className.contains(">") { return "custom" }
    if let registered = value["registered_name"]?.string, registered.contains(">") {
        return registered.hasPrefix("keras") ? value["module"]?.string : "custom"
    }
    guard let module = value["module"] else { return nil }
    return module.string ?? "custom"
}

// MARK: - Calls

private func readCall(_ value: JSONValue) throws(ImportError) -> KerasCall {
    if let former = value.array {
        // [["conv2d", 0, 0, {}], …]
        var arguments: [KerasArgument] = []
        var keywords: [String: KerasArgument] = [:]
        for item in former {
            guard let fields = item.array, fields.count >= 3 else { throw malformedCall() }
            arguments.append(.tensor(try tensor(item)))
            guard fields.count > 3 else { continue }
            for (key, value) in fields[3].object ?? [:] { keywords[key] = try argument(value) }
        }
        return KerasCall(arguments: [.list(arguments)], keywords: keywords, isFormer: true)
    }
    guard let members = value.object else { throw malformedCall() }
    var keywords: [String: KerasArgument] = [:]
    for (key, value) in members["kwargs"]?.object ?? [:] { keywords[key] = try argument(value) }
    let arguments = try (members["args"]?.array ?? []).map(argument)
    return KerasCall(arguments: arguments, keywords: keywords, isFormer: false)
}

private func argument(_ value: JSONValue) throws(ImportError) -> KerasArgument {
    if let items = value.array { return .list(try items.map(argument)) }
    guard let className = value["class_name"]?.string else { return .value(value) }
    switch className {
    case "__keras_tensor__":
        guard let history = value["config"]?["keras_history"] else { throw malformedCall() }
        var tensor = try tensor(history)
        tensor.rank = value["config"]?["shape"]?.array?.count
        return .tensor(tensor)
    case "__tuple__": return .list(try (value["items"]?.array ?? []).map(argument))
    default: return .value(value)
    }
}

private func malformedCall() -> ImportError { ImportError(["the configuration has a malformed call of a layer"]) }

private func tensor(_ value: JSONValue) throws(ImportError) -> KerasTensor {
    guard let fields = value.array, fields.count >= 3, let layer = fields[0].string, let call = fields[1].int,
        let output = fields[2].int, call >= 0, output >= 0
    else { throw ImportError(["the configuration has a malformed reference to a tensor"]) }
    return KerasTensor(layer: layer, call: call, output: output)
}

/// One tensor, a list of them, or a dictionary, whose order is that of its keys.
private func tensors(_ value: JSONValue?) throws(ImportError) -> [KerasTensor] {
    guard let value else { return [] }
    if let members = value.object {
        var result: [KerasTensor] = []
        for key in members.keys.sorted() { result += try tensors(members[key]) }
        return result
    }
    guard let items = value.array else { throw ImportError(["the configuration has malformed inputs or outputs"]) }
    if items.first?.string != nil { return [try tensor(value)] }
    var result: [KerasTensor] = []
    for item in items { result += try tensors(item) }
    return result
}
