import Diagnostics

extension Evaluator {
    /// `object.name` outside a call.
    mutating func attribute(
        _ name: String, of object: Value, at range: SourceRange, nameRange: SourceRange
    ) throws(Halt) -> Value {
        switch object {
        case .error: return .error
        case .symbol(let path): return .symbol(path + "." + name)
        case .tensor(let tensor):
            if name == "shape" { return shape(of: tensor) }
            return fail("a tensor has no '\(name)' here; 'shape' is what it has", at: nameRange)
        case .model(let model):
            return try attribute(name, of: model, at: range)
        case .ignored: return fail("\(object.kindName), cannot be used", at: range)
        case .layer(let layer):
            return fail("layer '\(layer.name)' has no attribute '\(name)' here", at: nameRange)
        default: return fail("\(object.kindName) has no '\(name)'", at: nameRange)
        }
    }

    /// A tensor's shape as Python sees it: the batch first, as None.
    func shape(of tensor: TensorHandle) -> Value {
        .tuple([.none] + elaborator.shape(of: tensor).map { .int($0) })
    }

    /// `keras.backend.int_shape(t)`.
    mutating func shapeArgument(of call: Call, at range: SourceRange) throws(Halt) -> Value {
        let arguments = try evaluateArguments(of: call) { _, _ in .other }
        guard arguments.count == 1, case .tensor(let tensor) = arguments[0].value else {
            if arguments.contains(where: \.value.isError) { return .error }
            return fail("'int_shape' takes a tensor", at: call.argumentRange)
        }
        return shape(of: tensor)
    }

    /// `object.name(…)`.
    mutating func callMethod(
        _ name: String, of object: Value, _ base: Expression, _ call: Call, at range: SourceRange,
        nameRange: SourceRange
    ) throws(Halt) -> Value {
        switch object {
        case .list(let container): return try callMethod(name, of: container, call, at: range, nameRange: nameRange)
        case .model(let model): return try callMethod(name, of: model, call, at: range)
        case .string(let text): return try callMethod(name, of: text, call, at: range, nameRange: nameRange)
        case .error:
            _ = try evaluateArguments(of: call) { _, _ in .block }
            return failTensor()
        case .tensor:
            return fail("a tensor has no method '\(name)' here; apply a layer: 'Layer(…)(tensor)'", at: nameRange)
        case .tuple where ["append", "extend", "insert", "pop", "reverse"].contains(name):
            return fail("a tuple cannot be changed; use a list: '[…]'", at: nameRange)
        case .ignored: return fail("\(object.kindName), cannot be used", at: base.range)
        default: return fail("\(object.kindName) has no method '\(name)' here", at: nameRange)
        }
    }

    /// The methods of strings.
    private mutating func callMethod(
        _ name: String, of text: String, _ call: Call, at range: SourceRange, nameRange: SourceRange
    ) throws(Halt) -> Value {
        let arguments = try evaluateArguments(of: call) { _, _ in .other }
        if arguments.contains(where: \.value.isError) { return .error }
        try charge(text.utf8.count / 4 + 1, at: range)
        switch (name, arguments.count) {
        case ("format", _): return try formatBraces(text, arguments, at: range)
        case ("lower", 0): return .string(text.lowercased())
        case ("upper", 0): return .string(text.uppercased())
        case ("strip", 0): return .string(text.trimmed)
        case ("startswith", 1), ("endswith", 1):
            guard case .string(let part) = arguments[0].value else {
                return fail("'\(name)' takes a string, found \(arguments[0].value.kindName)", at: arguments[0].range)
            }
            return .bool(
                name == "startswith"
                    ? text.utf8.starts(with: part.utf8) : text.utf8.reversed().starts(with: part.utf8.reversed()))
        case ("join", 1):
            guard let parts = try elements(of: arguments[0].value, at: arguments[0].range) else { return .error }
            var strings: [String] = []
            var size = 0
            for part in parts {
                guard case .string(let string) = part else {
                    return part.isError
                        ? .error : fail("'join' takes strings, found \(part.kindName)", at: arguments[0].range)
                }
                size += string.utf8.count + text.utf8.count
                try checkString(size, at: range)
                strings.append(string)
            }
            return .string(strings.joined(separator: text))
        default:
            let known = ["format", "lower", "upper", "strip", "startswith", "endswith", "join"]
            if known.contains(name) {
                return fail("'\(name)' takes another number of arguments", at: call.argumentRange)
            }
            return fail("a string has no method '\(name)' here" + suggestion(for: name, among: known), at: nameRange)
        }
    }
}
