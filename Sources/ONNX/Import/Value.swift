import Import

/// A tensor of the model that the network computes.
struct Dynamic {
    /// Its axes as ONNX sees them, the batch's among them.
    var onnx: [Axis]
    /// The axes of the tensor that holds a sample of it.
    var net: [Axis]
    var tensor: Program.Tensor
}

/// What a name of the model stands for.
enum Value {
    case literal(Literal)
    case dynamic(Dynamic)
    /// Its node could not be imported, which has been said.
    case failed
}

/// A tensor that is known when the model is read: weights, shapes, indices.
struct Literal {
    enum Numbers {
        case floats([Float])
        /// Whole numbers and truth values.
        case integers([Int])
        /// Floating-point numbers that are still in a file.
        case stored(StoredTensor)
    }
    var shape: [Int]
    var numbers: Numbers

    init(_ shape: [Int], floats: [Float]) {
        self.shape = shape
        numbers = .floats(floats)
    }

    init(_ shape: [Int], integers: [Int]) {
        self.shape = shape
        numbers = .integers(integers)
    }

    init(_ shape: [Int], stored: StoredTensor) {
        self.shape = shape
        numbers = .stored(stored)
    }

    /// A vector of whole numbers.
    init(_ vector: [Int]) { self.init([vector.count], integers: vector) }

    var count: Int { shape.reduce(1, *) }

    /// Whether the elements are whole numbers or truth values.
    var isIntegral: Bool { if case .integers = numbers { true } else { false } }

    /// The elements as floating-point numbers.
    func floats() throws -> [Float] {
        switch numbers {
        case .floats(let values): values
        case .integers(let values): values.map { Float($0) }
        case .stored(let stored): try stored.read()
        }
    }

    /// The elements as whole numbers; `nil` where they are others.
    var integers: [Int]? { if case .integers(let values) = numbers { values } else { nil } }

    /// The same elements under another shape.
    func reshaped(_ shape: [Int]) -> Literal {
        var result = self
        result.shape = shape
        return result
    }

    /// The elements with those along the axes in another order: axis i of the result is axis `order[i]`.
    func transposed(_ order: [Int]) throws -> Literal {
        let extents = order.map { shape[$0] }
        switch numbers {
        case .integers(let values): return Literal(extents, integers: transpose(values, shape, order))
        case .floats, .stored: return Literal(extents, floats: transpose(try floats(), shape, order))
        }
    }
}

/// The elements of a row-major array with its axes in another order.
func transpose<Element>(_ values: [Element], _ shape: [Int], _ order: [Int]) -> [Element] {
    if order == Array(order.indices) || values.isEmpty { return values }
    var strides = Array(repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    let extents = order.map { shape[$0] }
    let steps = order.map { strides[$0] }
    return Array(unsafeUninitializedCapacity: values.count) { buffer, initialized in
        values.withUnsafeBufferPointer { source in
            var index = Array(repeating: 0, count: extents.count)
            var position = 0
            let (last, lastStep) = (extents.last ?? 1, steps.last ?? 0)
            var done = 0
            while done < source.count {
                for i in 0..<last { (buffer.baseAddress! + done + i).initialize(to: source[position + i * lastStep]) }
                done += last
                var axis = extents.count - 2
                while axis >= 0 {
                    index[axis] += 1
                    position += steps[axis]
                    if index[axis] < extents[axis] { break }
                    position -= steps[axis] * extents[axis]
                    index[axis] = 0
                    axis -= 1
                }
            }
        }
        initialized = values.count
    }
}
