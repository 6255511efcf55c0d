import IR
import Network

/// Group normalisation (Wu and He, 2018); as many groups as channels are instance normalisation.
struct GroupNormalization: MomentNormalizingLayer {
    static let descriptor = LayerDescriptor(
        "GroupNormalization",
        summary: "Normalises each group of channels by its mean and variance over all positions.",
        attributes: [
            Attribute("groups", .int(-1...1 << 30), default: .int(32), "the number of groups; -1: one to a channel"),
            Attribute(
                "axis", .int(-maximumRank...maximumRank), default: .int(-1), "the axis of the channels; the batch is 0"),
        ] + Attribute.normalizing,
        ignored: normalizingTrainingAttributes,
        formula: "y = gamma·(x − mean) / √(variance + epsilon) + beta, mean and variance of the channel's group")

    /// −1 stands for the number of channels.
    let groups: Int
    let axis: Int
    let rule: MomentRule
    let hasGamma: Bool
    let hasBeta: Bool
    /// Of gamma and beta.
    let initializers: [AttributeValue]

    init(_ attributes: AttributeValues) throws {
        groups = attributes.int("groups")
        axis = attributes.int("axis")
        rule = MomentRule(epsilon: Double(Float(attributes.float("epsilon"))))
        hasGamma = attributes.bool("scale")
        hasBeta = attributes.bool("center")
        initializers = ["gamma", "beta"].map { attributes["\($0)_initializer"] }
        guard groups != 0 else {
            throw LayerError(
                "0 groups", attribute: "groups", hint: "-1 makes a group of each channel, 1 one of all of them")
        }
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        let channels = inputs[0][try resolveAxis(axis, of: inputs[0])]
        guard groups == -1 || channels % groups == 0 else {
            throw LayerError(
                "\(groups) groups do not divide the \(channels) channels of \(inputs[0])", attribute: "groups")
        }
        return inputs
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        let shape = Shape([inputs[0][channelAxis(rank: inputs[0].rank)]])
        let gamma = Parameter("gamma", shape, .gamma, initializer: initializers[0])
        let beta = Parameter("beta", shape, .beta, initializer: initializers[1])
        return (hasGamma ? [gamma] : []) + (hasBeta ? [beta] : [])
    }

    var fieldOfView: FieldOfView { .all }

    /// The axis of a shape that has been checked.
    private func channelAxis(rank: Int) -> Int { axis < 0 ? axis + rank : axis - 1 }
}

extension GroupNormalization {
    func kin(in shape: Shape) -> [[Int]] {
        let axis = channelAxis(rank: shape.rank)
        let others = shape.dimensions.indices.filter { $0 != axis }
        let channels = vectors(of: shape, along: others)
        let size = channels.count / (groups == -1 ? channels.count : groups)
        return stride(from: 0, to: channels.count, by: size).map { Array(channels[$0..<$0 + size].joined()) }
    }

    func affine(_ parameters: [RealTensor], for shape: Shape) -> (gamma: RealTensor, beta: RealTensor) {
        let axes = [channelAxis(rank: shape.rank)]
        return (
            hasGamma ? parameters[0].spread(along: axes, of: shape) : RealTensor(shape, repeating: 1),
            hasBeta ? parameters[parameters.count - 1].spread(along: axes, of: shape) : RealTensor(shape)
        )
    }
}

extension GroupNormalization: LowerableLayer {
    /// Another axis than the last is brought to the end.
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let shape = builder.shape(of: inputs[0])
        let axis = channelAxis(rank: shape.count)
        let order = shape.indices.filter { $0 != axis } + [axis]
        let normalization = MomentNormalization(
            .groups(groups == -1 ? shape[axis] : groups), epsilon: Float(rule.epsilon),
            scale: hasGamma ? parameters[0] : nil, shift: hasBeta ? parameters[parameters.count - 1] : nil)
        let result = builder.appendLike(.momentNormalization(normalization), builder.permute(inputs[0], order))
        return [builder.permute(result, shape.indices.map { order.firstIndex(of: $0)! })]
    }
}
