import Layers

/// Writes a sequence of items: a block's or the whole program's. Sequences that repeat at once become loops.
struct BlockScope {
    private let writer: ProgramWriter
    private let factored: FactoredProgram
    private let items: [Item]
    /// What stands in place of arguments, in a block; `nil` in the program itself, whose lines have comments.
    private let parameters: [[Int: String]]?
    private var taken: Set<String>
    private var names: [Program.Tensor: String] = [:]
    /// The positions at which each tensor is read.
    private var uses: [Program.Tensor: [Int]] = [:]
    /// The variables of layers that are applied more than once.
    private var layerVariables: [Int: String] = [:]
    /// Tensors that share another one's variable.
    private var aliases: [Program.Tensor: Program.Tensor] = [:]

    init(
        _ writer: ProgramWriter, _ factored: FactoredProgram, items: [Item], parameters: [[Int: String]]?,
        taken: Set<String>
    ) {
        (self.writer, self.factored, self.items, self.parameters, self.taken) = (
            writer, factored, items, parameters, taken
        )
        for (position, item) in items.enumerated() {
            for input in item.inputs { uses[input, default: []].append(position) }
        }
    }

    /// Names a block's inputs beside its parameters.
    mutating func nameInputs(_ inputs: [Program.Tensor], beside parameters: [String]) -> [String] {
        taken.formUnion(parameters)
        for (index, input) in inputs.enumerated() {
            let isOnlyFirst = inputs.count == 1 && uses[input] == [0]
            names[input] = isOnlyFirst ? "x" : unique(inputs.count == 1 ? "skip" : ["a", "b", "c"][index])
        }
        return inputs.map { names[$0]! }
    }

    mutating func fix(_ fixed: [Program.Tensor: String]) { names.merge(fixed) { $1 } }

    func name(of tensor: Program.Tensor) -> String { names[canonical(tensor)] ?? "x" }

    private func canonical(_ tensor: Program.Tensor) -> Program.Tensor {
        var tensor = tensor
        while let next = aliases[tensor] { tensor = next }
        return tensor
    }

    private mutating func unique(_ hint: String) -> String {
        let stem = free(variableName(hint) ?? "tensor")
        var name = stem
        var number = 1
        while !taken.insert(name).inserted {
            name = "\(stem)_\(number)"
            number += 1
        }
        return name
    }

    // MARK: Lines

    /// The lines of the sequence, of which `results` are read behind it.
    mutating func lines(results: Set<Program.Tensor>) -> [String] {
        for result in results { uses[result, default: []].append(.max) }
        var loops: [Loop] = []
        var position = 0
        while position < items.count {
            if let loop = bestLoop(at: position) {
                loops.append(loop)
                adopt(loop)
                position += loop.period * loop.count
            } else {
                position += 1
            }
        }
        nameResults()
        var lines: [String] = []
        position = 0
        for loop in loops {
            for position in position..<loop.start { lines += heading(position) + line(position) }
            lines += heading(loop.start) + text(of: loop)
            position = loop.start + loop.period * loop.count
        }
        for position in position..<items.count { lines += heading(position) + line(position) }
        return lines
    }

    /// What stands where another part of the network begins.
    private func heading(_ position: Int) -> [String] {
        guard parameters == nil else { return [] }
        let former = position > 0 ? section(position - 1) : nil
        return section(position) == former ? [] : writer.heading(section(position))
    }

    private func section(_ position: Int) -> String? {
        writer.program.statements[items[position].range.lowerBound].section
    }

