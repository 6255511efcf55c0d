import Diagnostics
import Language
import Network

/// Checks the arguments of a layer against its table: which attribute each one is, and whether the value fits.

/// The arguments of one construction, checked.
struct BoundArguments {
    var attributes = AttributeValues([:])
    /// Where each attribute's value stands.
    var ranges: [String: SourceRange] = [:]
    var name: String?
    /// `input_shape=` and its like, without the batch.
    var inputShape: [Int]?
}

/// Binds and checks arguments; `nil` where any was wrong, all of which have been reported.
func bind(
    _ arguments: [LayerArgument], to descriptor: LayerDescriptor, at site: Site, log: inout DiagnosticLog
) -> BoundArguments? {
    var binder = ArgumentBinder(descriptor: descriptor, site: site)
    for (position, argument) in gatherShape(arguments, for: descriptor).enumerated() {
        binder.bind(argument, position: position, log: &log)
    }
    binder.complete(log: &log)
    return binder.hasFailed ? nil : binder.bound
}

/// `Input(28, 28, 1)`: loose whole numbers in front stand for the shape.
private func gatherShape(_ arguments: [LayerArgument], for descriptor: LayerDescriptor) -> [LayerArgument] {
    let loose = arguments.prefix { $0.name == nil && $0.value.isExtent }
    guard descriptor.inputCount == 0...0, descriptor.attributes.first?.type == .shape, let first = loose.first,
        let last = loose.last
    else { return arguments }
    let range = first.range.union(last.range)
    let shape = LayerArgument(name: nil, value: .tuple(loose.map(\.value)), range: range, valueRange: range)
    return [shape] + arguments.dropFirst(loose.count)
}

extension ArgumentValue {
    /// A whole number or `None`, as in a shape.
    fileprivate var isExtent: Bool {
        switch self {
        case .int, .none: true
        default: false
        }
    }
}

private struct ArgumentBinder {
    let descriptor: LayerDescriptor
    let site: Site
    var bound = BoundArguments()
    var hasFailed = false
    /// Where each name, of an attribute or common to all layers, was given.
    private var givenAt: [String: SourceRange] = [:]

    init(descriptor: LayerDescriptor, site: Site) {
        self.descriptor = descriptor
        self.site = site
    }

    mutating func bind(_ argument: LayerArgument, position: Int, log: inout DiagnosticLog) {
        guard let name = argument.name else { return bindPositional(argument, position: position, log: &log) }
        let attribute = descriptor.attributes.first { $0.answers(to: name) }
        let isCommon = commonArguments.contains { $0.name == name }
        guard attribute != nil || isCommon || descriptor.ignored.contains(name) else {
            return reportUnknown(name, argument, log: &log)
        }
        guard note(attribute?.name ?? name, at: argument, log: &log) else { return }
        if let attribute {
            set(attribute, to: argument, log: &log)
        } else if isCommon {
            bindCommon(name, argument, log: &log)
        }
    }

    private mutating func bindPositional(_ argument: LayerArgument, position: Int, log: inout DiagnosticLog) {
        guard position < descriptor.attributes.count else {
            let names = descriptor.attributes.map(\.name).joined(separator: ", ")
            let limit =
                descriptor.attributes.isEmpty ? "no arguments by position" : "at most \(descriptor.attributes.count)"
            return fail(
                "too many arguments: \(descriptor.name) takes \(limit)", at: argument.range,
                hint: names.isEmpty ? nil : "they are \(names)", log: &log)
        }
        let attribute = descriptor.attributes[position]
        guard note(attribute.name, at: argument, log: &log) else { return }
        set(attribute, to: argument, log: &log)
    }

    /// Remembers that a name was given; reports and refuses the second time.
    private mutating func note(_ name: String, at argument: LayerArgument, log: inout DiagnosticLog) -> Bool {
        guard let earlier = givenAt[name] else {
            givenAt[name] = argument.range
            return true
        }
        hasFailed = true
        log.error(
            "argument '\(name)' of \(descriptor.name) is given twice", at: argument.range,
            notes: [Note("first given here", at: earlier)] + site.trail)
        return false
    }

    private mutating func set(_ attribute: Attribute, to argument: LayerArgument, log: inout DiagnosticLog) {
        bound.ranges[attribute.name] = argument.valueRange
        if let reason = refusal(of: argument, for: attribute.name) {
            return fail(reason, at: argument.valueRange, log: &log)
        }
        do {
            bound.attributes.values[attribute.name] = try attribute.convert(argument.value)
            bound.attributes.given.insert(attribute.name)
        } catch {
            report(error, attribute, argument, log: &log)
        }
    }

    /// Fills in the defaults and reports what is missing.
    mutating func complete(log: inout DiagnosticLog) {
        adoptInputShape()
        for attribute in descriptor.attributes where givenAt[attribute.name] == nil {
            if let value = attribute.defaultValue {
                bound.attributes.values[attribute.name] = value
            } else if attribute.isOptional || attribute.type == .ignored {
                bound.attributes.values[attribute.name] = AttributeValue.none
            } else if !hasFailed {
                fail(
                    "\(descriptor.name) needs '\(attribute.name)': \(attribute.expectation)", at: site.range, log: &log)
            }
        }
    }
}

// MARK: - Arguments that every layer takes

