import IR
import Network

/// A constant scale and shift: of pixels to the range a network was trained on, and what `x * 2.0` on a tensor stands
/// for.
struct Rescaling: AffineLayer {
    static let descriptor = LayerDescriptor(
        "Rescaling", summary: "A constant scale and shift; a list gives one number to each channel.",
        attributes: [
            Attribute("scale", .numbers, "the factor"),
            Attribute("offset", .numbers, default: .list([.float(0)]), "what is added after it"),
        ],
        formula: "y = scale·x + offset")

    let scale: [Double]
    let offset: [Double]

    init(_ attributes: AttributeValues) throws {
        scale = try Self.numbers(attributes["scale"], "scale")
        offset = try Self.numbers(attributes["offset"], "offset")
    }

    private static func numbers(_ value: AttributeValue, _ name: String) throws(LayerError) -> [Double] {
        guard case .list(let list) = value else { return try numbers(.list([value]), name) }
        let result = list.compactMap { item -> Double? in
            switch item {
            case .float(let number): number
            case .int(let number): Double(number)
            default: nil
            }
        }
        guard result.count == list.count, !result.isEmpty else {
            throw LayerError("expected a number or a list of numbers", attribute: name)
        }
        return result
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        for (name, list) in [("scale", scale), ("offset", offset)] where list.count > 1 {
            guard list.count == inputs[0].channels else {
                throw LayerError(
                    "\(list.count) numbers for the \(inputs[0].channels) channels of \(inputs[0])", attribute: name)
            }
        }
        return inputs
    }
}

extension Rescaling {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [combine(inputs[0], scale, offset)]
    }

    /// A sum of one product and a constant.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let relative = accumulationError(terms: 1)
        let bound = combine(
            inputs[0].errorSource(bounds[0], relative: relative), scale.map(abs), offset.map { abs($0) * relative })
        return Evaluation(outputs: reference(inputs, parameters), bounds: [bound])
    }

    private func combine(_ x: RealTensor, _ scale: [Double], _ offset: [Double]) -> RealTensor {
        var y = x
        for i in y.values.indices { y.values[i] = scale[i % scale.count] * x.values[i] + offset[i % offset.count] }
        return y
    }
}

extension Rescaling: LowerableLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let constants = [scale, offset].map { Constant(shape: [$0.count], values: $0.map { Float($0) }) }
        let affine = Elementwise(scale: constants[0], shift: offset.allSatisfy { $0 == 0 } ? nil : constants[1])
        return [builder.appendLike(.elementwise(affine), inputs[0])]
    }
}
