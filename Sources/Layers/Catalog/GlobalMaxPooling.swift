import IR
import Network

typealias GlobalMaxPooling1D = GlobalMaxPooling<Line>
typealias GlobalMaxPooling2D = GlobalMaxPooling<Plane>

/// The largest of all positions of a sequence or an image.
struct GlobalMaxPooling<S: Space>: GlobalPoolingLayer, CarryingLayer {
    static var descriptor: LayerDescriptor {
        LayerDescriptor(
            "GlobalMaxPooling\(S.suffix)", aliases: ["GlobalMaxPool\(S.suffix)"],
            summary: "The largest value of each channel over \(S.rank == 1 ? "all steps" : "the whole image").",
            attributes: globalPoolingAttributes,
            formula: S.formula(line: "y[c] = max x[t, c] over all t", plane: "y[c] = max x[h, w, c] over all h, w"))
    }

    static var kind: Reduction.Kind { .maximum }
    let keepsDimensions: Bool

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        keepsDimensions = attributes.bool("keepdims")
    }
}

extension GlobalMaxPooling {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [reduce(inputs[0], from: -.infinity) { $0 > $1 || $0.isNaN ? $0 : $1 }]
    }
}
