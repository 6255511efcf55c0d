import Diagnostics

/// Something to walk over: by index, so that a list that grows meanwhile is walked to its end.
enum Walk {
    case container(Container)
    case range(IntegerRange)
    case values([Value])

    var count: Int {
        switch self {
        case .container(let container): container.elements.count
        case .range(let range): range.count
        case .values(let values): values.count
        }
    }

    subscript(index: Int) -> Value {
        switch self {
        case .container(let container): container.elements[index]
        case .range(let range): .int(range[index])
        case .values(let values): values[index]
        }
    }
}

extension Evaluator {
    /// What `for` walks over; `nil` after a report.
    mutating func iteration(over value: Value, at range: SourceRange) throws(Halt) -> Walk? {
        switch value {
        case .list(let container): return .container(container)
        case .tuple(let container): return .values(container.elements)
        case .range(let integers): return .range(integers)
        case .string(let text):
            try charge(text.utf8.count, at: range)
            return .values(text.unicodeScalars.map { .string(String(Character($0))) })
        case .error: return nil
        case .int:
            _ = fail("a loop wants a list or range, found an integer; for n repetitions use 'range(n)'", at: range)
            return nil
        case .tensor:
            _ = fail("a tensor cannot be walked over; 'Split' cuts it into a list of tensors", at: range)
            return nil
        default:
            _ = fail("expected a list, tuple or range, found \(value.kindName)", at: range)
            return nil
        }
    }

    /// The elements of a list, tuple, range or string; `nil` after a report.
    mutating func elements(of value: Value, at range: SourceRange) throws(Halt) -> [Value]? {
        guard let walk = try iteration(over: value, at: range) else { return nil }
        try checkCount(walk.count, at: range)
        try charge(walk.count, at: range)
        switch walk {
        case .container(let container): return container.elements
        case .values(let values): return values
        case .range(let integers): return (0..<integers.count).map { .int(integers[$0]) }
        }
    }

    // MARK: Subscripts

    mutating func evaluateIndex(_ base: Expression, _ index: Expression, at range: SourceRange) throws(Halt) -> Value {
        let object = try evaluate(base)
        let position = try evaluate(index)
        if object.isError || position.isError { return .error }
        guard let count = try count(of: object, at: base.range) else { return .error }
        guard let number = position.integer else {
            return fail("an index is an integer, found \(position.kindName)", at: index.range)
        }
        guard let offset = offset(number, in: count, of: object, at: index.range) else { return .error }
        switch object {
        case .list(let container), .tuple(let container): return container.elements[offset]
        case .range(let integers): return .int(integers[offset])
        case .string(let text):
            try charge(text.utf8.count / 16 + 1, at: range)
            let scalars = text.unicodeScalars
            return .string(String(Character(scalars[scalars.index(scalars.startIndex, offsetBy: offset)])))
        default: return .error
        }
    }

    /// The number of elements of what can be indexed; `nil` after a report.
    private mutating func count(of value: Value, at range: SourceRange) throws(Halt) -> Int? {
        switch value {
        case .list(let container), .tuple(let container): return container.elements.count
        case .range(let integers): return integers.count
        case .string(let text):
            try charge(text.utf8.count / 16 + 1, at: range)
            return text.unicodeScalars.count
        case .error: return nil
        case .tensor:
            _ = fail(
                "a tensor cannot be indexed; layers take parts of it (Split, Cropping2D), 't.shape[i]' is a size",
                at: range)
            return nil
        default:
            _ = fail("\(value.kindName) cannot be indexed", at: range)
            return nil
        }
    }

    private mutating func offset(_ index: Int, in count: Int, of value: Value, at range: SourceRange) -> Int? {
        let offset = index < 0 ? index + count : index
        guard (0..<count).contains(offset) else {
            let elements = count == 1 ? "1 element" : "\(count) elements"
            _ = fail("index \(index) is outside \(value.kindName) of \(elements)", at: range)
            return nil
        }
        return offset
    }

    mutating func evaluateSlice(
        _ base: Expression, _ start: Expression?, _ stop: Expression?, _ step: Expression?, at range: SourceRange
    ) throws(Halt) -> Value {
        let object = try evaluate(base)
        var bounds: [Int?] = []
        for part in [start, stop, step] {
            guard let part else {
                bounds.append(nil)
                continue
            }
            let value = try evaluate(part)
            if value.isError { return .error }
            guard value.isNone || value.isInteger else {
                return fail("the bounds of a slice are integers, found \(value.kindName)", at: part.range)
            }
            bounds.append(value.integer)
        }
        guard let count = try count(of: object, at: base.range) else { return .error }
        let stride = bounds[2] ?? 1
        guard stride != 0 else { return fail("the step of a slice cannot be 0", at: step?.range ?? range) }
        let indices = Self.indices(from: bounds[0], to: bounds[1], by: stride, in: count)
        switch object {
        case .range(let integers):
            let first = indices.count > 0 ? integers[indices.start] : integers.start
            return .range(IntegerRange(start: first, step: integers.step &* indices.step, count: indices.count))
        case .string(let text):
            try charge(text.utf8.count, at: range)
            let scalars = Array(text.unicodeScalars)
            return .string((0..<indices.count).reduce(into: "") { $0.unicodeScalars.append(scalars[indices[$1]]) })
        case .list(let container):
            try charge(indices.count, at: range)
            return .list((0..<indices.count).map { container.elements[indices[$0]] })
        case .tuple(let container):
            try charge(indices.count, at: range)
            return .tuple((0..<indices.count).map { container.elements[indices[$0]] })
        default: return .error
        }
    }

