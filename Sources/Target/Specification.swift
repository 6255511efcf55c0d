// The printed form of a target, which generated code records and `--cpu` accepts: `x86-64-v4:l1=32K,l2=1M`.

/// A `--cpu` specification that can't be read.
public struct TargetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// In lower case, saying what was found and what is accepted.
    public var description: String
}

extension Target: CustomStringConvertible {
    /// The sizes that a cache may have.
    static let cacheSizes = (1 << 10)...(1 << 30)

    /// What `--cpu` accepts besides `native` and `baseline`, for messages and help.
    public static let accepted =
        InstructionSet.allCases.map(\.rawValue).joined(separator: ", ")
        + ", each with ':l1=SIZE,l2=SIZE' where the cache sizes matter (SIZE as 32K or 1M)"

    /// Reads a specification; cache sizes that are not given are the usual 32K and 1M.
    ///
    /// `native` and `baseline` are not specifications: they depend on a machine and are resolved before.
    public init(specification: String) throws(TargetError) {
        let parts = specification.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, let instructionSet = InstructionSet(rawValue: String(name)) else {
            throw TargetError(description: "unknown CPU '\(specification)'; accepted are \(Self.accepted)")
        }
        self.init(instructionSet)
        guard parts.count == 2 else { return }
        var seen: Set<Substring> = []
        for field in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0] == "l1" || pair[0] == "l2" else {
                throw TargetError(
                    description:
                        "'\(field)' in CPU '\(specification)' is not a cache size; expected 'l1=SIZE' or 'l2=SIZE'")
            }
            guard seen.insert(pair[0]).inserted else {
                throw TargetError(description: "'\(pair[0])' is given twice in CPU '\(specification)'")
            }
            guard let bytes = Self.cacheSize(pair[1]) else {
                throw TargetError(
                    description:
                        "'\(pair[1])' in CPU '\(specification)' is not a size; expected 1K to 1G, such as 32K or 1M")
            }
            if pair[0] == "l1" { l1 = bytes } else { l2 = bytes }
        }
    }

    /// The oldest machine of an architecture, which is the first component of a clang triple: x86-64 or aarch64, scalar code elsewhere.
    public static func baseline(triple: String) -> Target {
        switch triple.prefix(while: { $0 != "-" }) {
        case "x86_64", "amd64": Target(.sse2)
        case "aarch64", "arm64": Target(.neon)
        default: Target(.scalar)
        }
    }

    /// The specification that `init(specification:)` reads back.
    public var description: String {
        "\(instructionSet.rawValue):l1=\(Self.text(l1)),l2=\(Self.text(l2))"
    }

    /// The bytes of `32K`, `1M` or `49152`, within the sizes that caches have.
    package static func cacheSize(_ text: some StringProtocol) -> Int? {
        let (digits, shift) =
            switch text.last {
            case "K": (text.dropLast(), 10)
            case "M": (text.dropLast(), 20)
            case "G": (text.dropLast(), 30)
            default: (text[...], 0)
            }
        guard digits.count <= 10, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits) else {
            return nil
        }
        let bytes = number << shift
        return cacheSizes.contains(bytes) ? bytes : nil
    }

    /// The shortest text that `cacheSize` reads back.
    static func text(_ bytes: Int) -> String {
        for (unit, shift) in [("G", 30), ("M", 20), ("K", 10)] where bytes & ((1 << shift) - 1) == 0 && bytes > 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)"
    }
}
