import ArgumentParser
import Compiler
import Toolchain
import Verification

/// How a network is built and run.
struct Variant: ParsableArguments {
    @Option var cpu = "native"
    /// address or undefined; the code then runs in a process of its own.
    @Option var sanitizer: String?
    @Option var batch = 1
    @Option var precision = "fast"
    @Flag var noFuse = false
    /// Of the weights.
    @Option var weightSeed: UInt64 = 0

    /// What gives the same variant on a command line.
    var arguments: [String] {
        ["--cpu", cpu, "--batch", "\(batch)", "--precision", precision, "--weight-seed", "\(weightSeed)"]
            + (sanitizer.map { ["--sanitizer", $0] } ?? []) + (noFuse ? ["--no-fuse"] : [])
    }
}

/// Verifies one network: exits with 0 where it is right, 65 where it is refused, 1 where it is wrong.
struct Check: ParsableCommand {
    @Argument var file: String
    @OptionGroup var variant: Variant

    func run() throws {
        var options = ModelOptions(path: file)
        (options.batch, options.seed) = (variant.batch, variant.weightSeed)
        var build = BuildOptions()
        (build.cpu, build.fuses) = (variant.cpu, !variant.noFuse)
        build.precision = Precision(rawValue: variant.precision) ?? .fast
        var settings = VerificationSettings()
        settings.seeksSensitivity = false
        if let sanitizer = variant.sanitizer {
            guard let clang = sanitizingClang() else { throw ValidationError("no clang here has sanitizers") }
            build.clang = clang
            // With more optimisation clang takes minutes.
            build.compilerFlags = ["-O1", "-fsanitize=\(sanitizer)", "-fno-sanitize-recover=all"]
            settings.emulator = []
        }
        do {
            let report = try verify(try readModel(options), options, build, settings)
            if report.isRight { return print(report.isVacuous ? "right, vacuous" : "right") }
            let output = report.outputs.first { !$0.isRight }
            print(
                report.firstWrong.map { "'\($0.layer)' (\($0.kernel)): \($0.worst)" }
                    ?? "output '\(output!.name)': \(output!.boundRatio) bounds away")
            throw ExitCode(1)
        } catch CompilerError.invalidModel(let report) {
            print(report.rendered(color: false))
            throw ExitCode(65)
        }
    }
}

/// A clang that has the sanitizers' runtime libraries.
func sanitizingClang() -> String? {
    Clang.candidates().last { path in
        ["libclang_rt.asan-x86_64.a", "libclang_rt.asan-aarch64.a", "libclang_rt.asan.a"].contains { library in
            let command = Command(path, ["-print-file-name=\(library)"], environment: processEnvironment())
            return (try? command.run())?.output.hasPrefix("/") == true
        }
    }
}
