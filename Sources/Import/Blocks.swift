import Layers

/// Part of a program: a statement, or a call of a block of several.
struct Item {
    /// The statements that it stands for.
    var range: Range<Int>
    /// The block that is called; `nil` for a statement.
    var block: Int?
    var arguments: [Program.Argument]
    /// What it reads from outside; of a call each tensor once.
    var inputs: [Program.Tensor]

    /// Whether it makes that tensor.
    func makes(_ tensor: Program.Tensor) -> Bool { tensor.statement == range.upperBound - 1 }
}

/// A sequence of layers that occurs more than once, with other numbers maybe.
struct Block {
    var name: String
    /// The first occurrence.
    var items: [Item]
    var inputs: [Program.Tensor]
    /// The parameters in place of arguments, by the item's position and the argument's.
    var parameters: [[Int: String]]
    var parameterNames: [String]
}

/// A program whose repeated sequences are blocks.
struct FactoredProgram {
    let program: Program
    private let layers: LayerIndex
    private(set) var items: [Item]
    private(set) var blocks: [Block] = []

    /// Longer programs stay as they are: nobody reads them.
    private static let longest = 2_000
    private static let blockLengths = 3...48

    init(_ program: Program, _ arguments: [[Program.Argument]], _ layers: LayerIndex, isFixed: (Int) -> Bool) {
        (self.program, self.layers) = (program, layers)
        items = program.statements.enumerated().map { index, statement in
            Item(range: index..<index + 1, arguments: arguments[index], inputs: statement.inputs)
        }
        guard items.count <= Self.longest else { return }
        let fixed = Set(program.statements.indices.filter(isFixed))
        while blocks.count < 12, let (starts, length) = bestSequence(fixed) { extract(starts, length) }
    }

    // MARK: Finding

    /// The sequence whose extraction saves most lines.
    private func bestSequence(_ fixed: Set<Int>) -> (starts: [Int], length: Int)? {
        let lastUses = lastUses()
        let producers = producers()
        var best: (saving: Int, starts: [Int], length: Int)?
        for length in Self.blockLengths where 2 * length <= items.count {
            var groups: [[String]: [Int]] = [:]
            var order: [[String]] = []
            for start in 0...items.count - length {
                guard let form = form(start..<start + length, lastUses, producers, fixed) else { continue }
                if groups[form] == nil { order.append(form) }
                if let last = groups[form]?.last, last + length > start { continue }
                groups[form, default: []].append(start)
            }
            for form in order {
                let starts = groups[form]!
                guard starts.count > 1, holes(starts, length).count <= 4 else { continue }
                // A block of one input is the easiest to read.
                let inputs = outside(starts[0]..<starts[0] + length).count
                var saving = ((starts.count - 1) * (length - 1) - 3) * (5 - inputs) * 4
                // An activation belongs to what comes before it.
                let first = items[starts[0]]
                let type = first.block == nil ? program.statements[first.range.lowerBound].type : ""
                if ["ReLU", "Activation", "LeakyReLU", "PReLU"].contains(type) { saving = saving * 9 / 10 }
                if saving > 48, saving > best?.saving ?? 0 { best = (saving, starts, length) }
            }
        }
        return best.map { ($0.starts, $0.length) }
    }

    /// The position of the last item that reads each tensor; outputs of the program are read at the end.
    private func lastUses() -> [Program.Tensor: Int] {
        var result: [Program.Tensor: Int] = [:]
        for (position, item) in items.enumerated() { for input in item.inputs { result[input] = position } }
        for output in program.outputs { result[output.tensor] = .max }
        return result
    }

    /// The item that makes each statement's results.
    private func producers() -> [Int: Int] {
        var result: [Int: Int] = [:]
        for (position, item) in items.enumerated() { result[item.range.upperBound - 1] = position }
        return result
    }

