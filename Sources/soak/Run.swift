import ArgumentParser
import Compiler
import Network
import RandomNetworks
import Target
import Toolchain

/// Makes networks, several to one C file, and has each verified by a process of its own, so that nothing that happens there ends the run.
struct Run: ParsableCommand {
    @Option(help: "Where the random numbers start.") var seed: UInt64 = 1
    @Option(help: "How long to go on.") var minutes = 10.0
    @Option(name: .customShort("j"), help: "Processes at once.") var jobs = 2
    @Option(help: "Where what fails is kept.") var keep = "generated/soak"
    @Option(help: "Networks to one C file.") var together = 6

    func run() throws {
        let folder = try TemporaryFolder(environment: processEnvironment())
        defer { folder.remove() }
        var totals = Totals()
        let clock = ContinuousClock()
        let end = clock.now + .seconds(60 * minutes)
        var next = seed
        while clock.now < end {
            let trials = (next..<next + UInt64(jobs)).map { Trial(seed: $0, count: together, folder: folder.path) }
            next += UInt64(jobs)
            for (trial, verdict) in zip(trials, try verdicts(trials)) {
                try totals.add(trial, verdict, keptIn: keep)
            }
        }
        print("\(totals); the next seed is \(next)")
        if totals.failures > 0 { throw ExitCode(1) }
    }

    private func verdicts(_ trials: [Trial]) throws -> [Verdict] {
        let commands = try trials.map { try $0.command(for: $0.network) }
        let results = Result<[Command.Result], any Error> { try Toolchain.run(commands, jobs: jobs) }
        if case .failure(ToolchainError.timedOut) = results {
            return try trials.map { try $0.verdict(for: $0.network) }
        }
        return try results.get().map(Verdict.init)
    }
}

/// What became of a network.
enum Verdict {
    case right(isVacuous: Bool)
    /// The compiler says that it can't do this.
    case refused(String)
    case wrong(String)

    init(_ result: Command.Result) {
        switch result.status {
        case 0: self = .right(isVacuous: result.output.contains("vacuous"))
        case 65: self = .refused(result.output)
        default: self = .wrong("exit status \(result.status)\n\(result.output)")
        }
    }
}

/// Some networks that are built and verified as one, in a variant that the seed decides.
struct Trial {
    let seed: UInt64
    let parts: [RandomNetwork]
    let network: RandomNetwork
    private let folder: String
    private var variant = Variant()

    init(seed: UInt64, count: Int, folder: String) {
        var random = SplitMix64(seed: seed)
        var generator = NetworkGenerator(seed: random.next())
        self.seed = seed
        self.folder = folder
        parts = (0..<count).map { _ in generator.network() }
        network = .joined(parts)
        let native = Target.native()
        let sets: [Target.InstructionSet] =
            switch native.instructionSet {
            case .avx512: [.avx512, .avx512, .avx2, .sse2, .scalar]
            case .avx2: [.avx2, .avx2, .sse2, .scalar]
            case .sse2: [.sse2, .scalar]
            case .neon: [.neon, .scalar]
            case .scalar: [.scalar]
            }
        // Small caches cut everything into blocks.
        let caches = Int.random(in: 0..<3, using: &random) == 0 ? ":l1=4K,l2=8K" : ""
        variant.cpu = sets.randomElement(using: &random)!.rawValue + caches
        variant.sanitizer = [nil, "undefined", "address"][Int(seed % 3)]
        variant.batch = Int.random(in: 0..<4, using: &random) == 0 ? 2 : 1
        variant.precision = Int.random(in: 0..<4, using: &random) == 0 ? "strict" : "fast"
        variant.noFuse = Int.random(in: 0..<8, using: &random) == 0
        variant.weightSeed = seed
        if variant.sanitizer == "address", sanitizingClang() == nil { variant.sanitizer = nil }
    }

    /// The command that verifies a network in this variant.
    func command(for network: RandomNetwork) throws -> Command {
        let file = "\(folder)/seed\(seed).net"
        try writeFile(file, Array(network.text.utf8))
        return Command(
            resolvedPath("/proc/self/exe") ?? CommandLine.arguments[0], ["check", file] + variant.arguments,
            environment: processEnvironment(), timeLimit: 900)
    }

    func verdict(for network: RandomNetwork) throws -> Verdict {
        let command = try command(for: network)
        let result = Result<Command.Result, any Error> { try command.run() }
        if case .failure(ToolchainError.timedOut) = result { return .wrong("it ran for a quarter of an hour") }
        return Verdict(try result.get())
    }

    /// Keeps a network that failed, made as small as can be, with what it takes to see it fail.
    func keep(_ network: RandomNetwork, _ reason: String, in folder: String) throws -> String {
        var reason = reason
        let small = try shrink(network) { candidate in
            guard case .wrong(let text) = try verdict(for: candidate) else { return false }
            reason = text
            return true
        }
        let lines = reason.split(separator: "\n").prefix(20).map { "# \($0)\n" }.joined()
        let stage = try StagedOutput(into: folder)
        let name = "seed\(seed).net"
        try stage.write(name, "# soak check \(name) \(variant.arguments.joined(separator: " "))\n\(lines)\(small.text)")
        try stage.commit([name])
        return "\(folder)/\(name)"
    }
}

/// The count.
struct Totals: CustomStringConvertible {
    private var networks = 0
    private var layers = 0
    private var refusals = 0
    private var vacuous = 0
    private(set) var failures = 0
    private var reasons: Set<String> = []

    var description: String {
        "\(networks) networks of \(layers) layers verified; \(failures) failed, \(refusals) refused, "
            + "\(vacuous) with an output that hardly moves"
    }

    mutating func add(_ trial: Trial, _ verdict: Verdict, keptIn folder: String) throws {
        switch verdict {
        case .right(let isVacuous):
            networks += trial.parts.count
            layers += trial.network.layerCount
            if isVacuous { vacuous += 1 }
        case .wrong(let reason):
            networks += trial.parts.count
            failures += 1
            print("seed \(trial.seed): \(reason)\nkept as \(try trial.keep(trial.network, reason, in: folder))")
        case .refused(let reason) where trial.parts.count == 1 || trial.network.statements.count == 1:
            refuse(reason)
        case .refused:
            // One is to blame: the others still count.
            for part in trial.parts {
                switch try trial.verdict(for: part) {
                case .right(let isVacuous):
                    networks += 1
                    layers += part.layerCount
                    if isVacuous { vacuous += 1 }
                case .refused(let reason): refuse(reason)
                case .wrong(let reason):
                    networks += 1
                    failures += 1
                    print("seed \(trial.seed): \(reason)\nkept as \(try trial.keep(part, reason, in: folder))")
                }
            }
        }
    }

    /// Each reason is shown once.
    private mutating func refuse(_ reason: String) {
        refusals += 1
        let line = reason.split(separator: "\n").first { $0.contains("error: ") }.map(String.init) ?? reason
        let kind = (line.split(separator: "error: ").last ?? "").filter { !$0.isNumber }
        if reasons.insert(kind).inserted { print("refused: \(line)") }
    }
}
