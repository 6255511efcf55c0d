import Compiler
import Foundation
import Testing
import Toolchain

/// The C interface where it is used wrongly, and generated code under sanitizers.
@Suite struct InterfaceTests {
    @Test func `every misuse that the header names is answered by its code`() throws {
        let folder = try newFolder()
        defer { folder.remove() }
        let model = try compiled(
            """
            image = Input((48, 48, 16), name=image)
            sums = Conv2D(64, 5, padding=same)(image)
            Output(sums)
            """, name: "busy")
        try build(model, [.object], into: folder)
        try run(
            clang.get(),
            strict + ["-std=gnu11", source("misuse.c"), "busy.o", "busy.weights.o", "-I.", "-o", "misuse", "-pthread"],
            in: folder.path)
        #expect(try run("./misuse", [], in: folder.path) == "ok\n")
    }

    /// An illegal instruction before the check of the processor would end the program that asks.
    @Test(.enabled(if: isX86 && objdump != nil), arguments: ["x86-64-v4", "x86-64-v3"])
    func `outside the kernels there is no instruction that older processors lack`(cpu: String) throws {
        let folder = try newFolder()
        defer { folder.remove() }
        try build(compiled(network("residual"), name: "residual", cpu: cpu), [.object], into: folder)
        var function = ""
        var seen: Set<String> = []
        var wrong: Set<String> = []
        for line in try run(objdump!, ["-d", "--no-show-raw-insn", "residual.o"], in: folder.path).split(
            separator: "\n")
        {
            if line.hasSuffix(">:") {
                function = String(line.drop { $0 != "<" }.dropFirst().dropLast(2))
                seen.insert(function)
            }
            let isKernel = ["run_step", "zero_border"].contains(function) || function.contains("_to_")
            if !isKernel, line.contains("mm"),
                line.split(whereSeparator: \.isWhitespace).contains(where: { $0.hasPrefix("v") })
            {
                wrong.insert("\(function): \(line)")
            }
        }
        #expect(seen.isSuperset(of: ["residual_create", "residual_invoke", "residual_run", "run_step"]))
        #expect(wrong.sorted() == [])
    }

    @Test(
        .enabled(if: isX86 && sanitizingClang != nil),
        arguments: sanitizers)
    func `sanitizers find nothing in a network of every kernel`(cpu: String, sanitizer: String) throws {
        let folder = try newFolder()
        defer { folder.remove() }
        // Caches so small that everything is cut into blocks.
        let model = try compiled(network("everything"), name: "everything", cpu: cpu + ":l1=4K,l2=8K")
        let used = Set(model.plan.steps.flatMap(\.calls).map(\.instance.template))
        // Narrow vectors leave some kernels without work.
        if cpu.hasPrefix("x86-64-v") { try requireEveryKernel(used) }
        try folder.writeSources(model)
        // The thread sanitizer of Swift's toolchain asks for its libdispatch.
        let clang = URL(filePath: sanitizingClang!).resolvingSymlinksInPath().deletingLastPathComponent()
        let dispatch = clang.appending(path: "../lib/swift/linux").standardized.path
        let needsDispatch = sanitizer == "thread" && FileManager.default.fileExists(atPath: dispatch)
        let libraries =
            needsDispatch ? ["-L", dispatch, "-ldispatch", "-lBlocksRuntime", "-Wl,-rpath,\(dispatch)"] : []
        try run(
            sanitizingClang!,
            strict + [
                "-O1", "-gline-tables-only", "-fsanitize=\(sanitizer)", "-fno-sanitize-recover=all", "-std=gnu11",
                "-I.",
                "-DHEADER=\"everything.h\"", "-DMODEL=everything_model", source("exercise.c"), "everything.c",
                "everything.weights.S", "-o", "exercise", "-pthread", "-lm",
            ] + libraries, in: folder.path)
        #expect(try run("./exercise", [], in: folder.path) == "ok\n")
    }

    /// Whoever adds a kernel adds it to `everything.net`.
    private func requireEveryKernel(_ used: Set<String>) throws {
        let folder = repository + "/Templates/C"
        for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where file.hasSuffix(".c") {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            if text.contains("/* netc: kernel */") {
                #expect(used.contains(String(file.dropLast(2))), "Nets/everything.net does not use \(file)")
            }
        }
    }

    private func source(_ name: String) -> String { repository + "/Tests/GeneratedTests/" + name }
}

private let isX86 = {
    #if arch(x86_64)
        true
    #else
        false
    #endif
}()

/// Whether this machine runs code for a level of x86-64.
private func hasInstructions(_ cpu: String) -> Bool {
    let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    return flags.contains(cpu == "x86-64-v4" ? " avx512vl" : " avx2")
}

/// What this machine runs; compiling for addresses is slow, so that the narrower vectors wait for a run of everything.
private let sanitizers: [(String, String)] = {
    let widest = hasInstructions("x86-64-v4") ? "x86-64-v4" : "x86-64-v3"
    var cases = [(widest, "address,undefined"), ("x86-64-v3", "thread")]
    if runsEverything {
        cases += [("x86-64-v3", "address,undefined"), ("x86-64", "address,undefined"), ("scalar", "undefined")]
    }
    return cases.filter { !$0.0.hasPrefix("x86-64-v") || hasInstructions($0.0) }
}()

private let objdump =
    ["/usr/bin/objdump"].first { FileManager.default.isExecutableFile(atPath: $0) }
    ?? clangs.last.map { URL(filePath: $0).deletingLastPathComponent().path + "/llvm-objdump" }
    .flatMap { FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil }
