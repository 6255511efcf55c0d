import Formats
import Import
import Layers
import Network

/// An operation on tensors, `x + y` or `keras.ops.relu(x)`, in terms of layers.
enum Operation {
    /// Arithmetic with a number.
    case scaled(Scaled, ValueID)
    /// A layer with its arguments, and what it is applied to.
    case layer(String, [Program.Argument], [ValueID])
    case refused(String)

    init(_ layer: KerasLayer, _ application: Application) {
        let operands = Operands(application)
        let kind = layer.className
        switch kind {
        case "Add", "Subtract", "Multiply", "TrueDivide", "Divide", "Maximum", "Minimum":
            self = Self.binary(kind, operands)
        case "Negative":
            self = Self.unary(operands, kind) {
                .scaled(Scaled(scale: -1, after: " * -1.0", stem: "multiply"), $0)
            }
        case "Concatenate":
            let axis = layer.config["axis"]?.int ?? -1
            self =
                operands.values.count > 1 && operands.constants.isEmpty
                ? .layer("Concatenate", [Program.Argument("axis=\(axis)")], operands.values)
                : .refused("operation 'Concatenate' has constants among its operands")
        case "Mean", "Sum", "Max", "Min", "Prod":
            self = Self.unary(operands, kind) { Self.reduction(kind, layer.config, $0) }
        default:
            guard let activation = canonicalActivation(snakeCase(kind)) else {
                self = .refused("operation '\(kind)' has no counterpart")
                return
            }
            let other = layer.config.filter { !["name", "dtype", "trainable"].contains($0.key) }
            self = Self.unary(operands, kind) { x in
                Self.activation(kind, activation, other, x)
            }
        }
    }

    private static func activation(
        _ kind: String, _ activation: String, _ config: [String: JSONValue], _ x: ValueID
    ) -> Operation {
        let expected: [String: JSONValue] =
            switch kind {
            case "Softmax", "LogSoftmax": ["axis": .int(-1)]
            case "Elu", "Celu": ["alpha": .float(1)]
            case "LeakyRelu": ["negative_slope": .float(0.2)]
            case "Gelu": ["approximate": .bool(false)]
            case "HardShrink", "SoftShrink": ["threshold": .float(0.5)]
            case "Squareplus": ["b": .int(4)]
            default: [:]
            }
        if kind == "Gelu", config["approximate"] == .bool(true) { return .layer("GELU", ["approximate=True"], [x]) }
        if kind == "LeakyRelu", let slope = config["negative_slope"]?.number {
            return .layer("LeakyReLU", [Program.Argument("\(slope)")], [x])
        }
        for (key, value) in config where !value.isNull {
            guard let wanted = expected[key], value == wanted || value.number != nil && value.number == wanted.number
            else {
                return .refused("'\(key)' of operation '\(kind)' has no counterpart")
            }
        }
        return .layer("Activation", [Program.Argument(stringLiteral(activation))], [x])
    }

    /// Keras' `axis=None` takes the batch in, which no layer does.
    private static func reduction(_ kind: String, _ config: [String: JSONValue], _ x: ValueID) -> Operation {
        let axis = config["axis"] ?? .null
        let axes = axis.array?.compactMap(\.int) ?? axis.int.map { [$0] } ?? []
        guard !axes.isEmpty, axes.count == axis.array?.count ?? 1, !axes.contains(0) else {
            return .refused("operation '\(kind)' over the batch has no counterpart")
        }
        let others = config.filter { !["axis", "keepdims", "name", "dtype", "trainable"].contains($0.key) }
        guard others.allSatisfy(\.value.isNull) else { return .refused("operation '\(kind)' has no counterpart") }
        let list = axes.map(String.init).joined(separator: ", ")
        let axisArgument = Program.Argument(keyword: "axis", value: axes.count == 1 ? list : "(\(list))")
        return .layer(kind, [axisArgument] + (config["keepdims"] == .bool(true) ? ["keepdims=True"] : []), [x])
    }

