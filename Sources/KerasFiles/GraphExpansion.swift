import Formats
import Import
import Layers

// From a model to its graph: models within it are taken apart. Every call of a model becomes applications of its layers, which share their
// weights because they are the same instances.

/// A model whose layers have become instances.
private struct Scope {
    var model: KerasModel
    /// The instance of each layer, or the scope of a nested model.
    var members: [String: Member] = [:]
    /// The place of each layer in the model's list.
    var positions: [String: Int] = [:]
    var order: [Call] = []

    enum Member {
        case instance(Int)
        case scope(Int)
    }

    /// A call of one of its layers.
    struct Call: Hashable {
        var layer: Int
        var number: Int
    }
}

struct GraphExpansion {
    var graph = KerasGraph()
    private var scopes: [Scope] = []
    private var inputValues: [Int: ValueID] = [:]
    private var names: Set<String> = []
    /// How often a number was given to a name.
    private var nameCounts: [String: Int] = [:]
    /// Calls of models, each of which may call others.
    private var expansions = 0

    // MARK: - Instances

    /// Makes instances of all layers of a model and of those within; the number of its scope.
    mutating func enter(_ model: KerasModel, path: String, models: [String]) -> Int {
        let number = scopes.count
        let positions = Dictionary(uniqueKeysWithValues: model.layers.enumerated().map { ($0.element.name, $0.offset) })
        scopes.append(Scope(model: model, positions: positions))
        var counts: [String: Int] = [:]
        // Nested models come last: their layers' names make way.
        var nested: [(layer: KerasLayer, model: KerasModel, path: String)] = []
        for layer in model.layers {
            // As Keras counts them: by class, in order; operations are no layers, and sequential models don't list their input.
            var own = path
            if !layer.isOperation, model.kind == .functional || !layer.isInput {
                let stem = snakeCase(layer.className)
                let count = counts[stem, default: 0]
                counts[stem] = count + 1
                own += (path.isEmpty ? "layers/" : "/layers/") + (count == 0 ? stem : "\(stem)_\(count)")
            }
            if let inner = layer.model {
                nested.append((layer, inner, own))
            } else {
                scopes[number].members[layer.name] = .instance(graph.instances.count)
                graph.instances.append(
                    LayerInstance(layer: layer, name: unique(layer.name, models), path: own, models: models))
            }
        }
        for (layer, inner, own) in nested {
            let scope = enter(inner, path: own, models: models + [layer.name])
            scopes[number].members[layer.name] = .scope(scope)
        }
        return number
    }

    /// A name as `.net` accepts it, different from all others: where two models have layers of one name, the model's stands in front.
    private mutating func unique(_ name: String, _ models: [String]) -> String {
        func accepted(_ name: String) -> String {
            let text = String(name.map { $0 == "/" || $0.isNewline ? "_" : $0 })
            return text.isEmpty ? "layer" : text.utf8.count > 150 ? String(text.prefix(37)) : text
        }
        var candidate = accepted(name)
        if names.contains(candidate), let model = models.last { candidate = accepted("\(model)_\(name)") }
        let stem = candidate
        while !names.insert(candidate).inserted {
            nameCounts[stem, default: 0] += 1
            candidate = "\(stem)_\(nameCounts[stem]!)"
        }
        return candidate
    }

    func inputs(of scope: Int) -> [ValueID] {
        let model = scopes[scope].model
        let names =
            model.kind == .functional
            ? model.inputs.map(\.layer) : model.layers.prefix(1).filter(\.isInput).map(\.name)
        return names.compactMap { name in
            if case .instance(let instance)? = scopes[scope].members[name] { inputValues[instance] } else { nil }
        }
    }

    // MARK: - Applications

    /// Applies the layers of a model to the arguments of a call, or to its own inputs; the values of its outputs.
    mutating func expand(_ scope: Int, calledWith arguments: [ValueID]?) throws(ImportError) -> [ValueID] {
        expansions += 1
        guard expansions <= maximumLayerCount else {
            throw ImportError(["the model has more than \(maximumLayerCount) calls of models within it"])
        }
        return switch scopes[scope].model.kind {
        case .functional: try expandFunctional(scope, arguments)
        case .sequential: try expandSequential(scope, arguments)
        }
    }

