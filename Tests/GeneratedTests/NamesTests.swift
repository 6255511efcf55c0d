import CodeGen
import Compiler
import Foundation
import Testing
import Toolchain

@Suite struct `The name of a model` {
    /// Of everything that stands at file scope, kernels aside, which are called after their shapes.
    @Test func `is nothing that generated C defines`() throws {
        let folder = try newFolder()
        defer { folder.remove() }
        try folder.writeSources(compiled(network("everything"), name: "everything", cpu: "scalar"))
        let names = fileScopeNames(
            ofC: try String(contentsOfFile: folder.path + "/everything.c", encoding: .utf8)
        ).filter { name in
            !name.hasPrefix("everything") && !name.contains(/_[0-9]+(x[0-9]+)*(_to_|_[0-9]+$|$)/)
        }
        #expect(names.count > 100)
        for name in names.sorted() { #expect(!isIdentifier(name), "a model could be called '\(name)'") }
    }

    /// Variables in functions are called like these.
    @Test(arguments: ["model", "x", "weights", "threads", "object", "step", "separable"])
    func `may be that of a variable`(name: String) throws {
        let folder = try newFolder()
        defer { folder.remove() }
        #expect(try modelIdentifier(explicit: nil, modelName: nil, path: name + ".onnx") == name)
        try folder.writeSources(compiled(network("everything"), name: name, cpu: "scalar"))
        try run(clang.get(), ["-std=gnu11", "-Wall", "-Werror", "-fsyntax-only", name + ".c"], in: folder.path)
    }
}
