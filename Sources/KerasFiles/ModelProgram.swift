import Import
import Layers

/// The applications of a model as layers of our language.
struct ModelProgram {
    private let graph: KerasGraph
    private let layers = LayerText()
    var program = Program()
    private(set) var problems = Problems()
    /// Layers that compute nothing: their result is their input.
    private(set) var dropped: [Int] = []

    /// Where each value is made.
    private var tensors: [ValueID: Program.Tensor] = [:]
    /// The first statement of each layer that is applied more than once.
    private var statements: [Int: Int] = [:]
    private var layerNames: Set<String> = []

    init(_ graph: KerasGraph, modelName: String) {
        self.graph = graph
        layerNames = Set(graph.instances.map(\.name))
        for (number, application) in graph.applications.enumerated() {
            if isDropped(application) {
                if !dropped.contains(application.instance) { dropped.append(application.instance) }
                tensors[ValueID(application: number)] = application.values.first.flatMap { tensors[$0] }
            } else {
                tensors[ValueID(application: number)] = append(application)
            }
        }
        if !isAutomaticModelName(modelName) { program.name = modelName }
        checkResults(graph.outputs)
        nameOutputs()
    }

    /// An output has its layer's name. One whose name is taken, for it is an input or the layer has made another output, is copied, and so is what is an
    /// output already.
    private mutating func nameOutputs() {
        var names = PublicNames()
        var results: Set<Program.Tensor> = []
        for application in graph.applications {
            let instance = graph.instances[application.instance]
            if instance.layer.isInput { _ = names.unique(instance.name) }
        }
        for output in graph.outputs {
            let instance = graph.instances[graph.applications[output.application].instance]
            var name = names.unique(instance.name)
            var result = tensor(output)
            if !results.insert(result).inserted || name != instance.name {
                while !layerNames.insert(name).inserted { name = names.unique(instance.name) }
                result = program.append(
                    Program.Statement(
                        "Activation", [Program.Argument("'linear'")], inputs: [result], name: name))
            } else if instance.uses > 1 {
                name += "_out"
            }
            program.outputs.append((name, result))
        }
    }

    /// Where a value is made; anything for one that isn't, which is noted.
    private func tensor(_ value: ValueID) -> Program.Tensor {
        tensors[value] ?? Program.Tensor(statement: 0)
    }

    private func isDropped(_ application: Application) -> Bool {
        trainingOnly.contains(graph.instances[application.instance].layer.className) && !application.values.isEmpty
    }

    // MARK: - Statements

    /// Adds what an application is in our language and returns its first result; where something stands against it, which is noted, that
    /// is only a place for what follows.
    private mutating func append(_ application: Application) -> Program.Tensor {
        let instance = graph.instances[application.instance]
        checkResults(application.values)
        let statement =
            if instance.layer.isInput {
                input(instance)
            } else if instance.layer.isOperation {
                operation(application, instance)
            } else if instance.layer.className == "CustomScaleLayer", application.values.count == 2 {
                scaledSum(application, instance)
            } else {
                layer(application, instance)
            }
        guard var statement else {
            return program.append(Program.Statement(instance.layer.className, inputs: [], name: instance.name))
        }
        if !instance.models.isEmpty { statement.section = instance.models.joined(separator: "/") }
        let result = program.append(statement)
        if instance.uses > 1, !instance.layer.isInput, statements[application.instance] == nil {
            statements[application.instance] = result.statement
        }
        return result
    }

    private mutating func input(_ instance: LayerInstance) -> Program.Statement? {
        let config = instance.layer.config
        let shape = config["batch_shape"]?.array ?? config["batch_input_shape"]?.array ?? []
        let extents = shape.dropFirst().compactMap(\.int)
        guard !shape.isEmpty, extents.count == shape.count - 1 else {
            let known =
                shape.isEmpty
                ? "no shape" : "the shape (\(shape.map { $0.int.map(String.init) ?? "None" }.joined(separator: ", ")))"
            problems.add(
                "the input has \(known), and sizes are fixed when a network is compiled", layer: instance.name,
                hint: "build the model with a full input shape, give it these weights, and save that")
            return nil
        }
        if let type = config["dtype"]?.string, !["float", "bfloat", "int", "uint"].contains(where: type.hasPrefix) {
            problems.add("the input is of type '\(type)'", layer: instance.name, hint: "networks take numbers")
        }
        let size = "(\(extents.map(String.init).joined(separator: ", "))\(extents.count == 1 ? "," : ""))"
        return Program.Statement("Input", [Program.Argument(size)], inputs: [], name: instance.name)
    }

    private mutating func layer(_ application: Application, _ instance: LayerInstance) -> Program.Statement? {
        checkKeywords(application, instance)
        let inputs = application.values.map(tensor)
        let takesList = inputs.count != 1 || isList(application)
        if let shared = statements[application.instance] {
            return Program.Statement(
                program.statements[shared].type, inputs: inputs, takesList: takesList, shared: shared)
        }
        guard
            let (descriptor, arguments) = layers.arguments(
                of: instance.layer, named: instance.name, problems: &problems)
        else { return nil }
        return Program.Statement(
            descriptor.name, arguments, inputs: inputs, takesList: takesList, name: instance.name)
    }

    /// A merging layer takes a list also of one tensor.
    private func isList(_ application: Application) -> Bool {
        if case .list(let items)? = application.arguments.first { return items.count > 1 }
        return application.values.count > 1
    }

    /// `x + scale·y`, the one layer of its own that keras.applications' Inception-ResNet has.
    private mutating func scaledSum(_ application: Application, _ instance: LayerInstance) -> Program.Statement? {
        guard let scale = instance.layer.config["scale"]?.number else {
            problems.add("CustomScaleLayer lacks 'scale'", layer: instance.name)
            return nil
        }
        var name = instance.name + "_scale"
        while !layerNames.insert(name).inserted { name += "_scale" }
        let inputs = application.values.map(tensor)
        let scaled = program.append(
            Scaled(scale: scale, after: " * \(scale)", stem: "multiply").statement(of: inputs[1], named: name))
        return Program.Statement("Add", inputs: [inputs[0], scaled], takesList: true, name: instance.name)
    }

    private mutating func operation(_ application: Application, _ instance: LayerInstance) -> Program.Statement? {
        switch Operation(instance.layer, application) {
        case .refused(let reason):
            problems.add(reason, layer: instance.name, hint: "write what it computes with Keras' layers")
            return nil
        case .scaled(let scaled, let operand): return scaled.statement(of: tensor(operand), named: instance.name)
        case .layer(let className, let arguments, let operands):
            guard let descriptor = layers.index[className]?.descriptor else {
                problems.add("there is no layer '\(className)' in a .net file", layer: instance.name)
                return nil
            }
            return Program.Statement(
                descriptor.name, arguments, inputs: operands.map(tensor), takesList: operands.count > 1,
                name: instance.name)
        }
    }

    // MARK: - Checks

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

    /// Notes references to second results: all layers that are known here have one.
    private mutating func checkResults(_ values: [ValueID]) {
        for value in values where value.output > 0 {
            let instance = graph.instances[graph.applications[value.application].instance]
            problems.add("its result number \(value.output) is referred to, and it has one", layer: instance.name)
        }
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

/// Whether a model's name is one that Keras makes up.
private func isAutomaticModelName(_ name: String) -> Bool {
    let stem = name.prefix { !$0.isNumber }
    return name.isEmpty || ["functional", "functional_", "sequential", "sequential_", "model", "model_"].contains(stem)
}
