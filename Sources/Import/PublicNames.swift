import Layers

/// Names of inputs and outputs, told apart as the macros of a generated header are (`macroName`).
public struct PublicNames {
    private var taken: Set<String> = []

    public init() {}

    /// The name, with a number behind it where another one is the same in C. It is taken from then on.
    public mutating func unique(_ name: String) -> String {
        var result = name
        var number = 0
        while !taken.insert(macroName(result)).inserted {
            number += 1
            result = "\(name)_\(number)"
        }
        return result
    }
}
