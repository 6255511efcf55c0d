/// What a verification found.
public struct VerificationReport: Sendable {
    /// A tensor that the generated code stores, compared with the reference of the layers that lead to it.
    public struct Tensor: Sendable {
        /// The layer whose result it is.
        public var layer: String
        /// The layers that the step implements.
        public var group: String
        public var kernel: String
        public var shape: [Int]
        /// The largest error divided by its bound; right up to 1.
        public var boundRatio: Double
        public var maxAbsoluteError: Double
        public var isRight: Bool
        /// Where the largest error is and what stands there, in words.
        public var worst: String
    }

    /// A public output, compared end to end.
    public struct Output: Sendable {
        public var name: String
        public var maxAbsoluteError: Double
        public var maxRelativeError: Double
        public var maxUlp: Double
        public var boundRatio: Double
        public var isRight: Bool
        /// How far an element may lie from the reference.
        public var bound: Double
        /// How far the outputs of two different inputs lie apart, in bounds.
        public var sensitivity: Double
    }

    public var tensors: [Tensor]
    public var outputs: [Output]
    public var samples: Int
    /// What a build without fusion says about the first wrong group of layers, in a sentence.
    public var located: String?

    /// Whether every tensor and every output lies within its bound.
    public var isRight: Bool { tensors.allSatisfy(\.isRight) && outputs.allSatisfy(\.isRight) }

    /// Whether the comparison proves nothing: an output hardly depends on the input, so that errors would not show.
    public var isVacuous: Bool { outputs.contains { $0.sensitivity < VerificationReport.leastSensitivity } }

    /// The bounds that outputs of different inputs must lie apart.
    public static let leastSensitivity = 100.0

    /// The first tensor, in the order of execution, that is wrong.
    public var firstWrong: Tensor? { tensors.first { !$0.isRight } }
}
