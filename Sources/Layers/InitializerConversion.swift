import Diagnostics
import Language
import Network

/// `'he_normal'`, `HeNormal()`, `keras.initializers.Constant(0.1)`: the name in Keras' list, with its arguments where it was called.
func convertInitializer(_ value: ArgumentValue) throws(Mismatch) -> AttributeValue {
    switch value {
    case .string(let word): return .string(try initializer(word).name)
    case .symbol(let word, let arguments):
        let descriptor = try initializer(word)
        let checked = try check(arguments, of: descriptor)
        return checked.isEmpty ? .string(descriptor.name) : .call(descriptor.name, checked)
    default: throw Mismatch()
    }
}

private func initializer(_ word: String) throws(Mismatch) -> InitializerDescriptor {
    guard let descriptor = findInitializer(word) else {
        throw Mismatch(meant: closestMatch(to: word, among: initializers.map(\.name)))
    }
    return descriptor
}

/// Checks what an initialiser is called with; positional arguments have their number for a name.
private func check(
    _ arguments: [String: ArgumentValue], of descriptor: InitializerDescriptor
) throws(Mismatch) -> [String: AttributeValue] {
    let names = descriptor.arguments.map(\.name) + descriptor.words.map(\.name)
    var checked: [String: AttributeValue] = [:]
    for written in arguments.keys.sorted() {
        var name = written
        if let position = Int(written), names.indices.contains(position) { name = names[position] }
        if name == "seed" || Int(name) == names.count { continue }
        checked[name] = try check(arguments[written]!, for: name, of: descriptor)
    }
    return checked
}

private func check(
    _ value: ArgumentValue, for name: String, of descriptor: InitializerDescriptor
) throws(Mismatch) -> AttributeValue {
    if descriptor.arguments.contains(where: { $0.name == name }) {
        guard let number = value.number, number.isFinite, number.magnitude <= Double(Float.greatestFiniteMagnitude)
        else {
            throw Mismatch(expectation: "a number for '\(name)' of '\(descriptor.name)'")
        }
        if name == "stddev" || name == "scale", number < 0 {
            throw Mismatch(expectation: "a number from 0 for '\(name)' of '\(descriptor.name)'")
        }
        return .float(number)
    }
    guard let words = descriptor.words.first(where: { $0.name == name })?.values else {
        let known = (descriptor.arguments.map(\.name) + descriptor.words.map(\.name) + ["seed"]).map { "'\($0)'" }
        throw Mismatch(
            message: "the initializer '\(descriptor.name)' has no argument '\(abbreviated(name))'",
            hint: "it takes \(known.joined(separator: ", "))")
    }
    guard case .string(let word) = value, words.contains(word.lowercased()) else {
        let choices = words.map { "'\($0)'" }.joined(separator: ", ")
        throw Mismatch(expectation: "one of \(choices) for '\(name)' of '\(descriptor.name)'")
    }
    return .string(word.lowercased())
}