    private static func unary(
        _ operands: Operands, _ kind: String, _ make: (ValueID) -> Operation
    ) -> Operation {
        guard operands.values.count == 1, operands.constants.isEmpty else {
            return .refused("operation '\(kind)' has operands without counterpart")
        }
        return make(operands.values[0])
    }

    private static func binary(_ kind: String, _ operands: Operands) -> Operation {
        guard operands.all.count == 2 else { return .refused("operation '\(kind)' has not two operands") }
        switch (operands.all[0], operands.all[1]) {
        case (.value(let a, let rankA), .value(let b, let rankB)):
            if let rankA, let rankB, rankA != rankB {
                return .refused("operation '\(kind)' joins tensors of different rank")
            }
            return .layer(kind == "TrueDivide" ? "Divide" : kind, [], [a, b])
        case (.value(let a, _), .constant(let value)):
            guard let c = constant(value) else { break }
            return scale(kind, a, c, isReversed: false)
        case (.constant(let value), .value(let b, _)):
            guard let c = constant(value) else { break }
            return scale(kind, b, c, isReversed: true)
        default: break
        }
        return .refused("operation '\(kind)' has operands without counterpart")
    }

    /// A number, or an array of one.
    private static func constant(_ value: JSONValue) -> Double? {
        if let number = value.number { return number }
        guard let inner = value["config"]?["value"] else { return nil }
        if let number = inner.number { return number }
        return inner.array.flatMap { $0.count == 1 ? $0[0].number : nil }
    }

    private static func scale(_ kind: String, _ x: ValueID, _ c: Double, isReversed: Bool) -> Operation {
        func scaled(_ sign: String, stem: String, by scale: Double, offset: Double = 0) -> Operation {
            .scaled(
                Scaled(
                    scale: scale, offset: offset, before: isReversed ? "\(c) \(sign) " : "",
                    after: isReversed ? "" : " \(sign) \(c)", stem: stem), x)
        }
        switch (kind, isReversed) {
        case ("Add", _): return scaled("+", stem: "add", by: 1, offset: c)
        case ("Multiply", _): return scaled("*", stem: "multiply", by: c)
        case ("Subtract", false): return scaled("-", stem: "subtract", by: 1, offset: -c)
        case ("Subtract", true): return scaled("-", stem: "subtract", by: -1, offset: c)
        case ("TrueDivide", false), ("Divide", false): return scaled("/", stem: "true_divide", by: 1 / c)
        default: return .refused("operation '\(kind)' with a number has no counterpart")
        }
    }
}

/// scale·x + offset, as Python writes it and as a layer.
struct Scaled {
    var scale: Double
    var offset: Double
    var arithmetic: Program.Arithmetic

    /// `before` and `after` stand around the operand, in arithmetic whose automatic names begin with `stem`.
    init(scale: Double, offset: Double = 0, before: String = "", after: String = "", stem: String) {
        (self.scale, self.offset) = (scale, offset)
        arithmetic = Program.Arithmetic(before: before, after: after, stem: stem)
    }

    func statement(of operand: Program.Tensor, named name: String) -> Program.Statement {
        let arguments = ["\(scale)"] + (offset == 0 ? [] : ["offset=\(offset)"])
        return Program.Statement(
            "Rescaling", arguments.map { Program.Argument($0) }, inputs: [operand], name: name, arithmetic: arithmetic)
    }
}

/// What an operation is called with, in order; keywords follow what comes by position.
private struct Operands {
    var all: [Application.Operand] = []

    var values: [ValueID] { all.flatMap(\.values) }

    /// Constants that say something.
    var constants: [JSONValue] {
        all.compactMap { if case .constant(let value) = $0, !value.isNull { value } else { nil } }
    }

    init(_ application: Application) {
        func flatten(_ operand: Application.Operand) {
            if case .list(let items) = operand { for item in items { flatten(item) } } else { all.append(operand) }
        }
        for argument in application.arguments { flatten(argument) }
        for (_, argument) in application.keywords.sorted(by: { $0.key < $1.key }) { flatten(argument) }
    }
}
