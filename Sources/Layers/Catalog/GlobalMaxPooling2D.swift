import IR
import Network

/// The largest of all positions of an image.
struct GlobalMaxPooling2D: GlobalPoolingLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "GlobalMaxPooling2D", aliases: ["GlobalMaxPool2D"],
        summary: "The largest value of each channel over the whole image.",
        attributes: globalPoolingAttributes, formula: "y[c] = max x[h, w, c] over all h, w")

    static let kind = Reduction.Kind.maximum
    let keepsDimensions: Bool

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        keepsDimensions = attributes.bool("keepdims")
    }
}

extension GlobalMaxPooling2D {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [reduce(inputs[0], from: -.infinity) { $0 > $1 || $0.isNaN ? $0 : $1 }]
    }
}
