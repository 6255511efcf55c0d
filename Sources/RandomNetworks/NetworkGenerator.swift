import Compiler
import Diagnostics
import Layers
import Network

/// Makes networks that the reader accepts: layers at random on tensors at random, and the groups of layers that published networks consist of.
public struct NetworkGenerator {
    private var random: SplitMix64
    /// The largest tensor, in floats.
    private let largestTensor = 20_000
    private let mostMACs = 20_000_000

    public init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// A network of so many statements, if as many fit together.
    public mutating func network(statements: ClosedRange<Int> = 3...10) -> RandomNetwork {
        var network = RandomNetwork()
        var shapes: [String: [Int]] = [:]
        for index in 0..<random.pick([1, 1, 2]) {
            network.inputs.append(.init(name: "x\(index)", shape: inputShape(number: index, beside: network.inputs)))
        }
        for input in network.inputs { shapes[input.name] = input.shape }
        let count = Int.random(in: statements, using: &random)
        for _ in 0..<20 * count where network.statements.count < count {
            let added = random.chance(0.4) ? group(on: shapes, network) : single(on: shapes, network)
            var extended = network
            extended.statements += added
            extended.outputs = extended.statements.map(\.result)
            guard !added.isEmpty, let found = self.shapes(of: extended) else { continue }
            network = extended
            shapes.merge(found) { $1 }
        }
        network.outputs = network.unread
        // Sometimes a tensor in the middle is an output too.
        if random.chance(0.2), let middle = network.statements.randomElement(using: &random)?.result {
            network.outputs.append(contentsOf: network.outputs.contains(middle) ? [] : [middle])
        }
        return network.pruned
    }

    /// One application of a layer to inputs of its own; `nil` where no arguments were found that fit.
    public mutating func application(of layer: LayerDescriptor) -> RandomNetwork? {
        for _ in 0..<200 {
            var network = RandomNetwork()
            for index in 0..<Int.random(in: layer.inputCount.clamped(to: 1...3), using: &random) {
                network.inputs.append(
                    .init(name: "x\(index)", shape: inputShape(number: index, beside: network.inputs)))
            }
            let call = random.call(layer, on: network.inputs[0].shape)
            let part = layer.name == "Split" ? 0 : nil
            network.statements = [
                .init(result: "y", expression: .layers([call], part: part), inputs: network.inputs.map(\.name))
            ]
            network.outputs = ["y"]
            if shapes(of: network) != nil { return network }
        }
        return nil
    }

    /// Images mostly, whose sides are odd or even and whose channels lie around the widths of vectors.
    private mutating func inputShape(number: Int, beside inputs: [RandomNetwork.Input]) -> [Int] {
        if let first = inputs.first?.shape, random.chance(0.7) {
            return random.chance(0.8) ? first : first.map { random.chance(0.5) ? 1 : $0 }
        }
        let channels = random.pick([1, 3, 4, 7, 8, 12, 15, 16, 17, 24, 31, 32, 33])
        let rank = random.pick([1, 2, 2, 3, 3, 3, 3, 3, 4])
        return (0..<rank - 1).map { _ in random.pick(rank == 4 ? [1, 2, 3] : [1, 4, 5, 8, 9, 12, 13, 16]) } + [channels]
    }

    /// The shapes of all outputs by name, where the network is accepted and small enough.
    private func shapes(of network: RandomNetwork) -> [String: [Int]]? {
        guard let model = try? network.read().network,
            model.nodes.allSatisfy({ node in
                node.outputShapes.allSatisfy { $0.elementCount <= largestTensor }
            })
        else { return nil }
        let macs = model.nodes.reduce(0) { sum, node in
            sum + node.layer.macs(for: node.inputs.map { model.shape(of: $0) })
        }
        guard macs <= mostMACs else { return nil }
        let shapes = model.outputs.map { model.shape(of: $0.tensor).dimensions }
        return Dictionary(uniqueKeysWithValues: zip(network.outputs, shapes))
    }
}

extension RandomNetwork {
    /// The network as the compiler reads it, with its mistakes where it has any.
    public func read(batch: Int = 1) throws -> Model {
        var options = ModelOptions(path: "network.net")
        options.batch = batch
        return try readModel(SourceFile(name: options.path, text: Array(text.utf8)), options)
    }
}

/// Layers of no tensor, and those that make infinities or no numbers at all of some.
private let unsuitable: Set = ["Input", "Constant", "Divide", "Power"]

// One statement.

