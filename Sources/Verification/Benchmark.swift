import Compiler
import NetRuntime
import Network
import Target
import Toolchain

/// Builds a network with test weights, unless it has its own, and measures it.
public func benchmark(
    _ model: Model, _ options: ModelOptions, _ build: BuildOptions, _ settings: BenchmarkSettings,
    hooks: CompilerHooks = CompilerHooks(), progress: (String) -> Void = { _ in }
) throws -> BenchmarkReport {
    var options = options
    options.usesTestWeights = true
    if let architecture = foreignArchitecture(build) {
        throw CompilerError.usage("code for \(architecture) can't be measured here")
    }
    progress("compiling")
    let compiled = try compile(model, options, build, hooks: hooks)
    let library = try loadLibrary(of: compiled, build, keptIn: nil)
    return try benchmark(library, settings, progress: progress)
}

/// Measures a library that netc built.
public func benchmark(
    libraryAt path: String, _ settings: BenchmarkSettings, progress: (String) -> Void = { _ in }
) throws -> BenchmarkReport {
    try benchmark(try openLibrary(path), settings, progress: progress)
}

private func benchmark(
    _ library: NetLibrary, _ settings: BenchmarkSettings, progress: (String) -> Void
) throws -> BenchmarkReport {
    progress("measuring this machine's peak")
    let peak = measurePeak(for: library.target, clang: settings.clang)
    progress("measuring the network")
    let measured = try measure(library, settings)
    let steps = zip(library.steps, measured.steps).map { step, seconds in
        BenchmarkReport.Step(
            layers: step.layers, kernel: step.kernel, milliseconds: 1e3 * seconds, macs: step.macs,
            products: step.products, bytes: step.bytes)
    }
    return BenchmarkReport(
        model: library.name, target: library.target, threads: settings.threads, runs: measured.runs,
        batch: library.batch, steps: steps, peak: peak)
}

/// Whole runs and single steps, taken in turns so that a change of the machine's speed meets both.
private func measure(
    _ library: NetLibrary, _ settings: BenchmarkSettings
) throws -> (runs: [Double], steps: [Double]) {
    let inputs = library.inputs.map { testInput(for: Shape($0.shape), name: $0.name, sample: 0, seed: 0) }
    let model = try NetModel(library, threads: settings.threads)
    try library.setInputs(inputs)
    try model.setInputs(inputs)
    var runs: [Double] = []
    var steps = [Double](repeating: .infinity, count: library.steps.count)
    let clock = ContinuousClock()
    func timed(_ body: () throws -> Void) rethrows -> Double { try clock.measure(body) / .seconds(1) }

    for _ in 0..<3 { try model.run() }
    let end = clock.now + .seconds(settings.seconds)
    repeat {
        runs.append(try timed { try model.run() })
        for step in steps.indices {
            steps[step] = min(steps[step], try timed { try library.invokeSteps(first: step, count: 1) })
        }
    } while (clock.now < end || runs.count < 5) && runs.count < 100_000
    return (runs, steps)
}

extension NetLibrary {
    /// Samples to one call.
    var batch: Int { inputs.first?.shape.first ?? 1 }
}
