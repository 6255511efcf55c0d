import Diagnostics

/// Finds the assignments `name = Layer(…)` that keep the layer unapplied, because later code calls `name(…)` or passes it where a
/// layer is wanted. Everywhere else such a line applies the layer to the current tensor, and names the result.
struct LayerUses {
    private var kept: Set<Int> = []
    /// Parameters of blocks that are called, or passed on to be called, inside: `block` → positions and names.
    private var wantedParameters: [String: Set<String>] = [:]
    private var blocks: [String: BlockDefinition] = [:]
    /// Every name that is used as a layer somewhere.
    private var usedSomewhere: Set<String> = []
    /// Statements that may still be looked at; when they are used up, "somewhere" has to do.
    private var budget = 1_000_000

    /// Whether the assignment at this place keeps its layer.
    func keepsLayer(_ range: SourceRange) -> Bool { kept.contains(range.start) }

    init(_ program: Program) {
        collectBlocks(program.statements)
        findWantedParameters()
        let free = blocks.values.reduce(into: Set<String>()) { names, block in
            names.formUnion(layerNames(in: block.body).subtracting(block.locals))
        }
        usedSomewhere = layerNames(in: program.statements)
        for block in blocks.values { usedSomewhere.formUnion(layerNames(in: block.body)) }
        visit(program.statements, after: [], free: free)
        for block in blocks.values { visit(block.body, after: [], free: []) }
    }

    private mutating func collectBlocks(_ statements: [Statement]) {
        for statement in statements {
            switch statement.kind {
            case .block(let block):
                blocks[block.name] = block
                collectBlocks(block.body)
            case .for(_, _, let body): collectBlocks(body)
            case .if(let branches, let otherwise):
                for branch in branches { collectBlocks(branch.body) }
                collectBlocks(otherwise)
            default: break
            }
        }
    }

    /// A parameter that one block hands to another's wanted parameter is wanted too: repeated until nothing changes.
    private mutating func findWantedParameters() {
        var changed = true
        var rounds = 0
        while changed, rounds < 20 {
            changed = false
            rounds += 1
            for (name, block) in blocks {
                let found = layerNames(in: block.body).intersection(block.parameters.map(\.name))
                if found != wantedParameters[name, default: []] {
                    wantedParameters[name] = found
                    changed = true
                }
            }
        }
    }

    // MARK: Assignments

    /// `after` holds the statement lists that run after this one ends, innermost first.
    private mutating func visit(_ statements: [Statement], after: [ArraySlice<Statement>], free: Set<String>) {
        for (index, statement) in statements.enumerated() {
            let rest = statements[(index + 1)...]
            switch statement.kind {
            case .assignment(let targets, let value):
                guard case .call = value.unwrappedCondition else { continue }
                let names = targets.flatMap(\.names)
                for name in names where usedSomewhere.contains(name) {
                    if free.contains(name) || isWanted(name, in: [rest] + after) { kept.insert(statement.range.start) }
                }
            case .for(_, _, let body):
                // The body may run again, then the rest.
                visit(body, after: [body[...], rest] + after, free: free)
            case .if(let branches, let otherwise):
                for branch in branches { visit(branch.body, after: [rest] + after, free: free) }
                visit(otherwise, after: [rest] + after, free: free)
            default: break
            }
        }
    }

    /// Whether the name is used as a layer before it is certainly assigned again.
    private mutating func isWanted(_ name: String, in lists: [ArraySlice<Statement>]) -> Bool {
        for list in lists {
            for statement in list {
                guard budget > 0 else { return true }
                budget -= 1
                if uses(name, in: statement) { return true }
                switch statement.kind {
                case .assignment(let targets, _) where targets.contains { $0.names.contains(name) }: return false
                case .block(let block) where block.name == name: return false
                default: break
                }
            }
        }
        return false
    }

    /// Whether a statement uses the name as a layer, its own assignments heeded.
    private mutating func uses(_ name: String, in statement: Statement) -> Bool {
        switch statement.kind {
        case .for(let target, let iterable, let body):
            if layerNames(in: iterable).contains(name) { return true }
            if iterable.mentions(name), !layerNames(in: body).isDisjoint(with: target.names) { return true }
            return isWanted(name, in: [body[...]])
        case .if(let branches, let otherwise):
            for branch in branches {
                if layerNames(in: branch.condition).contains(name) || isWanted(name, in: [branch.body[...]]) {
                    return true
                }
            }
            return isWanted(name, in: [otherwise[...]])
        case .block(let block): return !block.locals.contains(name) && layerNames(in: block.body).contains(name)
        case .assignment(let targets, let value) where value.aliases(name):
            // `f = name` or `fs = [name, …]`: wanted where the other name is.
            return !usedSomewhere.isDisjoint(with: targets.flatMap(\.names))
        default: return layerNames(in: [statement]).contains(name)
        }
    }

