import Foundation
import NetRuntime
import Target
import Testing
import Toolchain

/// `doubler.c`, built into a folder.
private func build(flags: [String] = [], exports: [String] = ["netc_model"]) throws -> TemporaryFolder {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    let abi = tests.appending(path: "../../Sources/CNetABI/include").standardized.path
    let clang = try Clang.find(option: nil)
    let folder = try TemporaryFolder(environment: processEnvironment())
    try FileManager.default.copyItem(
        atPath: tests.appending(path: "doubler.c").path, toPath: folder.path + "/doubler.c")
    try clang.compile(
        [("doubler.c", "doubler.o")], in: folder.path, target: Target(.scalar), flags: ["-I\(abi)", "-Werror"] + flags)
    try clang.linkShared(["doubler.o"], name: "doubler", exports: exports, in: folder.path)
    return folder
}

/// The library, loaded; its file is gone by then.
private func load(flags: [String] = []) throws -> NetLibrary {
    let folder = try build(flags: flags)
    defer { folder.remove() }
    return try NetLibrary(path: folder.path + "/libdoubler.so")
}

private let input = (1...12).map(Float.init)
/// Twice the sums of (1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12).
private let sums: [Float] = [12, 30, 48, 66]

@Suite struct NetLibraryTests {
    @Test func `a library tells its names, shapes and steps`() throws {
        let library = try load()
        #expect(library.name == "doubler" && library.version == "1.0" && library.hash == "00ff")
        #expect(library.target == "scalar:l1=32K,l2=1M")
        #expect(library.inputs.map(\.name) == ["image"] && library.inputs[0].shape == [1, 2, 2, 3])
        #expect(library.outputs.map(\.count) == [4])
        #expect(library.steps.map(\.layers) == ["double", "sum + relu"])
        #expect(library.steps[1].kernel == "reduce" && library.steps[1].macs == 12 && library.steps[1].bytes == 64)
        #expect(library.tensors[0].steps == 0...1)
    }

    @Test func `a library from before products were counted runs, and its products are its multiply-adds`() throws {
        #expect(try load().steps.map(\.products) == [0, 7])
        let earlier = try load(flags: ["-DEARLIER"])
        #expect(earlier.steps.map(\.products) == [0, 12])
        #expect(try earlier.invoke([input]) == [sums])
    }

    @Test func `it runs whole and step by step, and a tensor is read out of its blocks`() throws {
        let library = try load()
        #expect(try library.invoke([input]) == [sums])
        _ = library.withWorkspace { $0.initializeMemory(as: UInt8.self, repeating: 0xFF) }
        try library.setInputs([input.map { -$0 }])
        try library.invokeSteps(first: 0, count: 1)
        #expect(library.values(of: library.tensors[0]) == input.map { -2 * $0 })
        #expect(library.outputValues() == [sums])
        try library.invokeSteps(first: 1, count: 1)
        #expect(library.outputValues() == [sums.map { -$0 }])
    }

    @Test func `the hosted form outlives the caller's library`() throws {
        let model = try NetModel(load(), threads: 2)
        #expect(try model.run([input]) == [sums])
        #expect(throws: NetError.cannotCreate("Invalid argument")) { try NetModel(model.library, threads: -1) }
    }

    @Test func `wrong inputs and steps are errors`() throws {
        let library = try load()
        #expect(throws: NetError.wrongInput("the network takes 1 inputs, but 2 were given")) {
            try library.invoke([input, input])
        }
        #expect(throws: NetError.wrongInput("input 'image' takes 12 floats, but 3 were given")) {
            try library.invoke([[1, 2, 3]])
        }
        let error = #expect(throws: NetError.self) { try library.invokeSteps(first: 1, count: 2) }
        #expect(error?.description == "the model returned 5: no such step")
        #expect(throws: NetError.failed(code: 5)) { try library.invokeSteps(first: -1, count: 1) }
    }

    @Test func `what is no generated library, or one of another interface, is refused`() throws {
        let missing = #expect(throws: NetError.self) { try NetLibrary(path: "/no/such.so") }
        #expect(missing?.description.contains("No such file") == true)
        let (other, newer) = (try build(exports: ["nothing"]), try build(flags: ["-DABI=2"]))
        defer {
            other.remove()
            newer.remove()
        }
        #expect(throws: NetError.notGenerated(path: other.path + "/libdoubler.so")) {
            try NetLibrary(path: other.path + "/libdoubler.so")
        }
        #expect(throws: NetError.wrongInterface(path: newer.path + "/libdoubler.so", found: 2)) {
            try NetLibrary(path: newer.path + "/libdoubler.so")
        }
    }
}