    /// A result that only the next item reads is `x`; others have names of their own.
    private mutating func nameResults() {
        var members: [Program.Tensor: [(tensor: Program.Tensor, position: Int)]] = [:]
        var order: [Program.Tensor] = []
        for (position, item) in items.enumerated() {
            for output in 0..<outputs(of: item) {
                let statement = item.range.upperBound - 1
                let tensor = Program.Tensor(statement: statement, output: output)
                if writer.isShared.contains(statement), output == 0 {
                    layerVariables[statement] = unique(writer.layerNames[statement])
                }
                let key = canonical(tensor)
                if members[key] == nil { order.append(key) }
                members[key, default: []].append((tensor, position))
            }
        }
        for key in order where names[key] == nil {
            let isRunning = members[key]!.allSatisfy { tensor, position in
                (uses[tensor] == [position + 1] || (uses[tensor] == [.max] && position == items.count - 1))
                    && outputs(of: items[position]) == 1 && !isInput(items[position])
            }
            let isUnread = members[key]!.allSatisfy { uses[$0.tensor] == nil }
            names[key] = isRunning ? "x" : isUnread ? "_" : unique(hint(key, members[key]!))
        }
    }

    private func hint(_ key: Program.Tensor, _ members: [(tensor: Program.Tensor, position: Int)]) -> String {
        let item = items[members[0].position]
        if isInput(item) {
            return writer.inputVariable(item.range.lowerBound)
        }
        // Where one line stands for several layers, none of them can lend its name.
        let name = writer.layerNames[members[0].tensor.statement]
        let isShared = members.count > 1 || parameters != nil
        let statement = members[0].tensor.statement
        let stem =
            writer.isBound(statement)
            ? name + "_out" : isShared ? snakeCase(writer.program.statements[statement].type) : name
        return outputs(of: item) == 1 ? stem : "\(stem)_\(members[0].tensor.output)"
    }

    private func isInput(_ item: Item) -> Bool { writer.program.statements[item.range.lowerBound].type == "Input" }

    private func outputs(of item: Item) -> Int {
        item.block == nil ? writer.program.statements[item.range.lowerBound].outputs : 1
    }

    /// What a statement or call is written as: a line, or two where its layer is applied elsewhere too.
    private func line(_ position: Int, varying: [Int: String] = [:], isRepeated: Bool = false) -> [String] {
        let item = items[position]
        var arguments = item.arguments
        for (index, expression) in parameters?[position] ?? [:] { arguments[index].value = expression }
        for (index, expression) in varying { arguments[index].value = expression }
        let operands = item.inputs.map { name(of: $0) }
        let results = (0..<outputs(of: item)).map {
            name(of: Program.Tensor(statement: item.range.upperBound - 1, output: $0))
        }.joined(separator: ", ")
        let isPlain = isRepeated || parameters != nil
        let call: (String) -> String = { "\($0)(\(arguments.map(\.text).joined(separator: ", ")))" }
        if let block = item.block {
            let list = (operands + arguments.map(\.text)).joined(separator: ", ")
            let line = "\(results) = \(factored.blocks[block].name)(\(list))"
            return [isPlain ? line : writer.commented(line, source(of: item))]
        }
        let index = item.range.lowerBound
        let statement = writer.program.statements[index]
        if let arithmetic = statement.arithmetic, writer.isArithmetic.contains(index) {
            return ["\(results) = \(arithmetic.before)\(operands[0])\(arithmetic.after)"]
        }
        let list = operands.joined(separator: ", ")
        let applied = operands.isEmpty ? "" : statement.takesList ? "([\(list)])" : "(\(list))"
        if let variable = layerVariables[statement.shared ?? index] {
            let use = "\(results) = \(variable)\(applied)"
            return statement.shared == nil ? ["\(variable) = \(call(statement.type))", use] : [use]
        }
        let line = "\(results) = \(call(statement.type))\(applied)"
        return [isPlain ? line : writer.commented(line, statement.source)]
    }

    /// What the other format calls a block: what the names in it have in common.
    private func source(of item: Item) -> String? {
        let sources = writer.program.statements[item.range].compactMap(\.source)
        guard var common = sources.first.map({ $0[...] }) else { return nil }
        for source in sources { common = common.prefix(zip(common, source).prefix { $0 == $1 }.count) }
        while let last = common.last, !last.isLetter, !last.isNumber { common.removeLast() }
        return common.count > 1 ? String(common) : sources.first
    }

    // MARK: Loops

    /// A sequence of `period` items that occurs `count` times in a row.
    private struct Loop {
        var start: Int
        var period: Int
        var count: Int
        /// The tensors that the first round reads, and where each round makes the next one's; `nil` for one that all read.
        var carried: [(first: Program.Tensor, offset: Int, output: Int)]
        /// Arguments that differ.
        var holes = Holes([])

        var saving: Int { (count - 1) * period - 1 }
    }

    private func bestLoop(at start: Int) -> Loop? {
        var best: Loop?
        for period in 1...8 where start + 2 * period <= items.count {
            guard let loop = loop(at: start, period), loop.saving >= 1, loop.saving > best?.saving ?? 0 else {
                continue
            }
            best = loop
        }
        return best
    }

    private func loop(at start: Int, _ period: Int) -> Loop? {
        guard let first = wiring(start, period) else { return nil }
        var carried: [Int: (offset: Int, output: Int)] = [:]
        var count = 1
        while let next = wiring(start + count * period, period), next.form == first.form {
            var isFitting = true
            for (index, tensor) in next.outside.enumerated() where tensor != first.outside[index] {
                guard let offset = offset(of: tensor, in: start + (count - 1) * period, period) else {
                    isFitting = false
                    break
                }
                if count == 1 { carried[index] = (offset, tensor.output) }
                if carried[index].map({ $0 != (offset, tensor.output) }) ?? true { isFitting = false }
            }
            if count > 1 {
                for index in carried.keys where next.outside[index] == first.outside[index] { isFitting = false }
            }
            if !isFitting { break }
            count += 1
        }
        guard count > 1 else { return nil }
        let rounds = carried.sorted { $0.key < $1.key }.map {
            (first.outside[$0.key], $0.value.offset, $0.value.output)
        }
        guard isSound(start, period, count, rounds) else { return nil }
        return withHoles(
            Loop(start: start, period: period, count: count, carried: rounds))
    }

    /// The types, keywords and wiring of a round, and what it reads from outside.
    private func wiring(_ start: Int, _ period: Int) -> (form: [String], outside: [Program.Tensor])? {
        guard start + period <= items.count else { return nil }
        var (form, outside): ([String], [Program.Tensor]) = ([], [])
        for position in start..<start + period {
            let item = items[position]
            let index = item.range.upperBound - 1
            // Names of outputs stay outside loops.
            let first = item.range.lowerBound
            if isInput(item) || item.inputs.isEmpty || writer.explicitNames[first] != nil || writer.isBound(first) {
                return nil
            }
            if section(position) != section(start) { return nil }
            if (0..<outputs(of: item)).contains(where: { names[Program.Tensor(statement: index, output: $0)] != nil }) {
                return nil
            }
            var text = item.block.map { "block \($0)" } ?? writer.program.statements[index].form
            for argument in item.arguments { text += "," + (argument.keyword ?? "") }
            for input in item.inputs {
                if let offset = offset(of: input, in: start, period) {
                    text += " \(offset).\(input.output)"
                } else {
                    let place = outside.firstIndex(of: input) ?? outside.count
                    if place == outside.count { outside.append(input) }
                    text += " <\(place)"
                }
            }
            form.append(text)
        }
        return (form, outside)
    }

    private func offset(of tensor: Program.Tensor, in start: Int, _ period: Int) -> Int? {
        (0..<period).first { items[start + $0].makes(tensor) }
    }

