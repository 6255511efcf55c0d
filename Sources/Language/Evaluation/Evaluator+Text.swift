import Diagnostics

extension Evaluator {
    /// Python's `str(value)`; `nil` after a report.
    mutating func string(of value: Value, at range: SourceRange) throws(Halt) -> String? {
        if case .string(let text) = value { return text }
        return try representation(of: value, at: range)
    }

    /// Python's `repr(value)`; `nil` after a report.
    mutating func representation(of value: Value, at range: SourceRange) throws(Halt) -> String? {
        var text = ""
        guard try write(value, into: &text, at: range, level: 0) else { return nil }
        return text
    }

    private mutating func write(
        _ value: Value, into text: inout String, at range: SourceRange, level: Int
    ) throws(Halt) -> Bool {
        try charge(at: range)
        guard level < 64 else { throw halt("lists are nested too deeply to be printed", at: range) }
        switch value {
        case .error: return false
        case .list(let container), .tuple(let container):
            let isTuple = if case .tuple = value { true } else { false }
            text += isTuple ? "(" : "["
            for (index, element) in container.elements.enumerated() {
                if index > 0 { text += ", " }
                guard try write(element, into: &text, at: range, level: level + 1) else { return false }
                if text.utf8.count > Limit.stringBytes { try checkString(text.utf8.count, at: range) }
            }
            if isTuple, container.elements.count == 1 { text += "," }
            text += isTuple ? ")" : "]"
        case .ignored:
            _ = fail("\(value.kindName), cannot be used", at: range)
            return false
        default:
            guard let atom = value.atomText else {
                _ = fail("\(value.kindName) has no text", at: range)
                return false
            }
            text += atom
        }
        return true
    }

    // MARK: Format specifications

    mutating func evaluateFormatted(_ pieces: [FormattedPiece], at range: SourceRange) throws(Halt) -> Value {
        var text = ""
        var isComplete = true
        for piece in pieces {
            switch piece {
            case .text(let literal): text += literal
            case .field(let expression, let conversion, let format, let echo):
                if let field = try evaluateField(expression, conversion, format, echo) {
                    text += field
                } else {
                    isComplete = false
                }
            }
            try checkString(text.utf8.count, at: range)
        }
        return isComplete ? .string(text) : .error
    }

    private mutating func evaluateField(
        _ expression: Expression, _ conversion: Unicode.Scalar?, _ format: [FormattedPiece], _ echo: String?
    ) throws(Halt) -> String? {
        var value = try evaluate(expression)
        if value.isError { return nil }
        let conversion = conversion ?? (echo != nil && format.isEmpty ? "r" : nil)
        if let conversion {
            let isPlain = conversion == "s"
            guard
                let text = isPlain
                    ? try string(of: value, at: expression.range) : try representation(of: value, at: expression.range)
            else { return nil }
            value = .string(text)
        }
        var specification = ""
        if !format.isEmpty {
            guard case .string(let text) = try evaluateFormatted(format, at: expression.range) else { return nil }
            specification = text
        }
        return try self.format(value, specification, at: expression.range).map { (echo ?? "") + $0 }
    }

    /// Python's `format(value, specification)`; `nil` after a report.
    mutating func format(_ value: Value, _ specification: String, at range: SourceRange) throws(Halt) -> String? {
        if specification.isEmpty { return try string(of: value, at: range) }
        guard let format = FormatSpecification(specification) else {
            _ = fail("'\(specification.clipped)' is not a format", at: range)
            return nil
        }
        try checkString(max(format.width, format.precision ?? 0), at: range)
        let text: String?
        switch value {
        case .string(let string): text = format.format(string)
        case .int(let integer): text = format.format(integer)
        case .bool(let flag):
            text = format.type == nil ? format.format(flag ? "True" : "False") : format.format(flag ? 1 : 0)
        case .float(let float): text = format.format(float)
        default:
            _ = fail("\(value.kindName) takes no format such as '\(specification.clipped)'", at: range)
            return nil
        }
        if text == nil {
            _ = fail("the format '\(specification.clipped)' does not suit \(value.kindName)", at: range)
        }
        return text
    }

    /// `'%d' % value`.
    mutating func formatPercent(_ format: String, _ value: Value, at range: SourceRange) throws(Halt) -> Value {
        var values: [Value]
        if case .tuple(let container) = value { values = container.elements } else { values = [value] }
        values.reverse()
        var text = ""
        var rest = Substring(format).unicodeScalars
        while let next = rest.popFirst() {
            guard next == "%" else {
                text.unicodeScalars.append(next)
                continue
            }
            var specification = ""
            while let letter = rest.first, "0123456789.+-# ".unicodeScalars.contains(letter) {
                specification.unicodeScalars.append(letter)
                rest.removeFirst()
            }
            guard let type = rest.popFirst() else { return fail("the format ends after '%'", at: range) }
            if type == "%" {
                text += "%"
                continue
            }
            guard let value = values.popLast() else { return fail("more '%' in the format than values", at: range) }
            guard let field = try formatPercent(value, specification, type, at: range) else { return .error }
            text += field
            try checkString(text.utf8.count, at: range)
        }
        return values.isEmpty ? .string(text) : fail("more values than '%' in the format", at: range)
    }

