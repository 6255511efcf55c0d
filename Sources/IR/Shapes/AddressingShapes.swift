// Primitives that move elements and compute nothing.

func concatenationShape(_ inputs: [[Int]], axis: Int) throws(IRError) -> [Int] {
    try require(!inputs.isEmpty, "a concatenation of nothing")
    var shape = inputs[0]
    try require(shape.indices.contains(axis), "no axis \(axis) in \(text(shape))")
    for other in inputs.dropFirst() {
        try require(other.count == shape.count, "shapes \(text(shape)) and \(text(other)) do not meet")
        for i in shape.indices where i != axis {
            try require(other[i] == shape[i], "shapes \(text(shape)) and \(text(other)) do not meet")
        }
        shape[axis] += other[axis]
    }
    return shape
}

func channelGatherShape(_ input: [Int], map: [Int]) throws(IRError) -> [Int] {
    try require(!input.isEmpty && !map.isEmpty, "a gather of nothing")
    let channels = input[input.count - 1]
    for channel in map {
        try require((0..<channels).contains(channel), "no channel \(channel) in \(text(input))")
    }
    return input.dropLast() + [map.count]
}

extension Gather {
    func resultShape(_ input: [Int]) throws(IRError) -> [Int] {
        try require(input.indices.contains(axis), "no axis \(axis) in \(text(input))")
        try require(!indices.isEmpty, "a gather of nothing")
        for index in indices where index != Gather.outside {
            try require((0..<input[axis]).contains(index), "no cell \(index) along axis \(axis) of \(text(input))")
        }
        try require(fill == 0 || axis < input.count - 1, "channels filled with \(fill) instead of zero")
        var shape = input
        shape[axis] = indices.count
        return shape
    }
}

func sliceShape(_ input: [Int], axis: Int, start: Int, count: Int) throws(IRError) -> [Int] {
    try require(axis >= 0 && axis < input.count - 1, "a slice along axis \(axis) of \(text(input))")
    try require(
        start >= 0 && count > 0 && start <= input[axis] - count,
        "a slice of \(count) from \(start) along axis \(axis) of \(text(input))")
    var shape = input
    shape[axis] = count
    return shape
}

func permutationShape(_ input: [Int], axes: [Int]) throws(IRError) -> [Int] {
    try require(axes.sorted() == Array(input.indices), "axes \(axes) are no permutation of those of \(text(input))")
    return axes.map { input[$0] }
}

func reshapeShape(_ input: [Int], declared: [Int]) throws(IRError) -> [Int] {
    try require(
        input.reduce(1, *) == declared.reduce(1, *), "\(text(input)) reshaped to \(text(declared))")
    return declared
}
