import Compiler
import Kernels
import NetRuntime
import Network
import Target
import Toolchain

/// What measuring the kernels of a network found.
public struct TuningReport: Sendable {
    /// The fastest way of each subject.
    public var choices: Choices
    /// Subjects with several ways, and those whose times were known.
    public var subjects: Int
    public var known: Int
    /// Subjects whose fastest way is not the cost model's.
    public var changed: Int
    /// The time of the steps concerned as the cost model chooses and as was measured, in milliseconds.
    public var modelMilliseconds: Double
    public var milliseconds: Double
}

/// Measures the ways to compute the convolutions of a network on this machine, but for those that the cache knows already.
///
/// Way n of every subject goes into one library, and the libraries take turns: a change of the machine's speed meets all ways of a
/// subject, and each kernel finds the caches as its neighbours in the network leave them. The least time of `rounds` counts.
public func tune(
    _ model: Model, _ options: ModelOptions, _ build: BuildOptions, rounds: Int = 15, cache: ChoiceCache?,
    progress: (String) -> Void = { _ in }
) throws -> TuningReport {
    if let architecture = foreignArchitecture(build) {
        throw CompilerError.usage("code for \(architecture) can't be measured here: use '--tune-from' there")
    }
    var options = options
    options.usesTestWeights = true
    var build = build
    build.choices = Choices()
    progress("planning")
    let plan = try compile(model, options, build, hooks: withoutLargeProducts).plan
    let decisions = plan.decisions
    var times = cache?.times() ?? [:]
    let open = decisions.filter { decision in decision.ways.contains { times[decision.subject]?[$0] == nil } }
    if !open.isEmpty {
        let measured = try measure(open, model, options, build, rounds: rounds, progress)
        cache?.add(
            open.map { decision in
                (
                    decision.subject,
                    decision.ways.compactMap { way in measured[decision.subject]?[way].map { (way, $0) } }
                )
            })
        times.merge(measured) { $1 }
    }
    var report = report(decisions, times, plan)
    report.known = decisions.count - open.count
    return report
}

/// The cache for what a build is to be measured with.
public func choiceCache(for build: BuildOptions) throws -> ChoiceCache? {
    let clang = try Clang.find(option: build.clang, triple: build.triple)
    return ChoiceCache(target: try resolveTarget(build), clang: try clang.version())
}

private func report(_ decisions: [Decision], _ times: [String: [String: Double]], _ plan: Plan) -> TuningReport {
    var report = TuningReport(
        choices: Choices(), subjects: decisions.count, known: 0, changed: 0, modelMilliseconds: 0, milliseconds: 0)
    for decision in decisions {
        guard let own = times[decision.subject], let model = own[decision.ways[0]] else { continue }
        let fastest = decision.ways.min { own[$0] ?? .infinity < own[$1] ?? .infinity }!
        // Less than a hundredth is no difference on a clock.
        let chosen = own[fastest]! < 0.99 * model ? fastest : decision.ways[0]
        report.choices.ways[decision.subject] = chosen
        report.changed += chosen == decision.ways[0] ? 0 : 1
        let count = Double(plan.steps.count { $0.decision?.subject == decision.subject })
        report.modelMilliseconds += count * model
        report.milliseconds += count * own[chosen]!
    }
    return report
}

/// The least times in milliseconds of each way of each subject.
private func measure(
    _ open: [Decision], _ model: Model, _ options: ModelOptions, _ build: BuildOptions, rounds: Int,
    _ progress: (String) -> Void
) throws -> [String: [String: Double]] {
    let variants = try variants(of: open, model, options, build, progress)
    var least = variants.map { Array(repeating: Double.infinity, count: $0.library.steps.count) }
    let clock = ContinuousClock()
    for round in 0...rounds {
        progress("measuring: round \(round) of \(rounds)")
        for turn in variants.indices {
            let index = (turn + round) % variants.count
            let library = variants[index].library
            for step in library.steps.indices {
                let time = try clock.measure { try library.invokeSteps(first: step, count: 1) } / .milliseconds(1)
                // The first round warms up.
                if round > 0 { least[index][step] = min(least[index][step], time) }
            }
        }
    }
    var times: [String: [String: Double]] = [:]
    for (variant, least) in zip(variants, least) {
        for decision in open {
            let steps = variant.decisions.indices.filter { variant.decisions[$0]?.subject == decision.subject }
            guard let first = steps.first else { continue }
            // Steps of one subject are alike; the mean of them is that of what lies around them in the caches.
            let time = steps.map { least[$0] }.reduce(0, +) / Double(steps.count)
            let way = variant.decisions[first]!.chosen
            times[decision.subject, default: [:]][way] = min(times[decision.subject]?[way] ?? .infinity, time)
        }
    }
    return times
}

/// A library in which every open subject is computed in one of its ways.
private struct Variant {
    var library: NetLibrary
    /// What was decided for each of its steps.
    var decisions: [Decision?]
}

private func variants(
    of open: [Decision], _ model: Model, _ options: ModelOptions, _ build: BuildOptions, _ progress: (String) -> Void
) throws -> [Variant] {
    let count = open.map(\.ways.count).max() ?? 0
    return try (0..<count).map { number in
        progress("compiling: way \(number + 1) of \(count)")
        var build = build
        for decision in open { build.choices.ways[decision.subject] = decision.ways[number % decision.ways.count] }
        let compiled = try compile(model, options, build, hooks: withoutLargeProducts)
        let library = try loadLibrary(of: compiled, build, keptIn: nil)
        try library.setInputs(
            library.inputs.map { testInput(for: Shape($0.shape), name: $0.name, sample: 0, seed: 0) })
        return Variant(library: library, decisions: compiled.plan.steps.map(\.decision))
    }
}

/// Lets the products with vectors do nothing, among whose ways there is nothing to choose and whose weights may be hundreds of megabytes.
private var withoutLargeProducts: CompilerHooks {
    var hooks = CompilerHooks()
    hooks.mutate = { plan in
        for index in plan.steps.indices where plan.steps[index].decision == nil {
            for call in plan.steps[index].calls.indices
            where plan.steps[index].calls[call].instance.weights.count > 1 << 20 {
                plan.steps[index].calls[call].instance.items = 0
                plan.steps[index].calls[call].instance.weights = []
            }
        }
        // What is left out can't be fetched: any weights do instead.
        for step in plan.steps.indices {
            for call in plan.steps[step].calls.indices { plan.steps[step].calls[call].fetched = nil }
        }
    }
    return hooks
}
