// A convolution of an image enlarged by repetition is a transposed convolution of the image itself: the kernel's taps that meet the same cell
// are added once, at compile time. A kernel of 2×2 behind a doubling takes 9 products instead of 16 for every four results, one of 3×3 16
// instead of 36, and the enlarged image is never made.
import IR

let foldUpsampling = Pass(
    "fold-upsampling", "folds enlargement by repetition into the convolution that reads it", isFusion: true
) { graph, context, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], case .convolution(let convolution) = operation.primitive,
            let before = editor.soleSource(of: operation), case .upsampling(let upsampling) = before.primitive,
            convolution.canFollow(upsampling)
        else { continue }
        let (first, second) = (editor[before.output].origin, editor[operation.output].origin)
        let judgement = context.capabilities.judgeFoldedUpsampling(
            convolution, factor: upsampling.factor, inputShape: editor.shape(before.output),
            outputShape: editor.shape(operation.output))
        remarks.append(
            Remark(
                pass: "fold-upsampling", layers: first.names,
                text: "\(judgement.pays ? "folded into" : "not folded into") \(second.leader): \(judgement.reason)"))
        guard judgement.pays else { continue }
        editor[operation.output].origin = second.merged(with: first)
        editor.put(nil, at: editor.position(of: before.output))
        editor.put(
            Operation(
                .transposedConvolution(convolution.transposed(afterRepeating: upsampling.factor)),
                inputs: before.inputs + operation.inputs.dropFirst(),
                output: operation.output), at: position)
    }
    graph = editor.finish()
}

extension Convolution {
    /// Whether this convolution and the enlargement before it are a transposed convolution that saves products.
    fileprivate func canFollow(_ upsampling: Upsampling) -> Bool {
        upsampling.method == .nearest && strides == .one && dilation == .one && groups == 1 && kernel != .one
            && (0..<kernel.height).contains(padding.top) && (0..<kernel.width).contains(padding.left)
    }

    /// This convolution and the repetition before it as one.
    ///
    /// Cell i, repeated at positions `i·s + a`, meets tap t in result `i·s + a − t + padding`: with `r = a − t + kernel − 1` that is
    /// `i·s + r − (kernel − 1 − padding)`, where a transposed convolution puts tap r.
    fileprivate func transposed(afterRepeating factor: Extent) -> TransposedConvolution {
        let size = Extent(kernel.height + factor.height - 1, kernel.width + factor.width - 1)
        let channels = weights.shape[2]
        var sums = [Double](repeating: 0, count: size.height * size.width * filters * channels)
        func addTap(_ tap: Int, at place: Int) {
            for channel in 0..<channels {
                for filter in 0..<filters {
                    let weight = weights.values[(tap * channels + channel) * filters + filter]
                    sums[(place * filters + filter) * channels + channel] += Double(weight)
                }
            }
        }
        for row in 0..<size.height {
            for column in 0..<size.width {
                for tapRow in kernel.taps(meeting: row, factor.height, along: \.height) {
                    for tapColumn in kernel.taps(meeting: column, factor.width, along: \.width) {
                        addTap(tapRow * kernel.width + tapColumn, at: row * size.width + column)
                    }
                }
            }
        }
        return TransposedConvolution(
            kernel: size, strides: factor, cropTop: kernel.height - 1 - padding.top,
            cropLeft: kernel.width - 1 - padding.left, filters: filters,
            weights: Constant(shape: [size.height, size.width, filters, channels], rounding: sums), bias: bias,
            epilogue: epilogue)
    }
}

extension Extent {
    /// The taps t with `r = a − t + size − 1` for one of the `factor` repetitions a.
    fileprivate func taps(meeting r: Int, _ factor: Int, along axis: KeyPath<Extent, Int>) -> Range<Int> {
        let size = self[keyPath: axis]
        return max(0, size - 1 - r)..<min(size, size + factor - 1 - r)
    }
}
