import Network

extension SplitMix64 {
    /// One of several.
    mutating func pick<Element>(_ elements: some Collection<Element>) -> Element {
        elements.randomElement(using: &self)!
    }

    /// True with the given probability.
    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }
}
