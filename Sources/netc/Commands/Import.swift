import ArgumentParser
import Compiler

/// `netc import MODEL -o FILE.net`: a model of another format in our language.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a model of another format as a .net file with its weights.",
        discussion: """
            Reads ONNX models of operator set 7 and newer. The weights are written beside the
            .net file, as .safetensors. What can't be imported is listed, all of it.
            """)

    @Argument(help: ArgumentHelp("The model: .onnx.", valueName: "model"))
    var model: String

    @Option(name: .customShort("o"), help: ArgumentHelp("The file to write.", valueName: "file.net"))
    var output: String

    @Option(
        name: .customShort("D", allowingJoined: true),
        help: ArgumentHelp("Fixes a dimension that the model leaves open.", valueName: "name=extent"))
    var definitions: [Definition] = []

    @Option(
        help: ArgumentHelp(
            "Order of the axes of images at inputs and outputs: nhwc, as in Keras, or nchw, as the model has them.",
            valueName: "layout"))
    var layout = ImageLayout.nhwc

    mutating func validate() throws {
        guard output.hasSuffix(".net") else { throw ValidationError("'\(output)' must end in .net") }
    }

    func run() throws {
        var options = ModelOptions(path: model)
        options.definitions = definitions.map { ($0.name, $0.value) }
        let imported = try importModel(options, layout: layout)
        let remarks = remarks(of: imported, path: model)
        if !remarks.diagnostics.isEmpty { Console.writeError(remarks.rendered(color: Console.colorsErrors)) }
        try writeImported(imported, to: output)
    }
}
