import Compiler

/// Reads a network and shows the warnings about it.
func loadModel(_ options: ModelOptions) throws -> Model {
    let model = try readModel(options)
    if !model.report.diagnostics.isEmpty {
        Console.writeError(model.report.rendered(color: Console.colorsErrors))
    }
    return model
}
