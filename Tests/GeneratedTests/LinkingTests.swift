import Compiler
import Foundation
import Testing
import Toolchain

/// Generated code among other code in one program.
@Suite struct LinkingTests {
    /// What a program must be given to link both models, in each form that a build makes.
    private static let forms = [
        "objects": ["first.o", "first.weights.o", "second.o", "second.weights.o"],
        "archives": ["libfirst.a", "libsecond.a"],
        "shared libraries": ["-L.", "-lfirst", "-lsecond", "-Wl,-rpath,$ORIGIN"],
    ]

    @Test func `two models with equal kernel names keep apart however they are linked`() throws {
        let folder = try newFolder()
        defer { folder.remove() }
        try build(firstModel(), Product.allCases, into: folder)
        try build(secondModel(), Product.allCases, into: folder)
        try folder.write("main.c", program(["first", "second"]))
        for (form, arguments) in Self.forms.sorted(by: { $0.key < $1.key }) {
            try run(
                clang.get(), strict + ["-std=gnu11", "main.c", "-I.", "-o", "main", "-pthread"] + arguments,
                in: folder.path)
            let output = try run("./main", [], in: folder.path)
            #expect(output == "first 27\nsecond 27.5\n", "linked as \(form)")
        }
    }

    @Test func `a built folder can be moved, and no file in it knows where it was`() throws {
        let folder = try newFolder()
        defer { folder.remove() }
        let old = folder.path + "/a folder"
        try FileManager.default.createDirectory(atPath: old, withIntermediateDirectories: false)
        _ = try buildProducts(firstModel(), Product.allCases, into: old, BuildOptions())
        let root = URL(filePath: folder.path).deletingLastPathComponent().path
        for (name, data) in try folder.contents() {
            for path in [root + "/", repository] {
                #expect(data.firstRange(of: Data(path.utf8)) == nil, "\(name) holds '\(path)'")
            }
        }
        try FileManager.default.moveItem(atPath: old, toPath: folder.path + "/new")
        try folder.write("new/main.c", program(["first"]))
        // All over from the C, and with the library as it is.
        let ways = [
            ["-L.", "-lfirst", "-Wl,-rpath,$ORIGIN"], ["first.c", "first.weights.S", "-O1"],
        ]
        for way in ways {
            try run(
                clang.get(), ["-std=gnu11", "main.c", "-I.", "-o", "main", "-pthread"] + way,
                in: folder.path + "/new")
            #expect(try run("./main", [], in: folder.path + "/new") == "first 27\n")
        }
    }

    @Test(.enabled(if: nm != nil))
    func `every external symbol begins with the model's name, and the library exports the interface`()
        throws
    {
        let folder = try newFolder()
        defer { folder.remove() }
        try build(compiled(network("everything"), name: "all_kinds", cpu: "scalar"), Product.allCases, into: folder)
        for file in ["all_kinds.o", "all_kinds.weights.o", "liball_kinds.a"] {
            let names = try symbols(["-g", "--defined-only", file], folder)
            #expect(names.contains { $0 == "all_kinds_weights" || $0 == "all_kinds_invoke" })
            #expect(names.filter { !$0.hasPrefix("all_kinds_") } == [], "\(file)")
        }
        let interface = ["create", "destroy", "invoke", "model", "run"].map { "all_kinds_\($0)" } + ["netc_model"]
        #expect(try symbols(["-D", "--defined-only", "liball_kinds.so"], folder).sorted() == interface)
        // No mathematical function, nothing that prints or exits.
        let allowed: Set<String> = [
            "__errno_location", "calloc", "free", "madvise", "memcpy", "memmove", "memset", "posix_memalign", "sysconf",
            "all_kinds_weights", "_GLOBAL_OFFSET_TABLE_",
        ]
        let needed = try symbols(["-u", "all_kinds.o"], folder)
        #expect(needed.filter { !allowed.contains($0) && !$0.hasPrefix("pthread_") } == [])
    }

    private func symbols(_ arguments: [String], _ folder: TemporaryFolder) throws -> [String] {
        try run(nm!, arguments, in: folder.path).split(separator: "\n").filter { $0.contains(" ") }
            .map { String($0.split(separator: " ").last!.prefix { $0 != "@" }) }
    }
}

private let nm =
    ["/usr/bin/nm", "/usr/bin/llvm-nm"].first { FileManager.default.isExecutableFile(atPath: $0) }
    ?? clangs.last.map { URL(filePath: $0).deletingLastPathComponent().path + "/llvm-nm" }
    .flatMap { FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil }
