/// A graph that breaks a rule of the IR: always our own mistake, never the user's.
public struct IRError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The offending line of the dump, or an empty text where the graph as a whole is wrong.
    public var place: String
    public var message: String

    public init(_ message: String, place: String = "") {
        self.message = message
        self.place = place
    }

    public var description: String { place.isEmpty ? message : "\(message), in '\(place)'" }
}

/// Throws unless the condition holds.
func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(IRError) {
    if !condition { throw IRError(message()) }
}
