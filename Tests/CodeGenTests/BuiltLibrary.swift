import CodeGen
import Foundation
import IR
import Kernels
import Target
import Toolchain

/// The clang that netc itself takes.
private let installedClang = Result { try Clang.find(option: nil).path }

/// A graph compiled by clang and loaded: planned, written as C, and called.
final class BuiltLibrary {
    typealias Invoke =
        @convention(c) (
            UnsafePointer<UnsafeRawPointer?>, UnsafePointer<UnsafeMutableRawPointer?>, UnsafeMutableRawPointer?
        ) -> Int32
    typealias Create = @convention(c) (Int32) -> UnsafeMutableRawPointer?
    typealias Run =
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafePointer<UnsafeRawPointer?>, UnsafePointer<UnsafeMutableRawPointer?>
        ) -> Int32
    typealias Destroy = @convention(c) (UnsafeMutableRawPointer?) -> Void

    struct Failure: Error, CustomStringConvertible { var description: String }

    let plan: Plan
    let code: GeneratedCode
    private let handle: UnsafeMutableRawPointer
    private let folder: URL

    /// Plans, generates, compiles with warnings as errors, and loads.
    init(_ graph: Graph, target: Target, options: PlanOptions = PlanOptions(), flags: [String] = []) throws {
        plan = try makePlan(graph, target: target, options: options)
        let naming = Naming(
            identifier: "net", inputs: graph.inputNames, outputs: graph.outputNames, sourceName: "test.net",
            version: "test")
        code = try generate(plan, naming)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("netc-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try code.header.write(to: folder.appendingPathComponent("net.h"), atomically: false, encoding: .utf8)
        try code.source.write(to: folder.appendingPathComponent("net.c"), atomically: false, encoding: .utf8)
        try code.assembly!.write(to: folder.appendingPathComponent("net.weights.S"), atomically: false, encoding: .utf8)
        try (code.sharedEntry + BuiltLibrary.accessors).write(
            to: folder.appendingPathComponent("entry.c"), atomically: false, encoding: .utf8)
        var weights = Data()
        code.weights.forEachChunk { weights.append(contentsOf: $0) }
        try weights.write(to: folder.appendingPathComponent("net.weights"))
        let library = folder.appendingPathComponent("libnet.so").path
        try BuiltLibrary.clang(
            [
                "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden", "-I.", "net.c",
                "entry.c", "net.weights.S", "-o", library, "-lpthread",
            ]
                + flags, in: folder)
        guard let opened = dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
            throw Failure(description: String(cString: dlerror()))
        }
        handle = opened
    }

    deinit {
        dlclose(handle)
        try? FileManager.default.removeItem(at: folder)
    }

    /// The introspection table's functions under names of their own, so that this test needs no layout of C structs.
    private static let accessors = """
        #define EXPORT __attribute__((visibility("default")))
        EXPORT int test_invoke(const void *const *in, void *const *out, void *ws) { return net_model()->invoke(in, out, ws); }
        EXPORT void *test_create(int threads) { return net_model()->create(threads); }
        EXPORT int test_run(void *model, const void *const *in, void *const *out) { return net_model()->run(model, in, out); }
        EXPORT void test_destroy(void *model) { net_model()->destroy(model); }
        """

    static func clang(_ arguments: [String], in folder: URL) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [try installedClang.get()] + arguments
        process.currentDirectoryURL = folder
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Failure(description: text) }
    }

    private func symbol<T>(_ name: String, as: T.Type) -> T { unsafeBitCast(dlsym(handle, name), to: T.self) }

    /// The outputs for the given inputs; data lies `misalignment` floats off the alignment of a vector, and the workspace starts full of NaN.
    func invoke(_ inputs: [[Float]], misalignment: Int = 0) throws -> [[Float]] {
        let workspace = UnsafeMutableRawPointer.allocate(byteCount: plan.workspaceBytes + 64, alignment: 64)
        defer { workspace.deallocate() }
        workspace.initializeMemory(as: UInt8.self, repeating: 0xFF, count: plan.workspaceBytes)
        return try call(inputs, misalignment) { self.symbol("test_invoke", as: Invoke.self)($0, $1, workspace) }
    }

    /// The outputs of the hosted form with a team of threads.
    func run(_ inputs: [[Float]], threads: Int32) throws -> [[Float]] {
        guard let model = symbol("test_create", as: Create.self)(threads) else {
            throw Failure(description: "create failed")
        }
        defer { symbol("test_destroy", as: Destroy.self)(model) }
        _ = try call(inputs, 0) { self.symbol("test_run", as: Run.self)(model, $0, $1) }
        return try call(inputs, 0) { self.symbol("test_run", as: Run.self)(model, $0, $1) }
    }

    private func call(
        _ inputs: [[Float]], _ misalignment: Int,
        _ body: (UnsafePointer<UnsafeRawPointer?>, UnsafePointer<UnsafeMutableRawPointer?>) -> Int32
    ) throws -> [[Float]] {
        let sources = inputs.map { values in
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: values.count + misalignment)
            (memory + misalignment).initialize(from: values, count: values.count)
            return memory
        }
        let counts = plan.outputs.map { $0.shape.reduce(plan.batch, *) }
        let guardValue: Float = 12345
        let results = counts.map { count in
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: count + misalignment + 64)
            memory.initialize(repeating: guardValue, count: count + misalignment + 64)
            return memory
        }
        defer {
            for memory in sources + results { memory.deallocate() }
        }
        let status = sources.map { UnsafeRawPointer($0 + misalignment) as UnsafeRawPointer? }.withUnsafeBufferPointer {
            ins in
            results.map { UnsafeMutableRawPointer($0 + misalignment) as UnsafeMutableRawPointer? }
                .withUnsafeBufferPointer { outs in
                    body(ins.baseAddress!, outs.baseAddress!)
                }
        }
        if status != 0 { throw Failure(description: "status \(status)") }
        for (memory, count) in zip(results, counts) {
            for i in 0..<64 where (memory + misalignment + count)[i] != guardValue {
                throw Failure(description: "wrote beyond an output of \(count) floats, at +\(i)")
            }
            for i in 0..<misalignment where memory[i] != guardValue {
                throw Failure(description: "wrote before an output")
            }
        }
        return zip(results, counts).map { memory, count in
            Array(UnsafeBufferPointer(start: memory + misalignment, count: count))
        }
    }
}
