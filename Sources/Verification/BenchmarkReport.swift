/// What a measurement found.
public struct BenchmarkReport: Sendable {
    /// One step of the generated code.
    public struct Step: Sendable {
        /// The layers it implements, separated by commas.
        public var layers: String
        public var kernel: String
        /// The least time of all rounds.
        public var milliseconds: Double
        /// Multiply-adds of the layers.
        public var macs: Int
        /// Multiplications by which they are computed: fewer under Winograd's and Strassen's algorithms.
        public var products: Int
        /// Bytes that must at least be read and written.
        public var bytes: Int

        package init(
            layers: String, kernel: String, milliseconds: Double, macs: Int, products: Int, bytes: Int
        ) {
            (self.layers, self.kernel, self.milliseconds) = (layers, kernel, milliseconds)
            (self.macs, self.products, self.bytes) = (macs, products, bytes)
        }

        public var gmacsPerSecond: Double { rate(macs, milliseconds) }
        public var gigaproductsPerSecond: Double { rate(products, milliseconds) }
        public var gigabytesPerSecond: Double { rate(bytes, milliseconds) }
    }

    /// What keeps a step from being faster on a machine, by the roofline model: no step takes less time than its products take at the peak, nor
    /// less than an array of its bytes takes to be read.
    public struct Bound: Sendable {
        public enum Kind: String, Sendable { case arithmetic, memory }
        /// The larger of the two.
        public var kind: Kind
        public var milliseconds: Double
    }

    /// The bound of a step; `nil` where the peak is unknown.
    public func bound(of step: Step) -> Bound? {
        guard let peak else { return nil }
        let arithmetic = milliseconds(step.products, at: peak.gmacsPerSecond)
        let memory = milliseconds(step.bytes, at: peak.gigabytesPerSecond(reading: step.bytes))
        return arithmetic >= memory
            ? Bound(kind: .arithmetic, milliseconds: arithmetic) : Bound(kind: .memory, milliseconds: memory)
    }

    /// How close a step comes to its bound, as a share: 1 is as fast as can be.
    public func share(of step: Step) -> Double? {
        guard let bound = bound(of: step), step.milliseconds > 0 else { return nil }
        return bound.milliseconds / step.milliseconds
    }

    public var model: String
    /// The machine that the code was made for.
    public var target: String
    public var threads: Int
    public var runs: Int
    public var minimumMilliseconds: Double
    public var medianMilliseconds: Double
    public var macs: Int
    public var products: Int
    public var steps: [Step]
    /// What one core of this machine reaches; `nil` where no compiler is at hand to measure it.
    public var peak: MachinePeak?

    package init(
        model: String, target: String, threads: Int, runs: [Double], batch: Int, steps: [Step], peak: MachinePeak?
    ) {
        (self.model, self.target, self.threads, self.runs) = (model, target, threads, runs.count)
        let sorted = runs.sorted()
        minimumMilliseconds = 1e3 * (sorted.first ?? 0)
        medianMilliseconds =
            sorted.isEmpty ? 0 : 1e3 * (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        macs = batch * steps.reduce(0) { $0 + $1.macs }
        products = batch * steps.reduce(0) { $0 + $1.products }
        (self.steps, self.peak) = (steps, peak)
    }

    public var gmacsPerSecond: Double { rate(macs, minimumMilliseconds) }
    public var gigaproductsPerSecond: Double { rate(products, minimumMilliseconds) }
}

/// How long a number of things takes at 10⁹ times a rate a second.
private func milliseconds(_ count: Int, at rate: Double) -> Double { rate > 0 ? Double(count) / rate * 1e-6 : 0 }

/// Thousands of millions a second.
private func rate(_ count: Int, _ milliseconds: Double) -> Double {
    milliseconds > 0 ? Double(count) / milliseconds * 1e-6 : 0
}
