import Diagnostics
import Language
import Network

/// `x + y` and `x * 2.0` on tensors: the merging layers, and Rescaling for a constant. Their automatic names are those of Keras'
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
        let layers = ["+": "Add", "-": "Subtract", "*": "Multiply"]
        guard let layer = layers[`operator`] else {
            log.error(
                "tensors can't be combined with '\(`operator`)': '+', '-' and '*' join tensors", at: site.range,
                notes: site.trail)
            return nil
        }
        guard let handle = construct(layer, arguments: [], at: site, log: &log) else { return nil }
        return apply(handle, to: operands, variable: nil, at: site, log: &log)?.first
    }

    private mutating func scale(
        _ x: TensorHandle, _ operator: String, _ constant: Double, isReversed: Bool, at site: Site,
        log: inout DiagnosticLog
    ) -> TensorHandle? {
        let form: (scale: Double, offset: Double, stem: String)
        switch (`operator`, isReversed) {
        case ("+", _): form = (1, constant, "add")
        case ("-", false): form = (1, -constant, "subtract")
        case ("-", true): form = (-1, constant, "subtract")
        case ("*", _): form = (constant, 0, "multiply")
        case ("/", false): form = (1 / constant, 0, "true_divide")
        default:
            let text = isReversed ? "a number \(`operator`) a tensor" : "a tensor \(`operator`) a number"
            log.error(
                "\(text) is not supported: '+', '-' and '*' are, and a tensor / a number", at: site.range,
                notes: site.trail)
            return nil
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
        let values = [("scale", scale), ("offset", offset)].map { name, value in
            LayerArgument(name: name, value: .float(value), range: site.range, valueRange: site.range)
        }
        guard let type = index["Rescaling"] else { preconditionFailure("the registry holds no Rescaling") }
        guard let bound = Layers.bind(values, to: type.descriptor, at: site, log: &log),
            let handle = add(type, bound, stem: stem, at: site, log: &log)
        else { return nil }
        return apply(handle, to: [x], variable: nil, at: site, log: &log)?.first
    }
}
