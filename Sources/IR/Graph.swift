/// A value of the graph.
public struct ValueID: Hashable, Sendable, Comparable {
    public let index: Int
    public init(_ index: Int) { self.index = index }
    public static func < (a: ValueID, b: ValueID) -> Bool { a.index < b.index }
}

/// Where something comes from: the layers it implements, each with its line in the source. The first is the one that the
/// operation mainly is.
public struct Origin: Hashable, Sendable {
    public struct Layer: Hashable, Sendable {
        public var name: String
        public var type: String
        public var line: Int

        public init(name: String, type: String, line: Int) {
            self.name = name
            self.type = type
            self.line = line
        }
    }
    public var layers: [Layer]

    public init(_ layers: [Layer]) { self.layers = layers }

    /// The layers of both, in order, each once.
    public func merged(with other: Origin) -> Origin {
        Origin(layers + other.layers.filter { !layers.contains($0) })
    }
}

/// What is known of a value besides its producer.
public struct Value: Hashable, Sendable {
    /// Without batch, channels last.
    public var shape: [Int]
    public var origin: Origin
    /// The tensor of the network that this value equals, by (node, output): what verification compares it with. `nil` for a
    /// value that passes made up. Equal means element by element in row-major order: the value may be a reshape of the tensor.
    public var tensor: NetworkTensor?

    public struct NetworkTensor: Hashable, Sendable {
        public var node: Int
        public var output: Int
        /// The value is that many times the tensor.
        public var scale = 1.0
        public init(node: Int, output: Int) {
            self.node = node
            self.output = output
        }
    }

    public init(shape: [Int], origin: Origin, tensor: NetworkTensor? = nil) {
        self.shape = shape
        self.origin = origin
        self.tensor = tensor
    }

    public var elementCount: Int { shape.reduce(1, *) }
    public var channels: Int { shape.last ?? 1 }
}

/// A constant tensor. Its elements are computed in double precision where passes fold and rounded once.
public struct Constant: Hashable, Sendable {
    public var shape: [Int]
    public var values: [Float]

    public init(shape: [Int], values: [Float]) {
        precondition(shape.reduce(1, *) == values.count)
        self.shape = shape
        self.values = values
    }
}

/// One operation: a primitive applied to values.
public struct Operation: Sendable, Hashable {
    public var primitive: Primitive
    public var inputs: [ValueID]
    /// One, in every primitive so far.
    public var output: ValueID

    public init(_ primitive: Primitive, inputs: [ValueID], output: ValueID) {
        self.primitive = primitive
        self.inputs = inputs
        self.output = output
    }
}

/// A network as primitives: operations in an order in which each comes after what feeds it (single assignment).
public struct Graph: Sendable {
    public var values: [Value] = []
    public var operations: [Operation] = []
    /// The public outputs, in order. The public inputs are the `.input` operations.
    public var outputs: [ValueID] = []
    public var outputNames: [String] = []
    public var inputNames: [String] = []
    /// The file that the layers' lines are of, for people.
    public var sourceName = ""

    public init() {}

    public subscript(id: ValueID) -> Value {
        get { values[id.index] }
        set { values[id.index] = newValue }
    }

    /// Adds a value that no operation defines yet.
    public mutating func makeValue(_ value: Value) -> ValueID {
        values.append(value)
        return ValueID(values.count - 1)
    }

    /// Adds an operation at the end, with its result.
    @discardableResult
    public mutating func append(
        _ primitive: Primitive, _ inputs: [ValueID], shape: [Int], origin: Origin, tensor: Value.NetworkTensor? = nil
    ) -> ValueID {
        let output = makeValue(Value(shape: shape, origin: origin, tensor: tensor))
        operations.append(Operation(primitive, inputs: inputs, output: output))
        return output
    }

    /// The position of the operation that defines each value.
    public func producers() -> [ValueID: Int] {
        var result: [ValueID: Int] = [:]
        for (position, operation) in operations.enumerated() { result[operation.output] = position }
        return result
    }

    /// The positions of the operations that read each value; an operation that reads it twice is listed twice. Public outputs
    /// are not counted.
    public func consumers() -> [ValueID: [Int]] {
        var result: [ValueID: [Int]] = [:]
        for (position, operation) in operations.enumerated() {
            for input in operation.inputs { result[input, default: []].append(position) }
        }
        return result
    }
}
