import Diagnostics
import IR
import Language
import Layers
import Network
import Testing

/// Random and extreme arguments for every layer of the registry, drawn from its own table.
@Suite struct EveryLayerTests {
    private static let site = Site(range: SourceRange(0, 1))
    private static let shapes = [
        [1], [7], [12], [1 << 40], [5, 6], [8, 8, 4], [9, 7, 12], [4, 4, 1], [1, 1, 1 << 40], [1 << 20, 1 << 20, 1],
        [2, 2, 2, 2], [1, 1, 6],
    ]

    @Test(arguments: layerRegistry.map { $0.descriptor.name })
    func `no arguments and no shapes make a layer trap`(name: String) throws {
        let descriptor = try #require(LayerIndex()[name]).descriptor
        var random = SplitMix(state: UInt64(name.utf8.count))
        var accepted = 0
        for _ in 0..<400 {
            var builder = NetworkBuilder(source: SourceFile(name: "random.net", text: [32, 10]))
            var log = DiagnosticLog()
            let inputs = makeInputs(for: descriptor, &builder, &random, &log)
            let rank = inputs.first.map { builder.shape(of: $0).count } ?? 1
            let arguments = descriptor.attributes.compactMap { attribute in
                attribute.defaultValue == nil || random.below(3) == 0
                    ? argument(for: attribute, rank: rank, &random) : nil
            }
            guard let layer = builder.construct(name, arguments: arguments, at: Self.site, log: &log),
                let outputs = builder.apply(layer, to: inputs, variable: nil, at: Self.site, log: &log)
            else {
                #expect(log.hasErrors, "\(arguments)")
                continue
            }
            accepted += 1
            if descriptor.inputCount.upperBound > 0 { check(&builder, outputs, &log) }
        }
        #expect(accepted > 10)
    }

    /// Accounts for the network, and lowers it where it is small.
    private func check(_ builder: inout NetworkBuilder, _ outputs: [TensorHandle], _ log: inout DiagnosticLog) {
        builder.finish(ProgramSummary(inputs: nil, outputs: outputs, outputRanges: []), log: &log)
        guard let network = builder.makeNetwork() else { return }
        let summary = network.summary()
        #expect(summary.parameters >= 0 && summary.macs >= 0)
        let elements = network.nodes.flatMap(\.outputShapes).reduce(0) { $0 + $1.elementCount }
        guard elements < 10_000, summary.parameters < 100_000 else { return }
        let graph = lower(network, parameters: initialValues(for: network, seed: 1, style: .test))
        #expect(
            graph.outputs.map { graph[$0].shape } == network.outputs.map { network.shape(of: $0.tensor).dimensions })
        let last = network.nodes.count - 1
        #expect(graph.outputs.allSatisfy { graph[$0].tensor?.node == last })
    }

    private func makeInputs(
        for descriptor: LayerDescriptor, _ builder: inout NetworkBuilder, _ random: inout SplitMix,
        _ log: inout DiagnosticLog
    ) -> [TensorHandle] {
        let count = min(descriptor.inputCount.upperBound, max(descriptor.inputCount.lowerBound, 1 + random.below(3)))
        var shape = Self.shapes[random.below(Self.shapes.count)]
        return (0..<count).compactMap { _ in
            if random.below(5) == 0 { shape = Self.shapes[random.below(Self.shapes.count)] }
            return builder.makeInput(shape: shape, at: Self.site, log: &log)
        }
    }

    private func argument(for attribute: Attribute, rank: Int, _ random: inout SplitMix) -> LayerArgument {
        LayerArgument(
            name: attribute.name, value: value(of: attribute, rank: rank, &random), range: Self.site.range,
            valueRange: Self.site.range)
    }

    /// `rank` is that of the layer's input.
    private func value(of attribute: Attribute, rank: Int, _ random: inout SplitMix) -> ArgumentValue {
        if attribute.isOptional, random.below(4) == 0 { return .none }
        func whole(_ bounds: ClosedRange<Int>) -> ArgumentValue {
            let candidates = [1, 2, 3, 4, -1, bounds.lowerBound, bounds.upperBound].filter(bounds.contains)
            return .int(candidates[random.below(candidates.count)])
        }
        func number(_ bounds: ClosedRange<Double>) -> ArgumentValue {
            let candidates = [0.5, 1, bounds.lowerBound, bounds.upperBound].filter(bounds.contains)
            return .float(candidates[random.below(candidates.count)])
        }
        switch attribute.type {
        case .bool: return .bool(random.below(2) == 0)
        case .int(let bounds): return whole(bounds)
        case .float(let bounds): return number(bounds)
        case .choice(let words): return .string(words[random.below(words.count)])
        case .single(let bounds): return random.below(2) == 0 ? whole(bounds) : .tuple([whole(bounds)])
        case .pair(let bounds): return .tuple([whole(bounds), whole(bounds)])
        case .ints(let bounds):
            let count = random.below(2) == 0 ? rank : 1 + random.below(4)
            return .list((0..<count).map { _ in whole(bounds) })
        case .shape: return .tuple((0...random.below(4)).map { _ in whole(-1...Int.max) })
        case .ends: return .tuple([whole(0...Int.max), whole(0...3)])
        case .margins: return .tuple((0..<2).map { _ in .tuple([whole(0...Int.max), whole(0...3)]) })
        case .windowPadding(let axes):
            if random.below(2) == 0 { return .string("same") }
            let side = ArgumentValue.tuple([whole(0...Int.max), whole(0...3)])
            return axes == 1 ? side : .tuple([side, side])
        case .activation: return .string(activationNames[random.below(activationNames.count)])
        case .string: return .string("text")
        case .numbers: return .list((0...random.below(4)).map { _ in number(-2...2) })
        case .array:
            let row = ArgumentValue.list((0...random.below(4)).map { _ in number(-2...2) })
            return random.below(3) == 0 ? number(-2...2) : random.below(2) == 0 ? row : .list([row, row])
        case .initializer: return .string(initializers[random.below(initializers.count)].name)
        case .ignored: return .int(7)
        }
    }
}

/// Steele, Lea and Flood's generator, for reproducible choices.
struct SplitMix {
    var state: UInt64

    mutating func below(_ count: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((z ^ (z >> 31)) % UInt64(count))
    }
}
