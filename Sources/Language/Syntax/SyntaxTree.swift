import Diagnostics

/// A whole file after parsing.
struct Program {
    var statements: [Statement]
    /// The string literal that begins the file.
    var description: String?
}

struct Expression {
    indirect enum Kind {
        case none
        case bool(Bool)
        case int(Int)
        case float(Double)
        case string(String)
        case formatted([FormattedPiece])
        case name(String)
        case attribute(Expression, String, SourceRange)
        case index(Expression, Expression)
        case slice(Expression, start: Expression?, stop: Expression?, step: Expression?)
        case call(Call)
        case list([Expression])
        case tuple([Expression])
        case comprehension(Expression, [ComprehensionClause])
        case negated(Expression)
        case positive(Expression)
        case not(Expression)
        case binary(Expression, BinaryOperator, Expression, SourceRange)
        case comparison(Expression, [ComparisonLink])
        case conjunction([Expression])
        case disjunction([Expression])
        case conditional(condition: Expression, then: Expression, otherwise: Expression)
    }

    var kind: Kind
    var range: SourceRange
    /// Levels of expressions below this one, itself included: what recursion over the tree costs.
    let height: Int

    init(_ kind: Kind, _ range: SourceRange) {
        self.kind = kind
        self.range = range
        height = 1 + kind.tallestChild
    }
}

/// A part of an f-string.
indirect enum FormattedPiece {
    case text(String)
    case field(Expression, conversion: Unicode.Scalar?, format: [FormattedPiece], echo: String?)
}

struct Call {
    var callee: Expression
    var arguments: [Argument]
    /// Of the parentheses and what stands between them.
    var argumentRange: SourceRange
}

struct Argument {
    var name: String?
    var value: Expression
    /// Of `name=value`.
    var range: SourceRange
}

/// `for target in iterable if condition if condition`.
struct ComprehensionClause {
    var target: Target
    var iterable: Expression
    var conditions: [Expression]
}

enum BinaryOperator: String {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "**"
}

enum ComparisonOperator: String {
    case less = "<"
    case greater = ">"
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
    case `is` = "is"
    case isNot = "is not"
    case `in` = "in"
    case notIn = "not in"
}

/// `< operand` of a comparison chain.
struct ComparisonLink {
    var comparison: ComparisonOperator
    var operand: Expression
    /// Of the operator.
    var range: SourceRange
}

/// What an assignment or a `for` binds.
struct Target {
    indirect enum Kind {
        case name(String)
        case unpacking([Target])
        case element(Expression, index: Expression)
    }

    var kind: Kind
    var range: SourceRange
}

struct Statement {
    indirect enum Kind {
        case expression(Expression)
        case assignment([Target], Expression)
        case augmented(Target, BinaryOperator, Expression)
        case block(BlockDefinition)
        case `return`(Expression?)
        case `for`(target: Target, iterable: Expression, body: [Statement])
        case `if`([(condition: Expression, body: [Statement])], otherwise: [Statement])
        case importing([Import])
        case assert(Expression, message: Expression?)
        case pass
        case `break`
        case `continue`
        /// `if __name__ == '__main__':`.
        case mainGuard
        /// A statement with a syntax error: the names in it, which are not reported as undefined later, and those that it assigns.
        case invalid(names: [String], assigned: [String])
    }

    var kind: Kind
    var range: SourceRange
}

/// `import path as name` or `from path import member as name`.
struct Import {
    /// The dotted path, `keras.layers` or, of a member, `keras.layers.Conv2D`.
    var path: String
    /// The name it is bound to; `nil` for `import *`.
    var name: String?
    var range: SourceRange
}

/// `def name(parameters): body`.
final class BlockDefinition: Sendable {
    struct Parameter: Sendable {
        var name: String
        var defaultValue: Expression?
        var range: SourceRange
        /// Behind a bare `*`: only given by name.
        var isKeywordOnly: Bool
    }

