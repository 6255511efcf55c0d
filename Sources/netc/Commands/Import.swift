import ArgumentParser
import Compiler

/// `netc import MODEL -o FILE.net`: a model of another format as a `.net` file and its weights.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Writes a Keras model as a .net file and its weights as .safetensors.")

    @Argument(help: ArgumentHelp("The model: .keras or .h5.", valueName: "model"))
    var file: String

    @Option(name: .customShort("o"), help: ArgumentHelp("The file to write.", valueName: "file.net"))
    var output: String

    mutating func validate() throws {
        guard output.hasSuffix(".net") else { throw ValidationError("'\(output)' must end in .net") }
        guard isImported(file) else {
            throw ValidationError("'\(file)' must end in \(importedEndings.joined(separator: " or "))")
        }
    }

    func run() throws {
        let model = try importModel(file)
        for note in model.notes { Console.note(note) }
        let files = try writeImported(model, to: output)
        try Console.write(files.map { "\($0)\n" }.joined())
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
