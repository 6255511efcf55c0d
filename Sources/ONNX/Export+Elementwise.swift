import IR

// Element by element: arithmetic with broadcasting, and activations as operators or the idioms that runtimes recognise.

extension ModelWriter {
    mutating func writeElementwise(_ elementwise: Elementwise, _ inputs: [ValueID], _ id: ValueID) {
        let hint = hint(id)
        var value: String
        if let combine = elementwise.combine {
            let operands = inputs.map { broadcastable($0, to: id) }
            let type =
                switch combine {
                case .add: "Add"
                case .subtract: "Sub"
                case .multiply: "Mul"
                case .divide: "Div"
                case .power: "Pow"
                case .maximum: "Max"
                case .minimum: "Min"
                }
            value = node(type, operands, hint: hint)
        } else {
            value = tensor(inputs[0])
        }
        if let scale = elementwise.scale {
            value = node("Mul", [value, channelConstant(scale, id, hint: hint + "/scale")], hint: hint)
        }
        if let shift = elementwise.shift {
            value = node("Add", [value, channelConstant(shift, id, hint: hint + "/shift")], hint: hint)
        }
        define(id, sloped(activated(value, elementwise.activation, hint: hint), elementwise.negativeSlope, id))
    }

    /// A tensor of a value with its negative elements multiplied by a slope, if there is one.
    mutating func sloped(_ value: String, _ slope: Constant?, _ id: ValueID) -> String {
        guard let slope else { return value }
        let hint = hint(id)
        return node("PRelu", [value, channelConstant(slope, id, hint: hint + "/alpha")], hint: hint)
    }

    /// A tensor that broadcasts against those of a result: of its rank, in its order of axes.
    private mutating func broadcastable(_ id: ValueID, to result: ValueID) -> String {
        let shape = shape(id)
        let rank = self.shape(result).count
        if shape.count == rank { return tensor(id) }
        let lifted = Array(repeating: 1, count: rank - shape.count) + shape
        let long = node("Reshape", [natural(id), integers([batch] + lifted)], hint: hint(id))
        return isImage(result) ? channelsFirst(long, lifted) : long
    }

    /// A constant of `[1]`, of the channels or of the whole shape, for a tensor of a value.
    mutating func channelConstant(_ constant: Constant, _ id: ValueID, hint: String) -> String {
        let shape = shape(id)
        guard isImage(id) else { return self.constant(constant.values, shape: constant.shape, hint: hint) }
        if constant.shape.count == 3 {
            let values = constant.values.permuted(shape, [2, 0, 1])
            return self.constant(values, shape: [shape[2], shape[0], shape[1]], hint: hint)
        }
        return self.constant(constant.values, shape: [constant.values.count, 1, 1], hint: hint)
    }

    private mutating func multiple(of x: String, _ factor: Float, hint: String) -> String {
        node("Mul", [x, scalar(factor)], hint: hint)
    }

