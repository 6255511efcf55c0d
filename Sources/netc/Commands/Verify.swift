import ArgumentParser
import Compiler
import Diagnostics
import Verification

/// `netc verify FILE`: build, load, compare by the numeric contract.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Builds a network and compares every tensor with a reference in double precision.")

    @Argument(help: ArgumentHelp("The .net file.", valueName: "file"))
    var file: String

    @Option(name: .customShort("o"), help: ArgumentHelp("Keep what is built in this folder.", valueName: "dir"))
    var folder: String?

    @Option(help: "Inputs to try (default: 1).")
    var samples = 1

    @Flag(help: "List every stored tensor, and name the first wrong layer.")
    var layers = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Model options")
    var model: ModelArguments

    @OptionGroup(title: "Build options")
    var build: BuildArguments

    mutating func validate() throws {
        guard (1...1000).contains(samples) else { throw ValidationError("'--samples' must lie between 1 and 1000") }
    }

    func run() throws {
        let progress = Progress()
        defer { progress.clear() }
        let options = model.options(for: file)
        let model = try loadModel(options)
        var settings = VerificationSettings()
        settings.samples = samples
        settings.folder = folder
        settings.locatesFirstWrong = layers
        let build = try self.build.options(for: model, options, progress)
        let observer = StageObserver(build)
        let report = try verify(model, options, build, settings, hooks: observer.hooks) { progress.show($0) }
        progress.clear()
        try observer.finish(outputIsTaken: true)
        try Console.write(
            json
                ? report.json(model: model.network.modelName ?? fileStem(file)).text + "\n"
                : report.text(listsTensors: layers))
        if !report.isRight { throw ComparisonFailure() }
        if report.isVacuous { throw CompilerError.internalError(report.vacuousText) }
    }
}

extension VerificationReport {
    /// Why a comparison that found nothing proves nothing.
    var vacuousText: String {
        let names = outputs.filter { $0.sensitivity < Self.leastSensitivity }.map { "'\(printable($0.name))'" }
        return "the comparison is vacuous: \(names.joined(separator: ", ")) hardly "
            + "\(names.count == 1 ? "depends" : "depend") on the input, so errors would not show in it"
    }

    /// For people.
    func text(listsTensors: Bool) -> String {
        var text = listsTensors ? tensorTable + "\n" : ""
        text += outputTable
        let worst = tensors.max { $0.boundRatio < $1.boundRatio }
        text += "\n\(tensors.count) stored tensors compared, \(tensors.count { !$0.isRight }) wrong"
        if let worst {
            text += "; largest error \(Numbers.fixed(worst.boundRatio, 3)) of its bound, in '\(printable(worst.layer))'"
        }
        text += "\n"
        if let firstWrong {
            text += "first wrong: '\(printable(firstWrong.layer))' (\(firstWrong.kernel)): \(firstWrong.worst)\n"
        }
        if let located { text += printable(located) + "\n" }
        return text + (isRight ? "right: every tensor lies within its bound\n" : "WRONG\n")
    }

    private var tensorTable: String {
        var table = TextTable([
            ("Layer", .left), ("Shape", .left), ("Kernel", .left), ("Max error", .right), ("Error/bound", .right),
            ("", .left),
        ])
        for tensor in tensors {
            table.append([
                tensor.layer, tensor.shape.map(String.init).joined(separator: "×"), tensor.kernel,
                Numbers.scientific(tensor.maxAbsoluteError), Numbers.fixed(tensor.boundRatio, 4),
                tensor.isRight ? "" : "WRONG",
            ])
        }
        return table.text
    }

    private var outputTable: String {
        var table = TextTable([
            ("Output", .left), ("Max error", .right), ("Relative", .right), ("Ulp", .right), ("Error/bound", .right),
            ("", .left),
        ])
        for output in outputs {
            table.append([
                output.name, Numbers.scientific(output.maxAbsoluteError), Numbers.scientific(output.maxRelativeError),
                Numbers.fixed(output.maxUlp, 1), Numbers.fixed(output.boundRatio, 4), output.isRight ? "" : "WRONG",
            ])
        }
        return table.text
    }

    /// For programs.
    func json(model: String) -> JSON {
        var members: [(String, JSON)] = [
            ("model", .string(model)), ("ok", .bool(isRight && !isVacuous)), ("vacuous", .bool(isVacuous)),
            ("samples", .int(samples)),
            (
                "outputs",
                .array(
                    outputs.map {
                        .object([
                            ("name", .string($0.name)), ("max_abs_error", .double($0.maxAbsoluteError)),
                            ("max_rel_error", .double($0.maxRelativeError)), ("max_ulp", .double($0.maxUlp)),
                            ("bound_ratio", .double($0.boundRatio)), ("ok", .bool($0.isRight)),
                            ("bound", .double($0.bound)), ("sensitivity", .double($0.sensitivity)),
                        ])
                    })
            ),
        ]
        members.append(
            (
                "tensors",
                .array(
                    tensors.map {
                        .object([
                            ("layer", .string($0.layer)), ("group", .string($0.group)), ("kernel", .string($0.kernel)),
                            ("shape", .ints($0.shape)), ("max_abs_error", .double($0.maxAbsoluteError)),
                            ("bound_ratio", .double($0.boundRatio)), ("ok", .bool($0.isRight)),
                        ])
                    })
            ))
        members.append(("first_wrong", firstWrong.map { .string($0.layer) } ?? .null))
        return .document(members)
    }
}
