import ArgumentParser
import Compiler
import Verification

/// `netc bench FILE|LIB.so`: how fast it is, and where the time goes.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures latency and every kernel beside this machine's peak.")

    @Argument(help: ArgumentHelp("The .net file, or a library that netc built.", valueName: "file"))
    var file: String

    @Option(help: "Threads (default: 1; 0: all cores).")
    var threads = 1

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Model options")
    var model: ModelArguments

    @OptionGroup(title: "Build options")
    var build: BuildArguments

    mutating func validate() throws {
        guard (0...1024).contains(threads) else { throw ValidationError("'--threads' must lie between 0 and 1024") }
    }

    func run() throws {
        let progress = Progress()
        defer { progress.clear() }
        var settings = BenchmarkSettings()
        settings.threads = threads
        settings.clang = build.clang
        let report: BenchmarkReport
        if isLibrary(file) {
            try refuse(model.given + build.given, besideLibrary: file)
            report = try benchmark(libraryAt: file, settings) { progress.show($0) }
        } else {
            let options = model.options(for: file)
            let observer = StageObserver(build.options)
            let model = try loadModel(options)
            report = try benchmark(model, options, build.options, settings, hooks: observer.hooks) { progress.show($0) }
            try observer.finish(outputIsTaken: true)
        }
        progress.clear()
        try Console.write(json ? report.json.text + "\n" : report.text)
    }
}

extension BenchmarkReport {
    /// For people: totals, then every step with its share of the peak.
    var text: String {
        let share =
            peak.map { " (\(Numbers.fixed(100 * gmacsPerSecond / $0.gmacsPerSecond, 0)) % of one core's peak)" } ?? ""
        var text = """
            \(model) for \(target), \(threads) thread\(threads == 1 ? "" : "s"), \(runs) runs
            latency  min \(Numbers.fixed(minimumMilliseconds, 3)) ms, median \(Numbers.fixed(medianMilliseconds, 3)) ms
            work     \(Numbers.scaled(macs)) MACs, \(Numbers.fixed(gmacsPerSecond, 1)) GMAC/s\(share)

            """
        if let peak {
            text +=
                "peak     \(Numbers.fixed(peak.gmacsPerSecond, 1)) GMAC/s, "
                + "\(Numbers.fixed(peak.gigabytesPerSecond, 1)) GB/s read from memory, one core, measured now\n"
        }
        return text + "\n" + stepTable
    }

    private var stepTable: String {
        let total = steps.reduce(0) { $0 + $1.milliseconds }
        var table = TextTable([
            ("Layers", .left), ("Kernel", .left), ("ms", .right), ("time", .right), ("GMAC/s", .right),
            ("of peak", .right),
            ("GB/s", .right),
        ])
        for step in steps {
            table.append([
                Bench.shortened(step.layers), step.kernel, Numbers.fixed(step.milliseconds, 4),
                total > 0 ? Numbers.fixed(100 * step.milliseconds / total, 1) + " %" : "",
                step.macs > 0 ? Numbers.fixed(step.gmacsPerSecond, 1) : "",
                step.macs > 0
                    ? peak.map { Numbers.fixed(100 * step.gmacsPerSecond / $0.gmacsPerSecond, 0) + " %" } ?? "" : "",
                Numbers.fixed(step.gigabytesPerSecond, 1),
            ])
        }
        table.append(["all steps, one thread", "", Numbers.fixed(total, 4), "", "", "", ""])
        return table.text
    }

    /// For programs.
    var json: JSON {
        .document([
            ("model", .string(model)), ("target", .string(target)), ("threads", .int(threads)), ("runs", .int(runs)),
            ("min_ms", .double(minimumMilliseconds)), ("median_ms", .double(medianMilliseconds)), ("macs", .int(macs)),
            ("gmacs_per_s", .double(gmacsPerSecond)),
            ("peak_gmacs_per_s", peak.map { .double($0.gmacsPerSecond) } ?? .null),
            ("peak_gbytes_per_s", peak.map { .double($0.gigabytesPerSecond) } ?? .null),
            (
                "layers",
                .array(
                    steps.map {
                        .object([
                            ("name", .string($0.layers)), ("kernel", .string($0.kernel)),
                            ("ms", .double($0.milliseconds)),
                            ("gmacs_per_s", .double($0.gmacsPerSecond)),
                            ("gbytes_per_s", .double($0.gigabytesPerSecond)),
                        ])
                    })
            ),
        ])
    }
}

extension Bench {
    /// The first and last of many layers.
    static func shortened(_ layers: String) -> String {
        guard layers.count > 48 else { return layers }
        return layers.prefix(30) + "…" + layers.suffix(17)
    }
}
