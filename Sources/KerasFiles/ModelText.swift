import Import
import Layers

/// Writes the applications of a model as a `.net` file: bare layers in a row where each takes the one before it, else Keras' functional
/// form, which is Python too. A result that only the next line takes is `x`; others are called after their layers.
struct ModelText {
    private let graph: KerasGraph
    private let layers = LayerText()
    private(set) var problems = Problems()
    /// Layers that compute nothing: their result is their input.
    private(set) var dropped: [Int] = []
    private(set) var lines: [String] = []

    private var automatic = AutomaticNames()
    private var layerNames: Set<String> = []
    private var identifiers = Identifiers()
    /// What the model gives.
    private var outputs: Set<ValueID> = []
    private var tensors: [ValueID: String] = [:]
    private var layerVariables: [Int: String] = [:]
    /// What stands for a value: that of the layer before, where a layer was dropped.
    private var sources: [ValueID: ValueID] = [:]
    /// The applications that take each value, and the written application before each.
    private var takers: [ValueID: [Int]] = [:]
    private var next: [Int: Int] = [:]
    private var isSequence = false
    /// Whether someone gave the model its name.
    private var isNamedModel = false
    private var models: [String] = []

    init(_ graph: KerasGraph, modelName: String) {
        self.graph = graph
        isNamedModel = !isAutomaticModelName(modelName)
        layerNames = Set(graph.instances.map(\.name))
        prepare()
        for application in graph.applications.indices where !isDropped(application) { write(application) }
        finish(modelName)
    }

    // MARK: - Before the first line

    private mutating func prepare() {
        for (number, application) in graph.applications.enumerated() where isDropped(number) {
            if let input = application.values.first { sources[ValueID(application: number)] = source(input) }
            let instance = application.instance
            if !dropped.contains(instance) { dropped.append(instance) }
        }
        let written = graph.applications.indices.filter { !isDropped($0) }
        for (before, after) in zip(written, written.dropFirst()) { next[before] = after }
        for number in written {
            for value in graph.applications[number].values { takers[source(value), default: []].append(number) }
        }
        outputs = Set(graph.outputs.map(source))
        isSequence = graph.inputs.count == 1 && graph.outputs.count == 1
        for (before, after) in zip(written, written.dropFirst()) {
            let application = graph.applications[after]
            isSequence =
                isSequence && application.values.map(source) == [ValueID(application: before)]
                && graph.instances[application.instance].uses == 1
                && !graph.instances[application.instance].layer.isOperation
        }
        isSequence = isSequence && graph.outputs.first.map(source) == written.last.map { ValueID(application: $0) }
    }

    private func source(_ value: ValueID) -> ValueID { sources[value] ?? value }

    private func isDropped(_ application: Int) -> Bool {
        let layer = graph.instances[graph.applications[application].instance].layer
        return trainingOnly.contains(layer.className) && !graph.applications[application].values.isEmpty
    }

    // MARK: - Lines

    private mutating func write(_ number: Int) {
        let application = graph.applications[number]
        let instance = graph.instances[application.instance]
        if instance.models != models {
            models = instance.models
            lines += models.isEmpty ? [""] : ["", "# \(commentText(models.joined(separator: "/")))"]
        }
        if instance.layer.isInput {
            writeInput(number, instance)
        } else if instance.layer.isOperation {
            writeOperation(number, instance)
        } else if instance.layer.className == "CustomScaleLayer", application.values.count == 2 {
            writeScaledSum(number, instance)
        } else {
            writeLayer(number, instance)
        }
    }

    private mutating func writeInput(_ number: Int, _ instance: LayerInstance) {
        let config = instance.layer.config
        let shape = config["batch_shape"]?.array ?? config["batch_input_shape"]?.array ?? []
        let extents = shape.dropFirst().map(\.int)
        guard !shape.isEmpty, extents.allSatisfy({ $0 != nil }) else {
            let known =
                shape.isEmpty
                ? "no shape" : "the shape (\(shape.map { $0.int.map(String.init) ?? "None" }.joined(separator: ", ")))"
            problems.add(
                "the input has \(known), and sizes are fixed when a network is compiled", layer: instance.name,
                hint: "build the model with a full input shape, give it these weights, and save that")
            _ = target(number, instance)
            return
        }
        if let type = config["dtype"]?.string, !["float", "bfloat", "int", "uint"].contains(where: type.hasPrefix) {
            problems.add("the input is of type '\(type)'", layer: instance.name, hint: "networks take numbers")
        }
        var arguments = ["(\(extents.map { String($0!) }.joined(separator: ", "))\(extents.count == 1 ? "," : ""))"]
        arguments += nameArgument(instance, stem: "input_layer")
        let call = "Input(\(arguments.joined(separator: ", ")))"
        lines.append(isSequence && !isNamedModel ? call : "\(target(number, instance)) = \(call)")
    }

    private mutating func writeLayer(_ number: Int, _ instance: LayerInstance) {
        let application = graph.applications[number]
        checkKeywords(application, instance)
        let inputs = application.values.map { tensors[source($0)] ?? "x" }
        let operand = inputs.count == 1 && !isList(application) ? inputs[0] : "[\(inputs.joined(separator: ", "))]"
        if let variable = layerVariables[application.instance] {
            lines.append("\(target(number, instance)) = \(variable)(\(operand))")
            return
        }
        guard
            let (descriptor, arguments) = layers.arguments(
                of: instance.layer, named: instance.name, problems: &problems)
        else {
            _ = target(number, instance)
            return
        }
        let stem = descriptor.automaticName ?? snakeCase(descriptor.name)
        let all = (arguments + nameArgument(instance, stem: stem)).joined(separator: ", ")
        let call = "\(descriptor.name)(\(all))"
        if instance.uses > 1 {
            let variable = identifiers.claim(instance.name)
            layerVariables[application.instance] = variable
            lines.append("\(variable) = \(call)")
            lines.append("\(target(number, instance)) = \(variable)(\(operand))")
        } else if isSequence, !(isNamedModel && next[number] == nil) {
            lines.append(call)
        } else {
            lines.append("\(target(number, instance)) = \(call)\(isSequence ? "" : "(\(operand))")")
        }
    }

    /// A merging layer takes a list also of one tensor.
    private func isList(_ application: Application) -> Bool {
        if case .list(let items)? = application.arguments.first { return items.count > 1 }
        return application.values.count > 1
    }

    /// `x + scale·y`, the one layer of its own that keras.applications' Inception-ResNet has.
    private mutating func writeScaledSum(_ number: Int, _ instance: LayerInstance) {
        let inputs = graph.applications[number].values.map { tensors[source($0)] ?? "x" }
        guard let scale = instance.layer.config["scale"]?.number else {
            problems.add("CustomScaleLayer lacks 'scale'", layer: instance.name)
            return
        }
        var name = instance.name + "_scale"
        while !layerNames.insert(name).inserted { name += "_scale" }
        let scaled = arithmetic(
            "\(inputs[1]) * \(scale)", stem: "multiply", Rescaled(inputs[1], scale: scale), name)
        let argument = nameArgument(instance, stem: "add").joined()
        lines.append("\(target(number, instance)) = Add(\(argument))([\(inputs[0]), \(scaled)])")
    }

    /// Notes what a call says besides its tensors, where that would change the result.
    private mutating func checkKeywords(_ application: Application, _ instance: LayerInstance) {
        for (name, operand) in application.keywords.sorted(by: { $0.key < $1.key }) {
            switch operand {
            case .constant(.null), .constant(.bool(false)): break
            case .constant where name == "training" && !trainingDependent.contains(instance.layer.className): break
            default:
                problems.add(
                    "it is called with '\(name)', which has no counterpart", layer: instance.name,
                    hint: name == "training" ? "save the model without it" : nil)
            }
        }
        for case .constant(let value) in application.arguments where !value.isNull {
            problems.add("it is called with a constant besides tensors", layer: instance.name)
        }
    }

    // MARK: - Operations

