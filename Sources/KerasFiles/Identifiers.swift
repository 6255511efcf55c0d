import Layers

/// The variables of a file.
struct Identifiers {
    private var taken: Set<String> = Set(
        """
        x model inputs outputs keras layers tf np Model Sequential Output Input min max int float round abs len range zip
        enumerate reversed sum str print load_weights bool list tuple dict set True False None true false none and as
        assert async await break class continue def del elif else except finally for from global if import in is lambda
        nonlocal not or pass raise return try while with yield
        """.split(whereSeparator: \.isWhitespace).map(String.init)
    ).union(LayerIndex().names)

    /// How often a number was given to a name.
    private var counts: [String: Int] = [:]

    /// A variable called after a layer.
    mutating func claim(_ name: String) -> String {
        var stem = String(
            name.unicodeScalars.map { scalar in
                scalar.isASCII && (Character(scalar).isLetter || Character(scalar).isNumber) ? Character(scalar) : "_"
            })
        if stem.first.map({ $0.isNumber || $0 == "_" }) ?? true { stem = "t" + stem }
        if taken.contains(stem), !stem.hasSuffix("_out") { stem += "_out" }
        var candidate = stem
        while !taken.insert(candidate).inserted {
            counts[stem, default: 0] += 1
            candidate = "\(stem)_\(counts[stem]!)"
        }
        return candidate
    }
}
