import Compiler
import Target
import Testing
import Toolchain
import Verification

/// Code for processors that are not this machine's, run on emulated ones: needs QEMU's user mode and, for another architecture, its C library.
@Suite struct `Generated code on another processor` {
    private static let triple = "aarch64-linux-gnu"

    /// Whether programs for the architecture can be linked and run here.
    private static let runsARM: Bool = {
        guard findEmulator(of: "aarch64") != nil else { return false }
        guard let clang = try? Clang.find(option: nil, triple: triple),
            let folder = try? TemporaryFolder(environment: processEnvironment())
        else { return false }
        defer { folder.remove() }
        try? writeFile("\(folder.path)/probe.c", Array("#include <stdio.h>\nint main(void) { return 0; }\n".utf8))
        return (try? clang.link(["probe.c", "-static"], program: "probe", in: folder.path)) != nil
    }()
    #if arch(x86_64)
        private static let runsOlderX86 = findEmulator(of: "x86_64") != nil
    #else
        private static let runsOlderX86 = false
    #endif

    @Test(
        .enabled(
            if: runsARM, "needs qemu-user and libc6-dev-arm64-cross, and a clang that links with them"))
    func `computes every layer with NEON`() throws {
        let (model, options) = try read(`Every layer`.network)
        var build = BuildOptions()
        (build.triple, build.cpu) = (Self.triple, "aarch64")
        var settings = VerificationSettings()
        settings.seeksSensitivity = false
        let report = try verify(model, options, build, settings)
        #expect(report.isRight, "\(report.firstWrong?.layer ?? "an output"): \(report.firstWrong?.worst ?? "")")
        #expect(report.outputs.count > 60)
    }

    @Test(
        .enabled(if: runsARM && GridPart.runsEverything, "needs NETC_ALL, qemu-user and libc6-dev-arm64-cross"),
        arguments: gridFamilies.indices)
    func `computes the grid with NEON`(family: Int) {
        expectRight(gridFamilies[family].cover(strength: 2), cpu: "aarch64", triple: Self.triple)
    }

    /// The emulated processor has no AVX: the check must find that out before any such instruction runs.
    @Test(
        .enabled(if: runsOlderX86, "needs qemu-user on x86-64"), arguments: ["x86-64-v3", "x86-64-v4"])
    func `is refused where the processor lacks its instructions`(cpu: String) throws {
        let (model, options) = try read("Input(9, 9, 16)\nConv2D(16, 3)\n")
        var build = BuildOptions()
        build.cpu = cpu
        var settings = VerificationSettings()
        settings.emulator = [try #require(findEmulator(of: "x86_64")), "-cpu", "Nehalem"]
        #expect { try verify(model, options, build, settings) } throws: { error in
            "\(error)".contains("the model returned 4")
        }
        build.cpu = "x86-64"
        #expect(try verify(model, options, build, settings).isRight)
    }
}
