import ArgumentParser
import Compiler

/// `netc import MODEL -o FILE.net`: a model of another format as a `.net` file and its weights.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Writes an ONNX or Keras model as a .net file and its weights as .safetensors.",
        discussion: """
            ONNX models of operator set 6 and newer, Keras models saved as .keras or .h5. What
            can't be imported is listed, all of it.
            """)

    @Argument(help: ArgumentHelp("The model: .onnx, .keras or .h5.", valueName: "model"))
    var file: String

    @Option(name: .customShort("o"), help: ArgumentHelp("The file to write.", valueName: "file.net"))
    var output: String

    @Option(
        name: .customShort("D", allowingJoined: true),
        help: ArgumentHelp("Fixes a dimension that an ONNX model leaves open.", valueName: "name=extent"))
    var definitions: [Definition] = []

    @Option(
        help: ArgumentHelp(
            "Order of the axes of an ONNX model's images at inputs and outputs: nhwc, as in Keras, or nchw, as it has them.",
            valueName: "layout"))
    var layout = ImageLayout.nhwc

    mutating func validate() throws {
        guard output.hasSuffix(".net") else { throw ValidationError("'\(output)' must end in .net") }
        guard isImported(file) else {
            throw ValidationError("'\(file)' must end in \(importedEndings.joined(separator: ", "))")
        }
    }

    func run() throws {
        var options = ModelOptions(path: file)
        options.definitions = definitions.map { ($0.name, $0.value) }
        let imported = try importModel(options, layout: layout)
        let remarks = remarks(of: imported, path: file)
        if !remarks.diagnostics.isEmpty { Console.writeError(remarks.rendered(color: Console.colorsErrors)) }
        try Console.write(try writeImported(imported, to: output).map { "\($0)\n" }.joined())
    }
}

/// `netc list-hdf5 FILE LISTING COPIES`: what netc runs itself as, to read HDF5 in a process of its own.
struct ListHDF5: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: hdf5CommandName, shouldDisplay: false)

    @Argument var file: String
    @Argument var listing: String
    @Argument var copies: String

    func run() throws { try listHDF5InLimits(file, to: listing, copies: copies) }
}
