/// A tensor in double precision, row-major, for the reference semantics of layers.
public struct RealTensor: Sendable, Equatable {
    public var shape: Shape
    public var values: [Double]

    /// A tensor of the given values; their number must be the shape's.
    public init(_ shape: Shape, _ values: [Double]) {
        precondition(values.count == shape.elementCount, "\(values.count) values for shape \(shape)")
        self.shape = shape
        self.values = values
    }

    /// A tensor with the same value everywhere.
    public init(_ shape: Shape, repeating value: Double = 0) {
        self.init(shape, Array(repeating: value, count: shape.elementCount))
    }

    /// The same elements under a function.
    public func map(_ transform: (Double) -> Double) -> RealTensor { RealTensor(shape, values.map(transform)) }
}
