import IR
import Network

typealias Cropping1D = Cropping<Line>
typealias Cropping2D = Cropping<Plane>

/// A sequence without its ends, or an image without its edges.
struct Cropping<S: Space>: LowerableLayer, CarryingLayer {
    /// Keras' Cropping1D cuts one step off each end by default, and knows no data_format; Cropping2D cuts nothing.
    static var descriptor: LayerDescriptor {
        let cropping = Attribute("cropping", S.margins, default: S.margins(S.rank == 1 ? 1 : 0), S.marginWords)
        return LayerDescriptor(
            "Cropping\(S.suffix)",
            summary: S.rank == 1 ? "Cuts the ends off a sequence." : "Cuts the edges off an image.",
            attributes: S.rank == 1 ? [cropping] : [cropping, .dataFormat],
            formula: S.formula(line: "y[t, c] = x[t + before, c]", plane: "y[h, w, c] = x[h + top, w + left, c]"))
    }

    /// Top, bottom, left, right.
    let margins: [Int]

    init(_ attributes: AttributeValues) throws {
        if S.rank > 1 { try attributes.requireChannelsLast() }
        margins = attributes.margins("cropping", over: S.self)
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try S.require(inputs, Self.descriptor.name)
        let image = S.image(inputs[0])
        let (vertical, horizontal) = (saturatingSum(margins[0], margins[1]), saturatingSum(margins[2], margins[3]))
        guard vertical < image[0] && horizontal < image[1] else {
            let cut = S.rank == 1 ? "\(horizontal) steps" : "\(vertical) rows and \(horizontal) columns"
            throw LayerError("cropping \(cut) leaves nothing of \(inputs[0])", attribute: "cropping")
        }
        return [S.shape(ofImage: [image[0] - vertical, image[1] - horizontal, image.channels])]
    }
}

extension Cropping {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let x = S.image(inputs[0])
        var y = S.image(RealTensor(shapes(for: [inputs[0].shape])[0]))
        let rowLength = y.shape[1] * x.shape.channels
        for row in 0..<y.shape[0] {
            let start = ((row + margins[0]) * x.shape[1] + margins[2]) * x.shape.channels
            for i in 0..<rowLength { y.values[row * rowLength + i] = x.values[start + i] }
        }
        return [S.tensor(ofImage: y)]
    }
}

extension Cropping {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let cut = Margins(top: -margins[0], bottom: -margins[1], left: -margins[2], right: -margins[3])
        if cut == .zero { return inputs }
        let output = S.image(shapes(for: [Shape(builder.shape(of: inputs[0]))])[0]).dimensions
        let x = builder.image(inputs[0], of: S.self)
        return [builder.tensor(ofImage: builder.append(.padding(cut), [x], shape: output), of: S.self)]
    }
}