    /// The types, keywords and wiring of a sequence that reads at most three tensors and of which only the last result is read
    /// elsewhere.
    private func form(
        _ range: Range<Int>, _ lastUses: [Program.Tensor: Int], _ producers: [Int: Int], _ fixed: Set<Int>
    ) -> [String]? {
        var form: [String] = []
        var outside: [Program.Tensor] = []
        for position in range {
            let item = items[position]
            if fixed.contains(item.range.lowerBound) || item.inputs.isEmpty { return nil }
            let statement = program.statements[item.range.upperBound - 1]
            if statement.section != program.statements[items[range.lowerBound].range.lowerBound].section { return nil }
            var text = item.block.map { "block \($0)" } ?? statement.form
            for argument in item.arguments { text += "," + (argument.keyword ?? "") }
            for input in item.inputs {
                if let producer = producers[input.statement], range.contains(producer) {
                    text += " \(producer - range.lowerBound).\(input.output)"
                } else if let index = outside.firstIndex(of: input) {
                    text += " <\(index)"
                } else {
                    outside.append(input)
                    text += " <\(outside.count - 1)"
                }
            }
            form.append(text)
            let isLast = position == range.upperBound - 1
            let outputs = item.block == nil ? statement.outputs : 1
            if isLast, outputs != 1 { return nil }
            for output in 0..<outputs where !isLast {
                let last = lastUses[Program.Tensor(statement: item.range.upperBound - 1, output: output)]
                if let last, last >= range.upperBound { return nil }
            }
        }
        return outside.count <= 3 ? form : nil
    }

    /// What differs between occurrences.
    private func holes(_ starts: [Int], _ length: Int) -> Holes {
        Holes(
            (0..<length).map { offset in
                let first = items[starts[0] + offset]
                return first.arguments.indices.map { argument in
                    Holes.Column(
                        name: parameterName(first, argument),
                        values: starts.map { items[$0 + offset].arguments[argument].value })
                }
            })
    }

    /// What an argument is called: its keyword, or the name that the layer or block has for that position.
    func parameterName(_ item: Item, _ argument: Int) -> String {
        if let keyword = item.arguments[argument].keyword { return keyword }
        if let block = item.block { return blocks[block].parameterNames[argument] }
        let attributes = layers[program.statements[item.range.lowerBound].type]?.descriptor.attributes ?? []
        return argument < attributes.count ? attributes[argument].name : "value"
    }

    // MARK: Extracting

    private mutating func extract(_ starts: [Int], _ length: Int) {
        let holes = holes(starts, length)
        let sequence = Array(items[starts[0]..<starts[0] + length])
        let block = Block(
            name: blockName(sequence), items: sequence, inputs: outside(starts[0]..<starts[0] + length),
            parameters: holes.expressions, parameterNames: holes.names)
        var result: [Item] = []
        var position = 0
        for (occurrence, start) in starts.enumerated() {
            result += items[position..<start]
            let range = start..<start + length
            result.append(
                Item(
                    range: items[start].range.lowerBound..<items[start + length - 1].range.upperBound,
                    block: blocks.count,
                    arguments: zip(holes.names, holes.values).enumerated().map { index, hole in
                        let isPlain = index == 0 && hole.0 != "name" && hole.0 != "number"
                        return Program.Argument(keyword: isPlain ? nil : hole.0, value: hole.1[occurrence])
                    }, inputs: outside(range)))
            position = start + length
        }
        items = result + items[position...]
        blocks.append(block)
    }

    /// The tensors that a sequence reads from outside, in the order in which it does.
    private func outside(_ range: Range<Int>) -> [Program.Tensor] {
        var result: [Program.Tensor] = []
        let made = items[range.lowerBound].range.lowerBound..<items[range.upperBound - 1].range.upperBound
        for input in items[range].flatMap(\.inputs) where !made.contains(input.statement) && !result.contains(input) {
            result.append(input)
        }
        return result
    }

    /// A name after what the block does.
    private func blockName(_ sequence: [Item]) -> String {
        let types = Set(sequence.map { $0.block == nil ? program.statements[$0.range.lowerBound].type : "" })
        let stem =
            types.contains("Add")
            ? "residual"
            : types.contains("Concatenate")
                ? "branches"
                : types.contains("Multiply") ? "gated" : types.contains("DepthwiseConv2D") ? "separable" : "block"
        let count = blocks.count { $0.name == stem || $0.name.hasPrefix(stem + "_") }
        return count == 0 ? stem : "\(stem)_\(count)"
    }
}
