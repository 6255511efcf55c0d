import Formats

/// A model as Keras' configuration describes it: layers by name, and how they are called.
struct KerasModel {
    enum Kind { case functional, sequential }

    var kind: Kind
    var name: String
    var layers: [KerasLayer]
    var inputs: [KerasTensor] = []
    var outputs: [KerasTensor] = []
    /// A sequential model's, with the batch in front, where no input layer tells it.
    var buildShape: JSONValue?
}

/// A layer, an operation such as `x + y`, or a nested model.
struct KerasLayer {
    var className: String
    /// Where Keras has the class; `nil` in files of earlier versions.
    var module: String?
    var name: String
    var config: [String: JSONValue]
    var calls: [KerasCall]
    var model: KerasModel?

    /// Whether it is an operation on tensors, which has no weights and is not counted among the layers. Without a module it shows by what
    /// every layer has.
    var isOperation: Bool {
        module?.contains(".ops") ?? (!isInput && model == nil && config["trainable"] == nil)
    }
    var isInput: Bool { className == "InputLayer" }
}

/// One application of a layer.
struct KerasCall {
    var arguments: [KerasArgument]
    var keywords: [String: KerasArgument]
    /// In the form of Keras 2, which numbers the calls of nested models from 1.
    var isFormer: Bool

    /// All tensors, in order.
    var tensors: [KerasTensor] {
        arguments.flatMap(\.tensors) + keywords.sorted { $0.key < $1.key }.flatMap(\.value.tensors)
    }
}

/// What a layer is called with.
indirect enum KerasArgument {
    case tensor(KerasTensor)
    case list([KerasArgument])
    case value(JSONValue)

    var tensors: [KerasTensor] {
        switch self {
        case .tensor(let tensor): [tensor]
        case .list(let items): items.flatMap(\.tensors)
        case .value: []
        }
    }
}

/// A result: of which layer, of which of its calls, and which of several.
struct KerasTensor: Hashable {
    var layer: String
    var call: Int
    var output: Int
    /// The number of axes, where it is told.
    var rank: Int?
}
