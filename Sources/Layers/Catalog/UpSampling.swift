import IR
import Network

typealias UpSampling1D = UpSampling<Line>
typealias UpSampling2D = UpSampling<Plane>

/// A sequence or an image enlarged by whole factors.
struct UpSampling<S: Space>: LowerableLayer, AveragingLayer {
    /// Keras' UpSampling1D repeats only, and knows no data_format.
    static var descriptor: LayerDescriptor {
        let size = Attribute(
            "size", S.rank == 1 ? .int(extents) : .pair(extents), default: S.repeated(2),
            S.rank == 1 ? "how often each step is repeated" : "the factors of height and width")
        let interpolation = Attribute(
            "interpolation", .choice(Resizing.Interpolation.allCases.map(\.rawValue)), default: .string("nearest"),
            "'nearest' repeats cells; the others interpolate between the centres of cells, as Resizing does")
        return LayerDescriptor(
            "UpSampling\(S.suffix)", summary: "Enlarges \(S.noun) by whole factors.",
            attributes: S.rank == 1 ? [size] : [size, .dataFormat, interpolation],
            formula: S.formula(
                line: "y[t, c] = x[t // size, c]",
                plane:
                    "nearest: y[h, w, c] = x[h // size, w // size, c]; others: x around ((h + ½) / size − ½, …), as Resizing"
            ))
    }

    /// Of height and width.
    let factors: [Int]
    let interpolation: Resizing.Interpolation

    init(_ attributes: AttributeValues) throws {
        factors = S.lift(attributes.ints("size"))
        if S.rank > 1 { try attributes.requireChannelsLast() }
        interpolation = S.rank > 1 ? Resizing.Interpolation(rawValue: attributes.string("interpolation"))! : .nearest
    }

    private var isBilinear: Bool { interpolation == .bilinear }

    /// What it is for an image where it neither repeats nor is bilinear.
    private func resizing(of image: Shape) -> Resizing? {
        if interpolation == .nearest || isBilinear { return nil }
        return Resizing(size: Array(outputShape(for: image).dimensions.prefix(2)), interpolation: interpolation)
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try S.require(inputs, Self.descriptor.name)
        let image = S.image(inputs[0])
        if let resizing = resizing(of: image) {
            guard resizing.size.allSatisfy({ $0 <= Resizing.largestSize }) else {
                throw LayerError(
                    "interpolation '\(interpolation)' makes images of at most \(Resizing.largestSize) rows and columns, "
                        + "not \(resizing.size[0])×\(resizing.size[1])", attribute: "size")
            }
            return try resizing.outputShapes(for: inputs)
        }
        return [S.shape(ofImage: outputShape(for: image).dimensions)]
    }

    private func outputShape(for image: Shape) -> Shape {
        Shape([saturatingProduct(image[0], factors[0]), saturatingProduct(image[1], factors[1]), image.channels])
    }

    var fieldOfView: FieldOfView {
        .window(size: isBilinear ? factors.map { min($0, 2) } : [1, 1], stride: [1, 1], divisor: factors)
    }

    func fieldOfView(for inputs: [Shape]) -> FieldOfView {
        resizing(of: S.image(inputs[0]))?.fieldOfView(for: inputs) ?? fieldOfView
    }
}

extension UpSampling {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let x = S.image(inputs[0])
        if let resizing = resizing(of: x.shape) { return resizing.reference(inputs, parameters) }
        var y = RealTensor(outputShape(for: x.shape))
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
        return [S.tensor(ofImage: y)]
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
        if let resizing = resizing(of: S.image(inputs[0].shape)) {
            return resizing.evaluate(inputs, bounds: bounds, parameters)
        }
        let outputs = reference(inputs, parameters)
        // Repetition is exact.
        let relative = isBilinear ? accumulationError(terms: terms(for: inputs.map(\.shape))) : 0
        let sources = [inputs[0].errorSource(bounds[0], relative: relative)]
        return Evaluation(outputs: outputs, bounds: reference(isBilinear ? sources : bounds, parameters))
    }
}

extension UpSampling {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        if let resizing = resizing(of: S.image(Shape(builder.shape(of: inputs[0])))) {
            return resizing.lower(inputs, parameters, into: &builder)
        }
        let x = builder.image(inputs[0], of: S.self)
        let output = outputShape(for: Shape(builder.shape(of: x))).dimensions
        let upsampling = Upsampling(isBilinear ? .bilinear : .nearest, factor: Extent(factors[0], factors[1]))
        return [builder.tensor(ofImage: builder.append(.upsampling(upsampling), [x], shape: output), of: S.self)]
    }
}
