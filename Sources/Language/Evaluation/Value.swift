import Diagnostics

/// A value of the running program.
enum Value {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case list(Container)
    case tuple(Container)
    case range(IntegerRange)
    case tensor(TensorHandle)
    case layer(LayerValue)
    case model(ModelValue)
    case block(BlockValue)
    /// A dotted name outside the program: `keras.layers`, `keras.activations.gelu`.
    case symbol(String)
    /// `HeNormal(seed=1)`: meant for a layer's argument.
    case symbolCall(String, [String: ArgumentValue])
    /// The result of a call that netc ignores, named for the error when it is used.
    case ignored(String)
    /// What failed and was reported; whatever it enters fails silently.
    case error
}

/// The elements of a list, which aliases share as in Python, or of a tuple.
final class Container {
    var elements: [Value]

    init(_ elements: [Value]) { self.elements = elements }

    /// Deep nests are taken apart in a loop: the recursion of automatic release could exhaust the stack.
    deinit {
        var pending: [Container] = []
        Self.moveContainers(of: &elements, to: &pending)
        while var next = pending.popLast() {
            if isKnownUniquelyReferenced(&next) { Self.moveContainers(of: &next.elements, to: &pending) }
        }
    }

    private static func moveContainers(of elements: inout [Value], to pending: inout [Container]) {
        for element in elements {
            switch element {
            case .list(let container), .tuple(let container): pending.append(container)
            default: break
            }
        }
        elements = []
    }
}

/// `range(start, stop, step)`.
struct IntegerRange: Equatable {
    var start: Int
    var step: Int
    var count: Int

    /// `nil` where the count does not fit.
    init?(from start: Int, to stop: Int, by step: Int) {
        self.start = start
        self.step = step
        let (distance, overflow) =
            step > 0 ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
        guard !overflow else { return nil }
        let stride = step.magnitude
        count = distance <= 0 ? 0 : Int((UInt(distance) - 1) / stride) + 1
    }

    init(start: Int, step: Int, count: Int) {
        self.start = start
        self.step = step
        self.count = count
    }

    subscript(index: Int) -> Int { start &+ index &* step }
}

/// A constructed layer that is not yet, or not only, applied.
final class LayerValue {
    /// `nil` where the construction failed.
    let handle: LayerHandle?
    let name: String
    let range: SourceRange
    /// The number of this value in the order of construction.
    let serial: Int
    var isApplied = false

    init(_ handle: LayerHandle?, name: String, range: SourceRange, serial: Int) {
        self.handle = handle
        self.name = name
        self.range = range
        self.serial = serial
    }
}

/// `Model(inputs, outputs)` or `Sequential([…])`.
final class ModelValue {
    enum Content {
        case functional(inputs: [TensorHandle], outputs: [TensorHandle])
        case sequential
        /// Something in it failed.
        case failed
    }

    var content: Content
    let name: String
    let nameRange: SourceRange?
    let range: SourceRange
    let serial: Int
    /// Where each output was named.
    var outputRanges: [SourceRange] = []
    /// A sequential model's layers and models in order.
    var elements: [(value: Value, range: SourceRange)] = []
    /// A sequential model's own input: a tensor of `Input(…)` that begins it.
    var input: TensorHandle?
    /// What a sequential model's layers gave from its own input, as far as they were applied.
    var built: (output: [TensorHandle], count: Int)?
    /// It was called or stands inside another model, so it is not the network itself.
    var isUsed = false
    var isApplied = false

    init(_ content: Content, name: String, nameRange: SourceRange?, range: SourceRange, serial: Int) {
        self.content = content
        self.name = name
        self.nameRange = nameRange
        self.range = range
        self.serial = serial
    }
}

/// A block with the scope in which it was defined (`nil` at top level).
final class BlockValue {
    let definition: BlockDefinition
    let defaults: [Value?]
    let scope: Scope?

    init(_ definition: BlockDefinition, defaults: [Value?], scope: Scope?) {
        self.definition = definition
        self.defaults = defaults
        self.scope = scope
    }
}

/// Variables of the file, of one call of a block, or of a comprehension.
final class Scope {
    var variables: [String: Value] = [:]
    let parent: Scope?
    /// The block of which this is a call.
    let block: BlockDefinition?

    init(parent: Scope? = nil, block: BlockDefinition? = nil) {
        self.parent = parent
        self.block = block
    }
}

extension Value {
    var isError: Bool {
        if case .error = self { return true }
        return false
    }

    /// "an integer", "a list", … for messages.
    var kindName: String {
        switch self {
        case .none: "None"
        case .bool: "a boolean"
        case .int: "an integer"
        case .float: "a float"
        case .string: "a string"
        case .list: "a list"
        case .tuple: "a tuple"
        case .range: "a range"
        case .tensor: "a tensor"
        case .layer: "a layer"
        case .model: "a model"
        case .block: "a block"
        case .symbol(let path): "'\(path)'"
        case .symbolCall(let name, _): "'\(name)(…)'"
        case .ignored(let what): "the result of '\(what)', which is ignored"
        case .error: "an error"
        }
    }

    /// Whether it is a number, string, boolean, None, or tuple or list: what a parameter of the file may be.
    var isPlain: Bool {
        switch self {
        case .none, .bool, .int, .float, .string, .range: true
        case .list(let container), .tuple(let container): container.elements.allSatisfy(\.isShallowPlain)
        default: false
        }
    }

    private var isShallowPlain: Bool {
        switch self {
        case .none, .bool, .int, .float, .string, .range, .list, .tuple: true
        default: false
        }
    }

    /// A new list.
    static func list(_ elements: [Value]) -> Value { .list(Container(elements)) }

    /// A new tuple.
    static func tuple(_ elements: [Value]) -> Value { .tuple(Container(elements)) }
}
