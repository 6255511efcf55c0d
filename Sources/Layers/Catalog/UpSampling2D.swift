import IR
import Network

/// An image enlarged by whole factors.
struct UpSampling2D: LowerableLayer, AveragingLayer {
    static let descriptor = LayerDescriptor(
        "UpSampling2D", summary: "Enlarges an image by whole factors.",
        attributes: [
            Attribute("size", .pair(extents), default: .pair(2, 2), "the factors of height and width"), .dataFormat,
            Attribute(
                "interpolation", .choice(["nearest", "bilinear"]), default: .string("nearest"),
                "'nearest' repeats cells; 'bilinear' interpolates between the centres of cells"),
        ],
        formula:
            "nearest: y[h, w, c] = x[h // size, w // size, c]; bilinear: x at ((h + ½) / size − ½, …), held at the edges"
    )

    let factors: [Int]
    let isBilinear: Bool

    init(_ attributes: AttributeValues) throws {
        try attributes.requireChannelsLast()
        factors = attributes.ints("size")
        isBilinear = attributes.string("interpolation").lowercased() == "bilinear"
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try requireImage(inputs, "UpSampling2D")
        return [
            Shape([
                saturatingProduct(inputs[0][0], factors[0]), saturatingProduct(inputs[0][1], factors[1]),
                inputs[0].channels,
            ])
        ]
    }

    var fieldOfView: FieldOfView {
        .window(size: isBilinear ? factors.map { min($0, 2) } : [1, 1], stride: [1, 1], divisor: factors)
    }
}

extension UpSampling2D {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let x = inputs[0]
        var y = RealTensor(shapes(for: [x.shape])[0])
        let channels = x.shape.channels
        var target = 0
        for row in 0..<y.shape[0] {
            let rows = sources(of: row, factor: factors[0], extent: x.shape[0])
            for column in 0..<y.shape[1] {
                for (i, rowWeight) in rows {
                    for (j, weight) in sources(of: column, factor: factors[1], extent: x.shape[1]) {
                        let source = (i * x.shape[1] + j) * channels
                        for c in 0..<channels { y.values[target + c] += rowWeight * weight * x.values[source + c] }
                    }
                }
                target += channels
            }
        }
        return [y]
    }

    /// The input cells along an axis that an output cell is made of, and their shares.
    private func sources(of position: Int, factor: Int, extent: Int) -> [(cell: Int, weight: Double)] {
        if !isBilinear { return [(position / factor, 1)] }
        let centre = (Double(position) + 0.5) / Double(factor) - 0.5
        let held = min(max(centre, 0), Double(extent - 1))
        let cell = Int(held)
        let share = held - Double(cell)
        return share == 0 ? [(cell, 1)] : [(cell, 1 - share), (cell + 1, share)]
    }

    func terms(for inputs: [Shape]) -> Int { isBilinear ? 4 : 1 }

    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let outputs = reference(inputs, parameters)
        // Repetition is exact.
        let relative = isBilinear ? accumulationError(terms: terms(for: inputs.map(\.shape))) : 0
        let sources = [inputs[0].errorSource(bounds[0], relative: relative)]
        return Evaluation(outputs: outputs, bounds: reference(isBilinear ? sources : bounds, parameters))
    }
}

extension UpSampling2D {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let output = shapes(for: [Shape(builder.shape(of: inputs[0]))])[0].dimensions
        let upsampling = Upsampling(isBilinear ? .bilinear : .nearest, factor: Extent(factors[0], factors[1]))
        return [builder.append(.upsampling(upsampling), inputs, shape: output)]
    }
}
