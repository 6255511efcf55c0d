/// The extents of a tensor without its batch, channels last: `[height, width, channels]` for an image, `[features]` for a vector.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
    public var dimensions: [Int]

    public init(_ dimensions: [Int]) { self.dimensions = dimensions }

    public var rank: Int { dimensions.count }

    /// The number of elements; shapes are limited to 2⁴⁰ elements where they are made, so this cannot overflow.
    public var elementCount: Int { dimensions.reduce(1, *) }

    /// The last extent, or 1 for a scalar.
    public var channels: Int { dimensions.last ?? 1 }

    public subscript(axis: Int) -> Int { dimensions[axis] }

    /// As people write it: `224×224×3`, and `(10)` for a vector, which would else read as a number.
    public var description: String {
        switch dimensions.count {
        case 0: "scalar"
        case 1: "(\(dimensions[0]))"
        default: dimensions.map(String.init).joined(separator: "×")
        }
    }
}

/// The most elements a tensor may have.
public let maximumElementCount = 1 << 40
