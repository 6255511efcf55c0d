/// The common shape of two, as in NumPy: aligned at the last axis (which is also how Keras lifts a vector (c) to (1, 1,
/// c)), an extent of 1 stretches. `nil` where they don't meet.
public func broadcastShape(_ a: Shape, _ b: Shape) -> Shape? {
    let rank = max(a.rank, b.rank)
    var result: [Int] = []
    for (m, n) in zip(a.lifted(to: rank), b.lifted(to: rank)) {
        guard m == n || m == 1 || n == 1 else { return nil }
        result.append(m == 1 ? n : m)
    }
    return Shape(result)
}

extension Shape {
    fileprivate func lifted(to rank: Int) -> [Int] { Array(repeating: 1, count: rank - self.rank) + dimensions }

    /// For each axis of a shape that this one broadcasts to, the distance between neighbours; 0 along a stretched axis.
    fileprivate func strides(for target: Shape) -> [Int] {
        let extents = lifted(to: target.rank)
        var distance = 1
        var result = Array(repeating: 0, count: target.rank)
        for axis in target.dimensions.indices.reversed() {
            result[axis] = extents[axis] == 1 ? 0 : distance
            distance *= extents[axis]
        }
        return result
    }
}

extension RealTensor {
    /// A function of two tensors, element by element after broadcasting; their shapes must meet.
    public func broadcasting(_ other: RealTensor, _ transform: (Double, Double) -> Double) -> RealTensor {
        if shape == other.shape { return zip(other, transform) }
        guard let common = broadcastShape(shape, other.shape) else {
            preconditionFailure("shapes \(shape) and \(other.shape) do not meet")
        }
        let strides = (shape.strides(for: common), other.shape.strides(for: common))
        var result = RealTensor(common)
        var position = 0
        func visit(_ axis: Int, _ a: Int, _ b: Int) {
            guard axis < common.rank else {
                result.values[position] = transform(values[a], other.values[b])
                position += 1
                return
            }
            for i in 0..<common[axis] { visit(axis + 1, a + i * strides.0[axis], b + i * strides.1[axis]) }
        }
        visit(0, 0, 0)
        return result
    }
}
