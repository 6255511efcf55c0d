import Compiler
import Foundation
import Testing
import Toolchain

/// Generated code where there is little else: no C library, weights in other places.
@Suite struct PlacementTests {
    @Test func `scalar code needs no C library but for moving memory`() throws {
        let folder = try newFolder()
        defer { folder.remove() }
        try folder.writeSources(secondModel(.source, cpu: "scalar"))
        try folder.writeSources(compiled(network("everything"), name: "everything", cpu: "scalar"))
        for clang in clangs {
            // Only clang's own headers, of which a freestanding compiler has stdint.h.
            let resources = try run(clang, ["-print-resource-dir"], in: folder.path)
            let headers: String = resources.prefix { !$0.isNewline } + "/include"
            let flags = strict + ["-std=c99", "-ffreestanding", "-nostdinc", "-isystem", headers, "-I.", "-O1"]
            try run(clang, flags + ["-c", "second.c", "-o", "second.o"], in: folder.path)
            try run(clang, flags + ["-fsyntax-only", "everything.c"], in: folder.path)
        }
        try folder.write("main.c", program(["second"], hosted: false))
        try run(clang.get(), ["-std=gnu11", "main.c", "second.o", "-I.", "-o", "main"], in: folder.path)
        #expect(try run("./main", [], in: folder.path) == "second 27.5\n")
        try folder.write(
            "table.c",
            """
            #include "second.h"
            int main(void) {
                const netc_info *info = second_model();
                return info->create || info->run || info->destroy || !info->invoke || !info->invoke_steps;
            }
            """)
        try run(clang.get(), ["-std=gnu11", "table.c", "second.o", "-I.", "-o", "table"], in: folder.path)
        try run("./table", [], in: folder.path)
    }

    @Test(arguments: ["x86-64-v4", "baseline"]) func `weights can be C`(cpu: String) throws {
        let folder = try newFolder()
        defer { folder.remove() }
        let result = try build(secondModel(.source, cpu: cpu), [.staticLibrary], into: folder)
        #expect(!result.files.contains { $0.contains("weights") })
        try check(folder, ["libsecond.a"], runs: cpu == "baseline")
    }

    @Test func `weights can be placed by the user`() throws {
        let folder = try newFolder()
        defer { folder.remove() }
        #expect(throws: CompilerError.self) { try build(secondModel(.extern), [.sharedLibrary], into: folder) }
        let result = try build(secondModel(.extern), [.object], into: folder)
        #expect(result.files.contains("second.weights") && !result.files.contains("second.weights.S"))
        let bytes = try Data(contentsOf: URL(filePath: folder.path + "/second.weights"))
        try folder.write(
            "place.c",
            """
            #ifdef __cplusplus
            extern "C"
            #endif
            const unsigned char second_weights[] __attribute__((aligned(64))) = {\
            \(bytes.map { "\($0)" }.joined(separator: ","))};
            """)
        try check(folder, ["second.o", "place.c"], runs: true)
    }

    private func check(_ folder: TemporaryFolder, _ parts: [String], runs: Bool) throws {
        try folder.write("main.c", program(["second"]))
        try run(clang.get(), ["-std=gnu11", "main.c", "-I.", "-o", "main", "-pthread"] + parts, in: folder.path)
        if runs { #expect(try run("./main", [], in: folder.path) == "second 27.5\n") }
    }
}
