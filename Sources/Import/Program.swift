/// Layers that end in an activation.
private let weightedSums: Set<String> = [
    "Conv1D", "Conv2D", "DepthwiseConv1D", "DepthwiseConv2D", "Conv1DTranspose", "Conv2DTranspose", "Dense",
]

/// A network as a list of layer calls, from which the text of a `.net` file is written.
public struct Program: Sendable {
    /// A result of a statement.
    public struct Tensor: Hashable, Sendable {
        public var statement: Int
        public var output: Int

        public init(statement: Int, output: Int = 0) {
            self.statement = statement
            self.output = output
        }
    }

    /// One layer and what it is applied to.
    public struct Statement: Sendable {
        /// The layer's type, `Conv2D`.
        public var type: String
        /// As they are written: `32`, `strides=2`.
        public var arguments: [String]
        public var inputs: [Tensor]
        /// The inputs stand in a list, even if there is only one.
        public var takesList: Bool
        /// The number of results, which stand in a list where there are more than one or `givesList`.
        public var outputs: Int
        /// What the other format calls it, shown as a comment.
        public var source: String?
        /// A public name: that of an input.
        public var name: String?
        /// Parameters by their names within the layer, `kernel`.
        public var parameters: [String: ImportedTensor]

        public init(
            _ type: String, _ arguments: [String] = [], inputs: [Tensor], takesList: Bool = false, outputs: Int = 1,
            source: String? = nil, name: String? = nil, parameters: [String: ImportedTensor] = [:]
        ) {
            self.type = type
            self.arguments = arguments
            self.inputs = inputs
            self.takesList = takesList
            self.outputs = outputs
            self.source = source
            self.name = name
            self.parameters = parameters
        }
    }

    /// Names the model; free of quotes and line ends.
    public var name: String?
    /// The first comment of the file.
    public var description: String?
    public var statements: [Statement] = []
    /// The results of the network under their public names.
    public var outputs: [(name: String, tensor: Tensor)] = []

    public init() {}

    /// Adds a statement and returns its first result.
    public mutating func append(_ statement: Statement) -> Tensor {
        statements.append(statement)
        return Tensor(statement: statements.count - 1)
    }

    /// Puts activations that alone read a layer of weighted sums into that layer's `activation`.
    public mutating func foldActivations() {
        var readers: [Tensor: Int] = [:]
        for input in statements.flatMap(\.inputs) { readers[input, default: 0] += 1 }
        for output in outputs { readers[output.tensor, default: 0] += 2 }
        var replaced: [Tensor: Tensor] = [:]
        for index in statements.indices {
            statements[index].inputs = statements[index].inputs.map { replaced[$0] ?? $0 }
            guard let word = activationWord(statements[index]), let source = statements[index].inputs.first,
                readers[source] == 1, weightedSums.contains(statements[source.statement].type),
                !statements[source.statement].arguments.contains(where: { $0.hasPrefix("activation=") })
            else { continue }
            statements[source.statement].arguments.append("activation=\"\(word)\"")
            let result = Tensor(statement: index)
            readers[source] = readers[result]
            replaced[result] = source
        }
        outputs = outputs.map { ($0.name, replaced[$0.tensor] ?? $0.tensor) }
        _ = removeUnused()
    }

    /// The word for a layer that is nothing but an activation.
    private func activationWord(_ statement: Statement) -> String? {
        switch (statement.type, statement.arguments.first) {
        case ("ReLU", nil): "relu"
        case ("Softmax", nil): "softmax"
        case ("GELU", nil): "gelu"
        case ("Activation", let argument?) where argument.hasPrefix("\"") && argument != "\"linear\"":
            String(argument.dropFirst().dropLast())
        default: nil
        }
    }

    /// Removes what no output depends on and returns the names of inputs among it.
    public mutating func removeUnused() -> [String] {
        var isUsed = Array(repeating: false, count: statements.count)
        for output in outputs { isUsed[output.tensor.statement] = true }
        for index in statements.indices.reversed() {
            guard isUsed[index] else { continue }
            for input in statements[index].inputs { isUsed[input.statement] = true }
        }
        let removed = zip(statements, isUsed).filter { !$1 }.compactMap(\.0.name)
        var position: [Int] = []
        var kept = 0
        for isKept in isUsed {
            position.append(kept)
            if isKept { kept += 1 }
        }
        let moved = { (tensor: Tensor) in Tensor(statement: position[tensor.statement], output: tensor.output) }
        statements = zip(statements, isUsed).filter(\.1).map { statement, _ in
            var statement = statement
            statement.inputs = statement.inputs.map(moved)
            return statement
        }
        outputs = outputs.map { ($0.name, moved($0.tensor)) }
        return removed
    }
}
