import IR

// Windows over images and the moving of elements.

extension ModelWriter {
    mutating func writePooling(_ pooling: Pooling, _ input: ValueID, _ id: ValueID) {
        define(id, pooled(image(input), pooling, hint: hint(id)))
    }

    mutating func pooled(_ input: String, _ pooling: Pooling, hint: String) -> String {
        let padding = pooling.padding
        let type = pooling.kind == .maximum ? "MaxPool" : "AveragePool"
        let attributes: [(String, Attribute)] = [
            ("kernel_shape", .ints([pooling.window.height, pooling.window.width])),
            ("strides", .ints([pooling.strides.height, pooling.strides.width])),
            ("pads", .ints([padding.top, padding.left, padding.bottom, padding.right])),
        ]
        return node(type, [input], attributes, hint: hint)
    }

    /// Over all positions, to a vector of channels.
    mutating func writeReduction(_ reduction: Reduction, _ input: ValueID, _ id: ValueID) {
        let hint = hint(id)
        if isImage(input), [.mean, .maximum].contains(reduction.kind) {
            let type = reduction.kind == .mean ? "GlobalAveragePool" : "GlobalMaxPool"
            let pooled = node(type, [image(input)], hint: hint)
            return define(id, natural: node("Reshape", [pooled, integers([batch] + shape(id))], hint: hint))
        }
        let axes = Array(1..<shape(input).count)
        let x = natural(input)
        // Of these operators the sum alone takes its axes as an input.
        let type =
            switch reduction.kind {
            case .sum: "ReduceSum"
            case .mean: "ReduceMean"
            case .maximum: "ReduceMax"
            case .minimum: "ReduceMin"
            case .product: "ReduceProd"
            }
        let operands = reduction.kind == .sum ? [x, integers(axes)] : [x]
        let attributes = reduction.kind == .sum ? [] : [("axes", Attribute.ints(axes))]
        define(id, natural: node(type, operands, attributes + [("keepdims", .int(0))], hint: hint))
    }

    /// Zeros around an image, or its edges cut off.
    mutating func writePadding(_ margins: Margins, _ input: ValueID, _ id: ValueID) {
        let hint = hint(id)
        let extent = shape(input)
        var value = image(input)
        for (axis, before, after, length) in [
            (2, margins.top, margins.bottom, extent[0]), (3, margins.left, margins.right, extent[1]),
        ] where min(before, after) < 0 {
            let start = max(-before, 0)
            value = sliced(value, axis: axis, start, length - start - max(-after, 0), hint: hint)
        }
        let added = [margins.top, margins.left, margins.bottom, margins.right].map { max($0, 0) }
        if added.contains(where: { $0 > 0 }) {
            let pads = [0, 0, added[0], added[1], 0, 0, added[2], added[3]]
            value = node("Pad", [value, integers(pads)], hint: hint)
        }
        define(id, value)
    }

    /// A range of channels as a slice, a shuffle as the transposition that it is, a part of one as a slice of it, anything else one by one.
    mutating func writeGather(_ map: [Int], _ input: ValueID, _ id: ValueID) {
        let hint = hint(id)
        let axis = position(ofAxis: shape(id).count - 1, in: id)
        let channels = shape(input).last ?? 1
        if zip(map, map.dropFirst()).allSatisfy({ $1 == $0 + 1 }) {
            return define(id, sliced(tensor(input), axis: axis, map[0], map.count, hint: hint))
        }
        if isImage(id), let (groups, start) = partOfShuffle(map, channels: channels) {
            let whole = shuffled(input, groups: groups, hint: hint)
            return define(
                id, map.count == channels ? whole : sliced(whole, axis: axis, start, map.count, hint: hint))
        }
        define(id, node("Gather", [tensor(input), integers(map)], [("axis", .int(axis))], hint: hint))
    }

    /// Cells along an axis; those from outside lie behind the last one.
    mutating func writeGather(_ gather: Gather, _ input: ValueID, _ id: ValueID) {
        let hint = hint(id)
        let axis = position(ofAxis: gather.axis, in: id)
        var value = tensor(input)
        if gather.indices.contains(Gather.outside) {
            let rank = shape(input).count + 1
            var pads = Array(repeating: 0, count: 2 * rank)
            pads[rank + axis] = 1
            value = node("Pad", [value, integers(pads), scalar(gather.fill)], hint: hint)
        }
        let last = shape(input)[gather.axis]
        let indices = integers(gather.indices.map { $0 == Gather.outside ? last : $0 })
        define(id, node("Gather", [value, indices], [("axis", .int(axis))], hint: hint))
    }

