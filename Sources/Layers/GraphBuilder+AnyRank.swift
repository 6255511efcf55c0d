import IR
import Network

/// The kernels work on images. A tensor of more axes is seen as one of three, or repeated where it is broadcast along an axis that an
/// image has no room for.

extension GraphBuilder {
    /// Values one behind the other along an axis.
    mutating func concatenate(_ values: [ValueID], axis: Int) -> ValueID {
        var shape = shape(of: values[0])
        shape[axis] = values.reduce(0) { $0 + self.shape(of: $1)[axis] }
        let last = shape.count - 1
        if shape.count <= 3 || axis == last { return append(.concatenation(axis: axis), values, shape: shape) }
        let outer = shape[..<axis].reduce(1, *)
        let images = values.map { value in
            reshape(value, to: [outer, self.shape(of: value)[axis..<last].reduce(1, *), shape[last]])
        }
        let image = [outer, shape[axis..<last].reduce(1, *), shape[last]]
        return reshape(append(.concatenation(axis: 1), images, shape: image), to: shape)
    }

    /// Softmax along an axis.
    mutating func softmax(_ value: ValueID, axis: Int, isLogarithmic: Bool) -> ValueID {
        let shape = shape(of: value)
        let softmax = { Primitive.softmax(axis: $0, isLogarithmic: isLogarithmic) }
        if shape.count <= 3 || axis == shape.count - 1 { return appendLike(softmax(axis), value) }
        let image = [shape[..<axis].reduce(1, *), shape[axis], shape[(axis + 1)...].reduce(1, *)]
        return reshape(appendLike(softmax(1), reshape(value, to: image)), to: shape)
    }

    /// An elementwise operation on two values that broadcast.
    mutating func combine(_ a: ValueID, _ b: ValueID, _ elementwise: Elementwise) -> ValueID {
        guard let common = broadcastShape(Shape(shape(of: a)), Shape(shape(of: b)))?.dimensions else {
            preconditionFailure("shapes do not meet")
        }
        return append(
            .elementwise(elementwise), [spread(a, over: common), spread(b, over: common)], shape: common)
    }

    /// The value itself where an image can be broadcast to the shape; else repeated along the axes before an image's columns.
    mutating func spread(_ value: ValueID, over target: [Int]) -> ValueID {
        var extents = shape(of: value)
        extents = Array(repeating: 1, count: target.count - extents.count) + extents
        let leading = target.indices.dropLast(2)
        let isWhole = leading.allSatisfy { extents[$0] == target[$0] }
        if target.count <= 3 || isWhole || leading.allSatisfy({ extents[$0] == 1 }) { return value }
        var result = value
        for axis in leading where extents[axis] != target[axis] {
            let (outer, inner) = (extents[..<axis].reduce(1, *), extents[(axis + 1)...].reduce(1, *))
            extents[axis] = target[axis]
            result = append(
                .upsampling(Upsampling(.nearest, factor: Extent(1, target[axis]))),
                [reshape(result, to: [outer, 1, inner])], shape: [outer, target[axis], inner])
        }
        return reshape(result, to: extents)
    }
}
