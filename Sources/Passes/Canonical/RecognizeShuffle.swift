// Reshape, Permute, Reshape as Keras users write a channel shuffle: the channels are split into axes, the axes exchanged, and all of them
// made one again. The kernels fold the resulting gather into their addressing.
import IR

let recognizeShuffle = Pass("recognize-shuffle", "makes reshape, permute, reshape of channels a channel gather") {
    graph, _, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let last = editor.operations[position], last.primitive == .reshape,
            let permutation = editor.operations[editor.position(of: last.inputs[0])],
            case .permutation(let axes) = permutation.primitive,
            let first = editor.operations[editor.position(of: permutation.inputs[0])], first.primitive == .reshape
        else { continue }
        let split = editor.shape(first.output)
        let source = first.inputs[0]
        guard editor.shape(source) == editor.shape(last.output), let channels = editor.shape(source).last,
            let map = shuffledChannels(split: split, axes: axes, channels: channels)
        else { continue }
        editor.put(Operation(.channelGather(map), inputs: [source], output: last.output), at: position)
        remarks.append(
            Remark(
                pass: "recognize-shuffle", layers: editor[last.output].origin.names,
                text: "recognised as a shuffle of \(channels) channels"))
    }
    graph = editor.finish()
}

/// The channel that each channel of the result comes from, if the permutation moves only the axes that channels were split into.
private func shuffledChannels(split: [Int], axes: [Int], channels: Int) -> [Int]? {
    guard let first = axes.indices.first(where: { axes[$0] != $0 }) else { return nil }
    // The axes that move, and as many before them as it takes to make up the channels.
    var start = split.count
    var product = 1
    while start > 0, product < channels || start > first {
        start -= 1
        product *= split[start]
    }
    guard product == channels else { return nil }
    let lengths = Array(split[start...])
    let order = axes[start...].map { $0 - start }
    return (0..<channels).map { channel in
        var rest = channel
        var index = Array(repeating: 0, count: lengths.count)
        for axis in order.reversed() {
            index[axis] = rest % lengths[axis]
            rest /= lengths[axis]
        }
        return zip(index, lengths).reduce(0) { $0 * $1.1 + $1.0 }
    }
}
