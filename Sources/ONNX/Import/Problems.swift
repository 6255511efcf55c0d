/// Why a node can't be imported.
struct OperatorProblem: Error {
    /// In lower case, without a full stop.
    var message: String
    /// The way out, if there is one.
    var hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}

/// An operator mixes the samples of a batch: the model is read anew, with the batch as an axis like any other.
struct MixedBatch: Error {}

/// An input of the model takes the place of weights or a shape, which the code must know.
struct NeedsConstant: Error {
    var input: String
}
