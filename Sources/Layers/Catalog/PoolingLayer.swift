import IR
import Network

/// A layer that takes the largest or the mean of the cells of a window.
protocol PoolingLayer: LowerableLayer {
    var window: ConvolutionWindow { get }
    static var kind: Pooling.Kind { get }
}

extension PoolingLayer {
    /// The attributes; Keras gives `pool_size` a default for the maximum only.
    static func poolingAttributes(defaultSize: AttributeValue?) -> [Attribute] {
        [
            Attribute("pool_size", .pair(extents), default: defaultSize, "the height and width of the window"),
            Attribute(
                "strides", .pair(extents), default: AttributeValue.none, optional: true,
                "the steps of the window; None is pool_size"),
            .padding, .dataFormat,
        ]
    }

    static func makeWindow(_ attributes: AttributeValues) throws -> ConvolutionWindow {
        try attributes.requireChannelsLast()
        let size = attributes.ints("pool_size")
        let strides = attributes.isNone("strides") ? size : attributes.ints("strides")
        return ConvolutionWindow(kernel: size, strides: strides, padding: attributes.padding)
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try requireImage(inputs, Self.descriptor.name)
        try requireFit(window, inputs[0], attribute: "pool_size")
        return [
            Shape([
                window.outputExtent(0, of: inputs[0][0]), window.outputExtent(1, of: inputs[0][1]), inputs[0].channels,
            ])
        ]
    }

    var fieldOfView: FieldOfView { window.fieldOfView }
}

extension PoolingLayer {
    /// `combine` over the cells of each window that lie inside the image, starting from `start`; `finish` gets their
    /// number too.
    func pool(
        _ x: RealTensor, from start: Double, _ combine: (Double, Double) -> Double, finish: (Double, Int) -> Double
    ) -> RealTensor {
        var y = RealTensor(shapes(for: [x.shape])[0], repeating: start)
        let channels = x.shape.channels
        for row in 0..<y.shape[0] {
            let rows = cells(of: 0, at: row, in: x.shape)
            for column in 0..<y.shape[1] {
                let columns = cells(of: 1, at: column, in: x.shape)
                let target = (row * y.shape[1] + column) * channels
                for i in rows {
                    for j in columns {
                        let source = (i * x.shape[1] + j) * channels
                        for c in 0..<channels {
                            y.values[target + c] = combine(y.values[target + c], x.values[source + c])
                        }
                    }
                }
                for c in target..<target + channels { y.values[c] = finish(y.values[c], rows.count * columns.count) }
            }
        }
        return y
    }

    /// The cells inside the image that a window covers along an axis.
    private func cells(of axis: Int, at position: Int, in shape: Shape) -> Range<Int> {
        let start = position * window.strides[axis] - window.margins(axis, of: shape[axis]).before
        return max(start, 0)..<min(start + window.kernel[axis], shape[axis])
    }
}

extension PoolingLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let input = builder.shape(of: inputs[0])
        let pooling = Pooling(
            Self.kind, window: Extent(window.kernel[0], window.kernel[1]),
            strides: Extent(window.strides[0], window.strides[1]), padding: window.loweredMargins(for: input))
        return [builder.append(.pooling(pooling), inputs, shape: shapes(for: [Shape(input)])[0].dimensions)]
    }
}
