import ArgumentParser
import Compiler
import Diagnostics

/// `netc explain FILE LAYER`: what became of a layer.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tells what became of a layer: fusion, padding, kernel, tile and where in the C.")

    @Argument(help: ArgumentHelp("The .net file.", valueName: "file"))
    var file: String

    @Argument(help: ArgumentHelp("The layer's name, as 'netc summary' lists it.", valueName: "layer"))
    var layer: String

    @OptionGroup(title: "Model options")
    var model: ModelArguments

    @OptionGroup(title: "Build options")
    var build: BuildArguments

    func run() throws {
        let options = model.options(for: file)
        let model = try loadModel(options)
        let build = try self.build.options(for: model, options, Progress())
        let observer = StageObserver(build)
        let compiled = try compile(model, options, build, hooks: observer.hooks)
        try observer.finish(outputIsTaken: true)
        let lines = try explanation(of: layer, in: compiled).split(separator: "\n", omittingEmptySubsequences: false)
        try Console.write(lines.map { printable(String($0)) }.joined(separator: "\n"))
    }
}
