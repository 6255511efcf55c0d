import Foundation
import Testing

/// What a run of the built `netc` left behind.
private func netc(_ arguments: [String], environment: [String: String] = [:]) throws -> (code: Int32, errors: String) {
    let process = Process()
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    process.executableURL = own.appending(path: "netc")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
}

/// A folder that is removed with the value.
private final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "netc-test-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ name: String, _ data: Data) throws -> String {
        let file = url.appending(path: name)
        try data.write(to: file)
        return file.path
    }
}

private func fixture(_ name: String) throws -> Data { try Data(contentsOf: fixtures.appending(path: name)) }

/// Whether a file was read, or refused with a reason.
private func isOrderly(_ outcome: (code: Int32, errors: String)) -> Bool {
    outcome.code == 0 || outcome.code == 65 && outcome.errors.contains("error: ")
}

@Suite(.enabled(if: hasHDF5, "needs HDF5's library")) struct CommandTests {
    @Test func `import writes a network and its weights, and build takes either`() throws {
        let folder = try Folder()
        let model = fixtures.appending(path: "nested.keras").path
        let (network, out) = (folder.url.path + "/siamese.net", folder.url.path + "/out")
        #expect(try netc(["import", model, "-o", network]) == (0, ""))
        #expect(try netc(["build", network, "-o", out, "--emit", "c"]) == (0, ""))
        let written = try Data(contentsOf: URL(filePath: out + "/siamese.weights"))
        #expect(try netc(["build", model, "-o", out, "--emit", "c"]) == (0, ""))
        #expect(try Data(contentsOf: URL(filePath: out + "/siamese.weights")) == written)
    }

    @Test func `weights of Keras are found beside a network and match by class and order`() throws {
        let folder = try Folder()
        let named = String(decoding: try fixture("branches.net"), as: UTF8.self)
        // As by hand: other names, the same layers.
        let text = named.replacing(/, name='[a-z_]*'/, with: "").replacing(/name='[a-z_]*'/, with: "")
        let file = try folder.write("byhand.net", Data(text.utf8))
        let arguments = ["build", file, "-o", folder.url.path + "/out", "--emit", "c"]
        let weights = try folder.write("byhand.weights.h5", try fixture("branches.weights.h5"))
        #expect(try netc(arguments) == (0, ""))
        // Another layer's weights don't fit.
        let wrong = text.replacing("Conv2D(8, (3, 5)", with: "Conv2D(8, (5, 3)")
        _ = try folder.write("byhand.net", Data(wrong.utf8))
        let outcome = try netc(arguments + ["--weights", weights])
        #expect(outcome.code == 65)
        #expect(
            outcome.errors.contains(
                "'conv2d/kernel' is 3×5×3×8 in 'byhand.weights.h5', but the layer needs 5×3×3×8"))
    }
}

@Suite(.enabled(if: hasHDF5, "needs HDF5's library")) struct HostileFilesTests {
    @Test(arguments: ["sequential.keras", "former.h5"])
    func `a file that is cut off anywhere is refused`(name: String) throws {
        let folder = try Folder()
        let data = try fixture(name)
        for step in 0..<20 {
            let file = try folder.write("cut-\(name)", data.prefix(data.count * step / 20))
            let outcome = try netc(["import", file, "-o", folder.url.path + "/out.net"])
            #expect(outcome.code == 65 && outcome.errors.contains("error: "), "\(step): \(outcome)")
        }
    }

    /// HDF5's own library crashes on some of these; that may not show.
    @Test func `HDF5 garbage is read or refused`() throws {
        let folder = try Folder()
        let data = try fixture("former.h5")
        var random = Seeded(state: 7)
        for round in 0..<60 {
            var damaged = data
            // Headers and lists of groups lie in the first half; the last rounds hit anything.
            let end = round < 45 ? data.count / 2 : data.count
            for _ in 0..<(1 + round % 6) {
                damaged[Int(random.next() % UInt64(end - 16)) + 16] = UInt8(truncatingIfNeeded: random.next() >> 32)
            }
            let outcome = try netc(["check", folder.write("damaged.h5", damaged)])
            #expect(isOrderly(outcome), "round \(round): \(outcome)")
        }
    }

    @Test func `a library that is not HDF5's is told`() throws {
        let outcome = try netc(
            ["check", fixtures.appending(path: "former.h5").path], environment: ["NETC_HDF5": "libc.so.6"])
        #expect(outcome.code == 69)
        #expect(outcome.errors.contains("the HDF5 library lacks 'H5open'"))
    }

    @Test func `without the library it says what to install`() throws {
        let outcome = try netc(
            ["check", fixtures.appending(path: "nested.keras").path], environment: ["NETC_HDF5": "/nowhere.so"])
        #expect(outcome.code == 69)
        #expect(outcome.errors.contains("apt-get install libhdf5-103-1"))
    }

    @Test func `other files under these endings are refused`() throws {
        let folder = try Folder()
        for (name, data) in [
            ("text.keras", Data("Input(3)\n".utf8)), ("empty.h5", Data()),
            ("zip.h5", try fixture("branches.outputs.npz")),
        ] {
            let outcome = try netc(["check", folder.write(name, data)])
            #expect(outcome.code == 65, "\(name): \(outcome)")
        }
        let weights = try netc(["import", fixtures.appending(path: "branches.weights.h5").path, "-o", "x.net"])
        #expect(weights.code == 64)
    }
}

/// SplitMix64: the same numbers in every run.
private struct Seeded {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
