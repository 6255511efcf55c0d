import IR
import Network

typealias ZeroPadding1D = ZeroPadding<Line>
typealias ZeroPadding2D = ZeroPadding<Plane>

/// Zeros before and after a sequence, or around an image.
struct ZeroPadding<S: Space>: LowerableLayer, CarryingLayer {
    static var descriptor: LayerDescriptor {
        LayerDescriptor(
            "ZeroPadding\(S.suffix)",
            summary: S.rank == 1 ? "Zeros before and after a sequence." : "Zeros around an image.",
            attributes: [
                Attribute("padding", S.margins, default: S.margins(1), S.marginWords), .dataFormat,
            ],
            formula: S.formula(
                line: "y[t + before, c] = x[t, c]; 0 elsewhere",
                plane: "y[h + top, w + left, c] = x[h, w, c]; 0 elsewhere"))
    }

    /// Top, bottom, left, right.
    let margins: [Int]

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        margins = attributes.margins("padding", over: S.self)
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try S.require(inputs, Self.descriptor.name)
        return [S.shape(ofImage: outputShape(for: S.image(inputs[0])).dimensions)]
    }

    private func outputShape(for image: Shape) -> Shape {
        let height = saturatingSum(image[0], saturatingSum(margins[0], margins[1]))
        let width = saturatingSum(image[1], saturatingSum(margins[2], margins[3]))
        return Shape([height, width, image.channels])
    }
}

extension ZeroPadding {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let x = S.image(inputs[0])
        var y = RealTensor(outputShape(for: x.shape))
        let rowLength = x.shape[1] * x.shape.channels
        for row in 0..<x.shape[0] {
            let start = ((row + margins[0]) * y.shape[1] + margins[2]) * x.shape.channels
            for i in 0..<rowLength { y.values[start + i] = x.values[row * rowLength + i] }
        }
        return [S.tensor(ofImage: y)]
    }
}

extension ZeroPadding {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let zeros = Margins(top: margins[0], bottom: margins[1], left: margins[2], right: margins[3])
        if zeros == .zero { return inputs }
        let x = builder.image(inputs[0], of: S.self)
        let output = outputShape(for: Shape(builder.shape(of: x))).dimensions
        return [builder.tensor(ofImage: builder.append(.padding(zeros), [x], shape: output), of: S.self)]
    }
}