    /// Whether no variable is overwritten while its old value is still wanted.
    private func isSound(
        _ start: Int, _ period: Int, _ count: Int, _ carried: [(first: Program.Tensor, offset: Int, output: Int)]
    ) -> Bool {
        let made = carried.map { Program.Tensor(statement: $0.offset, output: $0.output) }
        guard Set(made).count == made.count else { return false }
        for (first, offset, output) in carried {
            // An input of the network keeps its name; what is fixed elsewhere too.
            if writer.program.statements[first.statement].type == "Input" || writer.outputNames[first] != nil {
                return false
            }
            for round in 0..<count {
                let base = start + round * period
                let read =
                    round == 0
                    ? first
                    : Program.Tensor(statement: items[base - period + offset].range.upperBound - 1, output: output)
                let limit = base + offset
                let positions = uses[read] ?? []
                let allowed =
                    round == 0
                    ? positions.allSatisfy { $0 <= limit }
                    : positions.allSatisfy { $0 <= limit && $0 > base - period + offset }
                if !allowed { return false }
            }
        }
        for round in 0..<count - 1 {
            for offset in 0..<period {
                let item = items[start + round * period + offset]
                for output in 0..<outputs(of: item) {
                    let tensor = Program.Tensor(statement: item.range.upperBound - 1, output: output)
                    if made.contains(Program.Tensor(statement: offset, output: output)) { continue }
                    let end = start + (round + 1) * period
                    if (uses[tensor] ?? []).contains(where: { $0 >= end }) { return false }
                }
            }
        }
        return true
    }

    /// The loop with its differing arguments; `nil` where there are too many.
    private func withHoles(_ loop: Loop) -> Loop? {
        var loop = loop
        loop.holes = Holes(
            (0..<loop.period).map { offset in
                let positions = (0..<loop.count).map { loop.start + $0 * loop.period + offset }
                return items[positions[0]].arguments.indices.map { argument in
                    // A parameter of the block at hand is the same in every round, if it is in all.
                    Holes.Column(
                        name: factored.parameterName(items[positions[0]], argument),
                        values: positions.map {
                            parameters?[$0][argument] ?? items[$0].arguments[argument].value
                        })
                }
            }, taken: taken)
        return loop.holes.names.count <= 3 ? loop : nil
    }

    /// Gives the tensors of all rounds the variables of the first one's.
    private mutating func adopt(_ loop: Loop) {
        for round in 1..<loop.count {
            for offset in 0..<loop.period {
                let item = items[loop.start + round * loop.period + offset]
                let same = items[loop.start + offset]
                for output in 0..<outputs(of: item) {
                    aliases[Program.Tensor(statement: item.range.upperBound - 1, output: output)] =
                        Program.Tensor(statement: same.range.upperBound - 1, output: output)
                }
            }
        }
        for (first, offset, output) in loop.carried {
            let made = Program.Tensor(statement: items[loop.start + offset].range.upperBound - 1, output: output)
            let target = canonical(first)
            if made != target { aliases[made] = target }
        }
        taken.formUnion(loop.holes.names)
    }

    private func text(of loop: Loop) -> [String] {
        let (names, values) = (loop.holes.names, loop.holes.values)
        let head: String
        switch names.count {
        case 0: head = "for i in range(\(loop.count)):"
        case 1: head = "for \(names[0]) in \(consecutive(values[0]) ?? "[\(values[0].joined(separator: ", "))]"):"
        default:
            let rounds = (0..<loop.count).map { round in "(\(values.map { $0[round] }.joined(separator: ", ")))" }
            head = "for \(names.joined(separator: ", ")) in [\(rounds.joined(separator: ", "))]:"
        }
        let body = (0..<loop.period).flatMap { offset in
            line(loop.start + offset, varying: loop.holes.expressions[offset], isRepeated: true)
        }
        return [head] + body.map { "    " + $0 }
    }

    /// `range(2, 6)` for the numbers 2, 3, 4, 5.
    private func consecutive(_ values: [String]) -> String? {
        guard values.count > 2, let first = Int(values[0]), values.enumerated().allSatisfy({ Int($1) == first + $0 })
        else { return nil }
        return "range(\(first == 0 ? "" : "\(first), ")\(first + values.count))"
    }
}
