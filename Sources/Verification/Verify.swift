import Compiler
import Diagnostics
import Kernels
import Network
import Reference

/// Builds a network, loads the library and compares it with the reference by the numeric contract (DESIGN.md).
///
/// Weights without a file are test weights, under which an error shows. `progress` is told what is being done.
public func verify(
    _ model: Model, _ options: ModelOptions, _ build: BuildOptions, _ settings: VerificationSettings,
    hooks: CompilerHooks = CompilerHooks(), progress: (String) -> Void = { _ in }
) throws -> VerificationReport {
    var options = options
    options.usesTestWeights = true
    progress("reading weights")
    let parameters = try loadParameters(of: model, options, hooks)
    var verification = Verification(
        model: model, options: options, parameters: parameters, settings: settings, hooks: hooks)
    let isDrawn = weightsPath(of: model, options) == nil && settings.seeksSensitivity
    var report = try verification.run(build, isDrawn: isDrawn, folder: settings.folder, progress: progress)
    if report.isRight && report.isVacuous && settings.seeksSensitivity {
        verification.parameters = parameters
        verification.inputScale = 64
        report = try verification.run(build, isDrawn: isDrawn, folder: settings.folder, progress: progress)
    }
    if let wrong = report.firstWrong, settings.locatesFirstWrong, build.fuses {
        report.located = try verification.locate(wrong, build, progress: progress)
    }
    return report
}

/// One network with its weights, to be built in several ways and compared.
private struct Verification {
    let model: Model
    let options: ModelOptions
    var parameters: ParameterValues
    let settings: VerificationSettings
    let hooks: CompilerHooks
    /// What the drawn inputs are multiplied by: networks that begin by rescaling 8-bit images hardly see the numbers around 1.
    var inputScale: Float = 1

    /// Builds and compares. Weights that were drawn are made smaller before outputs that no input moves.
    mutating func run(
        _ build: BuildOptions, isDrawn: Bool, folder: String?, progress: (String) -> Void
    ) throws -> VerificationReport {
        var remainingAttempts = isDrawn ? 4 : 0
        var wasInsensitive = false
        while true {
            progress("compiling")
            let compiled = try compile(model, parameters, options, build, hooks: hooks)
            let library = try makeRunnable(compiled, build, settings, keptIn: folder)
            var isSensitive = try remainingAttempts <= 0 || response(library, (0..<3).map(batch)) > 0.001
            if isSensitive && !wasInsensitive {
                let report = try compare(compiled, library, progress: progress)
                // A flat softmax moves too, where inputs differ in their winner: by less than its bound.
                isSensitive = !(report.isRight && report.isVacuous)
                if isSensitive || remainingAttempts <= 0 { return report }
            }
            // Once the outputs begin to move, one step more leads from the edge of the flat part into the steep one.
            wasInsensitive = !isSensitive
            remainingAttempts -= 1
            parameters = model.network.damped(parameters, by: 1.0 / 64)
        }
    }

    /// Which layer of a wrong group is wrong: every layer a step of its own, the same inputs.
    mutating func locate(_ wrong: VerificationReport.Tensor, _ build: BuildOptions, progress: (String) -> Void) throws
        -> String
    {
        var unfused = build
        unfused.fuses = false
        let report = try run(unfused, isDrawn: false, folder: nil, progress: progress)
        guard let layer = report.firstWrong else {
            return "without fusion every layer is right: the mistake is in the fusion of \(wrong.group)"
        }
        return "without fusion the first wrong layer is '\(layer.layer)': \(layer.worst)"
    }

    private func compare(
        _ compiled: CompiledModel, _ library: any GeneratedLibrary, progress: (String) -> Void
    ) throws -> VerificationReport {
        var collected = ReportCollector(network: model.network, plan: compiled.plan)
        let reference = LockstepReference(
            model.network, parameters, perturbedRuns: 2, seed: options.seed,
            outputTiles: compiled.plan.outputGroups.mapValues { OutputTile($0) })
        for sample in 0..<settings.samples {
            let inputs = batch(sample)
            var capture = try library.capture(inputs, compiled.plan)
            let label = settings.samples > 1 ? " of sample \(sample + 1)" : ""
            let runs = reference.evaluate(
                inputs: realInputs(inputs),
                stored: { capture.take($0) },
                inspect: { collected.add($0, $1, expected: $2, bound: $3) },
                progress: { progress("comparing layer \($0 + 1) of \(model.network.nodes.count)" + label) })
            collected.add(outputs: capture.outputs, runs: runs)
            collected.add(members: capture.outputs, alone: try membersAlone(inputs, compiled.plan, library))
            collected.measureSensitivity(capture.outputs, others: others(sample, library))
        }
        return collected.report(samples: settings.samples)
    }

    /// The outputs of each further member of a batch, computed in the place of the first, whose steps are compared.
    private func membersAlone(
        _ inputs: [[Float]], _ plan: Plan, _ library: any GeneratedLibrary
    ) throws -> [[[Float]]] {
        try (1..<max(plan.batch, 1)).map { member in
            let moved = inputs.map { values in
                let count = values.count / plan.batch
                return Array(values[member * count..<(member + 1) * count] + values[count...])
            }
            return try library.invoke(moved).map { Array($0[..<($0.count / plan.batch)]) }
        }
    }

    /// The inputs of a sample for a whole batch; its members differ.
    private func batch(_ sample: Int) -> [[Float]] {
        model.network.inputs.map { input in
            (0..<model.network.batch).flatMap { member in
                testInput(
                    for: model.network.shape(of: input.tensor), name: input.name,
                    sample: sample + member * settings.samples, seed: options.seed
                ).map { $0 * inputScale }
            }
        }
    }

    /// The first member of the batch in double precision: the one whose steps are compared.
    private func realInputs(_ inputs: [[Float]]) -> [RealTensor] {
        zip(model.network.inputs, inputs).map { input, values in
            let shape = model.network.shape(of: input.tensor)
            return RealTensor(shape, values[..<shape.elementCount].map(Double.init))
        }
    }

    /// Outputs for other inputs, tried one after the other until one differs enough.
    private func others(_ sample: Int, _ library: any GeneratedLibrary) -> some Sequence<[[Float]]> {
        (1...3).lazy.compactMap { try? library.invoke(batch(sample + $0)) }
    }
}
