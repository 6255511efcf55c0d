import IR
import Network

/// The product of the matrices of two tensors: `keras.ops.matmul`.
struct Matmul: LowerableLayer {
    static let descriptor = LayerDescriptor(
        "Matmul",
        summary: "The product of the matrices of two tensors (beyond Keras' layers: its operation matmul).",
        inputCount: 2...2,
        formula:
            "y[…, m, n] = Σ a[…, m, k]·b[…, k, n]\nover the last axis of a and the last but one of b; the axes before are stretched where they are 1"
    )

    init(_ attributes: AttributeValues) throws {}

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        let (a, b) = (inputs[0], inputs[1])
        guard a.rank >= 2, b.rank >= 2 else {
            throw LayerError(
                "Matmul wants matrices, found shapes \(a) and \(b)", hint: "'Dense' is a product with weights")
        }
        guard a.channels == b[b.rank - 2] else {
            throw LayerError(
                "the rows of \(a) have \(a.channels) elements, the columns of \(b) have \(b[b.rank - 2])",
                hint: "'Permute((2, 1))' exchanges the axes of a matrix")
        }
        guard let outer = broadcastShape(a.outer, b.outer) else {
            throw LayerError(
                "Matmul cannot combine shapes \(a) and \(b)",
                hint: "axes before the last two must be equal or 1, counted from the last")
        }
        return [Shape(outer.dimensions + [a[a.rank - 2], b.channels])]
    }

    func macs(for inputs: [Shape]) -> Int {
        guard let shape = try? outputShapes(for: inputs).first else { return 0 }
        return saturatingProduct(shape.dimensions + [inputs[0].channels])
    }

    /// One operand may be weights, to which a constant added later is the bias.
    func summedProducts(for inputs: [Shape]) -> Int { inputs[0].channels }

    var fieldOfView: FieldOfView { .all }
}

extension Shape {
    /// The axes before those of its matrices.
    fileprivate var outer: Shape { Shape(Array(dimensions.dropLast(2))) }
}

extension Matmul {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [product(inputs[0], inputs[1])]
    }

    /// `B = c·u·(√K + 2)·Σ|a||b| + Σ|a|·B_b + Σ B_a·(|b| + B_b)`
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let relative = accumulationError(terms: inputs[0].shape.channels)
        let (a, b) = (inputs[0].magnitude, inputs[1].magnitude)
        var bound = product(a, b.errorSource(bounds[1], relative: relative))
        if !bounds[0].isZero { bound = bound.zip(product(bounds[0], b.zip(bounds[1], +)), +) }
        return Evaluation(outputs: reference(inputs, parameters), bounds: [bound])
    }

    private func product(_ a: RealTensor, _ b: RealTensor) -> RealTensor {
        guard let shape = try? outputShapes(for: [a.shape, b.shape])[0] else {
            preconditionFailure("shapes do not meet")
        }
        let (rows, depth, columns) = (shape[shape.rank - 2], a.shape.channels, shape.channels)
        // Which matrix of each operand makes each of the result, by broadcasting their numbers.
        let matrices = [a, b].map { tensor in
            let count = tensor.shape.outer.elementCount
            let numbers = RealTensor(tensor.shape.outer, (0..<count).map(Double.init))
            return numbers.broadcasting(RealTensor(shape.outer)) { number, _ in number }.values.map { Int($0) }
        }
        var y = RealTensor(shape)
        for matrix in matrices[0].indices {
            let (atA, atB, atY) = (
                matrices[0][matrix] * rows * depth, matrices[1][matrix] * depth * columns, matrix * rows * columns
            )
            for row in 0..<rows {
                for k in 0..<depth {
                    let factor = a.values[atA + row * depth + k]
                    let (from, to) = (atB + k * columns, atY + row * columns)
                    for column in 0..<columns { y.values[to + column] += factor * b.values[from + column] }
                }
            }
        }
        return y
    }
}

extension Matmul {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let shapes = inputs.map { Shape(builder.shape(of: $0)) }
        guard let shape = try? outputShapes(for: shapes)[0].dimensions else {
            preconditionFailure("shapes do not meet")
        }
        let outer = Array(shape.dropLast(2))
        let operands = zip(inputs, shapes).map { input, own in
            builder.spread(input, over: outer + own.dimensions.suffix(2))
        }
        return [builder.append(.matmul, operands, shape: shape)]
    }
}
