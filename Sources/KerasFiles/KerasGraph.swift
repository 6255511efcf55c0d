import Formats
import Import
import Layers

/// A layer of the model or of a model within it, under the name that it gets in the `.net` file.
struct LayerInstance {
    var layer: KerasLayer
    var name: String
    /// Where `.weights.h5` files have its weights: `layers/conv2d_1`.
    var path: String
    /// The names of the models that it lies in, the outermost first.
    var models: [String]
    /// Applications of it.
    var uses = 0
}

/// The result of an application.
struct ValueID: Hashable {
    var application: Int
    var output = 0
}

/// One application of a layer to results of others.
struct Application {
    var instance: Int
    var arguments: [Operand]
    var keywords: [String: Operand]

    indirect enum Operand {
        /// With the number of axes, where the configuration tells it.
        case value(ValueID, rank: Int?)
        case list([Operand])
        case constant(JSONValue)

        var values: [ValueID] {
            switch self {
            case .value(let value, _): [value]
            case .list(let items): items.flatMap(\.values)
            case .constant: []
            }
        }
    }

    var values: [ValueID] {
        arguments.flatMap(\.values) + keywords.sorted { $0.key < $1.key }.flatMap(\.value.values)
    }
}

/// All applications of a model, nested models taken apart, in an order in which each comes after what feeds it and branches stay together.
struct KerasGraph {
    var instances: [LayerInstance] = []
    var applications: [Application] = []
    var inputs: [ValueID] = []
    var outputs: [ValueID] = []

    init() {}

    init(_ model: KerasModel) throws(ImportError) {
        var builder = GraphExpansion()
        let scope = builder.enter(model, path: "", models: [])
        let outputs = try builder.expand(scope, calledWith: nil)
        self = builder.graph
        inputs = builder.inputs(of: scope)
        self.outputs = outputs
    }
}
