/// How thoroughly to verify.
public struct VerificationSettings {
    /// Inputs to try.
    public var samples = 1
    /// Where to keep what is built; a temporary folder where it is `nil`.
    public var folder: String?
    /// Rebuild without fusion to find the wrong layer inside a wrong group.
    public var locatesFirstWrong = false

    /// Called with the path of the built library before it is loaded: how tests spoil it.
    package var alterLibrary: (String) throws -> Void = { _ in }

    public init() {}
}
