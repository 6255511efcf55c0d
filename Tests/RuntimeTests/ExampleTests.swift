import Foundation
import NetRuntime
import Testing
import Toolchain

private let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path

/// The folder in which the package's programs are built, which is where the tests run from.
private let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path

/// Runs a program found on PATH, or given by path, and returns what it printed.
@discardableResult
private func run(_ program: String, _ arguments: [String], in folder: String) throws -> String {
    let result = try Command("/usr/bin/env", [program] + arguments, folder: folder, environment: processEnvironment())
        .run()
    try #require(result.status == 0, "\(program) \(arguments.joined(separator: " "))\n\(result.output)")
    return result.output
}

/// A folder with the separable MNIST net built into `generated/`, and what the examples should print of its best class.
private func generate() throws -> (folder: TemporaryFolder, answer: Substring) {
    let folder = try TemporaryFolder(environment: processEnvironment())
    try run(
        "\(products)/netc", ["build", "\(root)/Examples/nets/mnist_separable.net", "--test-weights"], in: folder.path)
    let answer = try run("\(products)/classify", ["generated/libmnist_separable.so"], in: folder.path)
    let lines = answer.split(separator: "\n")
    #expect(lines.prefix(2) == ["image: [1, 28, 28, 1]", "probs: [1, 10]"])
    return (folder, try #require(lines.last).prefix { $0 != "(" })
}

/// The programs of `Examples/`, built as their first comments say. All classify the same picture, so all must agree.
@Suite struct ExampleTests {
    @Test func `the C programs build without a warning, linked and loaded, and agree with Swift's`() throws {
        let (folder, answer) = try generate()
        defer { folder.remove() }
        let clang = try Clang.find(option: nil).path
        let source = "\(root)/Examples/c"
        let strict = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Igenerated"]
        try run(
            clang,
            strict + [
                "\(source)/linked.c", "-o", "linked", "-Lgenerated", "-lmnist_separable",
                "-Wl,-rpath,$ORIGIN/generated",
            ],
            in: folder.path)
        #expect(try run("./linked", [], in: folder.path).hasPrefix(answer))
        try run(clang, strict + ["\(source)/loaded.c", "-o", "loaded", "-ldl"], in: folder.path)
        let output = try run("./loaded", ["generated/libmnist_separable.so"], in: folder.path)
        #expect(output.hasPrefix("mnist_separable "))
        #expect(output.split(separator: "\n").last?.hasPrefix(answer) == true)

        // A picture from a file: black, of the right size and of a wrong one.
        for (side, isRight) in [(28, true), (20, false)] {
            let picture = Data("P5 \(side) \(side) 255\n".utf8) + Data(repeating: 0, count: side * side)
            try picture.write(to: URL(filePath: folder.path + "/p.pgm"))
            let command = Command(folder.path + "/linked", ["p.pgm"], folder: folder.path, environment: [:])
            #expect(try (command.run().status == 0) == isRight)
        }
    }

    @Test func `a Swift program imports the generated module and links it`() throws {
        let (folder, answer) = try generate()
        defer { folder.remove() }
        try run(
            "swiftc",
            [
                "-O", "\(root)/Examples/swift/linked/main.swift", "-o", "linked", "-I", "generated", "-L", "generated",
                "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/generated",
            ], in: folder.path)
        #expect(try run("./linked", [], in: folder.path).hasPrefix(answer))
    }

    @Test(
        .enabled(
            if: ["/usr/bin/cmake", "/usr/local/bin/cmake"].contains { FileManager.default.fileExists(atPath: $0) }))
    func `CMake builds the library and the C programs`() throws {
        let folder = try TemporaryFolder(environment: processEnvironment())
        defer { folder.remove() }
        try run("cmake", ["-S", "\(root)/Examples/c", "-B", "build", "-DNETC=\(products)/netc"], in: folder.path)
        try run("cmake", ["--build", "build"], in: folder.path)
        #expect(try run("build/linked", [], in: folder.path).hasPrefix("class "))
    }
}
