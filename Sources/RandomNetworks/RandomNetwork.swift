/// A network as statements of the language, so that it can be made at random, made smaller, and written as `.net` text.
public struct RandomNetwork: Hashable, Sendable {
    /// A layer with its arguments: `Conv2D(8, kernel_size=3)`.
    public struct Call: Hashable, Sendable {
        public var layer: String
        public var arguments: [Argument] = []

        public struct Argument: Hashable, Sendable {
            /// Empty where it stands by its position.
            public var name: String
            public var value: String

            var text: String { name.isEmpty ? value : "\(name)=\(value)" }
        }

        var text: String { "\(layer)(\(arguments.map(\.text).joined(separator: ", ")))" }
    }

    /// What makes a tensor.
    public enum Expression: Hashable, Sendable {
        /// Layers one after the other, as `Sequential` where there are several; `shared` names a layer that is applied elsewhere too; `part` is
        /// which of several results is meant.
        case layers([Call], shared: String? = nil, part: Int? = nil)
        /// `a + b`
        case infix(String)
        /// Statements on the tensor `x`, as a function that is called several times in a row.
        case block([Statement], repeats: Int)
    }

    /// `result = expression(inputs)`
    public struct Statement: Hashable, Sendable {
        public var result: String
        public var expression: Expression
        public var inputs: [String]
    }

    public struct Input: Hashable, Sendable {
        public var name: String
        public var shape: [Int]
    }

    public var inputs: [Input] = []
    public var statements: [Statement] = []
    public var outputs: [String] = []

    public init() {}

    /// The tensors that nothing reads.
    var unread: [String] {
        let read = Set(statements.flatMap(\.inputs))
        return statements.map(\.result).filter { !read.contains($0) }
    }

    /// How many layers it applies.
    public var layerCount: Int { statements.reduce(0) { $0 + $1.layerCount } }

    /// Without what no output needs.
    var pruned: RandomNetwork {
        var needed = Set(outputs)
        for statement in statements.reversed() where needed.contains(statement.result) {
            needed.formUnion(statement.inputs)
        }
        var result = self
        result.statements.removeAll { !needed.contains($0.result) }
        result.inputs.removeAll { !needed.contains($0.name) }
        return result
    }

    /// Several networks beside each other, as one; the names of each get a letter of their own.
    public static func joined(_ networks: [RandomNetwork]) -> RandomNetwork {
        var result = RandomNetwork()
        for (index, network) in networks.enumerated() {
            let renamed = network.renamed { "\(Character(UnicodeScalar(UInt8(97 + index % 26))))\(index / 26)_\($0)" }
            result.inputs += renamed.inputs
            result.statements += renamed.statements
            result.outputs += renamed.outputs
        }
        return result
    }

    private func renamed(_ rename: (String) -> String) -> RandomNetwork {
        var result = self
        for index in inputs.indices { result.inputs[index].name = rename(inputs[index].name) }
        for index in statements.indices {
            result.statements[index].result = rename(statements[index].result)
            result.statements[index].inputs = statements[index].inputs.map(rename)
            if case .layers(let calls, let shared?, let part) = statements[index].expression {
                result.statements[index].expression = .layers(calls, shared: rename(shared), part: part)
            }
        }
        result.outputs = outputs.map(rename)
        return result
    }
}

extension RandomNetwork.Statement {
    fileprivate var layerCount: Int {
        switch expression {
        case .layers(let calls, _, _): calls.count
        case .infix: 1
        case .block(let statements, let repeats): repeats * statements.reduce(0) { $0 + $1.layerCount }
        }
    }
}

// As text.

extension RandomNetwork {
    /// The network as a `.net` file.
    public var text: String {
        var text = ""
        var defined: Set<String> = []
        for input in inputs { text += "\(input.name) = Input((\(input.shape.map { "\($0), " }.joined())))\n" }
        for statement in statements { text += statement.text(defined: &defined) }
        return text + "Output(\(outputs.joined(separator: ", ")))\n"
    }
}

extension RandomNetwork.Statement {
    fileprivate func text(defined: inout Set<String>) -> String {
        let operands = inputs.count == 1 ? inputs[0] : "[\(inputs.joined(separator: ", "))]"
        switch expression {
        case .infix(let sign): return "\(result) = \(inputs.joined(separator: " \(sign) "))\n"
        case .layers(let calls, let shared, let part):
            let suffix = part.map { "[\($0)]" } ?? ""
            if let shared {
                let definition = defined.insert(shared).inserted ? "\(shared) = \(calls[0].text)\n" : ""
                return definition + "\(result) = \(shared)(\(operands))\(suffix)\n"
            }
            let layer =
                calls.count == 1 ? calls[0].text : "Sequential([\(calls.map(\.text).joined(separator: ", "))])"
            return "\(result) = \(layer)(\(operands))\(suffix)\n"
        case .block(let statements, let repeats):
            var text = "def make_\(result)(x):\n"
            for statement in statements {
                for line in statement.text(defined: &defined).split(separator: "\n") { text += "    \(line)\n" }
            }
            text += "    return \(statements.last!.result)\n"
            if repeats == 1 { return text + "\(result) = make_\(result)(\(operands))\n" }
            return text
                + "\(result) = \(operands)\nfor step in range(\(repeats)):\n    \(result) = make_\(result)(\(result))\n"
        }
    }
}
