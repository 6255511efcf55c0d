import Diagnostics
import Language
import Network

/// `x + y` and `x * 2.0` on tensors: the merging layers, and Rescaling or Power for a number. Their automatic names are those of Keras'
/// operators, which count with the layers of the same name.

extension NetworkBuilder {
    public mutating func arithmetic(
        _ operator: String, _ left: Operand, _ right: Operand, at site: Site, log: inout DiagnosticLog
    ) -> TensorHandle? {
        switch (left, right) {
        case (.tensor(let x), .tensor(let y)): return merge(`operator`, [x, y], at: site, log: &log)
        case (.tensor(let x), .number(let c)):
            return scale(x, `operator`, c, isReversed: false, at: site, log: &log)
        case (.number(let c), .tensor(let x)):
            return scale(x, `operator`, c, isReversed: true, at: site, log: &log)
        case (.number, .number): preconditionFailure("arithmetic on numbers is the language's")
        }
    }

    private mutating func merge(
        _ operator: String, _ operands: [TensorHandle], at site: Site, log: inout DiagnosticLog
    ) -> TensorHandle? {
        let layers = [
            "+": ("Add", "add"), "-": ("Subtract", "subtract"), "*": ("Multiply", "multiply"),
            "/": ("Divide", "true_divide"), "**": ("Power", "power"),
        ]
        guard let (layer, stem) = layers[`operator`] else {
            preconditionFailure("the language joins no tensors with '\(`operator`)'")
        }
        return apply(layer, [], stem: stem, to: operands, at: site, log: &log)
    }

    private mutating func scale(
        _ x: TensorHandle, _ operator: String, _ constant: Double, isReversed: Bool, at site: Site,
        log: inout DiagnosticLog
    ) -> TensorHandle? {
        if `operator` == "**", !isReversed {
            return apply("Power", [("exponent", constant)], stem: "power", to: [x], at: site, log: &log)
        }
        let form: (scale: Double, offset: Double, stem: String)
        switch (`operator`, isReversed) {
        case ("+", _): form = (1, constant, "add")
        case ("-", false): form = (1, -constant, "subtract")
        case ("-", true): form = (-1, constant, "subtract")
        case ("*", _): form = (constant, 0, "multiply")
        case ("/", false): form = (1 / constant, 0, "true_divide")
        case ("/", true): return divide(constant, by: x, at: site, log: &log)
        default: preconditionFailure("the language applies no '\(`operator`)' to a number and a tensor")
        }
        let largest = Double(Float.greatestFiniteMagnitude)
        guard form.scale.magnitude <= largest, form.offset.magnitude <= largest else {
            let reason = `operator` == "/" && constant == 0 ? "division by zero" : "\(constant) does not fit float32"
            log.error(reason, at: site.range, notes: site.trail)
            return nil
        }
        return rescale(x, by: form.scale, form.offset, stem: form.stem, at: site, log: &log)
    }

    private mutating func rescale(
        _ x: TensorHandle, by scale: Double, _ offset: Double, stem: String, at site: Site, log: inout DiagnosticLog
    ) -> TensorHandle? {
        apply("Rescaling", [("scale", scale), ("offset", offset)], stem: stem, to: [x], at: site, log: &log)
    }

    /// `c / x`: the reciprocal, times c.
    private mutating func divide(
        _ constant: Double, by x: TensorHandle, at site: Site, log: inout DiagnosticLog
    ) -> TensorHandle? {
        let reciprocal = apply("Power", [("exponent", -1)], stem: "true_divide", to: [x], at: site, log: &log)
        guard constant != 1, let reciprocal else { return reciprocal }
        return rescale(reciprocal, by: constant, 0, stem: "multiply", at: site, log: &log)
    }

    /// A layer with numbers for its arguments, and its automatic name's stem, on tensors.
    private mutating func apply(
        _ layer: String, _ arguments: [(name: String, value: Double)], stem: String, to tensors: [TensorHandle],
        at site: Site, log: inout DiagnosticLog
    ) -> TensorHandle? {
        let values = arguments.map { name, value in
            LayerArgument(name: name, value: .float(value), range: site.range, valueRange: site.range)
        }
        guard let type = index[layer] else { preconditionFailure("the registry holds no \(layer)") }
        guard let bound = Layers.bind(values, to: type.descriptor, at: site, log: &log),
            let handle = add(type, bound, stem: stem, at: site, log: &log)
        else { return nil }
        return apply(handle, to: tensors, variable: nil, at: site, log: &log)?.first
    }
}
