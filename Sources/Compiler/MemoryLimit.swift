import Diagnostics
import Kernels

/// Keeps the workspace within `--max-memory`; the error stands at the layer at which most of the workspace is in use.
func checkMemory(_ plan: Plan, of model: Model, _ options: ModelOptions) throws {
    guard let limit = options.maximumMemory, plan.workspaceBytes > limit else { return }
    let step = plan.fullestStep
    let layer = plan.steps.isEmpty ? nil : plan.steps[step].origin.layers.last
    let node = model.network.nodes.first { $0.name == layer?.name }
    let message = "the workspace takes \(plan.workspaceBytes) bytes, more than the \(limit) of '--max-memory'"
    let note = Note("most of it is in use here, where \(plan.tensorsInUse(at: step)) are kept", at: node?.range)
    let diagnostic = Diagnostic(.error, message, at: node?.range, notes: [note] + (node?.trail ?? []))
    throw CompilerError.invalidModel(
        DiagnosticReport(source: model.source, diagnostics: [diagnostic], errorLimit: options.errorLimit))
}

/// Refuses a network whose workspace takes more than `--max-memory`: for commands that make no code.
public func checkMemory(of model: Model, _ options: ModelOptions) throws {
    guard options.maximumMemory != nil else { return }
    _ = try workspaceBytes(of: model, options)
}

extension Plan {
    /// The first of the steps during which most bytes of the workspace are in use.
    fileprivate var fullestStep: Int {
        let use = steps.indices.map { step in
            buffers.reduce(0) { $0 + ($1.firstStep <= step && step <= $1.lastStep ? $1.floats : 0) }
        }
        return use.firstIndex(of: use.max() ?? 0) ?? 0
    }

    /// `'image' (12×10×3), 'conv2d' (12×10×8)`: what lies in the workspace during a step, the largest first.
    fileprivate func tensorsInUse(at step: Int) -> String {
        let stored = steps.compactMap(\.result).filter { tensor in
            if case .buffer = tensor.place.base { return tensor.firstStep <= step && step <= tensor.lastStep }
            return false
        }
        let largest = stored.sorted { $0.shape.reduce(1, *) > $1.shape.reduce(1, *) }.prefix(4)
        let texts = largest.map { "'\($0.name)' (\($0.shape.map(String.init).joined(separator: "×")))" }
        return texts.isEmpty ? "intermediate results" : texts.joined(separator: ", ")
    }
}
