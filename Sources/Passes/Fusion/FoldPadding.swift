// Zeros around an image become the padding of the convolution that reads it, and of a maximum over an image without negative cells (there a
// zero changes nothing; in other poolings cells outside never count, so an explicit zero must stay).
import IR

let foldPadding = Pass("fold-padding", "folds explicit zeros into the convolutions that read them", isFusion: true) {
    graph, context, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], case .padding(let margins) = operation.primitive,
            margins.isPositive
        else { continue }
        let names = editor[operation.output].origin.names
        for place in editor.readers(of: operation.output) {
            guard let reader = editor.padded(readerAt: place, margins, of: operation, context) else {
                let name = editor[editor.operations[place]!.output].origin.leader
                remarks.append(
                    Remark(
                        pass: "fold-padding", layers: names,
                        text:
                            "kept for \(name): only convolutions, and maxima of what is never negative, take zeros as padding"
                    ))
                continue
            }
            remarks.append(
                Remark(
                    pass: "fold-padding", layers: names,
                    text: "folded into the padding of \(editor[reader.output].origin.leader)"))
            editor[reader.output].origin = editor[reader.output].origin.merged(with: editor[operation.output].origin)
            editor.put(reader, at: place)
        }
    }
    graph = editor.finish()
}

extension Editor {
    /// The reader of a padded image as one of the image itself.
    fileprivate func padded(readerAt place: Int, _ margins: Margins, of padding: Operation, _ context: PassContext)
        -> Operation?
    {
        var reader = operations[place]!
        let image = padding.inputs[0]
        guard reader.inputs.filter({ $0 == padding.output }).count == 1, reader.inputs[0] == padding.output else {
            return nil
        }
        switch reader.primitive {
        case .convolution(var it):
            it.padding = it.padding + margins
            guard context.capabilities.supportsPadding(it.padding, of: it, inputShape: shape(image)) else { return nil }
            reader.primitive = .convolution(it)
        case .pooling(var it):
            it.padding = it.padding + margins
            guard it.kind == .maximum, it.alwaysMeetsImage, isNonNegative(image) else { return nil }
            reader.primitive = .pooling(it)
        default: return nil
        }
        reader.inputs[0] = image
        return reader
    }
}

extension Pooling {
    /// Whether every window holds a cell of the image.
    fileprivate var alwaysMeetsImage: Bool {
        max(padding.top, padding.bottom) < window.height && max(padding.left, padding.right) < window.width
    }
}
