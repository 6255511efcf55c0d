import IR
import Network

/// A layer that reduces an image to one vector of channels.
protocol GlobalPoolingLayer: LowerableLayer {
    var keepsDimensions: Bool { get }
    static var kind: Reduction.Kind { get }
}

extension GlobalPoolingLayer {
    static var globalPoolingAttributes: [Attribute] { [.dataFormat, .keepDimensions] }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try requireImage(inputs, Self.descriptor.name)
        return [Shape(keepsDimensions ? [1, 1, inputs[0].channels] : [inputs[0].channels])]
    }

    var fieldOfView: FieldOfView { .all }

    /// `combine` over all positions of each channel.
    func reduce(_ x: RealTensor, from start: Double, _ combine: (Double, Double) -> Double) -> RealTensor {
        var y = RealTensor(shapes(for: [x.shape])[0], repeating: start)
        let channels = x.shape.channels
        for position in stride(from: 0, to: x.values.count, by: channels) {
            for c in 0..<channels { y.values[c] = combine(y.values[c], x.values[position + c]) }
        }
        return y
    }
}

extension GlobalPoolingLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let channels = builder.shape(of: inputs[0])[2]
        let vector = builder.append(.reduction(Reduction(Self.kind)), inputs, shape: [channels])
        return [keepsDimensions ? builder.reshape(vector, to: [1, 1, channels]) : vector]
    }
}
