import Network

/// Inputs for verification and measurement, drawn so that errors show: different at every element, of both signs, and of another kind from sample
/// to sample.
package func testInput(for shape: Shape, name: String, sample: Int, seed: UInt64) -> [Float] {
    var random = RandomStream(seed: seed &+ UInt64(sample), name: name)
    let kind = InputKind.allCases[sample % InputKind.allCases.count]
    return (0..<shape.elementCount).map { kind.value(at: $0, of: shape, random.uniform(0, 1)) }
}

/// What a sample looks like.
private enum InputKind: CaseIterable {
    /// -1 … 1, every element on its own.
    case uniform
    /// 0 … 1, brighter to the right and below, as pictures are: asymmetric under every flip and transposition.
    case gradient
    /// -8 … 8, to reach the flat parts of activations.
    case wide
    /// -0.01 … 0.01
    case faint

    func value(at index: Int, of shape: Shape, _ random: Double) -> Float {
        switch self {
        case .uniform: return Float(2 * random - 1)
        case .wide: return Float(8 * (2 * random - 1))
        case .faint: return Float(0.01 * (2 * random - 1))
        case .gradient:
            let rows = shape.rank > 1 ? shape[0] : 1
            let row = index / max(shape.elementCount / max(rows, 1), 1)
            let column = index / shape.channels % max(shape.rank > 2 ? shape[1] : rows, 1)
            let slope = Double(row) / Double(max(rows, 1)) + 0.5 * Double(column) / Double(max(rows, 1))
            return Float(0.5 * random + 0.5 * slope / (1 + slope))
        }
    }
}
