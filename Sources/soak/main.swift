import ArgumentParser

/// Random networks through the whole compiler for as long as one likes: a tool for its developers.
struct Soak: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verifies random networks, and makes small what fails.", subcommands: [Run.self, Check.self],
        defaultSubcommand: Run.self)
}

Soak.main()
