import ArgumentParser
import Compiler

/// `netc check FILE`: parse and infer; diagnostics only.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Checks a network: parses it and infers every shape.")

    @Argument(help: ArgumentHelp("The .net file.", valueName: "file"))
    var file: String

    @OptionGroup(title: "Model options")
    var model: ModelArguments

    func run() throws {
        let options = model.options(for: file)
        try checkMemory(of: try loadModel(options), options)
    }
}
