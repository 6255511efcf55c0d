/// Attributes in words: for errors, `netc layers` and the documentation, all from the one table.

extension AttributeType {
    /// What it takes: "a positive whole number".
    public var expectation: String {
        switch self {
        case .bool: "True or False"
        case .int(let bounds), .single(let bounds): "a " + wholeNumber(within: bounds)
        case .float(let bounds): number(within: bounds)
        case .choice(let words): enumeration(words.map { "'\($0)'" })
        case .pair(let bounds): "a \(wholeNumber(within: bounds)) or a pair of them"
        case .ints(let bounds): "a \(wholeNumber(within: bounds)) or a list of them"
        case .shape: "a tuple of whole numbers"
        case .ends: "a whole number from 0 or a pair of them"
        case .margins: "a whole number from 0, a pair of them or ((top, bottom), (left, right))"
        case .windowPadding(1): "'valid', 'same', a whole number from 0 or a pair of them"
        case .windowPadding: "'valid', 'same', a whole number from 0, a pair of them or ((top, bottom), (left, right))"
        case .activation: "the name of an activation"
        case .string: "a string"
        case .numbers: "a number or a list of numbers"
        case .array: "a number or an array of numbers"
        case .initializer: "an initializer"
        case .ignored: "anything"
        }
    }

    /// Whether strings, and so bare words, can be values.
    public var acceptsStrings: Bool {
        switch self {
        case .choice, .windowPadding, .activation, .string, .initializer, .ignored: true
        case .bool, .int, .float, .single, .pair, .ints, .shape, .ends, .margins, .numbers, .array: false
        }
    }
}

extension Attribute {
    /// What it takes, `None` included where it may be.
    public var expectation: String { isOptional ? type.expectation + " or None" : type.expectation }
}

extension AttributeValue {
    /// As one would write it in a `.net` file.
    public var literal: String {
        switch self {
        case .none: "None"
        case .bool(let value): value ? "True" : "False"
        case .int(let value): String(value)
        case .float(let value): numberLiteral(value)
        case .string(let value): "'\(value)'"
        case .list(let items):
            "(" + items.map(\.literal).joined(separator: ", ") + (items.count == 1 ? ",)" : ")")
        case .call(let name, let arguments):
            name + "(" + arguments.keys.sorted().map { "\($0)=\(arguments[$0]!.literal)" }.joined(separator: ", ") + ")"
        }
    }
}

/// A number as people write it: `0.5`, `2.0`, `1e-05`.
public func numberLiteral(_ value: Double) -> String { "\(value)" }

/// The least bound that is not worth telling: it means "no limit but the machine's".
private let tellingBound = 1 << 20

private func wholeNumber(within bounds: ClosedRange<Int>) -> String {
    let hasLower = bounds.lowerBound > -tellingBound
    let hasUpper = bounds.upperBound < tellingBound
    switch (hasLower, hasUpper) {
    case (true, true): return "whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
    case (true, false):
        return bounds.lowerBound == 1 ? "positive whole number" : "whole number from \(bounds.lowerBound)"
    case (false, true): return "whole number up to \(bounds.upperBound)"
    case (false, false): return "whole number"
    }
}

private func number(within bounds: ClosedRange<Double>) -> String {
    let hasLower = bounds.lowerBound > -Double(Float.greatestFiniteMagnitude)
    let hasUpper = bounds.upperBound < Double(Float.greatestFiniteMagnitude)
    switch (hasLower, hasUpper) {
    case (true, true): return "a number from \(numberLiteral(bounds.lowerBound)) to \(numberLiteral(bounds.upperBound))"
    case (true, false):
        if bounds.lowerBound == Double.leastNonzeroMagnitude { return "a positive number" }
        return "a number from \(numberLiteral(bounds.lowerBound))"
    case (false, true): return "a number up to \(numberLiteral(bounds.upperBound))"
    case (false, false): return "a number"
    }
}

/// `a`, `a or b`, `a, b or c`.
private func enumeration(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "nothing" }
    return items.dropLast().joined(separator: ", ") + " or " + last
}
