import Layers
import Network

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
    in is lambda nonlocal not or pass raise return try while with yield match case abs bool enumerate float int len list max min
    print range reversed round str sum zip Model Sequential Output load_weights true false none keras tf layers np x model
    inputs outputs
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

/// A string of the language, in quotes.
public func stringLiteral(_ text: String) -> String {
    var result = "'"
    for scalar in text.unicodeScalars {
        switch scalar {
        case "'", "\\": result += "\\\(scalar)"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F:
            let digits = String(scalar.value, radix: 16)
            result += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "'"
}

/// A variable's name that means nothing else.
func free(_ name: String) -> String { reservedNames.contains(name) ? name + "_out" : name }

struct ProgramWriter {
    let program: Program
    let layers = LayerIndex()
    /// The name of each statement's layer.
    private(set) var layerNames: [String] = []
    /// Names of results that stand for outputs.
    private(set) var outputNames: [Program.Tensor: String] = [:]
    /// Names that stand in the layer's call, for outputs that no variable can name.
    private(set) var explicitNames: [Int: String] = [:]
    /// The statements that are written as arithmetic, and those whose layers are applied more than once.
    private(set) var isArithmetic: Set<Int> = []
    private(set) var isShared: Set<Int> = []
    /// The arguments of each statement, with the name that its layer needs.
    private var arguments: [[Program.Argument]] = []

    /// Shorter programs are as easily read without blocks.
    private static let longestPlain = 30

    init(_ program: Program) {
        self.program = program
        isShared = Set(program.statements.compactMap(\.shared))
        nameOutputs()
        nameLayers()
    }

    /// Outputs are named by their variables; by the layer's name where that is no variable's. Names that outputs share are numbered.
    private mutating func nameOutputs() {
        for (name, tensor) in program.outputs {
            let statement = program.statements[tensor.statement]
            if name == variableName(name), !reservedNames.contains(name) || statement.name != nil {
                guard outputNames[tensor] == nil else { continue }
                var (variable, number) = (free(name), 0)
                while outputNames.values.contains(variable) {
                    number += 1
                    variable = "\(free(name))_\(number)"
                }
                outputNames[tensor] = variable
            } else if statement.outputs == 1, statement.type != "Input", statement.name == nil {
                explicitNames[tensor.statement] = name
            }
        }
    }

    private mutating func nameLayers() {
        var names = AutomaticNames()
        let wanted = Set(program.statements.compactMap(\.name))
        for (position, statement) in program.statements.enumerated() {
            if let shared = statement.shared {
                layerNames.append(layerNames[shared])
                arguments.append([])
                continue
            }
            let explicit = statement.name ?? explicitNames[position]
            if let arithmetic = statement.arithmetic, !isChain {
                let name = names.peek(arithmetic.stem)
                if explicit == nil || explicit == name || !wanted.contains(name) {
                    isArithmetic.insert(position)
                    layerNames.append(names.next(arithmetic.stem))
                    arguments.append([])
                    continue
                }
            }
            let descriptor = layers[statement.type]?.descriptor
            let stem = descriptor?.automaticName ?? snakeCase(descriptor?.name ?? statement.type)
            var own = statement.arguments.filter { !isDefault($0, descriptor) }
            if let explicit, explicit != names.peek(stem) {
                layerNames.append(explicit)
                own.append(Program.Argument(keyword: "name", value: stringLiteral(explicit)))
            } else {
                layerNames.append(names.next(stem))
            }
            arguments.append(own)
        }
    }

    /// Whether an argument says what holds without it.
    private func isDefault(_ argument: Program.Argument, _ descriptor: LayerDescriptor?) -> Bool {
        guard let keyword = argument.keyword,
            let attribute = descriptor?.attributes.first(where: { $0.name == keyword })
        else { return false }
        return (attribute.defaultValue ?? (attribute.isOptional ? AttributeValue.none : nil))?.literal == argument.value
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
            isShared.isEmpty
        else { return false }
        return program.statements.enumerated().allSatisfy { position, statement in
            statement.outputs == 1 && !statement.takesList
                && (position == 0
                    ? statement.type == "Input" : statement.inputs == [Program.Tensor(statement: position - 1)])
        }
    }

    private func sequential() -> [String] {
        var lines: [String] = []
        let last = program.statements.count - 1
        var variables: [Int: String] = [:]
        if let name = program.outputs.first?.name, name != layerNames[last] {
            variables[last] = outputNames[Program.Tensor(statement: last)]
        }
        if program.name != nil {
            variables[last] = outputNames[Program.Tensor(statement: last)] ?? "x"
            let input = free(inputVariable(0))
            if last > 0 { variables[0] = input == variables[last] ? input + "_in" : input }
        }
        for (position, statement) in program.statements.enumerated() {
            if position > 0, statement.section != program.statements[position - 1].section {
                lines += heading(statement.section)
            }
            let name = variables[position].map { "\($0) = " } ?? ""
            let call = "\(statement.type)(\(arguments[position].map(\.text).joined(separator: ", ")))"
            lines.append(commented(name + call, statement.source))
        }
        return lines + modelLine(inputs: [variables[0] ?? ""], outputs: [variables[last] ?? ""])
    }

    /// What the variable of an input is called after.
    func inputVariable(_ position: Int) -> String {
        arguments[position].contains { $0.keyword == "name" } ? variableName(layerNames[position]) ?? "image" : "image"
    }

    private func functional(_ isShort: Bool) -> [String] {
        let fixed = Set(outputNames.keys.map(\.statement)).union(explicitNames.keys)
        let factored = FactoredProgram(program, arguments, layers) { position in
            isShort || fixed.contains(position) || isBound(position) || program.statements[position].type == "Input"
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
        return lines + [""] + modelLine(inputs: inputs, outputs: program.outputs.map { scope.name(of: $0.tensor) })
    }

    /// Whether a statement's layer is applied elsewhere too, which binds it to a variable.
    func isBound(_ position: Int) -> Bool { isShared.contains(position) || program.statements[position].shared != nil }

    /// The model's inputs and outputs; nothing for a sequence without a name.
    private func modelLine(inputs: [String], outputs: [String]) -> [String] {
        if program.name == nil, outputs == [""] || inputs == [""] { return [] }
        let name = program.name.map { ", name=\(stringLiteral($0))" } ?? ""
        return ["model = Model(\(bracketed(inputs)), \(bracketed(outputs))\(name))"]
    }

    private func bracketed(_ names: [String]) -> String {
        names.count == 1 ? names[0] : "[\(names.joined(separator: ", "))]"
    }

    /// The lines before the first one of a part of the network.
    func heading(_ section: String?) -> [String] { section.map { ["", "# \(sanitized($0))"] } ?? [""] }

    func commented(_ line: String, _ source: String?) -> String {
        guard let source, !source.isEmpty else { return line }
        return "\(line)  # \(sanitized(source))"
    }
}
