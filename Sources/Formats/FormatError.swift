/// A file of arrays that can't be read: what is wrong, where in the file, and the way out.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// In lower case, saying what was expected and what was found.
    public var message: String
    /// The byte of the file at which it shows.
    public var offset: Int?
    /// What the user can do about it.
    public var hint: String?

    public init(_ message: String, at offset: Int? = nil, hint: String? = nil) {
        self.message = message
        self.offset = offset
        self.hint = hint
    }

    /// All of it in one line.
    public var description: String {
        message + (offset.map { " (at byte \($0))" } ?? "") + (hint.map { "; \($0)" } ?? "")
    }
}