extension ArgumentBinder {
    /// `InputLayer(input_shape=…)`: where the layer is the input itself, the common argument is its own.
    private mutating func adoptInputShape() {
        guard descriptor.inputCount == 0...0, let shape = bound.inputShape, givenAt["shape"] == nil else { return }
        givenAt["shape"] = givenAt["input_shape"] ?? site.range
        bound.attributes.values["shape"] = .list(shape.map(AttributeValue.int))
        bound.attributes.given.insert("shape")
    }

    private mutating func bindCommon(_ name: String, _ argument: LayerArgument, log: inout DiagnosticLog) {
        switch name {
        case "name": bindName(argument, log: &log)
        case "dtype":
            if let reason = refusal(of: argument, for: name) { fail(reason, at: argument.valueRange, log: &log) }
        case "input_shape", "batch_input_shape", "input_dim": bindInputShape(name, argument, log: &log)
        default: break
        }
    }

    private mutating func bindName(_ argument: LayerArgument, log: inout DiagnosticLog) {
        switch argument.value {
        case .none: break
        case .string(let name) where name.isEmpty:
            fail("a layer's name may not be empty", at: argument.valueRange, log: &log)
        case .string(let name) where name.contains("/"):
            fail(
                "a layer's name may not hold '/', which separates it from its tensors' names", at: argument.valueRange,
                log: &log)
        case .string(let name) where name.utf8.count > maximumNameLength:
            fail("a layer's name has at most \(maximumNameLength) bytes", at: argument.valueRange, log: &log)
        case .string(let name): bound.name = name
        default:
            fail(
                "'name' of \(descriptor.name) must be a string, found \(argument.value.found)", at: argument.valueRange,
                log: &log)
        }
    }

    private mutating func bindInputShape(_ name: String, _ argument: LayerArgument, log: inout DiagnosticLog) {
        var items = argument.value.items ?? [argument.value]
        if name == "batch_input_shape", !items.isEmpty { items.removeFirst() }
        var extents: [Int] = []
        for item in items {
            guard case .int(let extent) = item, extent > 0 else {
                let expected = "'\(name)' of \(descriptor.name) must be a tuple of positive whole numbers"
                let hint = item == .none ? "sizes are fixed when the network is compiled: give each one" : nil
                return fail(
                    "\(expected), found \(argument.value.found)", at: argument.valueRange, hint: hint, log: &log)
            }
            extents.append(extent)
        }
        bound.inputShape = extents
    }

    /// Why a value of `data_format` or `dtype` can't be honoured, whatever the table says of them.
    private func refusal(of argument: LayerArgument, for name: String) -> String? {
        let word: String
        switch argument.value {
        case .none: return nil
        case .string(let text), .symbol(let text, _): word = text
        default: word = argument.value.found
        }
        switch (name, word.lowercased()) {
        case ("data_format", "channels_last"), ("dtype", "float32"): return nil
        case ("data_format", _):
            return "data_format '\(abbreviated(word))' isn't supported: images are height × width × channels"
                + " ('channels_last'), as in Keras' default"
        case ("dtype", _): return "dtype '\(abbreviated(word))' isn't supported: networks compute in float32"
        default: return nil
        }
    }
}

/// The longest name of a layer, in bytes.
let maximumNameLength = 200

// MARK: - Reports

extension ArgumentBinder {
    private mutating func fail(
        _ message: String, at range: SourceRange, hint: String? = nil, fixIts: [FixIt] = [], log: inout DiagnosticLog
    ) {
        hasFailed = true
        log.error(message, at: range, notes: (hint.map { [Note($0)] } ?? []) + site.trail, fixIts: fixIts)
    }

    private mutating func reportUnknown(_ name: String, _ argument: LayerArgument, log: inout DiagnosticLog) {
        let own = descriptor.attributes.map(\.name)
        let nameRange = SourceRange(argument.range.start, argument.range.start + name.utf8.count)
        let known = own + commonArguments.map(\.name) + descriptor.ignored
        let completion = known.first { name.utf8.count >= 3 && ($0.hasPrefix(name) || name.hasPrefix($0)) }
        if let meant = closestMatch(to: name, among: known) ?? completion {
            return fail(
                "\(descriptor.name) has no argument '\(name)'; did you mean '\(meant)'?", at: nameRange,
                fixIts: [FixIt(nameRange, meant)], log: &log)
        }
        let hint = own.isEmpty ? "it takes no arguments but 'name'" : "it takes \(own.joined(separator: ", "))"
        fail("\(descriptor.name) has no argument '\(abbreviated(name))'", at: nameRange, hint: hint, log: &log)
    }

    private mutating func report(
        _ mismatch: Mismatch, _ attribute: Attribute, _ argument: LayerArgument, log: inout DiagnosticLog
    ) {
        if let message = mismatch.message {
            return fail(message, at: argument.valueRange, hint: mismatch.hint, log: &log)
        }
        var message =
            "'\(attribute.name)' of \(descriptor.name) must be \(mismatch.expectation ?? attribute.expectation)"
        if argument.isBareWord, case .string(let word) = argument.value {
            message += ", found the word '\(abbreviated(word))'"
        } else {
            message += ", found \(argument.value.found)"
        }
        var fixIts: [FixIt] = []
        if let meant = mismatch.meant {
            message += "; did you mean '\(meant)'?"
            if case .string = argument.value {
                fixIts = [FixIt(argument.valueRange, argument.isBareWord ? meant : "'\(meant)'")]
            }
        }
        fail(message, at: argument.valueRange, hint: mismatch.hint, fixIts: fixIts, log: &log)
    }
}
