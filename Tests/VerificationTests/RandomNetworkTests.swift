import Compiler
import Layers
import Network
import RandomNetworks
import Target
import Testing
import Verification

/// Generated code against the reference for networks that nobody thought of: every layer with random arguments on random shapes, and whole
/// networks. `make soak` goes on for as long as one likes.
@Suite struct `Random networks` {
    private static let layers = layerRegistry.map { $0.descriptor }.filter { !["Input", "Constant"].contains($0.name) }

    @Test func `can hold every layer`() {
        for layer in Self.layers {
            var generator = NetworkGenerator(seed: 1)
            #expect(generator.application(of: layer) != nil, "no arguments were found that fit \(layer.name)")
        }
    }

    @Test func `are the same for the same seed`() {
        var (first, second, third) = (NetworkGenerator(seed: 5), NetworkGenerator(seed: 5), NetworkGenerator(seed: 6))
        let text = first.network().text
        #expect(second.network().text == text)
        #expect(third.network().text != text)
    }

    /// Each layer several times; all are one network.
    @Test(arguments: `Every layer`.cpus)
    func `of one layer compute what the reference says`(cpu: String) throws {
        let count = GridPart.runsEverything ? 40 : cpu == Target.native().instructionSet.rawValue ? 6 : 2
        for start in stride(from: 0, to: count, by: 6) {
            let networks = Self.layers.flatMap { layer in
                var generator = NetworkGenerator(seed: UInt64(1000 + start))
                return (start..<min(start + 6, count)).compactMap { _ in generator.application(of: layer) }
            }
            try expectRight(networks, cpu: cpu)
        }
    }

    @Test(arguments: 0..<(GridPart.runsEverything ? 24 : 3))
    func `of many layers compute what the reference says`(seed: Int) throws {
        var generator = NetworkGenerator(seed: UInt64(seed))
        try expectRight((0..<8).map { _ in generator.network() }, cpu: Target.native().instructionSet.rawValue)
    }

    /// Verifies networks as one; one that no kernel supports is named.
    private func expectRight(_ networks: [RandomNetwork], cpu: String) throws {
        guard Target.native().lanes >= (try Target(specification: cpu)).lanes else { return }
        let network = RandomNetwork.joined(networks)
        var build = BuildOptions()
        build.cpu = cpu
        var settings = VerificationSettings()
        settings.seeksSensitivity = false
        do {
            let report = try verify(try network.read(), ModelOptions(path: "network.net"), build, settings)
            let wrong = report.firstWrong.map { "\($0.layer): \($0.worst)" } ?? "an output"
            #expect(report.isRight, "\(wrong) in\n\(network.text)")
        } catch CompilerError.invalidModel(let report) {
            Issue.record("\(report.rendered(color: false))")
        }
    }

    @Test func `are made small where one of their layers is bad`() throws {
        var generator = NetworkGenerator(seed: 3)
        var network = generator.network(statements: 12...12)
        for _ in 0..<200 where !network.text.contains("BatchNormalization") { network = generator.network() }
        try #require(network.text.contains("BatchNormalization"))
        let small = shrink(network, attempts: 1000) { $0.text.contains("BatchNormalization") }
        #expect(small.layerCount == 1)
        #expect(small.text.contains("BatchNormalization()"))
        #expect(small.inputs.count == 1)
        #expect(small.inputs[0].shape.allSatisfy { $0 == 1 })
    }
}
