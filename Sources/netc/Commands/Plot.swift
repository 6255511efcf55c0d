import ArgumentParser
import Compiler

/// `netc plot FILE -o FILE.dot|svg|png`: a picture of the network.
struct Plot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draws a network with Graphviz.",
        discussion: """
            Frames are the blocks of the source text. Layers of one shade run as one kernel; dashed ones leave no code.
            """)

    @Argument(help: ArgumentHelp("The .net file.", valueName: "file"))
    var file: String

    @Option(
        name: .customShort("o"),
        help: ArgumentHelp("The picture: .dot, or .svg and .png through Graphviz.", valueName: "file"))
    var output: String

    @OptionGroup(title: "Model options")
    var model: ModelArguments

    mutating func validate() throws {
        guard ["dot", "svg", "png"].contains(format) else {
            throw ValidationError("'\(output)' must end in .dot, .svg or .png")
        }
    }

    private var format: String { output.split(separator: ".").last.map(String.init) ?? "" }

    func run() throws {
        let options = self.model.options(for: file)
        let model = try loadModel(options)
        try drawPicture(of: model, options, format: format, to: output)
    }
}
