// The IR as text for people: one line an operation, the same for the same graph.

/// `%12 = convolution %11 3×3 … : 112×112×64   ; conv2d_3+bn (a.net:12)`, a line an operation, then the outputs.
public func dump(_ graph: Graph) -> String {
    var lines = graph.operations.map { dumpLine($0, in: graph) }
    for (position, output) in graph.outputs.enumerated() {
        let name = position < graph.outputNames.count ? graph.outputNames[position] : "?"
        lines.append("output \(name) = \(text(output))")
    }
    return lines.map { $0 + "\n" }.joined()
}

/// One operation's line, without its end.
func dumpLine(_ operation: Operation, in graph: Graph) -> String {
    var words = [operation.primitive.name]
    if case .input(let position) = operation.primitive, graph.inputNames.indices.contains(position) {
        words.append(graph.inputNames[position])
    }
    let residual = operation.primitive.addsResidual ? operation.inputs.last : nil
    words += operation.inputs.dropLast(residual == nil ? 0 : 1).map { text($0) }
    words += operation.primitive.details
    if let epilogue = operation.primitive.epilogue { words += details(epilogue, residual: residual) }
    if case .convolution(let it) = operation.primitive {
        if let prologue = it.prologue { words += ["of"] + Primitive.elementwise(prologue).details }
        if let pooling = it.pooling { words += ["pooling"] + pooling.details }
    }
    var line = "\(text(operation.output)) = \(words.joined(separator: " "))"
    guard graph.values.indices.contains(operation.output.index) else { return line }
    let value = graph[operation.output]
    line += " : \(text(value.shape))"
    let origin = text(value.origin, of: graph.sourceName)
    if !origin.isEmpty || value.tensor != nil { line += "   ;" }
    if !origin.isEmpty { line += " \(origin)" }
    if let tensor = value.tensor {
        line += " = tensor \(tensor.node).\(tensor.output)" + (tensor.scale == 1 ? "" : " times \(tensor.scale)")
    }
    return line
}

/// `act relu`, `act relu + %9`, `+ %9 act relu`, `negative_slope[8]`: in the order in which it happens.
private func details(_ epilogue: Epilogue, residual: ValueID?) -> [String] {
    var words: [String] = []
    if epilogue.first != .linear { words += ["act", text(epilogue.first)] }
    if let residual { words += ["+", text(residual)] }
    if epilogue.last != .linear { words += ["act", text(epilogue.last)] }
    if let slope = epilogue.negativeSlope { words.append("negative_slope\(text(slope))") }
    return words
}
