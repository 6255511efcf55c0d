/// How thoroughly to verify.
public struct VerificationSettings {
    /// Inputs to try.
    public var samples = 1
    /// Where to keep what is built; a temporary folder where it is `nil`.
    public var folder: String?
    /// Rebuild without fusion to find the wrong layer inside a wrong group.
    public var locatesFirstWrong = false

    /// Draw other weights and inputs where an output hardly moves with its input; else that is only reported.
    package var seeksSensitivity = true

    /// Run the code in a process of its own, behind this emulator's command; an empty one stands for the machine itself. Emulated only where
    /// the target is another architecture where it is `nil`.
    package var emulator: [String]?

    /// Called with the path of the built library before it is loaded into this process: how tests spoil it.
    package var alterLibrary: (String) throws -> Void = { _ in }

    public init() {}
}
