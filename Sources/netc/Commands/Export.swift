import ArgumentParser
import Compiler

extension ImageLayout: ExpressibleByArgument {}

/// `netc export FILE -o MODEL.onnx`: the same network and weights for other runtimes.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a network and its weights as an ONNX model.",
        discussion: """
            Operator set 17, float32. Batch normalisation is folded into the convolutions.
            """)

    @Argument(help: ArgumentHelp("The .net file.", valueName: "file"))
    var file: String

    @Option(name: .customShort("o"), help: ArgumentHelp("The model to write.", valueName: "model.onnx"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "Order of the axes of images at inputs and outputs: nchw, as is usual in ONNX, or nhwc, as in Keras.",
            valueName: "layout"))
    var layout = ImageLayout.nchw

    @OptionGroup(title: "Model options")
    var model: ModelArguments

    mutating func validate() throws {
        guard output.hasSuffix(".onnx") else { throw ValidationError("'\(output)' must end in .onnx") }
    }

    func run() throws {
        let options = model.options(for: file)
        let model = try loadModel(options)
        try exportModel(model, options, layout: layout, to: output, hooks: StageObserver(BuildOptions()).hooks)
    }
}
