import IR
import Network

/// The mean of all positions of an image.
struct GlobalAveragePooling2D: GlobalPoolingLayer, AveragingLayer {
    static let descriptor = LayerDescriptor(
        "GlobalAveragePooling2D", aliases: ["GlobalAvgPool2D"],
        summary: "The mean of each channel over the whole image.",
        attributes: globalPoolingAttributes, formula: "y[c] = mean x[h, w, c] over all h, w")

    static let kind = Reduction.Kind.mean
    let keepsDimensions: Bool

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        keepsDimensions = attributes.bool("keepdims")
    }
}

extension GlobalAveragePooling2D {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let count = Double(terms(for: inputs.map(\.shape)))
        return [reduce(inputs[0], from: 0, +).map { $0 / count }]
    }

    func terms(for inputs: [Shape]) -> Int { inputs[0][0] * inputs[0][1] }
}
