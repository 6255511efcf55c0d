import ArgumentParser
import Compiler

/// The options of every command that reads a network.
struct ModelArguments: ParsableArguments {
    @Option(
        name: .customShort("D", allowingJoined: true),
        help: ArgumentHelp("Replaces a top-level parameter of the file.", valueName: "name=value"))
    var definitions: [Definition] = []

    @Option(help: ArgumentHelp("Weights: .safetensors, .npz or Keras' .weights.h5.", valueName: "file"))
    var weights: String?

    @Option(help: "Seed of the initialisers and of test weights (default: 0).")
    var seed: UInt64?

    @Flag(help: "Draw weights under which an error shows, where there is no weights file.")
    var testWeights = false

    @Flag(help: "Take tensors that the weights file lacks from the initialisers.")
    var allowMissing = false

    @Option(help: "Samples to one call of the generated code (default: 1).")
    var batch: Int?

    @Option(help: "The most errors reported (default: 20).")
    var errorLimit: Int?

    @Option(help: ArgumentHelp("The largest workspace allowed.", valueName: "bytes"))
    var maxMemory: Int?

    mutating func validate() throws {
        if let errorLimit, errorLimit < 1 { throw ValidationError("'--error-limit' must be at least 1") }
        if let maxMemory, maxMemory < 0 { throw ValidationError("'--max-memory' must not be negative") }
        if let batch, batch < 1 || batch > 1 << 20 {
            throw ValidationError("'--batch' must lie between 1 and 1048576, not be \(batch)")
        }
    }

    /// The names of the options that were given, for the refusal beside a built library.
    var given: [String] {
        let flags: [(String, Bool)] = [
            ("-D", !definitions.isEmpty), ("--weights", weights != nil), ("--seed", seed != nil),
            ("--test-weights", testWeights), ("--allow-missing", allowMissing), ("--batch", batch != nil),
            ("--error-limit", errorLimit != nil), ("--max-memory", maxMemory != nil),
        ]
        return flags.filter(\.1).map(\.0)
    }

    /// The options for one file.
    func options(for path: String) -> ModelOptions {
        var options = ModelOptions(path: path)
        options.definitions = definitions.map { ($0.name, $0.value) }
        options.weights = weights
        options.seed = seed ?? 0
        options.usesTestWeights = testWeights
        options.allowsMissing = allowMissing
        options.batch = batch ?? 1
        options.errorLimit = errorLimit ?? 20
        options.maximumMemory = maxMemory
        return options
    }
}

/// `name=value`.
struct Definition: ExpressibleByArgument {
    var name: String
    var value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        name = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}

/// Whether the argument is a built library and not a model.
func isLibrary(_ path: String) -> Bool { path.hasSuffix(".so") || path.hasSuffix(".dylib") }

/// Refuses options that a built library has no use for.
func refuse(_ options: [String], besideLibrary path: String) throws {
    guard let first = options.first else { return }
    throw CompilerError.usage("'\(first)' has no meaning for a built library such as '\(fileName(path))'")
}
