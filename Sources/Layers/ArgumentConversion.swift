import Diagnostics
import Language
import Network

/// Turns an argument as written into an attribute's value, by the type in the attribute's row of the table.

/// Why a value doesn't fit.
struct Mismatch: Error {
    /// The whole message, where the attribute's expectation is beside the point.
    var message: String?
    /// What stands where the attribute's expectation can't say it.
    var expectation: String?
    /// The way out.
    var hint: String?
    /// The word that was probably meant.
    var meant: String?
}

extension Attribute {
    /// The checked value of an argument.
    func convert(_ value: ArgumentValue) throws(Mismatch) -> AttributeValue {
        if case .none = value {
            guard isOptional || acceptsNone else { throw Mismatch() }
            return .none
        }
        switch type {
        case .bool: return try convertBool(value)
        case .int(let bounds): return .int(try wholeNumber(value, within: bounds))
        case .float(let bounds): return try convertFloat(value, within: bounds)
        case .choice(let words): return try convertChoice(value, of: words)
        case .single(let bounds): return try convertSingle(value, within: bounds)
        case .pair(let bounds): return try convertPair(value, within: bounds)
        case .ints(let bounds): return try convertInts(value, within: bounds)
        case .shape: return try convertShape(value)
        case .ends: return .list(try side(value))
        case .margins: return try convertMargins(value)
        case .activation: return try convertActivation(value)
        case .string:
            guard case .string(let text) = value else { throw Mismatch() }
            return .string(text)
        case .numbers: return try convertNumbers(value)
        case .array: return try convertArray(value, depth: 0)
        case .initializer: return try convertInitializer(value)
        case .ignored: return .none
        }
    }

    private var acceptsNone: Bool {
        type == .activation || type == .ignored || defaultValue == AttributeValue.none
    }
}

private func convertBool(_ value: ArgumentValue) throws(Mismatch) -> AttributeValue {
    if case .bool(let flag) = value { return .bool(flag) }
    if case .string(let word) = value, ["true", "false"].contains(word.lowercased()) {
        throw Mismatch(hint: "without quotes it is a boolean")
    }
    throw Mismatch()
}

/// A whole number; one that a float happens to be is refused, as in Keras.
private func wholeNumber(_ value: ArgumentValue, within bounds: ClosedRange<Int>) throws(Mismatch) -> Int {
    if case .int(let number) = value {
        if bounds.contains(number) { return number }
        if number > bounds.upperBound { throw Mismatch(expectation: "at most \(bounds.upperBound)") }
    }
    if case .float(let number) = value, number == number.rounded(), number.magnitude < 1e15 {
        throw Mismatch(hint: "'int(…)' or '//' makes a whole number of it")
    }
    throw Mismatch()
}

private func convertFloat(_ value: ArgumentValue, within bounds: ClosedRange<Double>) throws(Mismatch) -> AttributeValue
{
    guard let number = value.number, bounds.contains(number) else { throw Mismatch() }
    guard number.magnitude <= Double(Float.greatestFiniteMagnitude) || number.isInfinite else {
        throw Mismatch(expectation: "a number that fits float32")
    }
    return .float(number)
}

private func convertChoice(_ value: ArgumentValue, of words: [String]) throws(Mismatch) -> AttributeValue {
    guard case .string(let word) = value else { throw Mismatch() }
    guard let choice = words.first(where: { $0.lowercased() == word.lowercased() }) else {
        throw Mismatch(meant: closestMatch(to: word, among: words))
    }
    return .string(choice)
}

private func convertSingle(_ value: ArgumentValue, within bounds: ClosedRange<Int>) throws(Mismatch) -> AttributeValue {
    guard let items = value.items else { return .list([.int(try wholeNumber(value, within: bounds))]) }
    guard items.count == 1 else { throw Mismatch() }
    return .list([.int(try wholeNumber(items[0], within: bounds))])
}

private func convertPair(_ value: ArgumentValue, within bounds: ClosedRange<Int>) throws(Mismatch) -> AttributeValue {
    guard let items = value.items else {
        let number = AttributeValue.int(try wholeNumber(value, within: bounds))
        return .list([number, number])
    }
    guard items.count == 2 else { throw Mismatch() }
    return .list([.int(try wholeNumber(items[0], within: bounds)), .int(try wholeNumber(items[1], within: bounds))])
}

private func convertInts(_ value: ArgumentValue, within bounds: ClosedRange<Int>) throws(Mismatch) -> AttributeValue {
    guard let items = value.items else { return .list([.int(try wholeNumber(value, within: bounds))]) }
    var list: [AttributeValue] = []
    for item in items { list.append(.int(try wholeNumber(item, within: bounds))) }
    return .list(list)
}

private func convertShape(_ value: ArgumentValue) throws(Mismatch) -> AttributeValue {
    var list: [AttributeValue] = []
    for item in value.items ?? [value] {
        switch item {
        case .none: list.append(.none)
        case .int(let extent): list.append(.int(extent))
        default: throw Mismatch()
        }
    }
    return .list(list)
}

