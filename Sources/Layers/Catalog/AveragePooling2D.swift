import IR
import Network

/// The mean of the cells of a window.
struct AveragePooling2D: PoolingLayer, AveragingLayer {
    static let descriptor = LayerDescriptor(
        "AveragePooling2D", aliases: ["AvgPool2D"], summary: "The mean of each channel in a window.",
        attributes: poolingAttributes(defaultSize: nil),
        formula: "y[h, w, c] = mean x[h·stride + r − pad, w·stride + s − pad, c], over the cells inside the image")

    static let kind = Pooling.Kind.average
    let window: ConvolutionWindow

    init(_ attributes: AttributeValues) throws { window = try Self.makeWindow(attributes) }
}

extension AveragePooling2D {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [pool(inputs[0], from: 0, +, finish: { sum, count in sum / Double(count) })]
    }

    func terms(for inputs: [Shape]) -> Int {
        min(window.kernel[0], inputs[0][0]) * min(window.kernel[1], inputs[0][1])
    }
}