extension NetworkGenerator {
    /// A layer on tensors that are there; now and then several in a row, or one that is applied twice with the same weights.
    private mutating func single(on shapes: [String: [Int]], _ network: RandomNetwork) -> [RandomNetwork.Statement] {
        let x = tensor(of: shapes, network)
        let result = "t\(network.statements.count)"
        if random.chance(0.1), let y = partner(of: x, shapes) {
            return [.init(result: result, expression: .infix(random.pick(["+", "-", "*"])), inputs: [x, y])]
        }
        let layer = random.pick(layerRegistry.map { $0.descriptor }.filter { !unsuitable.contains($0.name) })
        let call = random.call(layer, on: shapes[x]!)
        guard layer.inputCount == 1...1 else {
            let others = (1..<random.pick(Array(layer.inputCount.clamped(to: 2...4)))).compactMap { _ in
                partner(of: x, shapes)
            }
            return [.init(result: result, expression: .layers([call]), inputs: [x] + others)]
        }
        if layer.name == "Split" {
            return (0..<2).map { (number: Int) in
                .init(result: "\(result)_\(number)", expression: .layers([call], part: number), inputs: [x])
            }
        }
        if layer.name == "Prod" {
            // Of numbers below 1: others would soon have a product beyond float32.
            let bounded = RandomNetwork.Call(layer: "Activation", arguments: [.init(name: "", value: "sigmoid")])
            return [.init(result: result, expression: .layers([bounded, call]), inputs: [x])]
        }
        if random.chance(0.1) {
            let others = layerRegistry.map { $0.descriptor }.filter { $0.name != "Prod" }
            let next = random.call(random.pick(others), on: shapes[x]!)
            return [.init(result: result, expression: .layers([call, next]), inputs: [x])]
        }
        if random.chance(0.1), let y = partner(of: x, shapes) {
            return [(result, x), (result + "_again", y)].map {
                .init(result: $0, expression: .layers([call], shared: "shared_\(result)"), inputs: [$1])
            }
        }
        return [.init(result: result, expression: .layers([call]), inputs: [x])]
    }

    /// A tensor, rather one that nothing reads yet.
    private mutating func tensor(of shapes: [String: [Int]], _ network: RandomNetwork) -> String {
        let unread = network.unread
        if !unread.isEmpty, random.chance(0.7) { return random.pick(unread) }
        return random.pick(shapes.keys.sorted())
    }

    /// Another tensor, rather one of the same shape, or of one that is broadcast to it.
    private mutating func partner(of x: String, _ shapes: [String: [Int]]) -> String? {
        let names = shapes.keys.sorted()
        let equal = names.filter { $0 != x && shapes[$0] == shapes[x] }
        return equal.isEmpty || random.chance(0.2) ? names.randomElement(using: &random) : random.pick(equal)
    }
}

// Groups of layers, as they occur in networks, so that every fusion meets what it looks for.

extension NetworkGenerator {
    private mutating func group(on shapes: [String: [Int]], _ network: RandomNetwork) -> [RandomNetwork.Statement] {
        let x = tensor(of: shapes, network)
        let result = "t\(network.statements.count)"
        let isImage = shapes[x]!.count == 3
        var group = StatementGroup(prefix: result)
        let isBlock = random.chance(0.4)
        let start = isBlock ? "x" : x
        if isImage { imageGroup(&group, start, channels: shapes[x]!.last!) } else { denseGroup(&group, start) }
        guard isBlock else { return group.statements }
        return [
            .init(result: result, expression: .block(group.statements, repeats: random.pick([1, 2, 3])), inputs: [x])
        ]
    }

    private mutating func denseGroup(_ group: inout StatementGroup, _ x: String) {
        let hidden = group.add("Dense(\(random.pick([5, 8, 17, 32])), activation=\(random.pick(["relu", "gelu"])))", x)
        let scaled = random.chance(0.5) ? group.add("BatchNormalization()", hidden) : hidden
        _ = group.add(
            "Dense(\(random.pick([4, 10, 16])), activation=\(random.pick(["softmax", "linear", "tanh"])))", scaled)
    }

