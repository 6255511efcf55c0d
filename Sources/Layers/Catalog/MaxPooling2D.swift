import IR
import Network

/// The largest of the cells of a window.
struct MaxPooling2D: PoolingLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "MaxPooling2D", aliases: ["MaxPool2D"], summary: "The largest value of each channel in a window.",
        attributes: poolingAttributes(defaultSize: .pair(2, 2)),
        formula: "y[h, w, c] = max x[h·stride + r − pad, w·stride + s − pad, c], cells outside the image left out")

    static let kind = Pooling.Kind.maximum
    let window: ConvolutionWindow

    init(_ attributes: AttributeValues) throws { window = try Self.makeWindow(attributes) }
}

extension MaxPooling2D {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [pool(inputs[0], from: -.infinity, { $0 > $1 || $0.isNaN ? $0 : $1 }, finish: { value, _ in value })]
    }
}