    /// The groups whose transposition (groups, n) → (n, groups) the map is, or a part of it from some channel on.
    private func partOfShuffle(_ map: [Int], channels: Int) -> (groups: Int, start: Int)? {
        for groups in 2..<max(channels, 2) where channels % groups == 0 {
            let size = channels / groups
            let start = map[0] % size * groups + map[0] / size
            let follows = map.indices.allSatisfy { i in
                map[i] == (start + i) % groups * size + (start + i) / groups
            }
            if follows, start + map.count <= channels { return (groups, start) }
        }
        return nil
    }

    /// An image with its channels shuffled; those that take parts of it share it.
    private mutating func shuffled(_ input: ValueID, groups: Int, hint: String) -> String {
        let shuffle = Shuffle(input: input, groups: groups)
        if let name = shuffles[shuffle] { return name }
        let extent = shape(input)
        let split = [batch, groups, extent[2] / groups, extent[0], extent[1]]
        let apart = node("Reshape", [image(input), integers(split)], hint: hint)
        let swapped = node("Transpose", [apart], [("perm", .ints([0, 2, 1, 3, 4]))], hint: hint)
        let whole = integers([batch, extent[2], extent[0], extent[1]])
        let name = node("Reshape", [swapped, whole], hint: hint)
        shuffles[shuffle] = name
        return name
    }

    mutating func sliced(_ x: String, axis: Int, _ start: Int, _ count: Int, hint: String) -> String {
        node("Slice", [x, integers([start]), integers([start + count]), integers([axis])], hint: hint)
    }

    mutating func writeUpsampling(_ upsampling: Upsampling, _ input: ValueID, _ id: ValueID) {
        let factors = [1, 1, Float(upsampling.factor.height), Float(upsampling.factor.width)]
        let scales = constant(factors, shape: [4], hint: hint(id) + "/scales")
        let attributes: [(String, Attribute)] =
            switch upsampling.method {
            case .nearest:
                [
                    ("mode", .string("nearest")), ("coordinate_transformation_mode", .string("asymmetric")),
                    ("nearest_mode", .string("floor")),
                ]
            case .bilinear:
                [("mode", .string("linear")), ("coordinate_transformation_mode", .string("half_pixel"))]
            }
        define(id, node("Resize", [image(input), "", scales], attributes, hint: hint(id)))
    }

    /// Weighted sums of rows, then of columns: products with constant matrices, whatever coordinates they come from.
    mutating func writeResampling(_ resampling: Resampling, _ input: ValueID, _ id: ValueID) {
        let hint = hint(id)
        let (from, to) = (shape(input), shape(id))
        let rows = resampling.rows.matrix(cells: from[0])
        let columns = resampling.columns.matrix(cells: from[1]).permuted([to[1], from[1]], [1, 0])
        let left = constant(rows, shape: [to[0], from[0]], hint: hint + "/rows")
        let right = constant(columns, shape: [from[1], to[1]], hint: hint + "/columns")
        var value = node("MatMul", [left, image(input)], hint: hint)
        value = node("MatMul", [value, right], hint: hint)
        if resampling.fill != 0 {
            let outside = resampling.rows.outside.flatMap { row in
                resampling.columns.outside.map { resampling.fill * (row + $0) }
            }
            let fill = constant(outside, shape: [to[0], to[1]], hint: hint + "/fill")
            value = node("Add", [value, fill], hint: hint)
        }
        define(id, value)
    }

    /// ONNX divides alpha by the number of channels in the window.
    mutating func writeLocalResponse(_ response: LocalResponse, _ input: ValueID, _ id: ValueID) {
        let attributes: [(String, Attribute)] = [
            ("size", .int(response.size)), ("alpha", .float(response.alpha * Float(response.size))),
            ("beta", .float(response.beta)), ("bias", .float(response.bias)),
        ]
        define(id, node("LRN", [image(input)], attributes, hint: hint(id)))
    }
}

extension Resampling.Axis {
    /// `[cells of the result, cells of the input]`
    fileprivate func matrix(cells: Int) -> [Float] {
        var result = [Float](repeating: 0, count: weights.count * cells)
        for (row, weights) in weights.enumerated() {
            for (i, weight) in weights.enumerated() { result[row * cells + starts[row] + i] += weight }
        }
        return result
    }
}
