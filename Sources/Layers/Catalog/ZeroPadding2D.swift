import IR
import Network

/// Zeros around an image.
struct ZeroPadding2D: LowerableLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "ZeroPadding2D", summary: "Zeros around an image.",
        attributes: [
            Attribute(
                "padding", .margins, default: .list([.int(1), .int(1), .int(1), .int(1)]),
                "n, (vertical, horizontal) or ((top, bottom), (left, right))"),
            .dataFormat,
        ],
        formula: "y[h + top, w + left, c] = x[h, w, c]; 0 elsewhere")

    /// Top, bottom, left, right.
    let margins: [Int]

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        margins = attributes.ints("padding")
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try requireImage(inputs, "ZeroPadding2D")
        let height = saturatingSum(inputs[0][0], saturatingSum(margins[0], margins[1]))
        let width = saturatingSum(inputs[0][1], saturatingSum(margins[2], margins[3]))
        return [Shape([height, width, inputs[0].channels])]
    }
}

extension ZeroPadding2D {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let x = inputs[0]
        var y = RealTensor(shapes(for: [x.shape])[0])
        let rowLength = x.shape[1] * x.shape.channels
        for row in 0..<x.shape[0] {
            let start = ((row + margins[0]) * y.shape[1] + margins[2]) * x.shape.channels
            for i in 0..<rowLength { y.values[start + i] = x.values[row * rowLength + i] }
        }
        return [y]
    }
}

extension ZeroPadding2D {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let zeros = Margins(top: margins[0], bottom: margins[1], left: margins[2], right: margins[3])
        if zeros == .zero { return inputs }
        let output = shapes(for: [Shape(builder.shape(of: inputs[0]))])[0]
        return [builder.append(.padding(zeros), inputs, shape: output.dimensions)]
    }
}
