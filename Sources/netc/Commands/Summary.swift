import ArgumentParser
import Compiler
import Network

/// `netc summary FILE`: what each layer makes, costs and sees, and the totals.
struct Summary: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows every layer's output shape, parameters, MACs and receptive field, and totals.")

    @Argument(help: ArgumentHelp("The .net file.", valueName: "file"))
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Model options")
    var model: ModelArguments

    func run() throws {
        let options = model.options(for: file)
        let model = try loadModel(options)
        let summary = model.network.summary()
        let workspace = try workspaceBytes(of: model, options)
        let name = model.network.modelName ?? fileStem(file)
        try Console.write(
            json
                ? summary.json(model: name, batch: model.network.batch, workspace: workspace).text + "\n"
                : summary.text(model: name, batch: model.network.batch, workspace: workspace))
    }
}

extension NetworkSummary {
    /// For people, as Keras prints it.
    func text(model: String, batch: Int, workspace: Int) -> String {
        var table = TextTable([
            ("Layer (type)", .left), ("Output shape", .left), ("Parameters", .right), ("MACs", .right),
            ("Receptive field", .right), ("Memory", .right), ("Fed by", .left),
        ])
        for (index, layer) in layers.enumerated() {
            let follows = index > 0 && layer.inputs == [layers[index - 1].name]
            table.append([
                "\(layer.name) (\(layer.type))", layer.outputShapes.map(\.description).joined(separator: ", "),
                layer.sharesWeights && layer.parameters == 0 ? "shared" : Numbers.grouped(layer.parameters),
                layer.macs > 0 ? Numbers.grouped(layer.macs) : "", layer.receptiveField.text,
                Numbers.bytes(layer.outputShapes.reduce(0) { $0 + 4 * $1.elementCount }),
                follows ? "" : layer.inputs.joined(separator: ", "),
            ])
        }
        return """
            Model \(model)\(batch > 1 ? ", batch \(batch)" : "")

            \(table.text)
            Parameters       \(Numbers.grouped(parameters)) (\(Numbers.bytes(weightBytes)))
              trainable      \(Numbers.grouped(trainableParameters))
              not trainable  \(Numbers.grouped(parameters - trainableParameters))
            MACs             \(Numbers.grouped(macs))\(batch > 1 ? " per sample" : "")
            Workspace        \(Numbers.grouped(workspace)) bytes (\(Numbers.bytes(workspace))), all activations at their peak

            """
    }

    /// For programs.
    func json(model: String, batch: Int, workspace: Int) -> JSON {
        let rows = layers.map { layer in
            JSON.object([
                ("name", .string(layer.name)), ("type", .string(layer.type)),
                ("output_shape", .ints(layer.outputShapes.first?.dimensions ?? [])),
                ("output_shapes", .array(layer.outputShapes.map { .ints($0.dimensions) })),
                ("parameters", .int(layer.parameters)), ("macs", .int(layer.macs)),
                ("receptive_field", layer.receptiveField.json), ("inputs", .array(layer.inputs.map(JSON.string))),
                ("line", .int(layer.line)),
            ])
        }
        return .document([
            ("model", .string(model)), ("batch", .int(batch)), ("layers", .array(rows)),
            ("parameters", .int(parameters)),
            ("trainable_parameters", .int(trainableParameters)), ("macs", .int(macs)),
            ("weight_bytes", .int(weightBytes)),
            ("workspace_bytes", .int(workspace)),
        ])
    }
}

extension ReceptiveField {
    fileprivate var text: String {
        switch self {
        case .pixels(let height, let width): "\(height)×\(width)"
        case .all: "all"
        }
    }

    fileprivate var json: JSON {
        switch self {
        case .pixels(let height, let width): .ints([height, width])
        case .all: .string("all")
        }
    }
}
