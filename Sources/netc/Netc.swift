import ArgumentParser

/// The command line.
struct Netc: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "netc",
        abstract: "Compiles convolutional networks to fast, readable C.",
        discussion: """
            A network is a .net file: a Keras layer list. 'netc summary FILE' shows it,
            'netc build FILE' writes the C and the library, 'netc verify FILE' checks them.
            """,
        version: "netc 0.1.0",
        subcommands: [
            Check.self, Summary.self, Build.self, Verify.self, Run.self, Bench.self, LayersCommand.self, Explain.self,
            ImportCommand.self, Export.self, Plot.self, ListHDF5.self,
        ])
}
