import IR
import Network

/// The channels of several groups dealt out in turn (ShuffleNet, Zhang et al. 2017).
struct ChannelShuffle: LowerableLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "ChannelShuffle",
        summary: "Deals the channels of each group out in turn, so that the next groups see all of them.",
        attributes: [Attribute("groups", .int(widths), "the number of groups")],
        formula: "channels as (groups, n) become (n, groups)")

    let groups: Int

    init(_ attributes: AttributeValues) throws { groups = attributes.int("groups") }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        guard inputs[0].channels % groups == 0 else {
            throw LayerError(
                "\(groups) groups do not divide the \(inputs[0].channels) channels of \(inputs[0])", attribute: "groups"
            )
        }
        return inputs
    }
}

extension ChannelShuffle {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        var y = inputs[0]
        let channels = y.shape.channels
        let perGroup = channels / groups
        for start in stride(from: 0, to: y.values.count, by: channels) {
            for group in 0..<groups {
                for n in 0..<perGroup {
                    y.values[start + n * groups + group] = inputs[0].values[start + group * perGroup + n]
                }
            }
        }
        return [y]
    }
}

extension ChannelShuffle {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let channels = builder.shape(of: inputs[0]).last ?? 1
        let map = (0..<channels).map { ($0 % groups) * (channels / groups) + $0 / groups }
        return [builder.appendLike(.channelGather(map), inputs[0])]
    }
}
