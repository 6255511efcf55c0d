import IR

/// Cells chosen along one axis of a tensor of any rank, by the simplest primitive that can.

/// The longest axis that is made by a table of indices: longer than any image's, and short enough to be written into code.
let longestTable = 1 << 20

extension GraphBuilder {
    /// Cell `indices[i]` of the axis as its cell i, `fill` for `Gather.outside`.
    mutating func gather(_ value: ValueID, axis: Int, _ indices: [Int], fill: Float = 0) -> ValueID {
        let shape = shape(of: value)
        if indices == Array(0..<shape[axis]) { return value }
        let isInside = !indices.contains(Gather.outside)
        if isInside, zip(indices, indices.dropFirst()).allSatisfy({ $1 == $0 + 1 }) {
            return slice(value, axis: axis, start: indices[0], count: indices.count)
        }
        if axis < shape.count - 1 {
            return appendAlong(axis, value, count: indices.count) {
                .gather(Gather(axis: $0, indices: indices, fill: fill))
            }
        }
        let result = Array(shape.dropLast()) + [indices.count]
        if isInside { return append(.channelGather(indices), [value], shape: result) }
        let chosen = append(.gather(Gather(axis: axis, indices: indices)), [value], shape: result)
        if fill == 0 { return chosen }
        let shift = indices.map { $0 == Gather.outside ? fill : 0 }
        return appendLike(.elementwise(Elementwise(shift: Constant(shape: [shift.count], values: shift))), chosen)
    }

    /// `start ..< start + count` along an axis.
    mutating func slice(_ value: ValueID, axis: Int, start: Int, count: Int) -> ValueID {
        let shape = shape(of: value)
        if count == shape[axis] { return value }
        if axis == shape.count - 1 {
            let map = Array(start..<start + count)
            return append(.channelGather(map), [value], shape: shape.dropLast() + [count])
        }
        return appendAlong(axis, value, count: count) { .slice(axis: $0, start: start, count: count) }
    }

    /// A primitive along an axis before the last, which becomes `count` long. A tensor of more axes is seen as an image.
    private mutating func appendAlong(
        _ axis: Int, _ value: ValueID, count: Int, _ primitive: (_ axis: Int) -> Primitive
    ) -> ValueID {
        let shape = shape(of: value)
        var (image, place) = (shape, axis)
        if shape.count > 3 && axis == 0 {
            image = [shape[0], shape[1..<shape.count - 1].reduce(1, *), shape[shape.count - 1]]
        } else if shape.count > 3 {
            (image, place) = ([shape[..<axis].reduce(1, *), shape[axis], shape[(axis + 1)...].reduce(1, *)], 1)
        }
        let source = reshape(value, to: image)
        var result = shape
        (image[place], result[axis]) = (count, count)
        return reshape(append(primitive(place), [source], shape: image), to: result)
    }
}
