import Diagnostics

/// The functions of the language.
enum Function: String, CaseIterable {
    case abs, all, any, bool, divmod, enumerate, float, int, len, list, max, min, range, repr, reversed, round, sorted,
        str
    case sum, tuple, zip
}

extension Evaluator {
    static let functions = Dictionary(uniqueKeysWithValues: Function.allCases.map { ($0.rawValue, $0) })

    /// Names, besides layers, that can be called without a definition.
    var callableNames: [String] {
        ["Model", "Sequential", "Output", "load_weights", "print"] + Function.allCases.map(\.rawValue)
    }

    var builtinNames: [String] { callableNames }

    func isBuiltin(_ name: String) -> Bool {
        isFunction(name) || name == "Model" || name == "Sequential" || name == "Output"
    }

    func isFunction(_ name: String) -> Bool { Self.functions[name] != nil || name == "print" || name == "load_weights" }

    /// Calls a function of the language.
    mutating func call(_ function: Function, _ name: String, _ call: Call, at range: SourceRange) throws(Halt) -> Value
    {
        let arguments = try evaluateArguments(of: call) { _, _ in .other }
        if arguments.contains(where: \.value.isError) { return .error }
        for argument in arguments {
            if case .ignored = argument.value {
                return fail("\(argument.value.kindName), cannot be used", at: argument.range)
            }
        }
        let (wanted, names) = function.signature
        var values = arguments.filter { $0.name == nil }
        for argument in arguments {
            guard let given = argument.name else { continue }
            guard let position = names.firstIndex(of: given) else {
                return fail(
                    "'\(name)' has no argument '\(given)'" + suggestion(for: given, among: names), at: argument.range)
            }
            guard position >= values.count else {
                return fail("argument '\(given)' is given twice", at: argument.range)
            }
            guard position == values.count else {
                return fail("'\(name)' takes its other arguments before '\(given)='", at: argument.range)
            }
            values.append(argument)
        }
        guard wanted.contains(values.count) else {
            return fail("'\(name)' takes \(function.arity), found \(values.count)", at: call.argumentRange)
        }
        return try run(function, values, at: range)
    }

    private mutating func run(_ function: Function, _ values: [EvaluatedArgument], at range: SourceRange) throws(Halt)
        -> Value
    {
        switch function {
        case .abs: return absolute(values[0])
        case .int: return try integer(values, at: range)
        case .float: return float(values.first)
        case .round: return try rounded(values, at: range)
        case .bool:
            return values.isEmpty
                ? .bool(false) : truth(of: values[0].value, at: values[0].range).map { .bool($0) } ?? .error
        case .str:
            return values.isEmpty
                ? .string("") : try string(of: values[0].value, at: range).map { .string($0) } ?? .error
        case .repr: return try representation(of: values[0].value, at: range).map { .string($0) } ?? .error
        case .divmod:
            let (a, b) = (values[0].value, values[1].value)
            let whole = try combine(a, .floorDivide, b, at: range, operatorRange: range)
            return whole.isError
                ? .error : .tuple([whole, try combine(a, .modulo, b, at: range, operatorRange: range)])
        case .len: return try length(values[0])
        case .min, .max: return try extreme(function, values, at: range)
        case .sum: return try sum(values, at: range)
        case .all, .any: return try logic(function, values[0])
        case .list: return try elements(of: values).map { .list($0) } ?? .error
        case .tuple: return try elements(of: values).map { .tuple($0) } ?? .error
        case .reversed: return try elements(of: values).map { .list($0.reversed()) } ?? .error
        case .sorted: return try sorted(values, at: range)
        case .range: return integerRange(values, at: range)
        case .zip: return try zipped(values, at: range)
        case .enumerate: return try enumerated(values, at: range)
        }
    }

    // MARK: Numbers

    private mutating func absolute(_ argument: EvaluatedArgument) -> Value {
        switch argument.value {
        case .float(let value): return .float(Swift.abs(value))
        default:
            guard let integer = argument.value.integer else { return failNumber("abs", argument) }
            return integer == .min
                ? fail("the result does not fit 64 bits", at: argument.range) : .int(Swift.abs(integer))
        }
    }

    private mutating func failNumber(_ name: String, _ argument: EvaluatedArgument) -> Value {
        fail("'\(name)' takes a number, found \(argument.value.kindName)", at: argument.range)
    }

    private mutating func integer(_ values: [EvaluatedArgument], at range: SourceRange) throws(Halt) -> Value {
        guard let argument = values.first else { return .int(0) }
        switch argument.value {
        case .float(let value): return truncated(value, at: argument.range)
        case .string(let text):
            let trimmed = text.trimmed
            let digits = trimmed.drop { $0 == "+" || $0 == "-" }
            if trimmed.count - digits.count <= 1, digits.first?.isNumber == true,
                let value = Int(String(trimmed.filter { $0 != "_" }), radix: 10)
            {
                return .int(value)
            }
            return fail("'\(text.clipped)' is not an integer", at: argument.range)
        default:
            guard let integer = argument.value.integer else { return failNumber("int", argument) }
            return .int(integer)
        }
    }

