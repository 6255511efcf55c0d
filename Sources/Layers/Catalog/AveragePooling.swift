import IR
import Network

typealias AveragePooling1D = AveragePooling<Line>
typealias AveragePooling2D = AveragePooling<Plane>

/// The mean of the cells of a window.
struct AveragePooling<S: Space>: PoolingLayer, AveragingLayer {
    static var descriptor: LayerDescriptor {
        LayerDescriptor(
            "AveragePooling\(S.suffix)", aliases: ["AvgPool\(S.suffix)"],
            summary: "The mean of each channel in a window.", attributes: poolingAttributes(defaultSize: nil),
            formula: S.formula(
                line: "y[t, c] = mean x[t·stride + r − pad, c], over the steps inside the sequence",
                plane: "y[h, w, c] = mean x[h·stride + r − pad, w·stride + s − pad, c], over the cells inside the image"
            ))
    }

    static var kind: Pooling.Kind { .average }
    let window: ConvolutionWindow

    init(_ attributes: AttributeValues) throws { window = try Self.makeWindow(attributes) }
}

extension AveragePooling {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [pool(inputs[0], from: 0, +, finish: { sum, count in sum / Double(count) })]
    }

    func terms(for inputs: [Shape]) -> Int {
        let image = S.image(inputs[0])
        return min(window.kernel[0], image[0]) * min(window.kernel[1], image[1])
    }
}