    private mutating func expandSequential(
        _ scope: Int, _ arguments: [ValueID]?
    ) throws(ImportError) -> [ValueID] {
        let model = scopes[scope].model
        var current = arguments
        for (index, layer) in model.layers.enumerated() {
            if layer.isInput {
                guard index == 0 else {
                    throw ImportError(["sequential model '\(model.name)' has an input amid its layers"])
                }
                if current == nil { current = [try input(scope, layer)] }
                continue
            }
            if current == nil { current = [try input(scope, impliedInput(of: scope, before: layer))] }
            let results = try apply(
                scope, layer, arguments: current!.map { .value($0, rank: nil) }, keywords: [:])
            current = layer.model == nil ? Array(results.prefix(1)) : results
        }
        guard let current else { throw ImportError(["sequential model '\(model.name)' has no layers"]) }
        return current
    }

    /// The input layer that `batch_input_shape` of a first layer, or the shape that the model was built for, stands for.
    private mutating func impliedInput(of scope: Int, before first: KerasLayer) throws(ImportError) -> KerasLayer {
        let model = scopes[scope].model
        let shape = first.config["batch_input_shape"] ?? first.config["batch_shape"] ?? model.buildShape
        guard let shape, shape.array != nil else {
            throw ImportError([
                "sequential model '\(model.name)' has no input shape: it was never built;"
                    + " begin it with 'keras.Input(shape=…)', or call it once before it is saved"
            ])
        }
        let layer = KerasLayer(
            className: "InputLayer", name: "input_layer", config: ["batch_shape": shape], calls: [], model: nil)
        scopes[scope].members[layer.name] = .instance(graph.instances.count)
        graph.instances.append(LayerInstance(layer: layer, name: unique(layer.name, []), path: "", models: []))
        scopes[scope].model.layers.insert(layer, at: 0)
        return layer
    }

    private mutating func expandFunctional(
        _ scope: Int, _ arguments: [ValueID]?
    ) throws(ImportError) -> [ValueID] {
        let model = scopes[scope].model
        let byName = scopes[scope].positions
        if scopes[scope].order.isEmpty { scopes[scope].order = try order(of: model, byName) }
        var values: [Scope.Call: [ValueID]] = [:]
        if let arguments {
            guard arguments.count == model.inputs.count else {
                throw ImportError([
                    "model '\(model.name)' has \(model.inputs.count) inputs and is called with \(arguments.count)"
                ])
            }
            for (input, argument) in zip(model.inputs, arguments) {
                guard let layer = byName[input.layer] else { throw Self.unknown(input, model) }
                values[Scope.Call(layer: layer, number: 0)] = [argument]
            }
        } else {
            // In the order in which the model lists them.
            for tensor in model.inputs {
                guard let layer = byName[tensor.layer] else { throw Self.unknown(tensor, model) }
                values[Scope.Call(layer: layer, number: 0)] = [try input(scope, model.layers[layer])]
            }
        }
        func value(_ tensor: KerasTensor, isFormer: Bool) throws(ImportError) -> ValueID {
            guard let call = Self.call(of: tensor, in: model, byName, isFormer: isFormer), let results = values[call],
                results.indices.contains(tensor.output)
            else { throw Self.unknown(tensor, model) }
            return results[tensor.output]
        }
        func operand(_ argument: KerasArgument, isFormer: Bool) throws(ImportError) -> Application.Operand {
            switch argument {
            case .tensor(let tensor): return .value(try value(tensor, isFormer: isFormer), rank: tensor.rank)
            case .value(let constant): return .constant(constant)
            case .list(let items):
                var operands: [Application.Operand] = []
                for item in items { operands.append(try operand(item, isFormer: isFormer)) }
                return .list(operands)
            }
        }
        for step in scopes[scope].order where values[step] == nil {
            let layer = model.layers[step.layer]
            guard layer.calls.indices.contains(step.number) else {
                throw ImportError(["layer '\(layer.name)' is an input that model '\(model.name)' does not list"])
            }
            let call = layer.calls[step.number]
            var arguments: [Application.Operand] = []
            for argument in call.arguments { arguments.append(try operand(argument, isFormer: call.isFormer)) }
            var keywords: [String: Application.Operand] = [:]
            for (name, argument) in call.keywords { keywords[name] = try operand(argument, isFormer: call.isFormer) }
            values[step] = try apply(scope, layer, arguments: arguments, keywords: keywords)
        }
        var outputs: [ValueID] = []
        for output in model.outputs { outputs.append(try value(output, isFormer: true)) }
        return outputs
    }

