import IR
import Network

/// An image without its edges.
struct Cropping2D: LowerableLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "Cropping2D", summary: "Cuts the edges off an image.",
        attributes: [
            Attribute(
                "cropping", .margins, default: .list([.int(0), .int(0), .int(0), .int(0)]),
                "n, (vertical, horizontal) or ((top, bottom), (left, right))"),
            .dataFormat,
        ],
        formula: "y[h, w, c] = x[h + top, w + left, c]")

    /// Top, bottom, left, right.
    let margins: [Int]

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        margins = attributes.ints("cropping")
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try requireImage(inputs, "Cropping2D")
        let (vertical, horizontal) = (saturatingSum(margins[0], margins[1]), saturatingSum(margins[2], margins[3]))
        guard vertical < inputs[0][0] && horizontal < inputs[0][1] else {
            throw LayerError(
                "cropping \(vertical) rows and \(horizontal) columns leaves nothing of \(inputs[0])",
                attribute: "cropping")
        }
        return [Shape([inputs[0][0] - vertical, inputs[0][1] - horizontal, inputs[0].channels])]
    }
}

extension Cropping2D {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let x = inputs[0]
        var y = RealTensor(shapes(for: [x.shape])[0])
        let rowLength = y.shape[1] * x.shape.channels
        for row in 0..<y.shape[0] {
            let start = ((row + margins[0]) * x.shape[1] + margins[2]) * x.shape.channels
            for i in 0..<rowLength { y.values[row * rowLength + i] = x.values[start + i] }
        }
        return [y]
    }
}

extension Cropping2D {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let cut = Margins(top: -margins[0], bottom: -margins[1], left: -margins[2], right: -margins[3])
        if cut == .zero { return inputs }
        let output = shapes(for: [Shape(builder.shape(of: inputs[0]))])[0]
        return [builder.append(.padding(cut), inputs, shape: output.dimensions)]
    }
}