    private mutating func truncated(_ value: Double, at range: SourceRange) -> Value {
        guard value.isFinite else { return fail("\(pythonText(value)) has no integer", at: range) }
        guard let integer = Int(exactly: value.rounded(.towardZero)) else {
            return fail("the result does not fit 64 bits", at: range)
        }
        return .int(integer)
    }

    private mutating func float(_ argument: EvaluatedArgument?) -> Value {
        guard let argument else { return .float(0) }
        if let number = argument.value.number { return .float(number) }
        guard case .string(let text) = argument.value else { return failNumber("float", argument) }
        let trimmed = text.trimmed
        let isNegative = trimmed.first == "-"
        let body = isNegative || trimmed.first == "+" ? String(trimmed.dropFirst()) : trimmed
        let magnitude: Double? =
            switch body.lowercased() {
            case "inf", "infinity": .infinity
            case "nan": .nan
            default: parseFloat(body)
            }
        guard let magnitude else { return fail("'\(text.clipped)' is not a number", at: argument.range) }
        return .float(isNegative ? -magnitude : magnitude)
    }

    /// Python's `round`: to even, on the exact decimal value.
    private mutating func rounded(_ values: [EvaluatedArgument], at range: SourceRange) throws(Halt) -> Value {
        guard values[0].value.isNumber else { return failNumber("round", values[0]) }
        let isPlain = values.count == 1 || values[1].value.isNone
        guard isPlain || values[1].value.isInteger else {
            return fail("'round' takes a number of digits", at: values[1].range)
        }
        let digits = isPlain ? 0 : values[1].value.integer!
        if let integer = values[0].value.integer {
            guard digits < 0 else { return .int(integer) }
            guard let rounded = roundToEven(integer, digits: digits) else {
                return fail("the result does not fit 64 bits", at: range)
            }
            return .int(rounded)
        }
        let value = values[0].value.number!
        if isPlain { return truncated(value.rounded(.toNearestOrEven), at: values[0].range) }
        return .float(roundDecimal(value, digits: digits))
    }

    private func roundToEven(_ value: Int, digits: Int) -> Int? {
        guard digits > -19 else { return 0 }
        var unit = 1
        for _ in 0..<(-digits) { unit *= 10 }
        var (whole, rest) = value.quotientAndRemainder(dividingBy: unit)
        let twice = rest.magnitude * 2
        if twice > unit.magnitude || twice == unit.magnitude && whole % 2 != 0 { whole += value < 0 ? -1 : 1 }
        rest = 0
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        return overflow ? nil : product
    }

    // MARK: Sequences

    private mutating func length(_ argument: EvaluatedArgument) throws(Halt) -> Value {
        switch argument.value {
        case .list(let container), .tuple(let container): return .int(container.elements.count)
        case .range(let integers): return .int(integers.count)
        case .string(let text):
            try charge(text.utf8.count / 16 + 1, at: argument.range)
            return .int(text.unicodeScalars.count)
        case .tensor: return fail("a tensor has no length here; 't.shape' tells its sizes", at: argument.range)
        default:
            return fail(
                "'len' takes a list, tuple, range or string, found \(argument.value.kindName)", at: argument.range)
        }
    }

    private mutating func elements(of values: [EvaluatedArgument]) throws(Halt) -> [Value]? {
        guard let argument = values.first else { return [] }
        return try elements(of: argument.value, at: argument.range)
    }

    private mutating func extreme(
        _ function: Function, _ values: [EvaluatedArgument], at range: SourceRange
    ) throws(Halt) -> Value {
        let candidates = values.count == 1 ? try elements(of: values) : values.map(\.value)
        guard let candidates else { return .error }
        guard var best = candidates.first else { return fail("'\(function.rawValue)' of nothing", at: range) }
        if values.count == 1, candidates.count == 1, best.isTensor {
            return fail("'\(function.rawValue)' of a tensor", at: range)
        }
        for candidate in candidates.dropFirst() {
            if candidate.isError { return .error }
            guard let order = try order(candidate, best, at: range) else {
                return fail(
                    "'\(function.rawValue)' does not compare \(candidate.kindName) and \(best.kindName)"
                        + (candidate.isTensor || best.isTensor ? "; for tensors, use a merging layer" : ""), at: range)
            }
            if order == (function == .min ? .before : .after) { best = candidate }
        }
        return best
    }

    private mutating func sum(_ values: [EvaluatedArgument], at range: SourceRange) throws(Halt) -> Value {
        guard let terms = try elements(of: values[0].value, at: values[0].range) else { return .error }
        var total = values.count > 1 ? values[1].value : .int(0)
        for (index, term) in terms.enumerated() {
            // A sum of tensors begins with the first: Keras would add 0 to it.
            if index == 0, values.count == 1, term.isTensor {
                total = term
            } else {
                total = try combine(total, .add, term, at: range, operatorRange: range)
            }
            if total.isError { return .error }
        }
        return total
    }

