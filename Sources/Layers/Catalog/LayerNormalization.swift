import IR
import Network

/// Layer normalisation (Ba, Kiros and Hinton, 2016).
struct LayerNormalization: MomentNormalizingLayer {
    static let descriptor = LayerDescriptor(
        "LayerNormalization",
        summary: "Normalises each sample's elements by their own mean and variance along an axis.",
        attributes: [.normalizedAxes] + Attribute.normalizing + [
            Attribute(
                "rms_scaling", .bool, default: .bool(false),
                "divide by the deviation without taking the mean off; no beta (deprecated by Keras)")
        ],
        ignored: normalizingTrainingAttributes,
        formula: """
            y = gamma·(x − mean) / √(variance + epsilon) + beta, mean and variance over the axes
            rms_scaling: y = gamma·x / √(variance + epsilon)
            """)

    let axes: [Int]
    let rule: MomentRule
    let hasGamma: Bool
    let hasBeta: Bool
    /// Of gamma and beta.
    let initializers: [AttributeValue]

    init(_ attributes: AttributeValues) throws {
        axes = attributes.ints("axis")
        let scalesOnly = attributes.bool("rms_scaling")
        rule = MomentRule(epsilon: Double(Float(attributes.float("epsilon"))), centresResult: !scalesOnly)
        hasGamma = attributes.bool("scale") || scalesOnly
        hasBeta = attributes.bool("center") && !scalesOnly
        initializers = ["gamma", "beta"].map { attributes["\($0)_initializer"] }
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        _ = try resolveAxes(axes, of: inputs[0])
        return inputs
    }

    /// Keras sorts the axes as they are written, so that a negative one comes first in the shape of gamma and beta.
    func parameters(for inputs: [Shape]) -> [Parameter] {
        let shape = Shape(axes.sorted().map { inputs[0][$0 < 0 ? $0 + inputs[0].rank : $0 - 1] })
        let gamma = Parameter("gamma", shape, .gamma, initializer: initializers[0])
        let beta = Parameter("beta", shape, .beta, initializer: initializers[1])
        return (hasGamma ? [gamma] : []) + (hasBeta ? [beta] : [])
    }

    var fieldOfView: FieldOfView { axes == [-1] ? .point : .all }
}

extension LayerNormalization {
    func kin(in shape: Shape) -> [[Int]] { vectors(of: shape, along: resolvedAxes(axes, rank: shape.rank)) }

    func affine(_ parameters: [RealTensor], for shape: Shape) -> (gamma: RealTensor, beta: RealTensor) {
        let axes = resolvedAxes(axes, rank: shape.rank)
        return (
            hasGamma ? parameters[0].spread(along: axes, of: shape) : RealTensor(shape, repeating: 1),
            hasBeta ? parameters[parameters.count - 1].spread(along: axes, of: shape) : RealTensor(shape)
        )
    }
}

extension LayerNormalization: LowerableLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let normalization = MomentNormalization(
            .position, epsilon: Float(rule.epsilon), centresResult: rule.centresResult,
            scale: hasGamma ? parameters[0].flattened : nil,
            shift: hasBeta ? parameters[parameters.count - 1].flattened : nil)
        return [builder.normalize(inputs[0], axes, normalization)]
    }
}

extension GraphBuilder {
    /// A normalisation along some axes, which are brought to the end and made one, then put back.
    mutating func normalize(_ value: ValueID, _ axes: [Int], _ normalization: MomentNormalization) -> ValueID {
        let shape = shape(of: value)
        let axes = axes.map { $0 < 0 ? $0 + shape.count : $0 - 1 }.sorted()
        let order = shape.indices.filter { !axes.contains($0) } + axes
        let moved = order.map { shape[$0] }
        let last = axes.map { shape[$0] }.reduce(1, *)
        let flat = reshape(permute(value, order), to: moved.dropLast(axes.count) + [last])
        let result = reshape(appendLike(.momentNormalization(normalization), flat), to: moved)
        return permute(result, shape.indices.map { order.firstIndex(of: $0)! })
    }
}

extension Constant {
    /// The elements in one row.
    var flattened: Constant { Constant(shape: [values.count], values: values) }
}