    /// An activation's operators after a tensor.
    mutating func activated(_ x: String, _ activation: Activation, hint: String) -> String {
        switch activation {
        case .linear: x
        case .rectifier(let maximum, let slope, let threshold):
            rectified(x, maximum: maximum, slope: slope, threshold: threshold, hint: hint)
        case .elu(let alpha): node("Elu", [x], [("alpha", .float(alpha))], hint: hint)
        case .selu: node("Selu", [x], hint: hint)
        case .celu(let alpha): node("Celu", [x], [("alpha", .float(alpha))], hint: hint)
        case .gelu:
            // x · (1 + erf(x / √2)) · 1/2, in the order that runtimes fuse.
            half(
                x, factor: node("Erf", [node("Div", [x, scalar(Float(2).squareRoot())], hint: hint)], hint: hint),
                hint: hint)
        case .geluTanh: geluTanh(x, hint: hint)
        case .sigmoid: node("Sigmoid", [x], hint: hint)
        case .logSigmoid:
            node("Neg", [node("Softplus", [node("Neg", [x], hint: hint)], hint: hint)], hint: hint)
        case .silu: node("Mul", [x, node("Sigmoid", [x], hint: hint)], hint: hint)
        case .binarySilu:
            multiple(
                of: activated(multiple(of: x, 0.693147182, hint: hint), .silu, hint: hint), 369.329926, hint: hint)
        case .hardSigmoid:
            node("HardSigmoid", [x], [("alpha", .float(1 / 6)), ("beta", .float(0.5))], hint: hint)
        case .hardSilu: node("HardSwish", [x], hint: hint)
        case .sixfoldHardSilu: multiple(of: node("HardSwish", [x], hint: hint), 6, hint: hint)
        case .hardTanh: node("Clip", [x, scalar(-1), scalar(1)], hint: hint)
        case .tanh: node("Tanh", [x], hint: hint)
        case .softplus: node("Softplus", [x], hint: hint)
        case .softsign: node("Softsign", [x], hint: hint)
        case .exponential: node("Exp", [x], hint: hint)
        case .hardShrink: node("Shrink", [x], [("lambd", .float(0.5)), ("bias", .float(0))], hint: hint)
        case .softShrink: node("Shrink", [x], [("lambd", .float(0.5)), ("bias", .float(0.5))], hint: hint)
        case .tanhShrink: node("Sub", [x, node("Tanh", [x], hint: hint)], hint: hint)
        case .sparsePlus: sparsePlus(x, hint: hint)
        case .sparseSigmoid: node("HardSigmoid", [x], [("alpha", .float(0.5)), ("beta", .float(0.5))], hint: hint)
        case .squareplus: squareplus(x, hint: hint)
        case .clip(let minimum, let maximum): clipped(x, minimum: minimum, maximum: maximum, hint: hint)
        case .power(let exponent): node("Pow", [x, scalar(exponent)], hint: hint)
        case .elementary(let function): elementary(x, function, hint: hint)
        case .mish: node("Mul", [x, node("Tanh", [node("Softplus", [x], hint: hint)], hint: hint)], hint: hint)
        }
    }

    /// `x < threshold: slope·(x − threshold); else min(x, maximum)`.
    private mutating func rectified(
        _ x: String, maximum: Float, slope: Float, threshold: Float, hint: String
    ) -> String {
        if threshold == 0, slope == 0 {
            return maximum == .infinity
                ? node("Relu", [x], hint: hint) : node("Clip", [x, scalar(0), scalar(maximum)], hint: hint)
        }
        if threshold == 0, maximum == .infinity {
            return node("LeakyRelu", [x], [("alpha", .float(slope))], hint: hint)
        }
        let below = node(
            "Mul", [node("Sub", [x, scalar(threshold)], hint: hint), scalar(slope)], hint: hint)
        let above = maximum == .infinity ? x : node("Min", [x, scalar(maximum)], hint: hint)
        return node("Where", [node("Less", [x, scalar(threshold)], hint: hint), below, above], hint: hint)
    }

    /// (clip(x, −1, 1) + 1)²/4 + max(x − 1, 0)
    private mutating func sparsePlus(_ x: String, hint: String) -> String {
        let near = node("Clip", [x, scalar(-1), scalar(1)], hint: hint)
        let square = node("Pow", [node("Add", [near, scalar(1)], hint: hint), scalar(2)], hint: hint)
        let far = node("Relu", [node("Sub", [x, scalar(1)], hint: hint)], hint: hint)
        return node("Add", [node("Mul", [square, scalar(0.25)], hint: hint), far], hint: hint)
    }

    /// (x + √(x² + 4))/2
    private mutating func squareplus(_ x: String, hint: String) -> String {
        let square = node("Add", [node("Mul", [x, x], hint: hint), scalar(4)], hint: hint)
        let sum = node("Add", [x, node("Sqrt", [square], hint: hint)], hint: hint)
        return node("Mul", [sum, scalar(0.5)], hint: hint)
    }

    /// x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))
    private mutating func geluTanh(_ x: String, hint: String) -> String {
        let cube = node("Pow", [x, scalar(3)], hint: hint)
        let sum = node("Add", [x, node("Mul", [cube, scalar(0.044715)], hint: hint)], hint: hint)
        let scaled = node("Mul", [sum, scalar(0.797_884_56)], hint: hint)
        return half(x, factor: node("Tanh", [scaled], hint: hint), hint: hint)
    }

    /// x · (1 + factor) · 1/2
    private mutating func half(_ x: String, factor: String, hint: String) -> String {
        let sum = node("Add", [factor, scalar(1)], hint: hint)
        return node("Mul", [node("Mul", [x, sum], hint: hint), scalar(0.5)], hint: hint)
    }
}