    // MARK: Names used as layers

    private func layerNames(in statements: [Statement]) -> Set<String> {
        var names: Set<String> = []
        for statement in statements {
            switch statement.kind {
            case .expression(let value), .augmented(_, _, let value), .return(let value?), .assert(let value, _):
                collect(value, into: &names)
            case .assignment(_, let value): collect(value, into: &names)
            case .for(let target, let iterable, let body):
                collect(iterable, into: &names)
                let inner = layerNames(in: body)
                names.formUnion(inner)
                if !inner.isDisjoint(with: target.names) { names.formUnion(iterable.mentionedNames) }
            case .if(let branches, let otherwise):
                for branch in branches {
                    collect(branch.condition, into: &names)
                    names.formUnion(layerNames(in: branch.body))
                }
                names.formUnion(layerNames(in: otherwise))
            case .block(let block): names.formUnion(layerNames(in: block.body).subtracting(block.locals))
            default: break
            }
        }
        return names
    }

    private func layerNames(in expression: Expression) -> Set<String> {
        var names: Set<String> = []
        collect(expression, into: &names)
        return names
    }

    private func collect(_ expression: Expression, into names: inout Set<String>) {
        if case .call(let call) = expression.kind { collect(call, into: &names) }
        for child in expression.children { collect(child, into: &names) }
    }

    private func collect(_ call: Call, into names: inout Set<String>) {
        switch call.callee.kind {
        case .name("Sequential"):
            for argument in call.arguments { names.formUnion(argument.value.mentionedNames) }
        case .name(let name):
            names.insert(name)
            guard let block = blocks[name], let wanted = wantedParameters[name], !wanted.isEmpty else { return }
            for (position, argument) in call.arguments.enumerated() {
                let parameter =
                    argument.name ?? (position < block.parameters.count ? block.parameters[position].name : "")
                if wanted.contains(parameter) { names.formUnion(argument.value.mentionedNames) }
            }
        case .attribute(let base, "add", _):
            // `model.add(layer)`, which also keeps `model = Sequential()` from being applied.
            if case .name(let model) = base.kind { names.insert(model) }
            for argument in call.arguments { names.formUnion(argument.value.mentionedNames) }
        case .attribute(_, "Sequential", _):
            for argument in call.arguments { names.formUnion(argument.value.mentionedNames) }
        case .attribute(let base, _, _):
            if case .name(let model) = base.kind { names.insert(model) }
        default: break
        }
    }
}

extension Expression {
    /// The expressions directly inside.
    var children: [Expression] {
        switch kind {
        case .none, .bool, .int, .float, .string, .name: []
        case .formatted(let pieces): pieces.flatMap(\.expressions)
        case .attribute(let base, _, _): [base]
        case .index(let base, let index): [base, index]
        case .slice(let base, let start, let stop, let step): [base] + [start, stop, step].compactMap { $0 }
        case .call(let call): [call.callee] + call.arguments.map(\.value)
        case .list(let elements), .tuple(let elements), .conjunction(let elements), .disjunction(let elements): elements
        case .comprehension(let element, let clauses): [element] + clauses.flatMap { [$0.iterable] + $0.conditions }
        case .negated(let operand), .positive(let operand), .not(let operand): [operand]
        case .binary(let left, _, let right, _): [left, right]
        case .comparison(let first, let rest): [first] + rest.map(\.operand)
        case .conditional(let condition, let then, let otherwise): [condition, then, otherwise]
        }
    }

    /// Names that stand for themselves, alone or in lists and the like; not those that are called.
    var mentionedNames: Set<String> {
        switch kind {
        case .name(let name): [name]
        case .list(let elements), .tuple(let elements): elements.reduce(into: []) { $0.formUnion($1.mentionedNames) }
        case .conditional(_, let then, let otherwise): then.mentionedNames.union(otherwise.mentionedNames)
        case .binary(let left, _, let right, _): left.mentionedNames.union(right.mentionedNames)
        case .call(let call): call.arguments.reduce(into: []) { $0.formUnion($1.value.mentionedNames) }
        default: []
        }
    }

    func mentions(_ name: String) -> Bool { mentionedNames.contains(name) }

    /// Whether it is the name, or a list that holds it.
    func aliases(_ name: String) -> Bool {
        switch kind {
        case .name, .list, .tuple: mentions(name)
        default: false
        }
    }

    /// The call in `Layer(…) if c else Layer(…)`.
    var unwrappedCondition: Kind {
        if case .conditional(_, let then, _) = kind { return then.unwrappedCondition }
        return kind
    }
}

extension FormattedPiece {
    var expressions: [Expression] {
        guard case .field(let value, _, let format, _) = self else { return [] }
        return [value] + format.flatMap(\.expressions)
    }
}
