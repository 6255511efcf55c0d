import ArgumentParser
import Compiler

/// `netc build FILE`: the library, or what `--emit` asks for.
struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Builds the C and the library of a network.")

    @Argument(help: ArgumentHelp("The .net file.", valueName: "file"))
    var file: String

    @Option(name: .customShort("o"), help: ArgumentHelp("The folder to write to.", valueName: "dir"))
    var folder: String = "generated"

    @Option(help: ArgumentHelp("Name of the library and prefix of all its symbols.", valueName: "id"))
    var name: String?

    @Option(help: ArgumentHelp("What to make, separated by commas: so, static, object, c.", valueName: "kinds"))
    var emit: EmitList = EmitList(products: [.sharedLibrary])

    @OptionGroup(title: "Model options")
    var model: ModelArguments

    @OptionGroup(title: "Build options")
    var build: BuildArguments

    func run() throws {
        let progress = Progress()
        defer { progress.clear() }
        let options = self.model.options(for: file)
        let model = try loadModel(options)
        let build = try self.build.options(for: model, options, progress)
        progress.show("compiling \(fileName(file))")
        let observer = StageObserver(build)
        let compiled = try compile(model, options, build, name: name, hooks: observer.hooks)
        try observer.finish()
        progress.show("running clang")
        let built = try buildProducts(compiled, emit.products, into: folder, build)
        progress.clear()
        try Console.write(built.files.map { "\(folder)/\($0)\n" }.joined())
    }
}

/// `so,c`
struct EmitList: ExpressibleByArgument, CustomStringConvertible {
    var products: [Product]

    var description: String { products.map(\.rawValue).joined(separator: ",") }

    init(products: [Product]) { self.products = products }

    init?(argument: String) {
        products = argument.split(separator: ",", omittingEmptySubsequences: false)
            .compactMap { Product(rawValue: String($0)) }
        guard products.count == argument.split(separator: ",", omittingEmptySubsequences: false).count else {
            return nil
        }
    }
}
