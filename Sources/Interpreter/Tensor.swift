import IR

/// Elements in row-major order, the last axis being the channels.
struct Tensor {
    var shape: [Int]
    var elements: [Double]

    init(shape: [Int], elements: [Double]) {
        precondition(elements.count == shape.reduce(1, *), "\(elements.count) elements for shape \(shape)")
        self.shape = shape
        self.elements = elements
    }

    init(shape: [Int], filledWith element: Double = 0) {
        self.init(shape: shape, elements: Array(repeating: element, count: shape.reduce(1, *)))
    }

    init(_ constant: Constant) {
        self.init(shape: constant.shape, elements: constant.values.map(Double.init))
    }

    /// The tensor whose element at each index is `element(index)`.
    init(shape: [Int], _ element: ([Int]) -> Double) {
        self.init(shape: shape)
        var index = Array(repeating: 0, count: shape.count)
        for position in elements.indices {
            elements[position] = element(index)
            for axis in shape.indices.reversed() {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
            }
        }
    }

    var channels: Int { shape[shape.count - 1] }

    /// The element at an index; one that is longer than the shape is cut at the front, and an axis of length 1 stretches.
    subscript(index: [Int]) -> Double {
        var position = 0
        for (i, length) in zip(index.suffix(shape.count), shape) {
            position = position * length + (length == 1 ? 0 : i)
        }
        return elements[position]
    }

    /// The element of an image.
    subscript(row: Int, column: Int, channel: Int) -> Double {
        get { elements[(row * shape[1] + column) * shape[2] + channel] }
        set { elements[(row * shape[1] + column) * shape[2] + channel] = newValue }
    }

    /// Whether an image has a cell there.
    func contains(_ row: Int, _ column: Int) -> Bool {
        row >= 0 && row < shape[0] && column >= 0 && column < shape[1]
    }

    /// The accumulated elements after an epilogue; the residual is the last operand.
    func finished(_ epilogue: Epilogue, _ operands: [Tensor]) -> Tensor {
        var result = self
        let residual = epilogue.addsResidual ? operands[operands.count - 1].elements : nil
        for i in elements.indices {
            let first = epilogue.first.apply(elements[i])
            let last = epilogue.last.apply(residual.map { first + $0[i] } ?? first)
            let slope = epilogue.negativeSlope.map { Double($0.values[i % channels]) } ?? 1
            result.elements[i] = last < 0 ? last * slope : last
        }
        return result
    }
}
