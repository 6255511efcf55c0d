import IR
import Layers
import ONNX
import Passes
import Target

public typealias ImageLayout = ONNX.ImageLayout

/// Writes a network and its weights as an ONNX model: batch normalisation and padding folded as our own code has them, so that others run
/// what we run; no fusion that ONNX has no operator for.
public func exportModel(
    _ model: Model, _ options: ModelOptions, layout: ImageLayout, to path: String,
    hooks: CompilerHooks = CompilerHooks()
) throws {
    try checkSizes(of: model)
    let parameters = try loadParameters(of: model, options, hooks)
    let lowered = lower(model.network, parameters: parameters)
    let context = PassContext(target: try Target(specification: "scalar"), separable: .never)
    let (graph, _) = optimize(lowered, context: context)
    let name = try modelIdentifier(explicit: nil, modelName: model.network.modelName, path: model.path)
    try writeFile(
        path,
        exportModel(graph, name: name, version: compilerVersion, batch: options.batch, layout: layout))
}
