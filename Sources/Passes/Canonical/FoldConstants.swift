// What depends on constants alone is computed here; a constant operand of an elementwise operation becomes its scale or shift, and one of a
// product of matrices the weights.
import IR

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

let foldConstants = Pass("fold-constants", "computes what depends on constants alone") { graph, _, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], let folded = editor.folded(operation) else { continue }
        editor.put(folded, at: position)
        let isConstant = folded.inputs.isEmpty
        remarks.append(
            Remark(
                pass: "fold-constants", layers: editor[operation.output].origin.names,
                text: isConstant ? "computed by the compiler" : "constant operand made \(folded.primitive.constantRole)"
            ))
    }
    graph = editor.finish()
}

extension Editor {
    fileprivate func constant(_ value: ValueID) -> Constant? {
        if case .constant(let constant) = producer(of: value).primitive { constant } else { nil }
    }

    fileprivate func folded(_ operation: Operation) -> Operation? {
        guard !operation.inputs.isEmpty else { return nil }
        let output = shape(operation.output)
        let constants = operation.inputs.compactMap { constant($0) }
        if constants.count == operation.inputs.count,
            let result = operation.primitive.applied(to: constants, shape: output)
        {
            return Operation(.constant(result), inputs: [], output: operation.output)
        }
        if operation.primitive == .matmul { return weighted(operation) }
        guard case .elementwise(let it) = operation.primitive, operation.inputs.count == 2 else { return nil }
        for (constantPlace, other) in [(1, 0), (0, 1)] {
            guard let constant = constant(operation.inputs[constantPlace]), shape(operation.inputs[other]) == output,
                let unary = it.withConstantOperand(constant, isFirst: constantPlace == 0)
            else { continue }
            return Operation(.elementwise(unary), inputs: [operation.inputs[other]], output: operation.output)
        }
        return nil
    }
}

extension Editor {
    /// A product of a tensor with one constant matrix: its weights.
    private func weighted(_ operation: Operation) -> Operation? {
        guard let matrix = constant(operation.inputs[1]), matrix.shape.dropLast(2).allSatisfy({ $0 == 1 }) else {
            return nil
        }
        let (input, weights) = (shape(operation.inputs[0]), Array(matrix.shape.suffix(2)))
        guard input.dropLast() + [weights[1]] == shape(operation.output)[...] else { return nil }
        let product = MatrixProduct(weights: Constant(shape: weights, values: matrix.values))
        return Operation(.matrixProduct(product), inputs: [operation.inputs[0]], output: operation.output)
    }
}

extension Elementwise {
    /// The operation on the other operand alone, where the constant has one element for all or one for each channel.
    fileprivate func withConstantOperand(_ constant: Constant, isFirst: Bool) -> Elementwise? {
        guard constant.shape.dropLast().allSatisfy({ $0 == 1 }) else { return nil }
        let operand = constant.values.map(Double.init)
        let ones = Array(repeating: 1.0, count: operand.count)
        let zeros = Array(repeating: 0.0, count: operand.count)
        let inner: Affine
        switch combine {
        case .add: inner = Affine(scale: ones, shift: operand)
        case .subtract where isFirst: inner = Affine(scale: ones.map { -$0 }, shift: operand)
        case .subtract: inner = Affine(scale: ones, shift: operand.map { -$0 })
        case .multiply: inner = Affine(scale: operand, shift: zeros)
        case .divide where !isFirst && !operand.contains(0): inner = Affine(scale: operand.map { 1 / $0 }, shift: zeros)
        default: return nil
        }
        var result = with(inner.followed(by: affine))
        result.combine = nil
        return result
    }

    /// The value at constants, for the functions that parts of a normalization are made with.
    fileprivate func applied(to operands: [Constant], shape: [Int]) -> Constant? {
        guard let function = activation.simple, negativeSlope == nil else { return nil }
        let channels = shape[shape.count - 1]
        let affine = self.affine.expanded(to: channels)
        let positions = operands.map { broadcastPositions(from: $0.shape, to: shape) }
        let elements = (0..<shape.reduce(1, *)).map { i in
            var x = Double(operands[0].values[positions[0][i]])
            if let combine { x = combine.apply(x, Double(operands[1].values[positions[1][i]])) }
            return function(x * affine.scale[i % channels] + affine.shift[i % channels])
        }
        return Constant(shape: shape, rounding: elements)
    }
}

extension Activation {
    /// The function in double precision, where a few operations make it.
    fileprivate var simple: ((Double) -> Double)? {
        switch self {
        case .linear: { $0 }
        case .power(let exponent): { pow($0, Double(exponent)) }
        case .elementary(.abs): { $0.magnitude }
        case .elementary(.square): { $0 * $0 }
        case .elementary(.sqrt): { $0.squareRoot() }
        case .elementary(.rsqrt): { 1 / $0.squareRoot() }
        case .elementary(.reciprocal): { 1 / $0 }
        case .elementary(.negative): { -$0 }
        default: nil
        }
    }
}

extension Elementwise.Operator {
    fileprivate func apply(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .power: pow(a, b)
        case .maximum: max(a, b)
        case .minimum: min(a, b)
        }
    }
}

extension Primitive {
    /// What became of a constant operand.
    fileprivate var constantRole: String {
        if case .matrixProduct = self { "the weights" } else { "a scale or shift" }
    }

    /// The result at constants, for primitives that move elements or compute with the four rules.
    fileprivate func applied(to operands: [Constant], shape: [Int]) -> Constant? {
        switch self {
        case .elementwise(let it): return it.applied(to: operands, shape: shape)
        case .reshape: return Constant(shape: shape, values: operands[0].values)
        case .channelGather(let map):
            return operands[0].moved(to: shape) { $0.dropLast() + [map[$0[$0.count - 1]]] }
        case .slice(let axis, let start, _):
            return operands[0].moved(to: shape) { index in
                var source = index
                source[axis] += start
                return source
            }
        case .permutation(let axes):
            return operands[0].moved(to: shape) { index in
                var source = index
                for (i, axis) in axes.enumerated() { source[axis] = index[i] }
                return source
            }
        default: return nil
        }
    }
}

extension Constant {
    /// The constant whose element at each index is this one's at `source(index)`.
    private func value(at index: [Int]) -> Float {
        values[zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }]
    }

    fileprivate func moved(to shape: [Int], from source: ([Int]) -> [Int]) -> Constant {
        Constant(shape: shape, values: (0..<shape.reduce(1, *)).map { value(at: source(index(of: $0, in: shape))) })
    }
}

/// The index of the element at a position in row-major order.
private func index(of position: Int, in shape: [Int]) -> [Int] {
    var rest = position
    var index = Array(repeating: 0, count: shape.count)
    for axis in shape.indices.reversed() {
        index[axis] = rest % shape[axis]
        rest /= shape[axis]
    }
    return index
}

/// For each element of the larger shape the position in the smaller one that stretches to it.
private func broadcastPositions(from small: [Int], to large: [Int]) -> [Int] {
    (0..<large.reduce(1, *)).map { position in
        zip(index(of: position, in: large).suffix(small.count), small).reduce(0) {
            $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0)
        }
    }
}