    private mutating func formatPercent(
        _ value: Value, _ specification: String, _ type: Unicode.Scalar, at range: SourceRange
    ) throws(Halt) -> String? {
        var value = value
        var specification = specification
        switch type {
        case "s", "r":
            guard let text = type == "s" ? try string(of: value, at: range) : try representation(of: value, at: range)
            else { return nil }
            value = .string(text)
            // `%5s` aligns to the right, unlike format.
            specification =
                specification.hasPrefix("-")
                ? String(specification.dropFirst()) : specification.isEmpty ? "" : ">" + specification
            return try format(value, specification, at: range)
        case "d", "i", "u":
            if case .float(let float) = value {
                let integer = try run(integer: float, at: range)
                guard let integer else { return nil }
                value = .int(integer)
            }
            specification = specification.hasPrefix("-") ? "<" + specification.dropFirst() : specification
            return try format(value, specification + "d", at: range)
        case "f", "F", "e", "E", "g", "G", "x", "X", "o":
            specification = specification.hasPrefix("-") ? "<" + specification.dropFirst() : specification
            return try format(value, specification + String(Character(type)), at: range)
        default:
            _ = fail("'%\(Character(type))' is not a format", at: range)
            return nil
        }
    }

    private mutating func run(integer value: Double, at range: SourceRange) throws(Halt) -> Int? {
        guard let integer = Int(exactly: value.rounded(.towardZero)) else {
            _ = fail("the result does not fit 64 bits", at: range)
            return nil
        }
        return integer
    }

    /// `'{}_{}'.format(a, b)`.
    mutating func formatBraces(_ format: String, _ arguments: [EvaluatedArgument], at range: SourceRange) throws(Halt)
        -> Value
    {
        let positional = arguments.filter { $0.name == nil }
        var text = ""
        var automatic = 0
        var rest = Substring(format).unicodeScalars
        while let next = rest.popFirst() {
            guard next == "{" || next == "}" else {
                text.unicodeScalars.append(next)
                continue
            }
            if rest.first == next {
                rest.removeFirst()
                text.unicodeScalars.append(next)
                continue
            }
            guard next == "{", let end = rest.firstIndex(of: "}") else {
                return fail("a single '\(next)' in the format", at: range)
            }
            let field = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
            let colon = field.firstIndex(of: ":") ?? field.endIndex
            let key = String(field[..<colon])
            let specification = colon < field.endIndex ? String(field[field.index(after: colon)...]) : ""
            let value: Value?
            if key.isEmpty {
                value = automatic < positional.count ? positional[automatic].value : nil
                automatic += 1
            } else if let index = Int(key) {
                value = positional.indices.contains(index) ? positional[index].value : nil
            } else {
                value = arguments.first { $0.name == key }?.value
            }
            guard let value else { return fail("the format's '{\(key.clipped)}' has no value", at: range) }
            guard let formatted = try self.format(value, specification, at: range) else { return .error }
            text += formatted
            try checkString(text.utf8.count, at: range)
        }
        return .string(text)
    }
}

extension Value {
    /// The `repr` of what is no list or tuple; `nil` where it has none.
    var atomText: String? {
        switch self {
        case .none: "None"
        case .bool(let value): value ? "True" : "False"
        case .int(let value): String(value)
        case .float(let value): pythonText(value)
        case .string(let value): quoted(value)
        case .range(let range):
            "range(\(range.start), \(range.start &+ range.count &* range.step)"
                + (range.step == 1 ? ")" : ", \(range.step))")
        case .symbol(let path): path
        default: nil
        }
    }

    /// A literal of a parameter's value; `nil` where it is too long to be one.
    func literal(level: Int = 0) -> String? {
        if let atomText { return atomText.utf8.count <= 1000 ? atomText : nil }
        guard level < 8, let container, container.elements.count <= 100 else { return nil }
        var parts: [String] = []
        for element in container.elements {
            guard let text = element.literal(level: level + 1) else { return nil }
            parts.append(text)
        }
        if case .list = self { return "[" + parts.joined(separator: ", ") + "]" }
        return "(" + parts.joined(separator: ", ") + (parts.count == 1 ? ",)" : ")")
    }

    /// A few characters for the note of a loop's iteration; `nil` where the value has no short text.
    var shortText: String? {
        switch self {
        case .none, .bool, .int, .float: atomText
        case .string(let text) where text.utf8.count <= 24: atomText
        case .tuple(let container) where container.elements.count <= 4:
            container.elements.allSatisfy { $0.container == nil && $0.shortText != nil } ? literal() : nil
        default: nil
        }
    }
}

/// Python's `repr` of a string.
func quoted(_ text: String) -> String {
    let quote: Unicode.Scalar = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    var quoted = String(Character(quote))
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n": quoted += "\\n"
        case "\t": quoted += "\\t"
        case "\r": quoted += "\\r"
        case "\\": quoted += "\\\\"
        case quote: quoted += "\\" + String(Character(quote))
        default: quoted += printable(scalar)
        }
    }
    return quoted + String(Character(quote))
}