/// One number for both ends of an axis, or one for each.
private func side(_ value: ArgumentValue) throws(Mismatch) -> [AttributeValue] {
    guard let items = value.items else {
        let number = AttributeValue.int(try wholeNumber(value, within: 0...Int.max))
        return [number, number]
    }
    guard items.count == 2 else { throw Mismatch() }
    return [
        .int(try wholeNumber(items[0], within: 0...Int.max)), .int(try wholeNumber(items[1], within: 0...Int.max)),
    ]
}

private func convertMargins(_ value: ArgumentValue) throws(Mismatch) -> AttributeValue {
    guard let items = value.items else {
        let sides = try side(value)
        return .list(sides + sides)
    }
    guard items.count == 2 else { throw Mismatch() }
    return .list(try side(items[0]) + side(items[1]))
}

private func convertActivation(_ value: ArgumentValue) throws(Mismatch) -> AttributeValue {
    switch value {
    case .string(let word):
        guard let name = canonicalActivation(word) else {
            try refuseUnsuitable(word)
            throw Mismatch(meant: closestMatch(to: word, among: activationWords))
        }
        return .string(name)
    case .symbol(let word, let arguments):
        if let layer = layerRegistry.first(where: { $0.descriptor.name == word })?.descriptor {
            return .call(word, try complete(arguments, of: layer))
        }
        guard let name = canonicalActivation(word) else {
            try refuseUnsuitable(word)
            throw Mismatch(meant: closestMatch(to: word, among: activationWords))
        }
        guard arguments.isEmpty else { throw Mismatch(hint: "the function '\(name)' takes no arguments here") }
        return .string(name)
    case .unsuitable:
        throw Mismatch(hint: "a layer that acts as activation goes on a line of its own")
    default: throw Mismatch()
    }
}

/// Every word for a function.
private var activationWords: [String] {
    activationNames + elementaryFunctionNames + activationAliases.map(\.alias)
}

/// Throws for a function that Keras has but that is no activation of a layer.
private func refuseUnsuitable(_ word: String) throws(Mismatch) {
    guard let it = unsuitableActivations.first(where: { $0.name == word.lowercased() }) else { return }
    throw Mismatch(message: it.reason, hint: it.hint)
}

/// The attributes of a layer that stands for its activation, `LeakyReLU(0.1)`; positional arguments have their number for a name.
private func complete(
    _ arguments: [String: ArgumentValue], of layer: LayerDescriptor
) throws(Mismatch) -> [String: AttributeValue] {
    var values: [String: AttributeValue] = [:]
    for (position, attribute) in layer.attributes.enumerated() {
        let former = attribute.formerName.flatMap { arguments[$0] }
        if let value = arguments[attribute.name] ?? arguments[String(position)] ?? former {
            values[attribute.name] = try attribute.convert(value)
        } else {
            values[attribute.name] = attribute.defaultValue ?? AttributeValue.none
        }
    }
    return values
}

private func convertNumbers(_ value: ArgumentValue) throws(Mismatch) -> AttributeValue {
    let anyNumber = -Double(Float.greatestFiniteMagnitude)...Double(Float.greatestFiniteMagnitude)
    guard let items = value.items else { return .list([try convertFloat(value, within: anyNumber)]) }
    var list: [AttributeValue] = []
    for item in items {
        if case .none = item { list.append(.none) } else { list.append(try convertFloat(item, within: anyNumber)) }
    }
    return .list(list)
}

/// An array of numbers; its rows may still be of different lengths.
private func convertArray(_ value: ArgumentValue, depth: Int) throws(Mismatch) -> AttributeValue {
    let anyNumber = -Double(Float.greatestFiniteMagnitude)...Double(Float.greatestFiniteMagnitude)
    guard let items = value.items else { return try convertFloat(value, within: anyNumber) }
    guard depth < maximumRank, !items.isEmpty else { throw Mismatch() }
    var list: [AttributeValue] = []
    for item in items { list.append(try convertArray(item, depth: depth + 1)) }
    return .list(list)
}

extension ArgumentValue {
    /// A number, whole or not.
    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }

    /// The elements of a list or tuple.
    var items: [ArgumentValue]? {
        switch self {
        case .list(let items), .tuple(let items): items
        default: nil
        }
    }

    /// What it is, for "found …".
    var found: String {
        switch self {
        case .none: "None"
        case .bool(let value): value ? "True" : "False"
        case .int(let value): String(value)
        case .float(let value): numberLiteral(value)
        case .string(let text): "the string '\(abbreviated(text))'"
        case .list(let items):
            "the list " + abbreviated("[" + items.prefix(30).map(\.element).joined(separator: ", ") + "]")
        case .tuple(let items):
            "the tuple "
                + abbreviated(
                    "(" + items.prefix(30).map(\.element).joined(separator: ", ") + (items.count == 1 ? ",)" : ")"))
        case .symbol(let name, _): "'\(abbreviated(name))'"
        case .unsuitable(let text): text
        }
    }

    /// As an element of a list.
    private var element: String {
        switch self {
        case .string(let text): "'\(text)'"
        case .list, .tuple: "…"
        default: found
        }
    }
}

/// The text, cut where it is too long for one line of a message.
func abbreviated(_ text: String) -> String {
    text.count <= 60 ? text : text.prefix(57) + "…"
}