    private mutating func writeOperation(_ number: Int, _ instance: LayerInstance) {
        let application = graph.applications[number]
        let operation = Operation(instance.layer, application) { tensors[source($0)] ?? "x" }
        let text: String
        switch operation {
        case .refused(let reason):
            problems.add(reason, layer: instance.name, hint: "write what it computes with Keras' layers")
            text = "x"
        case .scale(let infix, let stem, let rescaled): text = arithmetic(infix, stem: stem, rescaled, instance.name)
        case .layer(let className, let arguments, let operand):
            guard let descriptor = layers.index[className]?.descriptor else {
                problems.add("there is no layer '\(className)' in a .net file", layer: instance.name)
                _ = target(number, instance)
                return
            }
            let stem = descriptor.automaticName ?? snakeCase(descriptor.name)
            let all = (arguments + nameArgument(instance, stem: stem)).joined(separator: ", ")
            text = "\(descriptor.name)(\(all))(\(operand))"
        }
        lines.append("\(target(number, instance)) = \(text)")
    }

    /// `x * 2.0`, whose name is automatic; where that is another layer's, the layer that it stands for, with a name of its own.
    private mutating func arithmetic(_ infix: String, stem: String, _ rescaled: Rescaled, _ name: String) -> String {
        let own = automatic.peek(stem)
        guard own == name || !layerNames.contains(own) else { return rescaled.text(named: name) }
        layerNames.insert(automatic.next(stem))
        return infix
    }

    // MARK: - Names

    /// `name=…` where the layer's automatic name would be another.
    private mutating func nameArgument(_ instance: LayerInstance, stem: String) -> [String] {
        if automatic.peek(stem) == instance.name {
            _ = automatic.next(stem)
            return []
        }
        return ["name=\(stringLiteral(instance.name))"]
    }

    /// The variable of a result.
    private mutating func target(_ number: Int, _ instance: LayerInstance) -> String {
        let value = ValueID(application: number)
        let isPassedOn =
            !outputs.contains(value) && !instance.layer.isInput && next[number].map { takers[value] == [$0] } ?? false
        let name = isPassedOn ? "x" : identifiers.claim(instance.uses > 1 ? instance.name + "_out" : instance.name)
        tensors[value] = name
        return name
    }

    private mutating func finish(_ modelName: String) {
        guard !isSequence || isNamedModel else { return }
        func list(_ values: [ValueID]) -> String {
            let names = values.map { tensors[source($0)] ?? "x" }
            return names.count == 1 ? names[0] : "[\(names.joined(separator: ", "))]"
        }
        let name = isNamedModel ? ", name=\(stringLiteral(modelName))" : ""
        lines += ["", "model = Model(\(list(graph.inputs)), \(list(graph.outputs))\(name))"]
    }
}

/// Keras' classes that compute something else when they are told that they are trained.
private let trainingDependent: Set<String> = [
    "BatchNormalization", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout", "GaussianDropout",
    "GaussianNoise",
]

/// Keras' classes that change nothing when a network is used, and that have no layer of ours.
private let trainingOnly: Set<String> = [
    "StochasticDepth", "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast",
    "RandomBrightness", "RandomHeight", "RandomWidth", "RandomColorJitter", "RandomGrayscale", "RandomHue",
    "RandomSaturation", "RandomSharpness", "RandomShear", "RandomPosterization", "RandomPerspective",
    "RandomGaussianBlur", "RandomErasing", "RandomInvert", "RandomElasticTransform", "RandAugment", "AugMix", "MixUp",
    "CutMix", "Identity",
]

extension AutomaticNames {
    /// The next name of a class, without counting it.
    fileprivate func peek(_ stem: String) -> String {
        var names = self
        return names.next(stem)
    }
}

/// A name in a comment.
private func commentText(_ text: String) -> String {
    String(text.map { $0.isNewline || !$0.isASCII ? "_" : $0 })
}

/// Whether a model's name is one that Keras makes up.
func isAutomaticModelName(_ name: String) -> Bool {
    let stem = name.prefix { !$0.isNumber }
    return name.isEmpty || ["functional", "functional_", "sequential", "sequential_", "model", "model_"].contains(stem)
}
