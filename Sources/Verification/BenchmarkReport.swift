/// What a measurement found.
public struct BenchmarkReport: Sendable {
    /// One step of the generated code.
    public struct Step: Sendable {
        /// The layers it implements, separated by commas.
        public var layers: String
        public var kernel: String
        /// The least time of all rounds.
        public var milliseconds: Double
        public var macs: Int
        public var bytes: Int

        public var gmacsPerSecond: Double { rate(macs, milliseconds) }
        public var gigabytesPerSecond: Double { rate(bytes, milliseconds) }
    }

    public var model: String
    /// The machine that the code was made for.
    public var target: String
    public var threads: Int
    public var runs: Int
    public var minimumMilliseconds: Double
    public var medianMilliseconds: Double
    public var macs: Int
    public var steps: [Step]
    /// What one core of this machine reaches; `nil` where no compiler is at hand to measure it.
    public var peak: MachinePeak?

    public var gmacsPerSecond: Double { rate(macs, minimumMilliseconds) }
}

/// Thousands of millions a second.
private func rate(_ count: Int, _ milliseconds: Double) -> Double {
    milliseconds > 0 ? Double(count) / milliseconds * 1e-6 : 0
}
