import Layers
import Network

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

    /// An argument of a layer: `32`, `strides=2`.
    public struct Argument: Hashable, Sendable, ExpressibleByStringLiteral {
        /// `nil` for one that is known by its position.
        public var keyword: String?
        /// As it is written: `2`, `'same'`.
        public var value: String

        public init(keyword: String?, value: String) { (self.keyword, self.value) = (keyword, value) }

        /// Takes an argument apart as it is written.
        public init(_ text: String) {
            if let equals = text.firstIndex(of: "="),
                text[..<equals].allSatisfy({ $0.isLetter || $0 == "_" || $0.isNumber })
            {
                self.init(keyword: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
            } else {
                self.init(keyword: nil, value: text)
            }
        }

        public init(stringLiteral text: String) { self.init(text) }

        var text: String { keyword.map { "\($0)=\(value)" } ?? value }
    }

    /// Arithmetic with a number that says the same as a layer: `2.0 * x`.
    public struct Arithmetic: Hashable, Sendable {
        /// What stands before and behind the operand.
        public var before, after: String
        /// The stem of the layer's automatic name, `multiply`.
        public var stem: String

        public init(before: String = "", after: String = "", stem: String) {
            (self.before, self.after, self.stem) = (before, after, stem)
        }
    }

    /// One layer and what it is applied to.
    public struct Statement: Sendable {
        /// The layer's type, `Conv2D`.
        public var type: String
        public var arguments: [Argument]
        public var inputs: [Tensor]
        /// The inputs stand in a list, even if there is only one.
        public var takesList: Bool
        /// The number of results, which stand in a list where there are more than one or `givesList`.
        public var outputs: Int
        /// What the other format calls it, shown as a comment.
        public var source: String?
        /// The name that its layer must have; `nil` for the automatic one.
        public var name: String?
        /// Parameters by their names within the layer, `kernel`.
        public var parameters: [String: ImportedTensor]
        /// The statement whose layer is applied once more, with its parameters.
        public var shared: Int?
        /// The part of the network that it belongs to, told by a heading.
        public var section: String?
        /// What may be written in the layer's place, under an automatic name of its own.
        public var arithmetic: Arithmetic?

        public init(
            _ type: String, _ arguments: [Argument] = [], inputs: [Tensor], takesList: Bool = false, outputs: Int = 1,
            source: String? = nil, name: String? = nil, parameters: [String: ImportedTensor] = [:], shared: Int? = nil,
            section: String? = nil, arithmetic: Arithmetic? = nil
        ) {
            self.type = type
            self.arguments = arguments
            self.inputs = inputs
            self.takesList = takesList
            self.outputs = outputs
            self.source = source
            self.name = name
            self.parameters = parameters
            self.shared = shared
            self.section = section
            self.arithmetic = arithmetic
        }

        /// What statements must have in common, besides their arguments' keywords, for one line to stand for them.
        var form: String { "\(type) \(takesList) \(outputs) \(arithmetic.map { "\($0)" } ?? "")" }
    }

    /// Names the model.
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
        let layers = LayerIndex()
        var readers: [Tensor: Int] = [:]
        for input in statements.flatMap(\.inputs) { readers[input, default: 0] += 1 }
        for output in outputs { readers[output.tensor, default: 0] += 2 }
        var replaced: [Tensor: Tensor] = [:]
        for index in statements.indices {
            statements[index].inputs = statements[index].inputs.map { replaced[$0] ?? $0 }
            guard let word = activationWord(statements[index]), let source = statements[index].inputs.first,
                readers[source] == 1,
                layers[statements[source.statement].type]?.descriptor.endsInActivation ?? false,
                !statements[source.statement].arguments.contains(where: { $0.keyword == "activation" })
            else { continue }
            statements[source.statement].arguments.append(Argument(keyword: "activation", value: stringLiteral(word)))
            let result = Tensor(statement: index)
            readers[source] = readers[result]
            replaced[result] = source
        }
        outputs = outputs.map { ($0.name, replaced[$0.tensor] ?? $0.tensor) }
        _ = removeUnused()
    }

    /// The word for a layer that is nothing but an activation.
    private func activationWord(_ statement: Statement) -> String? {
        switch (statement.type, statement.arguments.first?.value) {
        case ("ReLU", nil): "relu"
        case ("Softmax", nil): "softmax"
        case ("GELU", nil): "gelu"
        case ("Activation", let value?) where value.hasPrefix("'") && value != "'linear'":
            String(value.dropFirst().dropLast())
        default: nil
        }
    }

    /// Removes what no output depends on and returns the names of inputs among it.
    public mutating func removeUnused() -> [String] {
        var isUsed = Array(repeating: false, count: statements.count)
        for output in outputs { isUsed[output.tensor.statement] = true }
        for index in statements.indices.reversed() where isUsed[index] {
            if let shared = statements[index].shared { isUsed[shared] = true }
            for input in statements[index].inputs { isUsed[input.statement] = true }
        }
        let removed = zip(statements, isUsed).filter { !$1 && $0.type == "Input" }.compactMap(\.0.name)
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
            statement.shared = statement.shared.map { position[$0] }
            return statement
        }
        outputs = outputs.map { ($0.name, moved($0.tensor)) }
        return removed
    }
}

extension LayerDescriptor {
    /// Whether it may have an activation behind what else it does.
    fileprivate var endsInActivation: Bool {
        attributes.contains { $0.name == "activation" && $0.type == .activation && $0.isOptional }
    }
}
