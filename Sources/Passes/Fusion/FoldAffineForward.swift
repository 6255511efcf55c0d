// A scale and shift with no product before them (rescaled inputs, normalisation after a sum) go into the products after them. A scale always
// does; a shift does not where the convolution pads: the zeros around the image were not shifted.
import IR

let foldAffineForward = Pass(
    "fold-affine-forward", "folds scale and shift into the convolutions or products after them", isFusion: true
) { graph, _, remarks in
    var editor = Editor(graph)
    for position in editor.positions {
        guard let operation = editor.operations[position], case .elementwise(let it) = operation.primitive,
            it.combine == nil, it.isAffine, it.withoutAffine.isIdentity, !editor.isOutput(operation.output),
            let readers = editor.readers(of: operation.output, preceding: it.affine)
        else { continue }
        let names = readers.map { editor[$0.operation.output].origin.leader }
        for (place, reader) in readers {
            let origin = editor[reader.output].origin.merged(with: editor[operation.output].origin)
            editor[reader.output].origin = origin
            editor.put(reader, at: place)
        }
        remarks.append(
            Remark(
                pass: "fold-affine-forward", layers: editor[operation.output].origin.names,
                text: "folded into \(names.joined(separator: ", ")) (\(it.affine.summary))"))
        editor.forgetTensorsOfViews(of: operation.output)
        editor.put(nil, at: position)
        editor.replaceReaders(of: operation.output, with: operation.inputs[0])
    }
    graph = editor.finish()
}

extension Editor {
    /// All products that read the value, with the affine function taken in; `nil` if one of them cannot. A product behind one reshape
    /// counts as a reader: the channels begin again at each position.
    fileprivate func readers(of value: ValueID, preceding affine: Affine) -> [(place: Int, operation: Operation)]? {
        var result: [(place: Int, operation: Operation)] = []
        for place in readers(of: value) {
            var reader = operations[place]!
            if reader.primitive == .reshape, isPrivate(reader.output) {
                let inner = readers(of: reader.output)[0]
                let vector = reader.output
                reader = operations[inner]!
                guard case .matrixProduct(let it) = reader.primitive, reader.inputs == [vector],
                    it.weights.shape[0] % channels(value) == 0,
                    let primitive = reader.primitive.preceded(
                        by: affine.expanded(to: channels(value)), channels: it.weights.shape[0])
                else { return nil }
                reader.primitive = primitive
                result.append((inner, reader))
            } else {
                guard reader.inputs.filter({ $0 == value }).count == 1, reader.inputs[0] == value,
                    let primitive = reader.primitive.preceded(by: affine, channels: channels(value))
                else { return nil }
                reader.primitive = primitive
                result.append((place, reader))
            }
        }
        return result.isEmpty ? nil : result
    }

    private func channels(_ value: ValueID) -> Int { self[value].channels }

    /// The reshapes of a value that is about to be replaced by an unscaled one no longer equal a tensor of the network.
    fileprivate mutating func forgetTensorsOfViews(of value: ValueID) {
        for place in readers(of: value) where operations[place]!.primitive == .reshape {
            self[operations[place]!.output].tensor = nil
        }
    }
}
