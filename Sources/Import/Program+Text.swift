import Layers

extension Program {
    /// The `.net` file, and the parameters by their full names.
    ///
    /// A chain of layers becomes the sequential form, anything else the functional one. Layers have Keras' automatic names: a parameter's
    /// is that of its layer in the order of the statements.
    public func written() -> (text: String, parameters: [String: ImportedTensor]) {
        var writer = ProgramWriter(self)
        return (writer.text(), writer.parameters())
    }
}

/// What a name may not be: Python's words, the language's functions and the layers themselves.
private let reservedNames: Set<String> = Set(
    """
    False None True and as assert async await break class continue def del elif else except finally for from global if
    import in is lambda nonlocal not or pass raise return try while with match case abs bool dict divmod enumerate
    filter float int isinstance len list map max min pow print range reversed round set sorted str sum tuple type zip
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

private struct ProgramWriter {
    let program: Program
    /// The automatic name of each statement's layer.
    var layerNames: [String] = []
    var variables: [Program.Tensor: String] = [:]
    /// Names that stand in the layer's call, for outputs that no variable can name.
    var explicitNames: [Int: String] = [:]
    private var taken: Set<String> = reservedNames
    private let uses: [Program.Tensor: [Int]]

    init(_ program: Program) {
        self.program = program
        var uses: [Program.Tensor: [Int]] = [:]
        for (index, statement) in program.statements.enumerated() {
            for input in statement.inputs { uses[input, default: []].append(index) }
        }
        self.uses = uses
        nameOutputs()
        nameLayers()
        nameVariables()
    }

    // MARK: Names

    /// Outputs are named by their variables; by the layer's name where that is no variable's.
    private mutating func nameOutputs() {
        for (name, tensor) in program.outputs {
            let statement = program.statements[tensor.statement]
            if name == variableName(name), !taken.contains(name) {
                variables[tensor] = name
                taken.insert(name)
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

    /// A result that only the next statement reads is `x`; others have names of their own.
    private mutating func nameVariables() {
        for (position, statement) in program.statements.enumerated() {
            for output in 0..<statement.outputs {
                let tensor = Program.Tensor(statement: position, output: output)
                if variables[tensor] != nil { continue }
                let users = uses[tensor] ?? []
                let isOutput = program.outputs.contains { $0.tensor == tensor }
                if statement.outputs == 1, !isOutput, users == [position + 1], statement.type != "Input" {
                    variables[tensor] = "x"
                } else if users.isEmpty, !isOutput {
                    variables[tensor] = "_"
                } else {
                    variables[tensor] = unique(hint(position, output))
                }
            }
        }
    }

    private func hint(_ position: Int, _ output: Int) -> String {
        let statement = program.statements[position]
        if statement.type == "Input" { return statement.name.flatMap(variableName) ?? "image" }
        return statement.outputs == 1 ? layerNames[position] : "\(layerNames[position])_\(output)"
    }

    private mutating func unique(_ hint: String) -> String {
        let stem = variableName(hint) ?? "tensor"
        var name = stem
        var number = 1
        while !taken.insert(name).inserted {
            name = "\(stem)_\(number)"
            number += 1
        }
        return name
    }

    // MARK: Parameters

    func parameters() -> [String: ImportedTensor] {
        var result: [String: ImportedTensor] = [:]
        for (position, statement) in program.statements.enumerated() {
            for (name, tensor) in statement.parameters { result["\(layerNames[position])/\(name)"] = tensor }
        }
        return result
    }

    // MARK: Text

    mutating func text() -> String {
        var lines: [String] = []
        if let description = program.description { lines += ["\"\"\"\(sanitized(description, limit: 400))\"\"\"", ""] }
        lines += isChain ? sequential() : functional()
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
            let isLast = position == program.statements.count - 1
            let variable = variables[Program.Tensor(statement: position)]!
            let isNamed = isLast && explicitNames[position] == nil && variable == program.outputs[0].name
            return commented((isNamed ? "\(variable) = " : "") + call(position), position)
        }
    }

    private func functional() -> [String] {
        var lines = program.statements.indices.map { position in
            let statement = program.statements[position]
            let results = (0..<statement.outputs).map { variables[Program.Tensor(statement: position, output: $0)]! }
            let operands = statement.inputs.map { variables[$0]! }
            let list = operands.joined(separator: ", ")
            let operand = statement.takesList ? "[\(list)]" : list
            let applied = statement.type == "Input" || operands.isEmpty ? "" : "(\(operand))"
            return commented("\(results.joined(separator: ", ")) = \(call(position))\(applied)", position)
        }
        let inputs = program.statements.indices.filter { program.statements[$0].type == "Input" }
            .map { variables[Program.Tensor(statement: $0)]! }
        let outputs = program.outputs.map { variables[$0.tensor]! }
        let name = program.name.map { ", name=\"\(sanitized($0))\"" } ?? ""
        lines.append("model = Model(\(bracketed(inputs)), \(bracketed(outputs))\(name))")
        return lines
    }

    private func bracketed(_ names: [String]) -> String {
        names.count == 1 ? names[0] : "[\(names.joined(separator: ", "))]"
    }

    private func call(_ position: Int) -> String {
        let statement = program.statements[position]
        let name = (statement.name ?? explicitNames[position]).map { ["name=\"\($0)\""] } ?? []
        return "\(statement.type)(\((statement.arguments + name).joined(separator: ", ")))"
    }

    private func commented(_ line: String, _ position: Int) -> String {
        guard let source = program.statements[position].source else { return line }
        return "\(line)  # \(sanitized(source))"
    }
}
