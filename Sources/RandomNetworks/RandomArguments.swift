import Network

// Arguments at random, by the rows of a layer's table.

extension SplitMix64 {
    /// A call of a layer: the attributes that must be given, and some of the others. Whether they fit together is for the reader to say.
    mutating func call(_ layer: LayerDescriptor, on shape: [Int]) -> RandomNetwork.Call {
        var call = RandomNetwork.Call(layer: layer.name)
        for attribute in layer.attributes where attribute.defaultValue == nil || chance(0.35) {
            guard let value = value(of: attribute, on: shape) else { continue }
            call.arguments.append(.init(name: attribute.name, value: value))
        }
        return call
    }

    /// A value as it is written; `nil` where the default shall hold.
    private mutating func value(of attribute: Attribute, on shape: [Int]) -> String? {
        if attribute.isOptional && attribute.defaultValue != AttributeValue.none && chance(0.1) { return "None" }
        switch attribute.type {
        case .bool: return pick(["True", "False"])
        case .int(let bounds): return "\(number(for: attribute, within: bounds, on: shape))"
        case .float(let bounds):
            let candidates = [0.05, 0.1, 0.3, 0.5, 0.9, 1, 1.5, 2.5, 6, -0.5, -1].filter(bounds.contains)
            return candidates.isEmpty ? nil : "\(pick(candidates))"
        case .choice(let words): return words.contains("channels_first") ? nil : "'\(pick(words))'"
        case .pair(let bounds):
            let pair = [extent(bounds, attribute), extent(bounds, attribute)]
            return chance(0.6) ? "\(pair[0])" : "(\(pair[0]), \(pair[1]))"
        case .single(let bounds): return "\(extent(bounds, attribute))"
        case .ints(let bounds): return list(axes(within: bounds, of: shape))
        case .shape: return list(extents(of: shape))
        case .ends: return margins(axes: 1)
        case .margins: return margins(axes: 2)
        case .windowPadding(let axes): return chance(0.5) ? margins(axes: axes) : pick(["'valid'", "'same'"])
        case .activation: return chance(0.2) ? "None" : "'\(pick(activationNames))'"
        case .numbers:
            if chance(0.5) || shape.isEmpty { return "\(pick([0.25, 0.5, 1.5, 2]))" }
            return
                "[\((0..<shape[shape.count - 1]).map { _ in "\(pick([0.25, 0.5, 1.5, 2]))" }.joined(separator: ", "))]"
        case .array where attribute.defaultValue == nil:
            return pick(["0", "1", "(0, 1)", "(1, 0, 1)", "((1, 0), (0, 1))", "((0, 1), (2, 0), (0, 0))"])
        default: return nil
        }
    }

    private mutating func margins(axes: Int) -> String {
        let sides = (0..<4).map { _ in "\(Int.random(in: 0...3, using: &self))" }
        let ends = [sides[0], "(\(sides[0]), \(sides[1]))"]
        return axes == 1 ? pick(ends) : pick(ends + ["((\(sides[0]), \(sides[1])), (\(sides[2]), \(sides[3])))"])
    }

    private mutating func number(for attribute: Attribute, within bounds: ClosedRange<Int>, on shape: [Int]) -> Int {
        let candidates =
            switch attribute.name {
            case "filters", "units": [1, 2, 3, 4, 6, 7, 8, 12, 15, 16, 17, 24, 31, 32, 33, 48]
            case "axis": [-1, -1, 1, 2, 3, -2]
            case "groups", "sections": [1, 2, 3, 4, shape.last ?? 1]
            default: [1, 1, 2, 2, 3, 4, 5, 7]
            }
        return min(max(pick(candidates), bounds.lowerBound), bounds.upperBound)
    }

    private mutating func extent(_ bounds: ClosedRange<Int>, _ attribute: Attribute) -> Int {
        let candidates = attribute.name == "kernel_size" ? [1, 1, 2, 3, 3, 3, 4, 5, 7] : [1, 1, 2, 2, 3]
        return min(max(pick(candidates), bounds.lowerBound), bounds.upperBound)
    }

    /// Some axes of a shape, or all of them in another order.
    private mutating func axes(within bounds: ClosedRange<Int>, of shape: [Int]) -> [Int] {
        var axes = Array(1...max(shape.count, 1)).shuffled(using: &self)
        if chance(0.5) { axes = Array(axes.prefix(Int.random(in: 1...axes.count, using: &self))) }
        if bounds.contains(-1), chance(0.3) { axes = [-1] }
        return axes.map { min(max($0, bounds.lowerBound), bounds.upperBound) }
    }

    /// Other extents of as many elements, one of which may be left open.
    private mutating func extents(of shape: [Int]) -> [Int] {
        var rest = shape.reduce(1, *)
        var extents: [Int] = []
        while extents.count < 2, chance(0.7) {
            extents.append(pick((1...min(rest, 64)).filter { rest % $0 == 0 }))
            rest /= extents[extents.count - 1]
        }
        extents.append(chance(0.3) ? -1 : rest)
        return extents
    }

    private func list(_ values: [Int]) -> String { "(\(values.map { "\($0), " }.joined()))" }
}
