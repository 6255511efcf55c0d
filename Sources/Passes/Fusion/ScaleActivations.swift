// SiLU and hard SiLU take fewer multiplications where a multiple of their result will do: of a convolution's, if all that read it are products,
// whose weights take the factor back, by way of what is linear (means, poolings, factors of a squeeze-and-excitation).
import IR

let scaleActivations = Pass(
    "scale-activations", "makes a cheaper multiple of an activation, which the weights behind it take back",
    isFusion: true
) { graph, context, remarks in
    guard context.capabilities.hasScaledActivations else { return }
    var editor = Editor(graph)
    var multiples: Set<ValueID> = []
    for position in editor.positions {
        guard var operation = editor.operations[position], let epilogue = operation.primitive.epilogue,
            let scaled = epilogue.first.scaled, epilogue == Epilogue(first: epilogue.first)
        else { continue }
        operation.primitive.epilogue = Epilogue()
        guard var primitive = operation.primitive.followed(by: Affine(scale: scaled.ofArgument)),
            let readers = ScaledReaders(
                of: operation.output, times: scaled.ofResult, in: editor, besides: multiples)
        else { continue }
        multiples.formUnion(readers.scaled)
        primitive.epilogue = Epilogue(first: scaled.activation)
        editor.put(Operation(primitive, inputs: operation.inputs, output: operation.output), at: position)
        for (place, reader) in readers.products { editor.put(reader, at: place) }
        for value in readers.scaled { editor[value].tensor?.scale *= scaled.ofResult }
        let names = readers.products.map { editor[$0.operation.output].origin.leader }
        remarks.append(
            Remark(
                pass: "scale-activations", layers: editor[operation.output].origin.names,
                text: "result is a multiple, which the weights of \(names.joined(separator: ", ")) take back"))
    }
    graph = editor.finish()
}

extension Activation {
    /// A cheaper function of a multiple of the argument that is a multiple of this one, if there is one.
    fileprivate var scaled: (activation: Activation, ofArgument: Double, ofResult: Double)? {
        let log2e = 1.4426950408889634
        return switch self {
        case .silu: (.binarySilu, log2e, 256 * log2e)
        case .hardSilu: (.sixfoldHardSilu, 1, 6)
        default: nil
        }
    }
}

extension Affine {
    fileprivate init(scale: Double) { self.init(scale: [scale], shift: [0]) }
}

/// What a value that is multiplied by a factor changes.
private struct ScaledReaders {
    /// The products that read it, with weights that take the factor back.
    var products: [(place: Int, operation: Operation)] = []
    /// The values that become multiples.
    var scaled: Set<ValueID> = []

    /// The most values that one factor changes.
    private static let limit = 16

    /// `nil` where something that reads the value is neither linear nor has weights, or is a multiple already: factors would pile up.
    init?(of value: ValueID, times factor: Double, in editor: Editor, besides multiples: Set<ValueID>) {
        guard follow(value, factor, editor), scaled.isDisjoint(with: multiples) else { return nil }
        let isSquared = scaled.contains { value in
            editor.readers(of: value).contains {
                let inputs = editor.operations[$0]!.inputs
                return inputs.count > 1 && scaled.isSuperset(of: inputs)
            }
        }
        if isSquared { return nil }
    }

    private mutating func follow(_ value: ValueID, _ factor: Double, _ editor: Editor) -> Bool {
        guard !editor.isOutput(value), scaled.count < Self.limit, scaled.insert(value).inserted else { return false }
        return editor.readers(of: value).allSatisfy { place in
            let reader = editor.operations[place]!
            switch reader.primitive {
            case .convolution, .transposedConvolution, .matrixProduct:
                guard reader.inputs.filter({ $0 == value }).count == 1, reader.inputs[0] == value,
                    let primitive = reader.primitive.preceded(
                        by: Affine(scale: 1 / factor), channels: editor[value].channels)
                else { return false }
                products.append((place, Operation(primitive, inputs: reader.inputs, output: reader.output)))
                return true
            case .reduction(let it): return it.kind != .product && follow(reader.output, factor, editor)
            case .pooling, .reshape: return follow(reader.output, factor, editor)
            case .elementwise(let it):
                return it == Elementwise(combine: .multiply) && follow(reader.output, factor, editor)
            default: return false
            }
        }
    }
}
