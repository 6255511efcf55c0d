import Diagnostics

/// A tensor of the network under construction, known to the language by number only.
public struct TensorHandle: Hashable, Sendable {
    public let index: Int
    public init(_ index: Int) { self.index = index }
}

/// A constructed layer, applied or not.
public struct LayerHandle: Hashable, Sendable {
    public let index: Int
    public init(_ index: Int) { self.index = index }
}

/// A value of an argument, free of the language's own handles for tensors and layers.
public indirect enum ArgumentValue: Hashable, Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case list([ArgumentValue])
    case tuple([ArgumentValue])
    /// `keras.activations.gelu` or `HeNormal(seed=1)`: the last component of a dotted name, called or not. Its arguments, where
    /// it was called, are kept so that a layer may look at them (`GELU(approximate=True)`).
    case symbol(String, arguments: [String: ArgumentValue])
    /// A tensor or layer where a plain value was wanted: the text says which.
    case unsuitable(String)
}

/// One argument of a layer's construction, as written.
public struct LayerArgument: Sendable {
    public var name: String?
    public var value: ArgumentValue
    /// Of the whole argument, `name=value`.
    public var range: SourceRange
    /// Of the value alone.
    public var valueRange: SourceRange
    /// The value is a bare word that named no variable.
    public var isBareWord: Bool

    public init(
        name: String?, value: ArgumentValue, range: SourceRange, valueRange: SourceRange, isBareWord: Bool = false
    ) {
        self.name = name
        self.value = value
        self.range = range
        self.valueRange = valueRange
        self.isBareWord = isBareWord
    }
}

/// Where the program stands: the construct at hand and the blocks and loops through which it was reached, innermost first.
public struct Site: Hashable, Sendable {
    public var range: SourceRange
    /// Ready to be attached to an error: "in block 'bottleneck' called here", "in iteration 3 of this loop (i = 2)".
    public var trail: [Note]
    /// Names of the enclosing blocks, outermost first, each with a number that differs between calls: `["unit#3"]`. For pictures.
    public var blocks: [String]

    public init(range: SourceRange, trail: [Note] = [], blocks: [String] = []) {
        self.range = range
        self.trail = trail
        self.blocks = blocks
    }
}

/// An operand of `x + y` on tensors.
public enum Operand: Hashable, Sendable {
    case tensor(TensorHandle)
    case number(Double)
}

/// What the language asks of the world of layers. The language knows no layer by name; it parses, evaluates and asks.
///
/// Every method that returns an optional has reported the reason for `nil` in the log. A tensor that came from a failed layer
/// is represented by `nil` in the evaluator, and nothing is asked about it, so that one mistake gives one report.
public protocol Elaborator {
    /// Every name a layer can be called by, canonical names and aliases, for "did you mean".
    var layerNames: [String] { get }

    /// Whether the name, without its `keras.layers.` prefix, is a layer or an alias of one.
    func isLayer(_ name: String) -> Bool

    /// Whether an argument of the layer accepts strings, so that a bare word may stand there. `position` counts from 0.
    func acceptsString(layer: String, argument: String?, position: Int) -> Bool

    /// Constructs a layer: checks the arguments against its table and gives it a name, in the order of the calls.
    mutating func construct(
        _ layer: String, arguments: [LayerArgument], at site: Site, log: inout DiagnosticLog
    ) -> LayerHandle?

    /// Whether the layer makes a tensor from nothing (`Input`): it is applied at once, to no tensors.
    func isInput(_ layer: LayerHandle) -> Bool

    /// Whether the layer's result is a weight of its own (`Constant`): it is applied at once, and the current tensor stays.
    func isConstant(_ layer: LayerHandle) -> Bool

    /// Whether an argument of the layer accepts another layer, `activation=LeakyReLU(0.1)`.
    func acceptsLayer(layer: String, argument: String?, position: Int) -> Bool

    /// Whether the layer's results are a list however many they are (`Split`).
    func givesList(_ layer: LayerHandle) -> Bool

    /// The shape that `input_shape=` (or `shape=`) of a first layer in a sequential model gives, where it has one.
    func inputShape(of layer: LayerHandle) -> [Int]?

    /// Makes the input tensor that `input_shape=` of a sequential model's first layer stands for.
    mutating func makeInput(shape: [Int], at site: Site, log: inout DiagnosticLog) -> TensorHandle?

    /// Applies a layer to tensors; the results are several for `Split`. `variable` is the name the result is assigned to, which
    /// becomes a public tensor's name where the layer has no explicit one.
    mutating func apply(
        _ layer: LayerHandle, to tensors: [TensorHandle], variable: String?, at site: Site, log: inout DiagnosticLog
    ) -> [TensorHandle]?

    /// `x + y`, `x * 2.0`: the layer that Keras' operators stand for. `operator` is `+`, `-`, `*`, `/` or, of a tensor, `**`.
    mutating func arithmetic(
        _ operator: String, _ left: Operand, _ right: Operand, at site: Site, log: inout DiagnosticLog
    ) -> TensorHandle?

    /// Notes that a variable was bound to the tensor, for the public name of an output.
    mutating func bind(_ tensor: TensorHandle, to variable: String)

    /// The shape of a tensor without the batch.
    func shape(of tensor: TensorHandle) -> [Int]

    /// Gives a model its automatic name (`sequential`, `functional_1`), counted in order of construction.
    mutating func constructModel(kind: String) -> String

    /// Applies again the layers that lead from the model's inputs to its outputs, sharing their weights, with other inputs.
    mutating func call(
        inputs: [TensorHandle], outputs: [TensorHandle], on tensors: [TensorHandle], at site: Site,
        log: inout DiagnosticLog
    ) -> [TensorHandle]?

    /// Ends the description. `nil` for `inputs` keeps the order of declaration; a list may leave out inputs that belong to models
    /// that were only called, which is no mistake. Called only where nothing was wrong before. Reports unused tensors, outputs
    /// that no input reaches, and the like.
    mutating func finish(_ summary: ProgramSummary, log: inout DiagnosticLog)
}

extension Elaborator {
    public func isConstant(_ layer: LayerHandle) -> Bool { false }
    public func acceptsLayer(layer: String, argument: String?, position: Int) -> Bool { true }
}

/// What a program says besides its layers.
public struct ProgramSummary: Sendable {
    public var inputs: [TensorHandle]?
    public var outputs: [TensorHandle]
    /// Where each output was named, for errors about it.
    public var outputRanges: [SourceRange]
    /// `Model(…, name='…')`.
    public var modelName: String?
    public var modelNameRange: SourceRange?
    /// The docstring of the file.
    public var description: String?
    /// The argument of `load_weights`, with its place.
    public var weights: (path: String, range: SourceRange)?
    /// The top-level parameters that `-D` may replace, with the literal text of their values.
    public var parameters: [(name: String, value: String)]

    public init(
        inputs: [TensorHandle]?, outputs: [TensorHandle], outputRanges: [SourceRange], modelName: String? = nil,
        modelNameRange: SourceRange? = nil, description: String? = nil,
        weights: (path: String, range: SourceRange)? = nil,
        parameters: [(name: String, value: String)] = []
    ) {
        self.inputs = inputs
        self.outputs = outputs
        self.outputRanges = outputRanges
        self.modelName = modelName
        self.modelNameRange = modelNameRange
        self.description = description
        self.weights = weights
        self.parameters = parameters
    }
}
