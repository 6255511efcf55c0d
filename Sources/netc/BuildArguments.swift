import ArgumentParser
import Compiler
import Verification

/// The options of every command that makes code.
struct BuildArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "native, baseline, x86-64-v3, x86-64-v4, … or a specification that netc printed (default: native).",
            valueName: "cpu"))
    var cpu: String?

    @Option(help: ArgumentHelp("clang's target triple.", valueName: "triple"))
    var target: String?

    @Option(help: ArgumentHelp("fast or strict (default: fast).", valueName: "promise"))
    var precision: Precision?

    @Flag(help: "Choose the ways to compute convolutions by measuring them on this machine.")
    var tune = false

    @Option(
        help: ArgumentHelp("Make the choices again that a C file records, which '--tune' wrote.", valueName: "file.c"))
    var tuneFrom: String?

    @Option(help: ArgumentHelp("incbin, source or extern (default: incbin).", valueName: "form"))
    var weightsAs: WeightsForm?

    @Flag(help: "Keep every layer a step of its own.")
    var noFuse = false

    @Option(help: ArgumentHelp("Leave a pass out.", valueName: "name"))
    var noPass: [String] = []

    @Option(help: ArgumentHelp("The clang to use.", valueName: "path"))
    var clang: String?

    @Option(name: .customShort("j", allowingJoined: true), help: "Compilers run at once.")
    var jobs: Int?

    @Option(help: ArgumentHelp("Print the graph after a pass.", valueName: "pass"))
    var dumpAfter: String?

    @Flag(help: "Print the time that each pass takes.")
    var timePasses = false

    mutating func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("'-j' must be at least 1") }
        if tune, tuneFrom != nil {
            throw ValidationError("'--tune' and '--tune-from' are two ways to choose: give one")
        }
    }

    /// The names of the options that were given, for the refusal beside a built library.
    var given: [String] {
        let flags: [(String, Bool)] = [
            ("--cpu", cpu != nil), ("--target", target != nil), ("--precision", precision != nil),
            ("--weights-as", weightsAs != nil), ("--no-fuse", noFuse), ("--no-pass", !noPass.isEmpty),
            ("-j", jobs != nil), ("--dump-after", dumpAfter != nil), ("--time-passes", timePasses), ("--tune", tune),
            ("--tune-from", tuneFrom != nil),
        ]
        return flags.filter(\.1).map(\.0)
    }

    var options: BuildOptions {
        var options = BuildOptions()
        options.cpu = cpu ?? "native"
        options.triple = target
        options.precision = precision ?? .fast
        options.weightsForm = weightsAs ?? .incbin
        options.fuses = !noFuse
        options.disabledPasses = noPass
        options.clang = clang
        options.jobs = jobs ?? 0
        options.dumpAfter = dumpAfter
        options.timesPasses = timePasses
        return options
    }
}

extension BuildArguments {
    /// The options with the choices that '--tune' measures for a model or '--tune-from' reads.
    func options(for model: Model, _ modelOptions: ModelOptions, _ progress: Progress) throws -> BuildOptions {
        var options = options
        if let tuneFrom { options.choices = try recordedChoices(inFile: tuneFrom) }
        guard tune else { return options }
        let report = try Verification.tune(model, modelOptions, options, cache: try choiceCache(for: options)) {
            progress.show("tuning: \($0)")
        }
        progress.clear()
        options.choices = report.choices
        Console.note(report.summary)
        return options
    }
}

extension TuningReport {
    /// One line.
    fileprivate var summary: String {
        if subjects == 0 { return "nothing to tune: no convolution has several ways to be computed" }
        let gain = Numbers.fixed(100 * (1 - milliseconds / modelMilliseconds), 1)
        return
            "tuned \(subjects) kinds of convolutions, \(known) of them known from before: \(changed) are computed otherwise than"
            + " the cost model says, which saves \(gain) % of their time"
    }
}

extension Precision: ExpressibleByArgument {}
extension WeightsForm: ExpressibleByArgument {}
extension Product: ExpressibleByArgument {}
