import IR

extension ModelWriter {
    /// Sparsemax, for which ONNX has no operator. Of the thresholds `(z_1 + … + z_k − 1) / k` that the k largest elements alone would have,
    /// the right one is the largest.
    mutating func writeSparsemax(_ x: ValueID, _ id: ValueID) {
        let (shape, hint) = (shape(id), hint(id))
        let axis = position(ofAxis: shape.count - 1, in: id)
        let channels = shape[shape.count - 1]
        let largest = node("ReduceMax", [tensor(x)], [("axes", .ints([axis]))], hint: hint)
        let shifted = node("Sub", [tensor(x), largest], hint: hint)
        let falling = sorted(shifted, axis: axis, length: channels, hint: hint)
        let sums = node("CumSum", [falling, integers([axis])], hint: hint)
        let shares = Constant(shape: [channels], values: (1...channels).map { 1 / Float($0) })
        let thresholds = node(
            "Mul",
            [node("Sub", [sums, scalar(1)], hint: hint), channelConstant(shares, id, hint: hint + "/shares")],
            hint: hint)
        let threshold = node("ReduceMax", [thresholds], [("axes", .ints([axis]))], hint: hint)
        define(id, node("Relu", [node("Sub", [shifted, threshold], hint: hint)], hint: hint))
    }
}
