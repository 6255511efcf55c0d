import Foundation
import Testing

/// What a run of the built `netc` left behind.
struct Outcome {
    var code: Int32
    var output: String
    var errors: String
}

/// The `netc` that was built beside the tests.
let netcPath: String = {
    let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    return folder.appendingPathComponent("netc").path
}()

/// A folder of its own for one test, removed with the value.
final class Scratch: Sendable {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("netc-test-\(UUID().uuidString)").path
        try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file into the folder and returns its path.
    func write(_ name: String, _ text: String) -> String {
        try! text.write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
        return path + "/" + name
    }

    /// Writes a shell script that can be run and returns its path.
    ///
    /// A shell makes the file: one that this process had open for writing could not be executed while a program that another test starts at
    /// that moment still holds it ("text file busy").
    func program(_ name: String, _ script: String) throws -> String {
        let text = write(name + ".text", "#!/bin/sh\n" + script + "\n")
        let path = self.path + "/" + name
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "cat \"$1\" > \"$2\" && chmod 755 \"$2\" && rm \"$1\"", "sh", text, path]
        try shell.run()
        shell.waitUntilExit()
        try #require(shell.terminationStatus == 0)
        return path
    }

    /// The names of what lies in the folder or one below.
    func files(_ folder: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted()
    }
}

/// Runs the built `netc` in a folder.
func netc(_ arguments: [String], in folder: String? = nil, environment: [String: String] = [:]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: netcPath)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    // Files, not pipes: nothing blocks however much is written.
    let scratch = Scratch()
    let (outputPath, errorPath) = (scratch.write("out", ""), scratch.write("err", ""))
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)
    process.standardError = FileHandle(forWritingAtPath: errorPath)
    try process.run()
    process.waitUntilExit()
    return Outcome(
        code: process.terminationStatus, output: try String(contentsOfFile: outputPath, encoding: .utf8),
        errors: try String(contentsOfFile: errorPath, encoding: .utf8))
}

/// The object that a command printed.
func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

/// A small network with one of each: quick to build and to verify.
let smallNetwork = """
    image = Input((12, 10, 3), name='image')
    x = Conv2D(8, 3, padding='same', activation='relu')(image)
    x = DepthwiseConv2D(3, strides=2, padding='same', use_bias=False)(x)
    x = BatchNormalization()(x)
    x = MaxPooling2D(2)(x)
    x = Flatten()(x)
    probs = Dense(5, activation='softmax', name='probs')(x)

    """
