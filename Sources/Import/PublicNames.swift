/// Names of inputs and outputs, told apart as the macros of a generated header are: by letters and digits alone, large or small.
public struct PublicNames {
    private var taken: Set<String> = []

    public init() {}

    /// The name, with a number behind it where another one is the same in C. It is taken from then on.
    public mutating func unique(_ name: String) -> String {
        var result = name
        var number = 0
        while !taken.insert(folded(result)).inserted {
            number += 1
            result = "\(name)_\(number)"
        }
        return result
    }

    private func folded(_ name: String) -> String {
        String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
