/// How to measure.
public struct BenchmarkSettings: Sendable {
    /// 0: all cores.
    public var threads = 1
    /// How long to measure, in seconds; at least a few runs are made however long they take.
    public var seconds = 2.0
    /// The clang that makes the code for the machine's peak.
    public var clang: String?

    public init() {}
}