    /// Python's `slice.indices`.
    private static func indices(from start: Int?, to stop: Int?, by step: Int, in count: Int) -> IntegerRange {
        let lowest = step > 0 ? 0 : -1
        let highest = step > 0 ? count : count - 1
        func clamped(_ bound: Int?, _ otherwise: Int) -> Int {
            guard let bound else { return otherwise }
            return min(max(bound < 0 ? bound.addingReportingOverflow(count).partialValue : bound, lowest), highest)
        }
        let first = clamped(start, step > 0 ? lowest : highest)
        let last = clamped(stop, step > 0 ? highest : lowest)
        // The magnitude of the smallest integer does not fit: any step beyond the count takes one element.
        return IntegerRange(from: first, to: last, by: max(-count - 1, min(count + 1, step)))!
    }

    // MARK: Changing lists

    /// `base[index] = value`.
    mutating func assign(_ value: Value, to base: Expression, _ index: Expression, at range: SourceRange) throws(Halt) {
        let object = try evaluate(base)
        let position = try evaluate(index)
        if object.isError || position.isError { return }
        guard case .list(let container) = object else {
            _ = fail("only an element of a list can be assigned to, not of \(object.kindName)", at: range)
            return
        }
        guard let number = position.integer else {
            _ = fail("an index is an integer, found \(position.kindName)", at: index.range)
            return
        }
        guard let offset = offset(number, in: container.elements.count, of: object, at: index.range),
            try canHold(container, [value], at: range)
        else { return }
        container.elements[offset] = value
    }

    /// A list must not come to hold itself, and must not grow without end.
    mutating func canHold(_ container: Container, _ values: [Value], at range: SourceRange) throws(Halt) -> Bool {
        try checkCount(container.elements.count + values.count, at: range)
        for value in values where try reaches(value, container, at: range) {
            _ = fail("a list cannot hold itself", at: range)
            return false
        }
        return true
    }

    private mutating func reaches(_ value: Value, _ wanted: Container, at range: SourceRange) throws(Halt) -> Bool {
        var pending = [value]
        while let next = pending.popLast() {
            guard let container = next.container else { continue }
            if container === wanted { return true }
            try charge(container.elements.count, at: range)
            pending += container.elements.lazy.filter { $0.container != nil }
        }
        return false
    }

    /// `list.append` and its like.
    mutating func callMethod(
        _ name: String, of list: Container, _ call: Call, at range: SourceRange, nameRange: SourceRange
    ) throws(Halt) -> Value {
        let arguments = try evaluateArguments(of: call) { _, _ in .other }
        if let named = arguments.first(where: { $0.name != nil }) {
            return fail("'\(name)' takes no named argument", at: named.range)
        }
        let wanted: ClosedRange<Int>
        switch name {
        case "append", "extend", "index", "count": wanted = 1...1
        case "insert": wanted = 2...2
        case "pop": wanted = 0...1
        case "reverse", "copy", "clear": wanted = 0...0
        default:
            let known = ["append", "extend", "insert", "pop", "reverse", "copy", "clear", "index", "count"]
            return fail("a list has no method '\(name)' here" + suggestion(for: name, among: known), at: nameRange)
        }
        guard wanted.contains(arguments.count) else {
            return fail(
                "'\(name)' takes \(wanted.upperBound) argument\(wanted.upperBound == 1 ? "" : "s")",
                at: call.argumentRange)
        }
        return try change(list, name, arguments, at: range)
    }

    private mutating func change(
        _ list: Container, _ name: String, _ arguments: [EvaluatedArgument], at range: SourceRange
    ) throws(Halt) -> Value {
        switch name {
        case "append":
            if try canHold(list, [arguments[0].value], at: range) { list.elements.append(arguments[0].value) }
        case "extend":
            guard let added = try elements(of: arguments[0].value, at: arguments[0].valueRange) else { return .error }
            if try canHold(list, added, at: range) { list.elements += added }
        case "insert":
            guard let index = arguments[0].value.integer else {
                return arguments[0].value.isError ? .error : fail("an index is an integer", at: arguments[0].range)
            }
            try charge(list.elements.count, at: range)
            let count = list.elements.count
            let offset = min(max(index < 0 ? index.addingReportingOverflow(count).partialValue : index, 0), count)
            if try canHold(list, [arguments[1].value], at: range) {
                list.elements.insert(arguments[1].value, at: offset)
            }
        case "pop":
            let index = arguments.first?.value ?? .int(-1)
            guard let number = index.integer else {
                return index.isError ? .error : fail("an index is an integer", at: range)
            }
            guard let offset = offset(number, in: list.elements.count, of: .list(list), at: range) else {
                return .error
            }
            try charge(list.elements.count - offset, at: range)
            return list.elements.remove(at: offset)
        case "reverse":
            try charge(list.elements.count, at: range)
            list.elements.reverse()
        case "clear": list.elements = []
        case "copy": return .list(try elements(of: .list(list), at: range) ?? [])
        default: return try search(list, name, arguments[0].value, at: range)
        }
        return .none
    }

    /// `index` and `count` of a list.
    private mutating func search(_ list: Container, _ name: String, _ wanted: Value, at range: SourceRange) throws(Halt)
        -> Value
    {
        var count = 0
        for (index, element) in list.elements.enumerated() {
            guard let same = try equal(element, wanted, at: range) else { return .error }
            if same, name == "index" { return .int(index) }
            if same { count += 1 }
        }
        return name == "count" ? .int(count) : fail("the list does not hold this value", at: range)
    }
}

extension Value {
    /// Whether it can be walked over.
    var isSequence: Bool {
        switch self {
        case .list, .tuple, .range, .string: true
        default: false
        }
    }

    var container: Container? {
        switch self {
        case .list(let container), .tuple(let container): container
        default: nil
        }
    }
}