    private mutating func imageGroup(_ group: inout StatementGroup, _ x: String, channels: Int) {
        let filters = random.pick([4, 8, 12, 16, 17, 24, 32])
        let kernel = random.pick([1, 3, 3, 5])
        let activation = random.pick([
            "ReLU()", "ReLU(6.0)", "LeakyReLU(0.1)", "Activation('hard_swish')", "PReLU(shared_axes=[1, 2])",
        ])
        switch Int.random(in: 0..<8, using: &random) {
        case 0:  // residual
            var y = group.add("Conv2D(\(filters), \(kernel), padding='same', use_bias=False)", x)
            y = group.add(activation, group.add("BatchNormalization()", y))
            y = group.add("BatchNormalization()", group.add("Conv2D(\(channels), \(kernel), padding='same')", y))
            let sum = group.add("Add()", x, y)
            if random.chance(0.7) { _ = group.add(activation, sum) }
        case 1:  // padding into a convolution
            let y = group.add("ZeroPadding2D(((\(random.pick([0, 1])), 1), (\(random.pick([0, 2])), 1)))", x)
            _ = group.add(activation, group.add("Conv2D(\(filters), \(kernel), strides=\(random.pick([1, 2])))", y))
        case 2:  // inverted residual
            var y = group.add(activation, group.add("BatchNormalization()", group.add("Conv2D(\(2 * channels), 1)", x)))
            let stride = random.pick([1, 1, 2])
            y = group.add("DepthwiseConv2D(\(kernel), strides=\(stride), padding='same', use_bias=False)", y)
            y = group.add(activation, group.add("BatchNormalization()", y))
            y = group.add("BatchNormalization()", group.add("Conv2D(\(channels), 1, use_bias=False)", y))
            if stride == 1 { _ = group.add("Add()", x, y) }
        case 3:  // squeeze and excite
            var y = group.add("GlobalAveragePooling2D(keepdims=True)", x)
            y = group.add("Conv2D(\(random.pick([2, 5, 8])), 1, activation='relu')", y)
            y = group.add("Conv2D(\(channels), 1, activation='\(random.pick(["sigmoid", "hard_sigmoid"]))')", y)
            _ = group.add("Multiply()", x, y)
        case 4:  // inception
            let a = group.add("Conv2D(\(filters), 1, activation='relu')", x)
            let b = group.add(
                "Conv2D(\(filters / 2), 3, padding='same')", group.add("Conv2D(4, 1, activation='relu')", x))
            let c = group.add("Conv2D(3, 1)", group.add("MaxPooling2D(3, strides=1, padding='same')", x))
            _ = group.add("Concatenate()", a, b, c)
        case 5:  // shuffle unit
            let groups = [4, 3, 2, 1].first { channels % $0 == 0 }!
            var y = group.add("Conv2D(\(channels), 1, groups=\(groups), use_bias=False)", x)
            y = group.add("ChannelShuffle(\(groups))", group.add(activation, group.add("BatchNormalization()", y)))
            y = group.add("DepthwiseConv2D(3, padding='same')", y)
            _ = group.add(random.pick(["Add()", "Concatenate()"]), x, y)
        case 6:  // down and up again
            let low = group.add("Conv2D(\(filters), 3, strides=2, padding='same', activation='relu')", x)
            let up = random.pick([
                "UpSampling2D(2)", "UpSampling2D(2, interpolation='bilinear')",
                "Conv2DTranspose(\(filters), \(random.pick([2, 3, 4])), strides=2, padding='same')",
            ])
            _ = group.add("Concatenate()", x, group.add(up, low))
        default:  // classifier
            let y = group.add(random.pick(["Flatten()", "GlobalAveragePooling2D()", "GlobalMaxPooling2D()"]), x)
            _ = group.add("Dense(\(filters), activation='softmax')", group.add("Dropout(0.5)", y))
        }
    }
}

/// Statements in the making.
private struct StatementGroup {
    let prefix: String
    var statements: [RandomNetwork.Statement] = []

    init(prefix: String) { self.prefix = prefix }

    /// Adds the application of a layer as it is written, and returns its result's name.
    mutating func add(_ layer: String, _ inputs: String...) -> String {
        let result = "\(prefix)_\(statements.count)"
        statements.append(
            .init(result: result, expression: .layers([RandomNetwork.Call(layer)]), inputs: inputs))
        return result
    }
}

extension RandomNetwork.Call {
    /// A call as it is written, with positional arguments or keywords.
    init(_ text: String) {
        let open = text.firstIndex(of: "(")!
        layer = String(text[..<open])
        var depth = 0
        var parts: [String] = [""]
        for character in text[text.index(after: open)...].dropLast() {
            if "([".contains(character) { depth += 1 }
            if ")]".contains(character) { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        arguments = parts.map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }.map { part in
            let pieces = part.split(separator: "=", maxSplits: 1)
            return pieces.count == 2 && !part.hasPrefix("(")
                ? Argument(name: String(pieces[0]), value: String(pieces[1])) : Argument(name: "", value: String(part))
        }
    }
}
