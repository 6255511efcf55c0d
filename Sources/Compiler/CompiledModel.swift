import CodeGen
import Diagnostics
import IR
import Kernels
import Layers
import Network
import Passes
import Target

/// A network as C, before clang sees it, with what led there.
public struct CompiledModel: Sendable {
    public var model: Model
    /// The prefix of all symbols and the stem of all files.
    public var identifier: String
    public var target: Target
    public var plan: Plan
    public var code: GeneratedCode
    /// What passes did to layers, for `netc explain`.
    public var remarks: [Passes.Remark]
    public var weightsForm: WeightsForm
    /// The zeros that a layer puts around its input, by the layer's name.
    var padding: [String: Margins]
}

/// The version that generated code records.
public let compilerVersion = "0.1.0"

/// What tests and tools may look at or change on the way.
public struct CompilerHooks {
    /// Called when a stage or a pass has ended, with the graph after it where there is one.
    public var observe: (_ stage: String, _ graph: Graph?) -> Void = { _, _ in }
    /// Called with what there is to say about the weights.
    public var remark: (DiagnosticReport) -> Void = { _ in }
    /// Changes the plan before it becomes code: how tests make mistakes on purpose.
    package var mutate: (inout Plan) -> Void = { _ in }
    /// Changes the weights that become code: the reference keeps the right ones.
    package var mutateWeights: (inout ParameterValues) -> Void = { _ in }

    public init() {}
}

/// Reads or draws a network's weights and compiles it.
public func compile(
    _ model: Model, _ options: ModelOptions, _ build: BuildOptions, name: String? = nil,
    hooks: CompilerHooks = CompilerHooks()
) throws -> CompiledModel {
    let parameters = try loadParameters(of: model, options, hooks)
    return try compile(model, parameters, options, build, name: name, hooks: hooks)
}

/// The compiler: a network and its weights become C.
public func compile(
    _ model: Model, _ parameters: ParameterValues, _ options: ModelOptions, _ build: BuildOptions, name: String? = nil,
    hooks: CompilerHooks = CompilerHooks()
) throws -> CompiledModel {
    let identifier = try modelIdentifier(explicit: name, modelName: model.network.modelName, path: model.path)
    let (plan, remarks, padding) = try plan(model, parameters, options, build, hooks)
    try checkMemory(plan, of: model, options)
    reportUnfitChoices(build.choices, plan, of: model, hooks)
    let naming = Naming(
        identifier: identifier, inputs: model.network.inputs.map { cName($0.name) },
        outputs: model.network.outputs.map { cName($0.name) }, sourceName: fileName(model.network.sourceName),
        description: model.network.description, version: compilerVersion)
    let code = try generate(plan, naming, weights: build.weightsForm)
    hooks.observe("generate", nil)
    return CompiledModel(
        model: model, identifier: identifier, target: plan.target, plan: plan, code: code, remarks: remarks,
        weightsForm: build.weightsForm, padding: padding)
}

/// Warns of choices that were wanted and could not be made.
private func reportUnfitChoices(_ choices: Choices, _ plan: Plan, of model: Model, _ hooks: CompilerHooks) {
    let made = Set(plan.steps.compactMap(\.decision).filter(\.isWanted).map(\.subject))
    let unfit = choices.ways.keys.filter { !made.contains($0) }.sorted()
    guard let first = unfit.first else { return }
    let text =
        "\(unfit.count) of \(choices.ways.count) choices of kernels fit no convolution of this network on this machine: \(printable(first))"
    let diagnostic = Diagnostic(.warning, text + (unfit.count > 1 ? ", …" : ""), at: nil)
    hooks.remark(DiagnosticReport(source: model.source, diagnostics: [diagnostic], errorLimit: model.report.errorLimit))
}

/// The compiler up to the plan: the network as primitives, the passes, kernels and memory.
func plan(
    _ model: Model, _ parameters: ParameterValues, _ options: ModelOptions, _ build: BuildOptions,
    _ hooks: CompilerHooks
) throws -> (Plan, [Passes.Remark], padding: [String: Margins]) {
    let target = try resolveTarget(build)
    try checkPassNames(build)
    try checkSizes(of: model)
    var parameters = parameters
    hooks.mutateWeights(&parameters)
    let lowered = lower(model.network, parameters: parameters)
    hooks.observe("lower", lowered)
    let context = PassContext(
        target: target, capabilities: PlannerCapabilities(target: target, precision: build.precision),
        disabled: Set(build.disabledPasses),
        fuse: build.fuses)
    let (graph, remarks) = optimize(lowered, context: context) { hooks.observe($0, $1) }
    var plan = try makePlan(
        graph, target: target,
        options: PlanOptions(batch: options.batch, precision: build.precision, choices: build.choices), for: model)
    hooks.mutate(&plan)
    hooks.observe("plan", nil)
    return (plan, remarks, lowered.padding)
}

/// The bytes of the workspace that code for this machine needs. More than `--max-memory` is an error.
public func workspaceBytes(of model: Model, _ options: ModelOptions) throws -> Int {
    try planWithoutWeights(model, options).workspaceBytes
}

/// The plan for this machine, or the one that `build` names, within `--max-memory`. Weights do not matter to it, but equal ones would be
/// merged: so each tensor is filled with a number of its own.
package func planWithoutWeights(
    _ model: Model, _ options: ModelOptions, _ build: BuildOptions = BuildOptions()
) throws -> Plan {
    try checkSizes(of: model)
    var parameters: ParameterValues = [:]
    for (index, named) in model.network.parameterInventory().enumerated() {
        parameters[named.name] = Array(
            repeating: 0.5 + Float(index) / 65536, count: named.parameter.shape.elementCount)
    }
    let plan = try plan(model, parameters, options, build, CompilerHooks()).0
    try checkMemory(plan, of: model, options)
    return plan
}

/// Makes the plan; what no kernel can do is an error at the layer's line.
private func makePlan(_ graph: Graph, target: Target, options: PlanOptions, for model: Model) throws -> Plan {
    do {
        return try makePlan(graph, target: target, options: options)
    } catch let error as PlanError {
        let name = error.origin.layers.first?.name
        let node = model.network.nodes.first { $0.name == name }
        let diagnostic = Diagnostic(.error, error.message, at: node?.range, notes: node?.trail ?? [])
        throw CompilerError.invalidModel(
            DiagnosticReport(source: model.source, diagnostics: [diagnostic], errorLimit: model.report.errorLimit))
    }
}

/// Refuses passes that do not exist, which would otherwise do nothing silently.
private func checkPassNames(_ build: BuildOptions) throws {
    let names = allPasses.map(\.name)
    let stages = ["lower"] + names
    for name in build.disabledPasses where !names.contains(name) {
        throw CompilerError.usage(
            "'--no-pass \(name)': there is no such pass; there are \(names.joined(separator: ", "))")
    }
    if let name = build.dumpAfter, !stages.contains(name) {
        throw CompilerError.usage(
            "'--dump-after \(name)': there is no such pass; there are \(stages.joined(separator: ", "))")
    }
}
