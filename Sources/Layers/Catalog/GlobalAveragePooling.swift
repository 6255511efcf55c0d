import IR
import Network

typealias GlobalAveragePooling1D = GlobalAveragePooling<Line>
typealias GlobalAveragePooling2D = GlobalAveragePooling<Plane>

/// The mean of all positions of a sequence or an image.
struct GlobalAveragePooling<S: Space>: GlobalPoolingLayer, AveragingLayer {
    static var descriptor: LayerDescriptor {
        LayerDescriptor(
            "GlobalAveragePooling\(S.suffix)", aliases: ["GlobalAvgPool\(S.suffix)"],
            summary: "The mean of each channel over \(S.rank == 1 ? "all steps" : "the whole image").",
            attributes: globalPoolingAttributes,
            formula: S.formula(
                line: "y[c] = mean x[t, c] over all t", plane: "y[c] = mean x[h, w, c] over all h, w"))
    }

    static var kind: Reduction.Kind { .mean }
    let keepsDimensions: Bool

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        keepsDimensions = attributes.bool("keepdims")
    }
}

extension GlobalAveragePooling {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let count = Double(terms(for: inputs.map(\.shape)))
        return [reduce(inputs[0], from: 0, +).map { $0 / count }]
    }

    func terms(for inputs: [Shape]) -> Int { inputs[0].dimensions.dropLast().reduce(1, *) }
}
