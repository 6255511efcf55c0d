import IR
import Network

typealias MaxPooling1D = MaxPooling<Line>
typealias MaxPooling2D = MaxPooling<Plane>

/// The largest of the cells of a window.
struct MaxPooling<S: Space>: PoolingLayer, CarryingLayer {
    static var descriptor: LayerDescriptor {
        LayerDescriptor(
            "MaxPooling\(S.suffix)", aliases: ["MaxPool\(S.suffix)"],
            summary: "The largest value of each channel in a window.",
            attributes: poolingAttributes(defaultSize: S.repeated(2)) + [
                Attribute(
                    "dilation_rate", S.numbers(1...1 << 10), default: S.repeated(1), "the distance between its cells")
            ],
            formula: S.formula(
                line: "y[t, c] = max x[t·stride + r·dilation − pad, c], steps outside the sequence left out",
                plane:
                    "y[h, w, c] = max x[h·stride + r·dilation − pad, w·stride + …, c], cells outside the image left out"
            ))
    }

    static var kind: Pooling.Kind { .maximum }
    let window: ConvolutionWindow

    init(_ attributes: AttributeValues) throws {
        window = try Self.makeWindow(attributes, dilation: S.lift(attributes.ints("dilation_rate")))
    }
}

extension MaxPooling {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [pool(inputs[0], from: -.infinity, { $0 > $1 || $0.isNaN ? $0 : $1 }, finish: { value, _ in value })]
    }
}
