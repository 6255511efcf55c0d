/// A model of another format, written in our language.
public struct ImportedModel: Sendable {
    /// The `.net` file.
    public var text: String
    /// Its parameters by their full names, `conv2d/kernel`, in the axis order of `.net`.
    public var parameters: [String: ImportedTensor]
    /// What there is to tell the user, a line each.
    public var notes: [String]
    /// The number of samples that the model has fixed, if any.
    public var batch: Int?

    public init(text: String, parameters: [String: ImportedTensor], notes: [String] = [], batch: Int? = nil) {
        self.text = text
        self.parameters = parameters
        self.notes = notes
        self.batch = batch
    }
}

/// A tensor of weights in row-major order.
public struct ImportedTensor: Hashable, Sendable {
    public var shape: [Int]
    public var values: [Float]

    public init(shape: [Int], values: [Float]) {
        self.shape = shape
        self.values = values
    }
}

/// Why a model can't be imported: every reason at once.
public struct ImportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// In lower case, without full stops; each tells the node or layer, the cause, and what could be done.
    public var problems: [String]

    public init(_ problems: [String]) { self.problems = problems }

    public var description: String { problems.joined(separator: "\n") }
}
