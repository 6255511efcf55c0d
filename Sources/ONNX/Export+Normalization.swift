import IR

// Normalisation by moments that the data themselves have.

extension ModelWriter {
    mutating func writeNormalization(_ normalization: MomentNormalization, _ input: ValueID, _ id: ValueID) {
        if normalization.isLayerNormalization { return writeLayerNormalization(normalization, input, id) }
        let hint = hint(id)
        let shape = shape(id)
        var value: String
        switch normalization.span {
        case .position:
            value = normalized(normalization, tensor(input), hint: hint, over: [isImage(id) ? 1 : shape.count])
        case .groups(let count):
            // Groups of neighbouring channels, apart from the rest: the order of axes is what makes them so.
            let channels = shape.last ?? 1
            let positions = shape.reduce(1, *) / channels
            let apart = isImage(id) ? [batch, count, -1] : [batch, positions, count, channels / count]
            let split = node("Reshape", [tensor(input), integers(apart)], hint: hint)
            let result = normalized(normalization, split, hint: hint, over: isImage(id) ? [2] : [1, 3])
            let whole = isImage(id) ? [batch, shape[2], shape[0], shape[1]] : [batch] + shape
            value = node("Reshape", [result, integers(whole)], hint: hint)
        }
        if let scale = normalization.scale {
            value = node("Mul", [value, channelConstant(scale, id, hint: hint + "/scale")], hint: hint)
        }
        if let shift = normalization.shift {
            value = node("Add", [value, channelConstant(shift, id, hint: hint + "/shift")], hint: hint)
        }
        define(id, value)
    }

    /// The operator that takes moments of the last axis.
    private mutating func writeLayerNormalization(
        _ normalization: MomentNormalization, _ input: ValueID, _ id: ValueID
    ) {
        let hint = hint(id)
        let channels = shape(id).last ?? 1
        let scale = normalization.scale?.values ?? Array(repeating: 1, count: channels)
        var inputs = [natural(input), constant(scale, shape: [channels], hint: hint + "/scale")]
        if let shift = normalization.shift {
            inputs.append(constant(shift.values, shape: [channels], hint: hint + "/shift"))
        }
        let attributes: [(String, Attribute)] = [("axis", .int(-1)), ("epsilon", .float(normalization.epsilon))]
        define(id, natural: node("LayerNormalization", inputs, attributes, hint: hint))
    }

    /// `(x − mean) / √(max(variance + epsilon, least))` over some axes.
    private mutating func normalized(
        _ normalization: MomentNormalization, _ x: String, hint: String, over axes: [Int]
    ) -> String {
        let reduction: [(String, Attribute)] = [("axes", .ints(axes)), ("keepdims", .int(1))]
        let needsMean = normalization.centresVariance || normalization.centresResult
        let centred = needsMean ? node("Sub", [x, node("ReduceMean", [x], reduction, hint: hint)], hint: hint) : x
        let deviation = normalization.centresVariance ? centred : x
        let squares = node("Mul", [deviation, deviation], hint: hint)
        let variance = node("ReduceMean", [squares], reduction, hint: hint)
        var sum = node("Add", [variance, scalar(normalization.epsilon)], hint: hint)
        if normalization.least > 0 { sum = node("Max", [sum, scalar(normalization.least)], hint: hint) }
        let result = normalization.centresResult ? centred : x
        return node("Div", [result, node("Sqrt", [sum], hint: hint)], hint: hint)
    }
}

extension MomentNormalization {
    fileprivate var isLayerNormalization: Bool {
        span == .position && centresVariance && centresResult && least == 0
    }
}
