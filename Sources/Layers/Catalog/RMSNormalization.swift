import IR
import Network

/// Root mean square normalisation (Zhang and Sennrich, 2019).
struct RMSNormalization: MomentNormalizingLayer {
    static let descriptor = LayerDescriptor(
        "RMSNormalization", summary: "Divides each sample's elements by their root mean square along an axis.",
        attributes: [
            .normalizedAxes, Attribute("epsilon", .float(0...1e30), default: .float(1e-6), "added to the mean square"),
        ],
        formula: "y = scale·x / √(mean x² + epsilon), the mean over the axes")

    let axes: [Int]
    let rule: MomentRule

    init(_ attributes: AttributeValues) throws {
        axes = attributes.ints("axis")
        rule = MomentRule(
            epsilon: Double(Float(attributes.float("epsilon"))), centresVariance: false, centresResult: false)
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        let resolved = try resolveAxes(axes, of: inputs[0])
        guard resolved == Array(inputs[0].rank - resolved.count..<inputs[0].rank) else {
            throw LayerError(
                "the axes of RMSNormalization must be the last ones of \(inputs[0])", attribute: "axis",
                hint: "Keras aligns its scale with the last axes, whichever are given; Permute brings others there")
        }
        return inputs
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        let shape = Shape(Array(inputs[0].dimensions.suffix(axes.count)))
        return [Parameter("scale", shape, .gamma, initializer: .string("ones"))]
    }

    var fieldOfView: FieldOfView { axes == [-1] ? .point : .all }
}

extension RMSNormalization {
    func kin(in shape: Shape) -> [[Int]] { vectors(of: shape, along: resolvedAxes(axes, rank: shape.rank)) }

    func affine(_ parameters: [RealTensor], for shape: Shape) -> (gamma: RealTensor, beta: RealTensor) {
        (parameters[0].spread(along: resolvedAxes(axes, rank: shape.rank), of: shape), RealTensor(shape))
    }
}

extension RMSNormalization: LowerableLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let normalization = MomentNormalization(
            .position, epsilon: Float(rule.epsilon), centresVariance: false, centresResult: false,
            scale: parameters[0].flattened)
        return [builder.normalize(inputs[0], axes, normalization)]
    }
}
