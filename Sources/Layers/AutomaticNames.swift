/// Keras 3's automatic names: the class in snake case, numbered from the second on.
public struct AutomaticNames {
    private var counts: [String: Int] = [:]

    public init() {}

    /// The next name of a class, counted: `conv2d`, then `conv2d_1`.
    public mutating func next(_ stem: String) -> String {
        let count = counts[stem, default: 0]
        counts[stem] = count + 1
        return count == 0 ? stem : "\(stem)_\(count)"
    }

    /// The next name of a class, without counting it.
    public func peek(_ stem: String) -> String {
        var names = self
        return names.next(stem)
    }
}

/// `MaxPooling2D` → `max_pooling2d`, `ReLU` → `re_lu`: Keras' two substitutions `(.)([A-Z][a-z]+)` and `([a-z])([A-Z])`.
public func snakeCase(_ name: String) -> String {
    let spaced = separateWords(Array(name.utf8))
    var result: [UInt8] = []
    for (index, byte) in spaced.enumerated() {
        if index > 0, isUpper(byte), isLower(spaced[index - 1]) { result.append(underscore) }
        result.append(isUpper(byte) ? byte + 32 : byte)
    }
    return String(decoding: result, as: UTF8.self)
}

/// Puts an underscore before a capital that small letters follow.
private func separateWords(_ name: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < name.count {
        result.append(name[index])
        index += 1
        guard index + 1 < name.count, isUpper(name[index]), isLower(name[index + 1]) else { continue }
        result.append(underscore)
        result.append(name[index])
        index += 1
        while index < name.count, isLower(name[index]) {
            result.append(name[index])
            index += 1
        }
    }
    return result
}

private let underscore = UInt8(ascii: "_")
private func isUpper(_ byte: UInt8) -> Bool { (65...90).contains(byte) }
private func isLower(_ byte: UInt8) -> Bool { (97...122).contains(byte) }
