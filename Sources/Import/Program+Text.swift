import Layers

extension Program {
    /// The `.net` file, and the parameters by their full names.
    ///
    /// A chain of layers becomes the sequential form, anything else the functional one. Layers have Keras' automatic names: a parameter's
    /// is that of its layer in the order of the statements.
    public func written() -> (text: String, parameters: [String: ImportedTensor]) {
        let writer = ProgramWriter(self)
        return (writer.text(), writer.parameters())
    }
}

/// What a name may not be: Python's words, the language's functions and the layers themselves.
let reservedNames: Set<String> = Set(
    """
    False None True and as assert async await break class continue def del elif else except finally for from global if import
    in is lambda nonlocal not or pass raise return try while with match case abs bool dict divmod enumerate filter float int
    isinstance len list map max min pow print range reversed round set sorted str sum tuple type zip
    Model Sequential Output load_weights true false none keras tf layers np x model inputs outputs
    """.split(whereSeparator: \.isWhitespace).map(String.init)
).union(LayerIndex().names)

/// Text that may stand within quotes or in a comment: printable, on one line, without quotes, of bounded length.
public func sanitized(_ text: String, limit: Int = 80) -> String {
    let kept = text.unicodeScalars.prefix(4 * limit).filter { scalar in
        !scalar.properties.isWhitespace || scalar == " "
    }.filter { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        default: scalar != "\"" && scalar != "'" && scalar != "\\"
        }
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: kept.prefix(limit))
    return String(result)
}

/// A variable's name made of any text: letters, digits and underscores; `nil` where nothing of it can be kept.
func variableName(_ text: String) -> String? {
    var result = ""
    for scalar in text.unicodeScalars.prefix(200) {
        let isKept = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        if isKept { result.unicodeScalars.append(scalar) } else if !result.isEmpty, result.last != "_" { result += "_" }
    }
    while result.last == "_" { result.removeLast() }
    guard let first = result.unicodeScalars.first, first.properties.isAlphabetic, result.count <= 40 else { return nil }
    return result
}

struct ProgramWriter {
    let program: Program
    /// The automatic name of each statement's layer.
    var layerNames: [String] = []
    /// Names of results that stand for outputs.
    var outputNames: [Program.Tensor: String] = [:]
    /// Names that stand in the layer's call, for outputs that no variable can name.
    var explicitNames: [Int: String] = [:]

    /// Shorter programs are as easily read without blocks.
    private static let longestPlain = 30

    init(_ program: Program) {
        self.program = program
        nameOutputs()
        nameLayers()
    }

    /// Outputs are named by their variables; by the layer's name where that is no variable's.
    private mutating func nameOutputs() {
        for (name, tensor) in program.outputs {
            let statement = program.statements[tensor.statement]
            if name == variableName(name), !reservedNames.contains(name) {
                outputNames[tensor] = name
            } else if statement.outputs == 1, statement.type != "Input" {
                explicitNames[tensor.statement] = name
            }
        }
    }

    private mutating func nameLayers() {
        var names = AutomaticNames()
        let index = LayerIndex()
        for (position, statement) in program.statements.enumerated() {
            let explicit = statement.name ?? explicitNames[position]
            let descriptor = index[statement.type]?.descriptor
            layerNames.append(
                explicit ?? names.next(descriptor?.automaticName ?? snakeCase(descriptor?.name ?? statement.type)))
        }
    }

    func parameters() -> [String: ImportedTensor] {
        var result: [String: ImportedTensor] = [:]
        for (position, statement) in program.statements.enumerated() {
            for (name, tensor) in statement.parameters { result["\(layerNames[position])/\(name)"] = tensor }
        }
        return result
    }

    // MARK: Text

    func text() -> String {
        var lines: [String] = []
        if let description = program.description { lines += ["\"\"\"\(sanitized(description, limit: 400))\"\"\"", ""] }
        let isShort = program.statements.count <= Self.longestPlain
        lines += isChain && isShort ? sequential() : functional(isShort)
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether each statement reads the one before it, and the last one is the output.
    private var isChain: Bool {
        guard program.outputs.count == 1, program.outputs[0].tensor.statement == program.statements.count - 1,
            program.name == nil
        else { return false }
        return program.statements.enumerated().allSatisfy { position, statement in
            statement.outputs == 1 && !statement.takesList
                && (position == 0
                    ? statement.type == "Input" : statement.inputs == [Program.Tensor(statement: position - 1)])
        }
    }

    private func sequential() -> [String] {
        program.statements.indices.map { position in
            let name = outputNames[Program.Tensor(statement: position)].map { "\($0) = " } ?? ""
            let statement = program.statements[position]
            let call = "\(statement.type)(\(arguments(position, statement.arguments).joined(separator: ", ")))"
            return commented(name + call, statement.source)
        }
    }

    /// A call's arguments with the layer's name, where it has one of its own.
    func arguments(_ position: Int, _ arguments: [String]) -> [String] {
        arguments + ((program.statements[position].name ?? explicitNames[position]).map { ["name=\"\($0)\""] } ?? [])
    }

    private func functional(_ isShort: Bool) -> [String] {
        let fixed = Set(outputNames.keys.map(\.statement)).union(explicitNames.keys)
        let factored = FactoredProgram(program) { position in
            isShort || fixed.contains(position) || program.statements[position].type == "Input"
        }
        let reserved = reservedNames.union(factored.blocks.map(\.name))
        var lines: [String] = []
        for block in factored.blocks {
            var scope = BlockScope(self, factored, items: block.items, parameters: block.parameters, taken: reserved)
            let inputs = scope.nameInputs(block.inputs, beside: block.parameterNames)
            let result = Program.Tensor(statement: block.items.last!.range.upperBound - 1)
            lines.append("def \(block.name)(\((inputs + block.parameterNames).joined(separator: ", "))):")
            lines += scope.lines(results: [result]).map { "    " + $0 }
            lines += ["    return \(scope.name(of: result))", ""]
        }
        var scope = BlockScope(
            self, factored, items: factored.items, parameters: nil, taken: reserved.union(outputNames.values))
        scope.fix(outputNames)
        lines += scope.lines(results: Set(program.outputs.map(\.tensor)))
        let inputs = program.statements.indices.filter { program.statements[$0].type == "Input" }
            .map { scope.name(of: Program.Tensor(statement: $0)) }
        let outputs = program.outputs.map { scope.name(of: $0.tensor) }
        let name = program.name.map { ", name=\"\(sanitized($0))\"" } ?? ""
        lines.append("model = Model(\(bracketed(inputs)), \(bracketed(outputs))\(name))")
        return lines
    }

    private func bracketed(_ names: [String]) -> String {
        names.count == 1 ? names[0] : "[\(names.joined(separator: ", "))]"
    }

    func commented(_ line: String, _ source: String?) -> String {
        guard let source, !source.isEmpty else { return line }
        return "\(line)  # \(sanitized(source))"
    }
}
