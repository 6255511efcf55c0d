import Target
import Testing
import Verification

/// A step's bound by the roofline model.
@Suite struct `A benchmark's report` {
    private static let target = try! Target(specification: "x86-64-v4:l1=32K,l2=1M")

    /// 100 GMAC/s; 500 GB/s from 16 KiB, 200 from 1 MiB, 20 from memory.
    private func report(_ steps: [BenchmarkReport.Step], batch: Int = 1) -> BenchmarkReport {
        let reads = [(bytes: 16 << 10, gigabytesPerSecond: 500.0), (1 << 20, 200), (128 << 20, 20)]
        return BenchmarkReport(
            model: "small", target: Self.target.description, threads: 1, runs: [0.003, 0.001, 0.002], batch: batch,
            steps: steps, peak: MachinePeak(gmacsPerSecond: 100, reads: reads, target: Self.target))
    }

    private func step(products: Int, bytes: Int, ms: Double = 1) -> BenchmarkReport.Step {
        BenchmarkReport.Step(
            layers: "a", kernel: "k", milliseconds: ms, macs: 4 * products, products: products, bytes: bytes)
    }

    @Test func `the bound is the products' time or the bytes', whichever is longer`() throws {
        // 50 M products: 0.5 ms. 1 MB, from the second cache: 0.005 ms; 40 MB, from memory: 2 ms.
        let (near, far) = (step(products: 50_000_000, bytes: 1_000_000), step(products: 50_000_000, bytes: 40_000_000))
        let report = report([near, far])
        let bounds = try [near, far].map { try #require(report.bound(of: $0)) }
        #expect(bounds.map(\.kind) == [.arithmetic, .memory])
        #expect(abs(bounds[0].milliseconds - 0.5) < 1e-12 && abs(bounds[1].milliseconds - 2) < 1e-12)
        #expect(abs(report.share(of: near)! - 0.5) < 1e-12)
    }

    @Test func `an array is read as fast as the smallest that is not smaller`() {
        let peak = report([]).peak!
        #expect(
            [1, 16 << 10, (16 << 10) + 1, 2 << 20, 1 << 40].map(peak.gigabytesPerSecond(reading:)) == [
                500, 500, 200, 20, 20,
            ])
        #expect(peak.levels.map(\.gigabytesPerSecond) == [500, 200, 20])
    }

    @Test func `work is that of all samples, and the median that of the runs`() {
        let report = report([step(products: 1000, bytes: 10)], batch: 3)
        #expect(report.macs == 12_000 && report.products == 3000 && report.runs == 3)
        #expect(report.minimumMilliseconds == 1 && report.medianMilliseconds == 2)
    }

    @Test func `without a peak there are no bounds`() {
        var report = report([step(products: 1000, bytes: 10)])
        report.peak = nil
        #expect(report.bound(of: report.steps[0]) == nil && report.share(of: report.steps[0]) == nil)
    }
}
