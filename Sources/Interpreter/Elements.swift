// Primitives over single elements, and those that only move them.
import IR

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `activation(scale·(a ∘ b) + shift)`, then the negative slope.
func combine(_ operands: [Tensor], _ it: Elementwise) -> Tensor {
    let rank = operands.map(\.shape.count).max()!
    let padded = operands.map { Array(repeating: 1, count: rank - $0.shape.count) + $0.shape }
    let shape = (0..<rank).map { axis in padded.first { $0[axis] != 1 }?[axis] ?? 1 }
    let scale = it.scale.map(Tensor.init)
    let shift = it.shift.map(Tensor.init)
    let slope = it.negativeSlope.map(Tensor.init)
    return Tensor(shape: shape) { index in
        var x = operands[0][index]
        if let combine = it.combine {
            let b = operands[1][index]
            x =
                switch combine {
                case .add: x + b
                case .subtract: x - b
                case .multiply: x * b
                case .divide: x / b
                case .power: pow(x, b)
                case .maximum: max(x, b)
                case .minimum: min(x, b)
                }
        }
        if let scale { x *= scale[index] }
        if let shift { x += shift[index] }
        x = it.activation.apply(x)
        if let slope, x < 0 { x *= slope[index] }
        return x
    }
}

/// Exponentials over their sum along an axis.
func softmax(_ x: Tensor, axis: Int, isLogarithmic: Bool) -> Tensor {
    Tensor(shape: x.shape) { index in
        let line = (0..<x.shape[axis]).map { position in
            var other = index
            other[axis] = position
            return x[other]
        }
        let maximum = line.max()!
        let sum = line.map { exp($0 - maximum) }.reduce(0, +)
        return isLogarithmic ? x[index] - maximum - log(sum) : exp(x[index] - maximum) / sum
    }
}

/// `max(x − t, 0)` along the last axis, with the t that makes the sum 1: of the thresholds that the k largest elements
/// alone would have, the largest.
func sparsemax(_ x: Tensor) -> Tensor {
    Tensor(shape: x.shape) { index in
        let line = (0..<x.shape[x.shape.count - 1]).map { x[index.dropLast() + [$0]] }
        let largest = line.max()!
        var sum = -1.0
        let thresholds = line.map { $0 - largest }.sorted(by: >).enumerated().map { number, element in
            sum += element
            return sum / Double(number + 1)
        }
        return max(x[index] - largest - thresholds.max()!, 0)
    }
}

func concatenate(_ operands: [Tensor], axis: Int) -> Tensor {
    var shape = operands[0].shape
    shape[axis] = operands.map { $0.shape[axis] }.reduce(0, +)
    return Tensor(shape: shape) { index in
        var local = index
        for operand in operands {
            if local[axis] < operand.shape[axis] { return operand[local] }
            local[axis] -= operand.shape[axis]
        }
        preconditionFailure("an index beyond the last operand")
    }
}

func gather(_ x: Tensor, _ map: [Int]) -> Tensor {
    Tensor(shape: x.shape.dropLast() + [map.count]) { index in
        x[index.dropLast() + [map[index[index.count - 1]]]]
    }
}

func slice(_ x: Tensor, axis: Int, start: Int, count: Int) -> Tensor {
    var shape = x.shape
    shape[axis] = count
    return Tensor(shape: shape) { index in
        var source = index
        source[axis] += start
        return x[source]
    }
}

func permute(_ x: Tensor, _ axes: [Int]) -> Tensor {
    Tensor(shape: axes.map { x.shape[$0] }) { index in
        var source = index
        for (i, axis) in axes.enumerated() { source[axis] = index[i] }
        return x[source]
    }
}
