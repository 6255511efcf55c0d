import ArgumentParser
import Compiler

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

    @Flag(help: "Choose kernels by measuring them (not available in this version: it is refused).")
    var tune = false

    @Option(
        help: ArgumentHelp("Choose kernels as an earlier '--tune' did (refused, as that is).", valueName: "file"))
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
        if tune || tuneFrom != nil {
            throw ValidationError(
                "'\(tune ? "--tune" : "--tune-from")' is not available in this version, which chooses kernels by their"
                    + " computed cost")
        }
    }

    /// The names of the options that were given, for the refusal beside a built library.
    var given: [String] {
        let flags: [(String, Bool)] = [
            ("--cpu", cpu != nil), ("--target", target != nil), ("--precision", precision != nil),
            ("--weights-as", weightsAs != nil), ("--no-fuse", noFuse), ("--no-pass", !noPass.isEmpty),
            ("-j", jobs != nil), ("--dump-after", dumpAfter != nil), ("--time-passes", timePasses),
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

extension Precision: ExpressibleByArgument {}
extension WeightsForm: ExpressibleByArgument {}
extension Product: ExpressibleByArgument {}
