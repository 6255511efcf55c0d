import IR
import Network

/// A layer that reduces a sequence or an image to one vector of channels.
protocol GlobalPoolingLayer: LowerableLayer {
    associatedtype S: Space
    var keepsDimensions: Bool { get }
    static var kind: Reduction.Kind { get }
}

extension GlobalPoolingLayer {
    static var globalPoolingAttributes: [Attribute] {
        let axes = S.rank == 1 ? "the steps as an axis" : "height and width as axes"
        return [.dataFormat, Attribute("keepdims", .bool, default: .bool(false), "keep \(axes) of extent 1")]
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try S.require(inputs, Self.descriptor.name)
        return [Shape(Array(repeating: 1, count: keepsDimensions ? S.rank : 0) + [inputs[0].channels])]
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
        let input = Shape(builder.shape(of: inputs[0]))
        let vector = builder.append(.reduction(Reduction(Self.kind)), inputs, shape: [input.channels])
        return [builder.reshape(vector, to: shapes(for: [input])[0].dimensions)]
    }
}