    let name: String
    let nameRange: SourceRange
    let parameters: [Parameter]
    let body: [Statement]
    /// The parameters and every name that the body assigns: local as in Python.
    let locals: Set<String>
    let hasReturn: Bool

    init(name: String, nameRange: SourceRange, parameters: [Parameter], body: [Statement]) {
        self.name = name
        self.nameRange = nameRange
        self.parameters = parameters
        self.body = body
        var names = assignedNames(in: body)
        for parameter in parameters { names.insert(parameter.name) }
        locals = names
        hasReturn = containsReturn(body)
    }
}

extension Expression: Sendable {}
extension Expression.Kind: Sendable {}
extension FormattedPiece: Sendable {}
extension Call: Sendable {}
extension Argument: Sendable {}
extension ComprehensionClause: Sendable {}
extension ComparisonLink: Sendable {}
extension Target: Sendable {}
extension Target.Kind: Sendable {}
extension Statement: Sendable {}
extension Statement.Kind: Sendable {}
extension Import: Sendable {}

extension Expression.Kind {
    var tallestChild: Int {
        switch self {
        case .none, .bool, .int, .float, .string, .name: 0
        case .formatted(let pieces): pieces.lazy.map(\.height).max() ?? 0
        case .attribute(let base, _, _): base.height
        case .index(let base, let index): max(base.height, index.height)
        case .slice(let base, let start, let stop, let step):
            [base, start, stop, step].lazy.map { $0?.height ?? 0 }.max() ?? 0
        case .call(let call): max(call.callee.height, call.arguments.lazy.map(\.value.height).max() ?? 0)
        case .list(let elements), .tuple(let elements), .conjunction(let elements), .disjunction(let elements):
            elements.lazy.map(\.height).max() ?? 0
        case .comprehension(let element, let clauses):
            max(element.height, clauses.flatMap { [$0.iterable] + $0.conditions }.lazy.map(\.height).max() ?? 0)
        case .negated(let operand), .positive(let operand), .not(let operand): operand.height
        case .binary(let left, _, let right, _): max(left.height, right.height)
        case .comparison(let first, let rest): max(first.height, rest.lazy.map(\.operand.height).max() ?? 0)
        case .conditional(let condition, let then, let otherwise): max(condition.height, then.height, otherwise.height)
        }
    }
}

extension FormattedPiece {
    var height: Int {
        guard case .field(let value, _, let format, _) = self else { return 0 }
        return max(value.height, format.lazy.map(\.height).max() ?? 0)
    }
}

extension Target {
    /// The names that it binds.
    var names: [String] {
        switch kind {
        case .name(let name): [name]
        case .unpacking(let targets): targets.flatMap(\.names)
        case .element: []
        }
    }
}

/// Every name that statements bind, without those inside blocks defined there.
func assignedNames(in statements: [Statement]) -> Set<String> {
    var names: Set<String> = []
    for statement in statements {
        switch statement.kind {
        case .assignment(let targets, _): names.formUnion(targets.flatMap(\.names))
        case .augmented(let target, _, _): names.formUnion(target.names)
        case .block(let block): names.insert(block.name)
        case .for(let target, _, let body):
            names.formUnion(target.names)
            names.formUnion(assignedNames(in: body))
        case .if(let branches, let otherwise):
            for branch in branches { names.formUnion(assignedNames(in: branch.body)) }
            names.formUnion(assignedNames(in: otherwise))
        case .importing(let imports): names.formUnion(imports.compactMap(\.name))
        case .invalid(_, let assigned): names.formUnion(assigned)
        default: break
        }
    }
    return names
}

private func containsReturn(_ statements: [Statement]) -> Bool {
    statements.contains { statement in
        switch statement.kind {
        case .return: true
        case .for(_, _, let body): containsReturn(body)
        case .if(let branches, let otherwise):
            branches.contains { containsReturn($0.body) } || containsReturn(otherwise)
        default: false
        }
    }
}
