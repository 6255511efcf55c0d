import IR

// What can be known of places before any kernel is chosen: which values are written straight into a concatenation, and how wide a border of
// zeros each value needs for the convolutions that read it.

/// For each value that is written into a concatenation's buffer: the concatenation and the position in it.
///
/// A value has one home, so it goes into the first concatenation that reads it; a later one copies. Values that a kernel does not write
/// (public inputs, other views) are copied too.
func concatenationParts(of graph: Graph) -> [ValueID: (whole: ValueID, index: Int)] {
    var parts: [ValueID: (whole: ValueID, index: Int)] = [:]
    let producers = graph.producers()
    for operation in graph.operations {
        guard case .concatenation(let axis) = operation.primitive, axis == graph[operation.output].shape.count - 1
        else { continue }
        for (index, input) in operation.inputs.enumerated() where parts[input] == nil {
            guard let producer = producers[input],
                graph.operations[producer].primitive.canWriteInto(rank: graph[input].shape.count)
            else { continue }
            parts[input] = (operation.output, index)
        }
    }
    return parts
}

extension Primitive {
    /// Whether a kernel writes the result, of that rank, wherever it is wanted. Else it is another view of the operand, or an array of
    /// its own in Keras' order.
    func canWriteInto(rank: Int) -> Bool {
        switch self {
        case .input, .constant, .matmul, .channelGather, .reshape: false
        case .slice, .permutation: rank <= 3
        default: true
        }
    }
}

/// The border of zeros that each value's buffer needs: the most that any convolution reading it, directly or through a view, reaches beyond its edges.
func requiredBorders(
    of graph: Graph, parts: [ValueID: (whole: ValueID, index: Int)], lanes: Int, options: PlanOptions
) -> [ValueID: Margins] {
    var borders: [ValueID: Margins] = [:]
    func require(_ margins: Margins, of value: ValueID) {
        let old = borders[value] ?? .zero
        borders[value] = Margins(
            top: max(old.top, margins.top), bottom: max(old.bottom, margins.bottom), left: max(old.left, margins.left),
            right: max(old.right, margins.right))
    }
    for operation in graph.operations.reversed() {
        switch operation.primitive {
        case .convolution(let convolution):
            let input = graph[operation.inputs[0]].shape
            let map = convolution.mapShape(of: input)
            require(reach(of: convolution, in: input, out: map), of: operation.inputs[0])
            if let form = winogradForm(of: convolution, input: input, output: map, lanes: lanes, options: options) {
                require(winogradReach(form, of: convolution, in: input), of: operation.inputs[0])
            }
        case .separable(let separable):
            // The rows of an expansion have their zeros in scratch memory.
            guard separable.expansion == nil else { continue }
            require(
                reach(
                    of: separable.depthwise, in: graph[operation.inputs[0]].shape, out: graph[operation.output].shape),
                of: operation.inputs[0])
        case .transposedConvolution(let transposed):
            require(
                reach(of: transposed, in: graph[operation.inputs[0]].shape, out: graph[operation.output].shape),
                of: operation.inputs[0])
        case .channelGather, .reshape:
            // A view of the same positions.
            guard Image(graph[operation.inputs[0]].shape).hasPositions(of: Image(graph[operation.output].shape))
            else { continue }
            if let border = borders[operation.output] { require(border, of: operation.inputs[0]) }
        case .concatenation:
            shareBorders(of: operation, &borders, parts)
        default: break
        }
    }
    // A part and its whole share rows, so the whole's border, widened by its parts' own needs, is every part's; nested concatenations take turns.
    var previous: [ValueID: Margins] = [:]
    while previous != borders {
        previous = borders
        for operation in graph.operations.reversed() {
            if case .concatenation = operation.primitive { shareBorders(of: operation, &borders, parts) }
        }
    }
    return borders
}

/// Gives a concatenation and its parts the same border, the widest that any of them needs.
private func shareBorders(
    of operation: Operation, _ borders: inout [ValueID: Margins], _ parts: [ValueID: (whole: ValueID, index: Int)]
) {
    let members = [operation.output] + operation.inputs.filter { parts[$0]?.whole == operation.output }
    let all = members.map { borders[$0] ?? .zero }
    let widest = Margins(
        top: all.map(\.top).max()!, bottom: all.map(\.bottom).max()!, left: all.map(\.left).max()!,
        right: all.map(\.right).max()!)
    for member in members { borders[member] = widest }
}

/// How far a convolution reads beyond each edge of its input.
func reach(of convolution: Convolution, in input: [Int], out output: [Int]) -> Margins {
    let (x, y) = (Image(input), Image(output))
    let (height, width) = (convolution.inputRows(for: y.height), convolution.inputColumns(for: y.width))
    return Margins(
        top: max(0, convolution.padding.top), bottom: max(0, height - x.height - convolution.padding.top),
        left: max(0, convolution.padding.left), right: max(0, width - x.width - convolution.padding.left))
}

/// How far the phases of a transposed convolution read beyond each edge of its input.
func reach(of transposed: TransposedConvolution, in input: [Int], out output: [Int]) -> Margins {
    let (x, y) = (Image(input), Image(output))
    func before(_ crop: Int, _ kernel: Int, _ dilation: Int, _ stride: Int) -> Int {
        max(0, ((kernel - 1) * dilation - crop) / stride)
    }
    func after(_ crop: Int, _ output: Int, _ stride: Int, _ input: Int) -> Int {
        max(0, (output - 1 + crop) / stride - (input - 1))
    }
    let (k, d, s) = (transposed.kernel, transposed.dilation, transposed.strides)
    return Margins(
        top: before(transposed.cropTop, k.height, d.height, s.height),
        bottom: after(transposed.cropTop, y.height, s.height, x.height),
        left: before(transposed.cropLeft, k.width, d.width, s.width),
        right: after(transposed.cropLeft, y.width, s.width, x.width))
}
