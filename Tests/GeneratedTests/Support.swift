import Compiler
import Diagnostics
import Foundation
import Testing
import Toolchain

/// The folder of these tests, where the networks lie.
private let here = URL(filePath: #filePath).deletingLastPathComponent()
let repository = here.appending(path: "../..").standardized.path

/// Whether every case shall run, however long it takes.
let runsEverything = ProcessInfo.processInfo.environment["NETC_ALL"] != nil

/// The text of `Nets/NAME.net`.
func network(_ name: String) throws -> String {
    try String(contentsOf: here.appending(path: "Nets/\(name).net"), encoding: .utf8)
}

/// A network's text as C, with test weights unless the text's own initialisers shall hold.
func compiled(
    _ text: String, name: String, cpu: String = "baseline", weights: WeightsForm = .incbin, testWeights: Bool = true
) throws -> CompiledModel {
    var options = ModelOptions(path: "\(name).net")
    options.usesTestWeights = testWeights
    var build = BuildOptions()
    build.cpu = cpu
    build.weightsForm = weights
    let model = try readModel(SourceFile(name: "\(name).net", text: Array(text.utf8)), options)
    return try compile(model, options, build, name: name)
}

/// Writes a model's files into the folder and builds what is asked for.
@discardableResult
func build(_ model: CompiledModel, _ products: [Product], into folder: TemporaryFolder) throws -> BuildResult {
    var options = BuildOptions()
    options.jobs = 2
    return try buildProducts(model, products, into: folder.path, options)
}

func newFolder() throws -> TemporaryFolder { try TemporaryFolder(environment: processEnvironment()) }

/// The clang that netc itself takes.
let clang = Result { try Clang.find(option: nil).path }

/// The clangs of this machine, oldest and newest: Debian's and the one beside `swift`.
let clangs: [String] = {
    let beside = onPath("swift").map {
        URL(filePath: $0).resolvingSymlinksInPath().deletingLastPathComponent().path + "/clang"
    }
    let candidates = [onPath("clang-14"), try? clang.get(), beside].compactMap { $0 }
    var seen: Set<String> = []
    return candidates.filter {
        FileManager.default.isExecutableFile(atPath: $0)
            && seen.insert(URL(filePath: $0).resolvingSymlinksInPath().path).inserted
    }
}()

/// The last of them has the runtime libraries of sanitizers.
var sanitizingClang: String? {
    clangs.last { path in
        let output = try? run(path, ["-print-file-name=libclang_rt.asan-x86_64.a"], in: "/")
        let alternative = try? run(path, ["-print-file-name=libclang_rt.asan.a"], in: "/")
        return [output, alternative].contains { $0?.hasPrefix("/") == true }
    }
}

private func onPath(_ program: String) -> String? {
    (processEnvironment()["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// Runs a program found on PATH, or given by path, and returns what it printed; requires that it succeeds.
@discardableResult
func run(_ program: String, _ arguments: [String], in folder: String) throws -> String {
    let result = try Command("/usr/bin/env", [program] + arguments, folder: folder, environment: processEnvironment())
        .run()
    try #require(result.status == 0, "\(program) \(arguments.joined(separator: " "))\n\(result.output)")
    return result.output
}

extension TemporaryFolder {
    func write(_ name: String, _ text: String) throws {
        try (text + "\n").write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
    }

    /// All files below, by relative path, with their contents.
    func contents() throws -> [(name: String, data: Data)] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return try names.sorted().compactMap { name in
            let file = URL(filePath: path + "/" + name, directoryHint: .checkFileSystem)
            return file.hasDirectoryPath ? nil : (name, try Data(contentsOf: file))
        }
    }

    /// The C of a model and its header, weights beside them, without running clang.
    func writeSources(_ model: CompiledModel) throws {
        try build(model, [.source], into: self)
    }
}

/// Warnings as errors, as strict as the generated code promises.
let strict = ["-Wall", "-Wextra", "-Werror"]
