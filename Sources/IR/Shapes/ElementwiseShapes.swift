extension Elementwise {
    func resultShape(_ inputs: [[Int]]) throws(IRError) -> [Int] {
        try require(inputs.count == (combine == nil ? 1 : 2), "\(inputs.count) inputs of an elementwise operation")
        let shape = inputs.count == 1 ? inputs[0] : try broadcast(inputs[0], inputs[1])
        try require(!shape.isEmpty, "an elementwise operation on a scalar")
        for (constant, what) in [(scale, "scale"), (shift, "shift")] {
            if constant?.shape != [1] { try requireShape(constant, [shape[shape.count - 1]], what) }
        }
        if negativeSlope?.shape != shape, negativeSlope?.shape != [1] {
            try requireShape(negativeSlope, [shape[shape.count - 1]], "negative slope")
        }
        return shape
    }
}

/// The common shape of two, as in NumPy: aligned at the last axis, an axis of 1 stretches.
public func broadcast(_ a: [Int], _ b: [Int]) throws(IRError) -> [Int] {
    let rank = max(a.count, b.count)
    let long = Array(repeating: 1, count: rank - a.count) + a
    let other = Array(repeating: 1, count: rank - b.count) + b
    var result: [Int] = []
    for (m, n) in zip(long, other) {
        try require(m == n || m == 1 || n == 1, "shapes \(text(a)) and \(text(b)) do not meet")
        result.append(m == 1 ? n : m)
    }
    return result
}
