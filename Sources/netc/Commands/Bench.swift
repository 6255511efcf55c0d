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

    @Option(
        help: ArgumentHelp(
            "Also write a page with the roofline chart and a bar for every kernel.", valueName: "file.html"))
    var html: String?

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
            let model = try loadModel(options)
            let build = try self.build.options(for: model, options, progress)
            let observer = StageObserver(build)
            report = try benchmark(model, options, build, settings, hooks: observer.hooks) { progress.show($0) }
            try observer.finish(outputIsTaken: true)
        }
        progress.clear()
        if let html { try writeFile(html, Array(report.page.utf8)) }
        try Console.write(json ? report.json.text + "\n" : report.text)
    }
}

extension Bench {
    /// The first and last of many layers.
    static func shortened(_ layers: String) -> String {
        guard layers.count > 48 else { return layers }
        return layers.prefix(30) + "…" + layers.suffix(17)
    }
}
