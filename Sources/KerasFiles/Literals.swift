import Formats
import Import
import Language
import Network

/// Values of a configuration in the terms of the language, and values of attributes as one writes them.

extension ArgumentValue {
    /// A value of the configuration. Serialised objects become what one would have written: a function its name, a layer its call.
    init?(_ value: JSONValue) {
        switch value {
        case .null: self = .none
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .int(number)
        case .float(let number): self = .float(number)
        case .string(let text): self = .string(text)
        case .array(let elements):
            var items: [ArgumentValue] = []
            for element in elements {
                guard let item = ArgumentValue(element) else { return nil }
                items.append(item)
            }
            self = .list(items)
        case .object(let members):
            guard let object = ArgumentValue(object: members) else { return nil }
            self = object
        }
    }

    private init?(object members: [String: JSONValue]) {
        guard let className = members["class_name"]?.string else { return nil }
        switch className {
        case "function":
            guard let name = members["config"]?.string else { return nil }
            self = .string(name)
        case "__tuple__", "__list__":
            guard let items = ArgumentValue(members["items"] ?? .null) else { return nil }
            self = items
        case "__numpy__", "__tensor__":
            guard let value = ArgumentValue(members["config"]?["value"] ?? .null) else { return nil }
            self = value
        default:
            guard let config = members["config"]?.object else { return nil }
            var arguments: [String: ArgumentValue] = [:]
            for (name, value) in config where name != "name" && name != "dtype" && name != "trainable" {
                if let argument = ArgumentValue(value) { arguments[name] = argument }
            }
            self = .symbol(className, arguments: arguments)
        }
    }
}

/// A checked value of an attribute in its shortest form.
func literal(_ value: AttributeValue, as type: AttributeType) -> String {
    switch value {
    case .none: return "None"
    case .string(let text): return stringLiteral(text)
    case .call(let name, let arguments):
        let given = arguments.sorted { $0.key < $1.key }.filter { $0.value != .none }
        return "\(name)(\(given.map { "\($0.key)=\($0.value.literal)" }.joined(separator: ", ")))"
    case .bool, .int, .float: return value.literal
    case .list(let items): return listLiteral(items, as: type)
    }
}

private func listLiteral(_ items: [AttributeValue], as type: AttributeType) -> String {
    let isUniform = !items.isEmpty && items.allSatisfy { $0 == items[0] }
    switch type {
    case .pair, .single, .ends: return isUniform ? items[0].literal : AttributeValue.list(items).literal
    case .ints: return items.count == 1 ? items[0].literal : AttributeValue.list(items).literal
    case .margins where items.count == 4:
        if isUniform { return items[0].literal }
        if items[0] == items[1], items[2] == items[3] { return "(\(items[0].literal), \(items[2].literal))" }
        return
            "((\(items[0].literal), \(items[1].literal)), (\(items[2].literal), \(items[3].literal)))"
    case .numbers, .array: return items.count == 1 && type == .numbers ? items[0].literal : rowsLiteral(items)
    default: return AttributeValue.list(items).literal
    }
}

private func rowsLiteral(_ items: [AttributeValue]) -> String {
    let rows = items.map { item in
        if case .list(let row) = item { rowsLiteral(row) } else { item.literal }
    }
    return "[\(rows.joined(separator: ", "))]"
}
