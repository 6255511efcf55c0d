import IR
import Network

/// A layer that takes the largest or the mean of the cells of a window.
protocol PoolingLayer: LowerableLayer {
    associatedtype S: Space
    /// Lifted to an image.
    var window: ConvolutionWindow { get }
    static var kind: Pooling.Kind { get }
}

extension PoolingLayer {
    /// The attributes; Keras gives `pool_size` a default for the maximum only.
    static func poolingAttributes(defaultSize: AttributeValue?) -> [Attribute] {
        [
            Attribute("pool_size", S.numbers(extents), default: defaultSize, "\(S.extentWords) of the window"),
            Attribute(
                "strides", S.numbers(extents), default: AttributeValue.none, optional: true,
                "the \(S.rank == 1 ? "step" : "steps") of the window; None is pool_size"),
            S.poolingPadding, .dataFormat,
        ]
    }

    static func makeWindow(_ attributes: AttributeValues, dilation: [Int] = [1, 1]) throws -> ConvolutionWindow {
        try attributes.requireChannelsLast()
        let size = S.lift(attributes.ints("pool_size"))
        let strides = attributes.isNone("strides") ? size : S.lift(attributes.ints("strides"))
        var window = ConvolutionWindow(kernel: size, strides: strides, dilation: dilation)
        if case .string = attributes["padding"] {
            window.padding = attributes.padding
        } else {
            window.explicitMargins = attributes.margins("padding", over: S.self)
        }
        return window
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try S.require(inputs, Self.descriptor.name)
        try S.requireFit(window, inputs[0], attribute: "pool_size")
        try requireCells(in: S.image(inputs[0]))
        return [S.shape(ofImage: window.outputExtents(of: S.image(inputs[0])) + [inputs[0].channels])]
    }

    /// Throws where a window holds no cell of the image: beyond its edges, or between the cells of a dilated window.
    private func requireCells(in image: Shape) throws(LayerError) {
        for axis in 0...1 where window.kernel[axis] > 1 && window.dilation[axis] > image[axis] {
            throw LayerError(
                "cells \(window.dilation[axis]) apart miss \(S.shape(ofImage: image.dimensions))",
                attribute: "dilation_rate")
        }
        // Each of its cells becomes an operation of its own, with a table as long as the result.
        guard
            window.dilation == [1, 1]
                || (0...1).allSatisfy({
                    window.kernel[$0] <= 64 && window.outputExtent($0, of: image[$0]) <= longestTable
                })
        else {
            throw LayerError(
                "a dilated window has at most 64 cells along an axis, and \(longestTable) places",
                attribute: "dilation_rate")
        }
        guard let margins = window.explicitMargins else { return }
        for axis in 0...1 {
            let count = window.outputExtent(axis, of: image[axis])
            let last = saturatingSum(saturatingProduct(count - 1, window.strides[axis]), -margins[2 * axis])
            let reach = saturatingProduct(window.kernel[axis] - 1, window.dilation[axis])
            guard count > 0, margins[2 * axis] <= reach, last < image[axis] else {
                let sides = S.rank == 1 ? Array(margins[2...]) : margins
                throw LayerError(
                    "each window of \(S.text(window.kernel)) must hold a cell of \(S.shape(ofImage: image.dimensions)), "
                        + "and margins of \(sides) leave one without", attribute: "padding")
            }
        }
    }

    var fieldOfView: FieldOfView { window.fieldOfView }
}

extension PoolingLayer {
    /// `combine` over the cells of each window that lie inside, starting from `start`; `finish` gets their number too.
    func pool(
        _ tensor: RealTensor, from start: Double, _ combine: (Double, Double) -> Double,
        finish: (Double, Int) -> Double
    ) -> RealTensor {
        let x = S.image(tensor)
        let channels = x.shape.channels
        var y = RealTensor(Shape(window.outputExtents(of: x.shape) + [channels]), repeating: start)
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
        return S.tensor(ofImage: y)
    }

    /// The cells inside the image that a window covers along an axis.
    private func cells(of axis: Int, at position: Int, in shape: Shape) -> [Int] {
        let start = position * window.strides[axis] - window.margins(axis, of: shape[axis]).before
        let end = start + window.kernel[axis] * window.dilation[axis]
        return stride(from: start, to: end, by: window.dilation[axis]).filter { (0..<shape[axis]).contains($0) }
    }
}

extension PoolingLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let x = builder.image(inputs[0], of: S.self)
        if window.dilation != [1, 1] { return [builder.tensor(ofImage: lowerDilated(x, into: &builder), of: S.self)] }
        let input = builder.shape(of: x)
        let pooling = Pooling(
            Self.kind, window: Extent(window.kernel[0], window.kernel[1]),
            strides: Extent(window.strides[0], window.strides[1]), padding: window.loweredMargins(for: input))
        let output = window.outputExtents(of: Shape(input)) + [input[2]]
        return [builder.tensor(ofImage: builder.append(.pooling(pooling), [x], shape: output), of: S.self)]
    }

    /// The largest of the image moved by each tap, one axis after the other.
    private func lowerDilated(_ x: ValueID, into builder: inout GraphBuilder) -> ValueID {
        var value = x
        for axis in 0...1 {
            let extent = builder.shape(of: value)[axis]
            let (before, _) = window.margins(axis, of: extent)
            let positions = (0..<window.outputExtent(axis, of: extent)).map { $0 * window.strides[axis] - before }
            let moved = (0..<window.kernel[axis]).map { tap in
                let cells = positions.map { $0 + tap * window.dilation[axis] }
                let inside = cells.map { (0..<extent).contains($0) ? $0 : Gather.outside }
                return builder.gather(value, axis: axis, inside, fill: -.infinity)
            }
            value = moved[0]
            for other in moved.dropFirst() {
                value = builder.append(
                    .elementwise(Elementwise(combine: .maximum)), [value, other], shape: builder.shape(of: value))
            }
        }
        return value
    }
}
