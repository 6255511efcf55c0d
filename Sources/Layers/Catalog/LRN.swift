import IR
import Network

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Local response normalisation across channels (AlexNet, Krizhevsky et al. 2012).
struct LRN: LowerableLayer {
    static let descriptor = LayerDescriptor(
        "LRN",
        summary: "Divides each element by a power of the energy of the channels around it (beyond Keras; AlexNet).",
        attributes: [
            Attribute(
                "size", .int(1...1 << 20), default: .int(5),
                "how many neighbouring channels count; of an even number one more behind"),
            Attribute(
                "alpha", .float(0...1e30), default: .float(1e-4), "the weight of the energy, not divided by size"),
            Attribute("beta", .float(0...1e3), default: .float(0.75), "the power"),
            Attribute("k", .float(1e-30...1e30), default: .float(2), "what is added to the energy"),
        ],
        formula: "y[c] = x[c] / (k + alpha·Σ x[j]²)^beta, over the size channels j around c that exist")

    let size: Int
    let alpha: Float
    let beta: Float
    let k: Float

    init(_ attributes: AttributeValues) {
        size = attributes.int("size")
        alpha = Float(attributes.float("alpha"))
        beta = Float(attributes.float("beta"))
        k = Float(attributes.float("k"))
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        try Plane.require(inputs, "LRN")
        return inputs
    }
}

extension LRN {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [inputs[0].zip(energies(inputs[0]) { $0 * $0 }) { $0 * pow($1, -Double(beta)) }]
    }

    /// With s = k + alpha·Σx², known to within `B_s = alpha·Σ(2|x|·B_in + B_in²) + c·u·(√size + 2)·s`, and g(s) =
    /// s^−beta: `B = |x|·(g(s − B_s) − g(s)) + g(s − B_s)·B_in + (8 + 8·beta·(1 + |ln s|))·u·|y|`, the last for the
    /// power and the product.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let x = inputs[0]
        let outputs = reference(inputs, parameters)
        let energy = energies(x) { $0 * $0 }
        let widened = energies(x.errorSource(bounds[0], relative: 1)) { $0 * $0 }
        let relative = accumulationError(terms: size)
        let power = Double(beta)
        var bound = bounds[0]
        for i in bound.values.indices {
            let s = energy.values[i]
            let least = s - (widened.values[i] - s + relative * s)
            let g = least > 0 ? pow(least, -power) : .infinity
            let rounding = (8 + 8 * power * (1 + abs(log(s)))) * unitRoundoff * abs(outputs[0].values[i])
            bound.values[i] = abs(x.values[i]) * (g - pow(s, -power)) + g * bound.values[i] + rounding + smallestNormal
        }
        return Evaluation(outputs: outputs, bounds: [bound])
    }

    /// `k + alpha·Σ term(x)` over the channels around each element.
    private func energies(_ x: RealTensor, _ term: (Double) -> Double) -> RealTensor {
        var result = x
        let channels = x.shape.channels
        for start in stride(from: 0, to: x.values.count, by: channels) {
            for c in 0..<channels {
                let around = max(c - (size - 1) / 2, 0)...min(c + size / 2, channels - 1)
                let sum = around.reduce(0) { $0 + term(x.values[start + $1]) }
                result.values[start + c] = Double(k) + Double(alpha) * sum
            }
        }
        return result
    }
}

extension LRN {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let response = LocalResponse(size: size, alpha: alpha, beta: beta, bias: k)
        return [builder.appendLike(.localResponse(response), inputs[0])]
    }
}