    private mutating func logic(_ function: Function, _ argument: EvaluatedArgument) throws(Halt) -> Value {
        guard let terms = try elements(of: argument.value, at: argument.range) else { return .error }
        for term in terms {
            guard let holds = truth(of: term, at: argument.range) else { return .error }
            if holds == (function == .any) { return .bool(holds) }
        }
        return .bool(function == .all)
    }

    private mutating func sorted(_ values: [EvaluatedArgument], at range: SourceRange) throws(Halt) -> Value {
        guard var sorted = try elements(of: values[0].value, at: values[0].range) else { return .error }
        var isDescending = false
        if values.count > 1 {
            guard let holds = truth(of: values[1].value, at: values[1].range) else { return .error }
            isDescending = holds
        }
        for (a, b) in zip(sorted, sorted.dropFirst()) where try order(a, b, at: range) == nil {
            return fail("'sorted' does not compare \(a.kindName) and \(b.kindName)", at: range)
        }
        sorted = try merged(sorted[...], isDescending: isDescending, at: range)
        return .list(sorted)
    }

    /// Merge sort, stable in both directions as Python's.
    private mutating func merged(
        _ values: ArraySlice<Value>, isDescending: Bool, at range: SourceRange
    ) throws(Halt) -> [Value] {
        guard values.count > 1 else { return Array(values) }
        let middle = values.startIndex + values.count / 2
        let left = try merged(values[..<middle], isDescending: isDescending, at: range)
        let right = try merged(values[middle...], isDescending: isDescending, at: range)
        var result: [Value] = []
        result.reserveCapacity(values.count)
        var (i, j) = (0, 0)
        while i < left.count, j < right.count {
            let order = try order(right[j], left[i], at: range)
            let takesRight = order == (isDescending ? .after : .before)
            result.append(takesRight ? right[j] : left[i])
            if takesRight { j += 1 } else { i += 1 }
        }
        return result + left[i...] + right[j...]
    }

    private mutating func integerRange(_ values: [EvaluatedArgument], at range: SourceRange) -> Value {
        var bounds: [Int] = []
        for argument in values {
            guard let integer = argument.value.integer else {
                let isWhole = if case .float = argument.value { true } else { false }
                let way = isWhole ? "; 'int(…)' makes one" : ""
                return fail("'range' takes integers, found \(argument.value.kindName)" + way, at: argument.range)
            }
            bounds.append(integer)
        }
        let step = bounds.count > 2 ? bounds[2] : 1
        guard step != 0 else { return fail("the step of a range cannot be 0", at: values[2].range) }
        let start = bounds.count > 1 ? bounds[0] : 0
        let stop = bounds.count > 1 ? bounds[1] : bounds[0]
        guard let integers = IntegerRange(from: start, to: stop, by: step) else {
            return fail("this range is too long", at: range)
        }
        return .range(integers)
    }

    private mutating func zipped(_ values: [EvaluatedArgument], at range: SourceRange) throws(Halt) -> Value {
        var columns: [[Value]] = []
        for argument in values {
            guard let column = try elements(of: argument.value, at: argument.range) else { return .error }
            columns.append(column)
        }
        let count = columns.map(\.count).min() ?? 0
        try charge(count * columns.count, at: range)
        return .list((0..<count).map { row in .tuple(columns.map { $0[row] }) })
    }

    private mutating func enumerated(_ values: [EvaluatedArgument], at range: SourceRange) throws(Halt) -> Value {
        guard let elements = try elements(of: values[0].value, at: values[0].range) else { return .error }
        let start = values.count > 1 ? values[1].value : .int(0)
        guard let first = start.integer else {
            return fail("'start' takes an integer, found \(start.kindName)", at: values[1].range)
        }
        guard !first.addingReportingOverflow(elements.count).overflow else {
            return fail("the result does not fit 64 bits", at: range)
        }
        return .list(elements.enumerated().map { .tuple([.int(first + $0.offset), $0.element]) })
    }
}

extension Function {
    /// How many arguments it takes, and their names where they may be given by name.
    var signature: (count: ClosedRange<Int>, names: [String]) {
        switch self {
        case .abs, .len, .all, .any, .repr, .reversed: (1...1, [])
        case .bool, .float, .int, .str, .list, .tuple: (0...1, [])
        case .divmod: (2...2, [])
        case .round: (1...2, ["number", "ndigits"])
        case .sum: (1...2, ["iterable", "start"])
        case .sorted: (1...2, ["iterable", "reverse"])
        case .enumerate: (1...2, ["iterable", "start"])
        case .range: (1...3, [])
        case .min, .max: (1...10_000, [])
        case .zip: (0...10_000, [])
        }
    }

    var arity: String {
        let count = signature.count
        if count.upperBound >= 10_000 { return count.lowerBound == 0 ? "lists" : "at least 1 argument" }
        if count.lowerBound == count.upperBound {
            return "\(count.lowerBound) argument\(count.lowerBound == 1 ? "" : "s")"
        }
        return "\(count.lowerBound) to \(count.upperBound) arguments"
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        var scalars = Substring(self).unicodeScalars
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars)
    }

    /// Short enough for a message.
    var clipped: String { count > 40 ? prefix(39) + "…" : self }
}
