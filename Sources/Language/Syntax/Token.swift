import Diagnostics

/// One word of the source text.
struct Token {
    var kind: TokenKind
    var range: SourceRange
}

enum TokenKind: Equatable {
    case name(String)
    case keyword(Keyword)
    case int(Int)
    case float(Double)
    case string([StringPiece])
    case symbol(Symbol)
    case newline
    case indent
    case dedent
    /// Text that was reported already: whoever meets it gives up its statement without a further report.
    case invalid
    case end
}

/// A part of a string literal, escapes resolved.
indirect enum StringPiece: Equatable {
    case text(String)
    /// `{expression!conversion:format}` of an f-string; `echo` is the text before `=` in `{x=}`.
    case field(SourceRange, conversion: Unicode.Scalar?, format: [StringPiece], echo: String?)
}

/// Python's reserved words.
enum Keyword: String, CaseIterable {
    case and, `as`, assert, async, await, `break`, `class`, `continue`, def, del, elif, `else`, except, finally
    case `for`, from, global, `if`, `import`, `in`, `is`, lambda, nonlocal, not, or, pass, raise, `return`
    case `try`, `while`, with, yield
    case none = "None"
    case `true` = "True"
    case `false` = "False"

    static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
        .merging([("none", .none), ("true", .true), ("false", .false)]) { first, _ in first }
}

/// Operators and delimiters.
enum Symbol: String, CaseIterable {
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case leftBracket = "["
    case rightBracket = "]"
    case leftBrace = "{"
    case rightBrace = "}"
    case comma = ","
    case colon = ":"
    case semicolon = ";"
    case dot = "."
    case ellipsis = "..."
    case arrow = "->"
    case at = "@"
    case assign = "="
    case walrus = ":="
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "**"
    case ampersand = "&"
    case bar = "|"
    case caret = "^"
    case tilde = "~"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case less = "<"
    case greater = ">"
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
    case plusAssign = "+="
    case minusAssign = "-="
    case timesAssign = "*="
    case divideAssign = "/="
    case floorDivideAssign = "//="
    case moduloAssign = "%="
    case powerAssign = "**="
    case ampersandAssign = "&="
    case barAssign = "|="
    case caretAssign = "^="
    case shiftLeftAssign = "<<="
    case shiftRightAssign = ">>="
    case atAssign = "@="

    static let byText = Dictionary(uniqueKeysWithValues: allCases.map { (Array($0.rawValue.utf8), $0) })
}
