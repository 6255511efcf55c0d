/// What a layer is called, what it takes and what it means: the one table behind the parser's checks, `netc layers` and the tests.
public struct LayerDescriptor: Sendable {
    /// The canonical name, `Conv2D`.
    public var name: String
    /// Keras' other names for it: `Convolution2D`.
    public var aliases: [String]
    /// One sentence.
    public var summary: String
    /// In Keras' positional order; `name`, `dtype`, `trainable` and the like are common to all layers and not listed here.
    public var attributes: [Attribute]
    /// Keyword arguments that matter in training only, accepted and ignored.
    public var ignored: [String]
    /// How many tensors it is applied to.
    public var inputCount: ClosedRange<Int>
    /// The arithmetic in one or two lines of plain text, for `netc layers NAME`.
    public var formula: String
    /// The stem of its automatic names, `conv2d`; computed from the name as Keras does where it is `nil`.
    public var automaticName: String?
    /// Its results are a list, even if it is only one.
    public var givesList: Bool

    public init(
        _ name: String, aliases: [String] = [], summary: String, attributes: [Attribute] = [], ignored: [String] = [],
        inputCount: ClosedRange<Int> = 1...1, formula: String, automaticName: String? = nil,
        givesList: Bool = false
    ) {
        self.name = name
        self.aliases = aliases
        self.summary = summary
        self.attributes = attributes
        self.ignored = ignored
        self.inputCount = inputCount
        self.formula = formula
        self.automaticName = automaticName
        self.givesList = givesList
    }
}

/// A mistake in the use of a layer that its table alone can't show.
public struct LayerError: Error, Sendable {
    /// In lower case, without a full stop, saying what was expected and what was found.
    public var message: String
    /// The attribute to point at; the whole layer where it is `nil`.
    public var attribute: String?
    /// The way out, shown as a note.
    public var hint: String?

    public init(_ message: String, attribute: String? = nil, hint: String? = nil) {
        self.message = message
        self.attribute = attribute
        self.hint = hint
    }
}

/// How an initialiser or a test draws a parameter.
public enum ParameterRole: Hashable, Sendable {
    /// Weights of a sum over `fanIn` products each; `fanOut` is for Glorot's initialiser.
    case kernel(fanIn: Int, fanOut: Int)
    case bias
    case gamma
    case beta
    case movingMean
    case movingVariance
    case alpha
    /// A multiplier such as LayerScale's gamma, with the value it starts from.
    case scale(Double)
    /// What training keeps beside the statistics: counted, as in Keras, but used by no inference and asked of no weights file.
    case state
}

/// A tensor of weights that a layer owns.
public struct Parameter: Hashable, Sendable {
    /// Without the layer's name: `kernel`.
    public var name: String
    /// In Keras' axis order.
    public var shape: Shape
    public var role: ParameterRole
    public var isTrainable: Bool
    /// The initialiser that the user asked for, by name and arguments, or Keras' default for it.
    public var initializer: AttributeValue

    public init(
        _ name: String, _ shape: Shape, _ role: ParameterRole, initializer: AttributeValue, isTrainable: Bool = true
    ) {
        self.name = name
        self.shape = shape
        self.role = role
        self.initializer = initializer
        self.isTrainable = isTrainable
    }
}

/// How much of the input an output element sees along height and width.
public enum FieldOfView: Hashable, Sendable {
    /// Elementwise, or across channels only.
    case point
    /// A window of `size` cells (dilation included) moved by `stride`, each for height and width (1 for a sequence's height). For upsampling the stride is `1 / factor`, given by
    /// `divisor`.
    case window(size: [Int], stride: [Int], divisor: [Int])
    /// Every output sees all of the input.
    case all
}

/// The bound of the numeric contract for a layer's outputs, and what it needs: DESIGN.md, "Numeric contract".
public struct Evaluation: Sendable {
    /// The outputs in double precision.
    public var outputs: [RealTensor]
    /// For each output element, how far a float32 evaluation may lie from it.
    public var bounds: [RealTensor]

    public init(outputs: [RealTensor], bounds: [RealTensor]) {
        self.outputs = outputs
        self.bounds = bounds
    }
}

/// A layer as the user writes it, with its attributes checked: its shape rule, its parameters and its meaning.
///
/// One file a layer. Its lowering stands in another extension in the same file (`LowerableLayer` in Layers) and shares no code with `reference`
/// but shape arithmetic.
public protocol Layer: Sendable {
    static var descriptor: LayerDescriptor { get }

    /// Makes a layer of checked attributes; throws `LayerError` for what attributes mean together.
    init(_ attributes: AttributeValues) throws

    /// The shapes of the outputs, or a `LayerError` that names the shapes that met.
    func outputShapes(for inputs: [Shape]) throws -> [Shape]

    /// The parameters, in Keras' order.
    func parameters(for inputs: [Shape]) -> [Parameter]

    /// Products of convolutions and dense layers: at every output position, padding included; for a transposed convolution at every
    /// input position.
    func macs(for inputs: [Shape]) -> Int

    /// The products that an output is the sum of, where a constant added to it may become the start of that sum; else 0.
    func summedProducts(for inputs: [Shape]) -> Int

    var fieldOfView: FieldOfView { get }

    /// The same where it depends on the inputs' sizes.
    func fieldOfView(for inputs: [Shape]) -> FieldOfView

    /// The outputs in double precision, by Keras 3's definition of the layer. `parameters` are in the order of `parameters(for:)`.
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor]

    /// The outputs and their bounds, given bounds on the inputs (DESIGN.md, "Numeric contract"). There are defaults for the common kinds of layer.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation

    /// The same where the sums were computed by Winograd's or Strassen's algorithm in such output tiles: its error is bounded by four times the
    /// largest bound of the direct algorithm in the tile. Layers that are no convolutions need not care.
    func evaluate(
        _ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor], outputTile: OutputTile
    ) -> Evaluation
}

extension Layer {
    public func parameters(for inputs: [Shape]) -> [Parameter] { [] }
    public func macs(for inputs: [Shape]) -> Int { 0 }
    public func summedProducts(for inputs: [Shape]) -> Int { 0 }
    public var fieldOfView: FieldOfView { .point }
    public func fieldOfView(for inputs: [Shape]) -> FieldOfView { fieldOfView }
    public func evaluate(
        _ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor], outputTile: OutputTile
    ) -> Evaluation { evaluate(inputs, bounds: bounds, parameters) }
}
