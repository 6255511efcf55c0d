/// What values an attribute of a layer takes. One table of these drives checking, help, documentation and random tests.
public enum AttributeType: Hashable, Sendable {
    case bool
    /// A whole number within bounds.
    case int(ClosedRange<Int>)
    /// A number within bounds; whole numbers are accepted.
    case float(ClosedRange<Double>)
    /// One of a fixed set of words, in any case.
    case choice([String])
    /// A whole number, alone or in a list; read as a list of one.
    case single(ClosedRange<Int>)
    /// A whole number, or a pair of them for height and width; read as a list of two.
    case pair(ClosedRange<Int>)
    /// A list or tuple of whole numbers, or one number; read as a list.
    case ints(ClosedRange<Int>)
    /// A list or tuple of whole numbers or `None`.
    case shape
    /// `n` or `(before, after)`; read as a list of two.
    case ends
    /// `n`, `(n, m)` or `((top, bottom), (left, right))`; read as a list of four: top, bottom, left, right.
    case margins
    /// A mode, `'valid'` or `'same'`, or the cells around a window's input: as `.ends` for one axis, as `.margins` for two.
    case windowPadding(axes: Int)
    /// The name of an activation, or `None`.
    case activation
    /// Any text.
    case string
    /// A number or a list of numbers, which may be `None`.
    case numbers
    /// A number, or lists of numbers within lists: the rows of an array.
    case array
    /// An initialiser's name, with or without `keras.initializers.`, called or not.
    case initializer
    /// Anything at all: the attribute matters in training only.
    case ignored
}

/// A checked attribute value.
public indirect enum AttributeValue: Hashable, Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case list([AttributeValue])
    /// An initialiser or activation that was called with arguments: `HeNormal(seed=1)`.
    case call(String, [String: AttributeValue])
}

/// One attribute of a layer: a row of the table in its documentation.
public struct Attribute: Sendable {
    public var name: String
    public var type: AttributeType
    /// `nil` where the user must give it.
    public var defaultValue: AttributeValue?
    /// One sentence for `netc layers`.
    public var summary: String
    /// `None` is accepted too.
    public var isOptional: Bool
    /// What earlier versions of Keras called it, where Keras 3 still takes that.
    public var formerName: String?

    public init(
        _ name: String, _ type: AttributeType, default defaultValue: AttributeValue? = nil,
        optional isOptional: Bool = false, formerly formerName: String? = nil, _ summary: String
    ) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
        self.isOptional = isOptional
        self.formerName = formerName
        self.summary = summary
    }

    /// Whether a keyword means this attribute.
    public func answers(to keyword: String) -> Bool { keyword == name || keyword == formerName }
}

/// The attributes of one layer as the user gave them, completed by defaults; every value has been checked against its type.
public struct AttributeValues: Sendable {
    public var values: [String: AttributeValue]
    /// The names of those that the user wrote, for what depends on it.
    public var given: Set<String>

    public init(_ values: [String: AttributeValue], given: Set<String> = []) {
        self.values = values
        self.given = given
    }

    /// The value of an attribute of the table; asking for another is a programming error.
    public subscript(name: String) -> AttributeValue {
        guard let value = values[name] else { preconditionFailure("no attribute '\(name)'") }
        return value
    }

    public func isNone(_ name: String) -> Bool { self[name] == .none }

    public func bool(_ name: String) -> Bool {
        guard case .bool(let value) = self[name] else { preconditionFailure("'\(name)' is not a boolean") }
        return value
    }

    public func int(_ name: String) -> Int {
        guard case .int(let value) = self[name] else { preconditionFailure("'\(name)' is not a whole number") }
        return value
    }

    public func float(_ name: String) -> Double {
        switch self[name] {
        case .float(let value): return value
        case .int(let value): return Double(value)
        default: preconditionFailure("'\(name)' is not a number")
        }
    }

    public func string(_ name: String) -> String {
        guard case .string(let value) = self[name] else { preconditionFailure("'\(name)' is not a string") }
        return value
    }

    /// A `.single`, `.pair`, `.ints`, `.ends`, `.margins`, `.windowPadding` or `.shape` attribute; `None` inside a shape reads as -1.
    public func ints(_ name: String) -> [Int] {
        switch self[name] {
        case .int(let value): return [value]
        case .list(let list):
            return list.map {
                if case .int(let value) = $0 { return value }
                precondition($0 == .none, "'\(name)' is not a list of whole numbers")
                return -1
            }
        default: preconditionFailure("'\(name)' is not a list of whole numbers")
        }
    }
}
