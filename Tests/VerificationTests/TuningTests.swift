import Compiler
import Diagnostics
import Foundation
import Kernels
import Target
import Testing
import Verification

/// A stem, 3×3 kernels for Winograd's algorithm and not, one with a residual, one that pools, one in phases, one along a row, 5×5 ones in groups and
/// not, pointwise ones, and a fused pair.
private let convolutions = """
    image = Input((60, 56, 3))
    x = Conv2D(32, 3, strides=2, padding=same, activation=relu)(image)
    x = DepthwiseConv2D(3, padding=same, activation=relu)(x)
    x = Conv2D(32, 1)(x)
    x = Conv2D(48, 3, padding=same, activation=relu)(x)
    y = Conv2D(48, 3, padding=same)(x)
    x = Add()([x, y])
    x = MaxPooling2D(2)(Conv2D(48, 3, padding=same)(x))
    x = Conv2D(40, 1, activation=relu6)(x)
    x = Conv2D(32, 3, padding=same, dilation_rate=2)(x)
    x = Conv2D(64, (1, 7), padding=same)(x)
    x = Conv2D(64, 5, padding=same, groups=2)(x)
    x = Conv2D(64, 5, strides=2, padding=same)(x)
    x = Conv2D(256, 1)(Conv2D(128, 1, activation=relu)(x))
    x = GlobalAveragePooling2D()(x)
    Dense(10)(x)
    """

@Suite struct `A choice among the ways to compute a convolution` {
    private func model(_ text: String) throws -> (Model, ModelOptions) {
        var options = ModelOptions(path: "ways.net")
        options.usesTestWeights = true
        return (try readModel(SourceFile(name: "ways.net", text: Array(text.utf8)), options), options)
    }

    private func plan(_ text: String, _ choices: Choices = Choices(), cpu: String) throws -> Plan {
        let (model, options) = try model(text)
        var build = BuildOptions()
        (build.cpu, build.choices) = (cpu, choices)
        return try compile(model, options, build).plan
    }

    /// Way n of every convolution, for each n. What lies between the fused pair is larger than this second-level cache.
    @Test(arguments: [Target.native().instructionSet.rawValue, "x86-64"])
    func `is right whichever is made`(instructions: String) throws {
        #if arch(x86_64)
            let cpu = "\(instructions):l1=32K,l2=64K"
            let (model, options) = try model(convolutions)
            let decisions = try plan(convolutions, cpu: cpu).decisions
            #expect(decisions.count == 12)
            #expect(decisions.contains { $0.subject.hasPrefix("separable ") && $0.ways.count > 1 })
            #expect(decisions.contains { $0.ways.contains { $0.hasPrefix("winograd 4") } })
            #expect(decisions.contains { $0.ways.contains { $0.hasPrefix("winograd 2") } })
            #expect(decisions.contains { $0.ways.contains { $0.hasPrefix("winograd 1x3") } })
            #expect(decisions.contains { $0.ways.contains { $0.hasPrefix("strassen ") } })
            for number in 0..<decisions.map(\.ways.count).max()! {
                var build = BuildOptions()
                build.cpu = cpu
                for decision in decisions {
                    build.choices.ways[decision.subject] = decision.ways[number % decision.ways.count]
                }
                let made = try compile(model, options, build).plan.decisions
                #expect(made.allSatisfy { build.choices.ways[$0.subject] == $0.chosen && $0.isWanted })
                let report = try verify(model, options, build, VerificationSettings())
                #expect(report.isRight && !report.isVacuous, "\(build.choices)")
            }
        #endif
    }

    @Test func `counts for its algorithm alone where there is no such way`() throws {
        let usual = try plan(convolutions, cpu: "x86-64-v4")
        var choices = Choices(["convolution of nothing": "direct 6x4 map"])
        for decision in usual.decisions { choices.ways[decision.subject] = "direct 99x99 rows" }
        let plan = try plan(convolutions, choices, cpu: "x86-64-v4")
        // What is wanted says so much: no Winograd, where that can be. Among the direct ways the cost model's is the one.
        #expect(plan.decisions.contains { $0.subject.hasSuffix(" with maximum of 2x2") })
        for decision in plan.decisions {
            let pools = decision.subject.hasSuffix(" with maximum of 2x2")
            #expect(decision.chosen == decision.ways.first { pools || $0.hasPrefix("direct") } && !decision.isWanted)
        }
    }

    // MARK: The cache

    @Test func `is remembered for one machine, and the last line counts`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/choices-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/a/choices.tsv"
        let target = try Target(specification: "x86-64-v4:l1=32K,l2=1M")
        let cache = ChoiceCache(path: path, target: target, clang: "clang 19")
        #expect(cache.times().isEmpty)
        cache.add([("convolution a", [("direct 6x4 map", 1.5), ("winograd 4 by 9", 0.25)])])
        cache.add([("convolution b", [("direct 6x4 map", 2)])])
        cache.add([("convolution a", [("direct 6x4 map", 1.25), ("winograd 4 by 9", 0.5)])])
        #expect(
            cache.times() == [
                "convolution a": ["direct 6x4 map": 1.25, "winograd 4 by 9": 0.5],
                "convolution b": ["direct 6x4 map": 2],
            ])
        #expect(ChoiceCache(path: path, target: target, clang: "clang 18").times().isEmpty)
        let other = try Target(specification: "x86-64-v4:l1=32K,l2=2M")
        #expect(ChoiceCache(path: path, target: other, clang: "clang 19").times().isEmpty)
        // Lines that a crash cut off, or that someone wrote, are passed over.
        let handle = try #require(FileHandle(forWritingAtPath: path))
        handle.seekToEndOfFile()
        handle.write(
            Data(
                "\(cache.machine)\tconvolution b\tdirect 6x4 map=x\tdirect=-1\t=\n\u{0}\tgarbage\n\(cache.machine)".utf8
            ))
        try handle.close()
        #expect(cache.times()["convolution a"]?.count == 2)
        #expect(cache.times()["convolution b"]?.isEmpty == true)
    }

    @Test func `that can't be remembered is made all the same`() throws {
        let cache = ChoiceCache(
            path: "/proc/none/choices.tsv", target: try Target(specification: "scalar"), clang: "clang 19")
        cache.add([("convolution a", [("direct 6x4 map", 1.5)])])
        #expect(cache.times().isEmpty)
    }
}
