import Layers
import Network
import Testing

/// What the goldens must have tried, by the table of each layer.
@Suite struct `Keras is asked about` {
    @Test func `every layer`() {
        let asked = Set(stems("Cases", ".net"))
        let names = layerRegistry.map { $0.descriptor.name }
        let missing = names.filter { !asked.contains($0) }
        #expect(missing.isEmpty, "add Tests/KerasTests/Cases/LAYER.net, then: make oracle-golden")
        #expect(asked.subtracting(names).isEmpty, "cases of what is no layer")
    }

    @Test(arguments: stems("Cases", ".net")) func `every argument`(name: String) throws {
        let golden = try Golden(name)
        let layer = try #require(LayerIndex()[name]).descriptor
        let tried = golden.constructions.filter { $0.layer.name == name }.map(\.attributes)
        #expect(golden.cases.count >= 12 && tried.count >= 12, "\(name) has fewer than 12 cases")
        for attribute in layer.attributes {
            let values = Set(tried.map { $0[attribute.name] })
            let missing = attribute.untried(values)
            #expect(missing.isEmpty, "\(name)(\(attribute.name)=…) was never \(missing.joined(separator: ", "))")
        }
    }

    /// The rule itself: what it says of values that miss something.
    @Test func `is a rule that finds what is missing`() {
        let flag = Attribute("use_bias", .bool, default: .bool(true), "")
        #expect(flag.untried([.bool(true)]) == ["anything but True"])
        #expect(flag.untried([.bool(true), .bool(false)]).isEmpty)
        let word = Attribute("padding", .choice(["valid", "same"]), default: .string("valid"), "")
        #expect(word.untried([.string("valid")]) == ["'same'"])
        let needed = Attribute("filters", .int(1...9), "")
        #expect(needed.untried([.int(3)]) == ["two different values"])
        let function = Attribute("activation", .activation, "")
        #expect(function.untried([.string("relu")]).count == activationNames.count - 1)
    }
}

extension Attribute {
    /// What is missing among the values that were tried: every word of a choice, and something that is not the default.
    fileprivate func untried(_ values: Set<AttributeValue>) -> [String] {
        let words = Set(
            values.compactMap { value -> String? in
                if case .string(let word) = value { word.lowercased() } else { nil }
            })
        switch (type, defaultValue) {
        case (.ignored, _): return []
        case (.choice(let choices), _):
            // The language refuses channels_first, whatever the layer.
            return choices.filter { $0 != "channels_first" && !words.contains($0) }.map { "'\($0)'" }
        case (.windowPadding, _):
            let margins = values.contains { if case .list = $0 { true } else { false } } ? [] : ["a list"]
            return ["valid", "same"].filter { !words.contains($0) }.map { "'\($0)'" } + margins
        case (.activation, nil):
            let tried = Set(words.compactMap(canonicalActivation))
            return activationNames.filter { !tried.contains($0) }.map { "'\($0)'" }
        case (_, nil): return values.count > 1 ? [] : ["two different values"]
        case (_, let standard?): return values.allSatisfy { $0 == standard } ? ["anything but \(standard.literal)"] : []
        }
    }
}