    private static func unknown(_ tensor: KerasTensor, _ model: KerasModel) -> ImportError {
        ImportError([
            "model '\(model.name)' refers to result \(tensor.output) of call \(tensor.call) of layer '\(tensor.layer)',"
                + " which is not there"
        ])
    }

    /// The call that a reference means. Nested models count from 1 in the lists of outputs and in Keras 2.
    private static func call(
        of tensor: KerasTensor, in model: KerasModel, _ byName: [String: Int], isFormer: Bool
    ) -> Scope.Call? {
        guard let index = byName[tensor.layer] else { return nil }
        let layer = model.layers[index]
        if layer.isInput { return Scope.Call(layer: index, number: 0) }
        var number = tensor.call
        let isOfKeras2 = layer.calls.first?.isFormer ?? false
        if let inner = layer.model, isFormer, inner.kind == .functional || isOfKeras2 { number -= 1 }
        if layer.calls.count == 1 { number = 0 }
        return layer.calls.indices.contains(number) ? Scope.Call(layer: index, number: number) : nil
    }

    /// The calls that the outputs need, each after what feeds it, depth first.
    private func order(of model: KerasModel, _ byName: [String: Int]) throws(ImportError) -> [Scope.Call] {
        enum State { case open, done }
        var states: [Scope.Call: State] = [:]
        var result: [Scope.Call] = []
        for output in model.outputs {
            guard let root = Self.call(of: output, in: model, byName, isFormer: true) else {
                throw Self.unknown(output, model)
            }
            var stack = [(call: root, next: 0, sources: try sources(of: root, model, byName))]
            if states[root] != nil { continue }
            states[root] = .open
            while let top = stack.last {
                guard top.next < top.sources.count else {
                    states[top.call] = .done
                    result.append(top.call)
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let source = top.sources[top.next]
                switch states[source] {
                case .done: break
                case .open:
                    throw ImportError(["layer '\(model.layers[source.layer].name)' depends on its own result"])
                case nil:
                    states[source] = .open
                    stack.append((source, 0, try sources(of: source, model, byName)))
                }
            }
        }
        return result
    }

    private func sources(
        of call: Scope.Call, _ model: KerasModel, _ byName: [String: Int]
    ) throws(ImportError) -> [Scope.Call] {
        let layer = model.layers[call.layer]
        guard !layer.isInput else { return [] }
        let node = layer.calls[call.number]
        var result: [Scope.Call] = []
        for tensor in node.tensors {
            guard let source = Self.call(of: tensor, in: model, byName, isFormer: node.isFormer) else {
                throw Self.unknown(tensor, model)
            }
            result.append(source)
        }
        return result
    }

    /// Applies a layer, or a nested model.
    private mutating func apply(
        _ scope: Int, _ layer: KerasLayer, arguments: [Application.Operand], keywords: [String: Application.Operand]
    ) throws(ImportError) -> [ValueID] {
        switch scopes[scope].members[layer.name]! {
        case .scope(let inner):
            try refuseTraining(layer, keywords)
            return try expand(inner, calledWith: arguments.flatMap(\.values))
        case .instance(let instance):
            guard graph.applications.count < maximumLayerCount else {
                throw ImportError(["the model has more than \(maximumLayerCount) applications of layers"])
            }
            graph.instances[instance].uses += 1
            graph.applications.append(
                Application(instance: instance, arguments: arguments, keywords: keywords))
            // How many results a layer has shows in what refers to them.
            let number = graph.applications.count - 1
            return (0..<16).map { ValueID(application: number, output: $0) }
        }
    }

    private func refuseTraining(
        _ layer: KerasLayer, _ keywords: [String: Application.Operand]
    ) throws(ImportError) {
        if case .constant(.bool(true))? = keywords["training"] {
            throw ImportError(["model '\(layer.name)' is called with training=True, which would not be deterministic"])
        }
    }

    /// The tensor of an input layer of the whole model.
    private mutating func input(_ scope: Int, _ layer: KerasLayer) throws(ImportError) -> ValueID {
        guard layer.isInput, case .instance(let instance)? = scopes[scope].members[layer.name] else {
            throw ImportError(["'\(layer.name)' is listed as an input and is none"])
        }
        if let value = inputValues[instance] { return value }
        graph.instances[instance].uses += 1
        graph.applications.append(Application(instance: instance, arguments: [], keywords: [:]))
        let value = ValueID(application: graph.applications.count - 1)
        inputValues[instance] = value
        return value
    }
}
