import Foundation
import Testing

/// Weights files of every kind through the whole compiler; those of NumPy are made by Fixtures/make.py.
@Suite struct `Weights from files` {
    private let scratch = Scratch()
    private let weighed = "Input(3, 3, 1)\nConv2D(2, 2, name=sum)\n"
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures").path

    /// `netc check` reads no weights; a build of the C alone does.
    private func build(_ weights: String, _ options: [String] = []) throws -> Outcome {
        _ = scratch.write("weighed.net", weighed)
        try? FileManager.default.copyItem(atPath: Self.fixtures + "/" + weights, toPath: scratch.path + "/" + weights)
        return try netc(
            ["build", "weighed.net", "-o", "out", "--emit", "c", "--weights", weights] + options, in: scratch.path)
    }

    /// The outputs of `netc run`: 2×2 pixels of 2 channels.
    private func run(_ options: [String]) throws -> [Float] {
        _ = scratch.write("weighed.net", weighed)
        let input = URL(fileURLWithPath: scratch.path + "/x.npy")
        try numpy([3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]).write(to: input)
        let outcome = try netc(
            ["run", "weighed.net", "--input", "x.npy", "--output", "y.npy"] + options, in: scratch.path)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return floats(try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/y.npy")), 8)
    }

    /// By hand: channel 0 has the taps 1, 3, 5, 7 and bias 100, channel 1 has 2, 4, 6, 8 and -100.
    private let expected: [Float] = [
        162, -26, 178, -6, 210, 34, 226, 54,
    ]

    @Test(arguments: ["stored.npz", "deflated.npz", "half.npz", "double.npz", "state.npz"], [[], ["--reference"]])
    func `are taken by name and in Keras' order`(_ file: String, _ options: [String]) throws {
        #expect(try run(["--weights", Self.fixtures + "/" + file] + options) == expected)
    }

    @Test func `are taken in safetensors too`() throws {
        let path = scratch.path + "/w.safetensors"
        try safetensors().write(to: URL(fileURLWithPath: path))
        #expect(try run(["--weights", path]) == expected)
    }

    @Test func `are found beside the network, and where it says`() throws {
        let manager = FileManager.default
        try manager.copyItem(atPath: Self.fixtures + "/stored.npz", toPath: scratch.path + "/weighed.npz")
        #expect(try run([]) == expected)
        // The name in the file goes before the one beside it.
        try FileManager.default.copyItem(atPath: Self.fixtures + "/missing.npz", toPath: scratch.path + "/m.npz")
        _ = scratch.write("named.net", weighed + "load_weights('m.npz')\n")
        let outcome = try netc(["build", "named.net", "-o", "out", "--emit", "c"], in: scratch.path)
        #expect(outcome.code == 65)
        #expect(outcome.errors.contains("'m.npz' has no 'sum/bias' of shape (2)"))
    }

    @Test(arguments: [
        ("half.npz", "weighed.net: note: 2 tensors of float16 in 'half.npz' converted to float32\n"),
        ("double.npz", "weighed.net: note: 2 tensors of float64 in 'double.npz' converted to float32\n"),
        ("state.npz", ""), ("stored.npz", ""),
    ]) func `that are converted are noted`(_ file: String, _ text: String) throws {
        let outcome = try build(file)
        #expect(outcome.code == 0)
        #expect(outcome.errors == text)
    }

    private static let line = "Conv2D(2, 2, name=sum)\n^~~~~~~~~~~~~~~~~~~~~~\n"

    @Test(arguments: [
        (
            "missing.npz",
            "weighed.net:2:1: error: 'missing.npz' has no 'sum/bias' of shape (2)\n\(line)"
                + "weighed.net: note: '--allow-missing' takes the layers' initialisers for what is missing\n1 error generated.\n"
        ),
        (
            "extra.npz",
            "weighed.net: error: 'conv2d/kernel' of shape 2×2×1×2 in 'extra.npz' belongs to no layer of the network\n"
                + "weighed.net:2:1: error: 'sum/gamma' of shape (2) in 'extra.npz' is no parameter of layer 'sum', which has 'kernel', 'bias'\n"
                + "\(line)2 errors generated.\n"
        ),
        (
            "wrong.npz",
            "weighed.net:2:1: error: 'sum/kernel' is 1×4×1×2 in 'wrong.npz', but the layer needs 2×2×1×2\n\(line)1 error generated.\n"
        ),
        (
            "nan.npz",
            "weighed.net:2:1: error: 'sum/kernel' in 'nan.npz' holds nan at [1, 0, 0, 1]\n\(line)1 error generated.\n"
        ),
        (
            "overflow.npz",
            "weighed.net: note: 1 tensor of float64 in 'overflow.npz' converted to float32\n"
                + "weighed.net:2:1: error: 'sum/bias' can't be read from 'overflow.npz': element 1 of 'sum/bias' is 1e+39, which"
                + " float32 can't hold; scale the weights or save them as float32\n\(line)1 error generated.\n"
        ),
    ]) func `that do not fit are errors at the layer`(_ file: String, _ text: String) throws {
        let outcome = try build(file)
        #expect(outcome.code == 65)
        #expect(outcome.errors == text)
        #expect(scratch.files("out").isEmpty)
    }

    @Test func `that lack something can be completed`() throws {
        let outcome = try build("missing.npz", ["--allow-missing"])
        #expect(outcome.code == 0)
        #expect(
            outcome.errors
                == "weighed.net:2:1: warning: 'missing.npz' has no 'sum/bias' of shape (2); its initialiser is used\n\(Self.line)1 warning generated.\n"
        )
        #expect(try run(["--weights", "missing.npz", "--allow-missing"])[0] == 62)
    }

    @Test func `that are cut off are an error`() throws {
        let outcome = try build("truncated.npz")
        #expect(outcome.code == 65)
        #expect(outcome.errors.hasPrefix("netc: error: 'truncated.npz': the zip file has no directory at its end"))
        #expect(outcome.errors.hasSuffix("; the file is cut off\n"))
    }

    @Test(arguments: [
        (["cut"], "ends at byte 40 of the data, which has 36"), (["overlap"], "overlap"),
        (["gap"], "belong to no tensor"), (["huge"], "the safetensors header claims"),
    ]) func `of safetensors with broken places are errors`(_ mistakes: [String], _ text: String) throws {
        try safetensors(mistakes[0]).write(to: URL(fileURLWithPath: scratch.path + "/w.safetensors"))
        let outcome = try build("w.safetensors")
        #expect(outcome.code == 65)
        #expect(outcome.errors.hasPrefix("netc: error: 'w.safetensors': "))
        #expect(outcome.errors.contains(text))
    }

    @Test func `that the network names are reported where it names them`() throws {
        _ = scratch.write("named.net", weighed + "load_weights('w.safetensors')\n")
        let path = URL(fileURLWithPath: scratch.path + "/w.safetensors")
        let excerpt = "load_weights('w.safetensors')\n             ^~~~~~~~~~~~~~~\n1 error generated.\n"
        try safetensors("cut").write(to: path)
        let broken = try netc(["build", "named.net", "-o", "out", "--emit", "c"], in: scratch.path)
        #expect(broken.code == 65)
        #expect(broken.errors.hasPrefix("named.net:3:14: error: './w.safetensors': tensor 'sum/bias' ends at byte 40"))
        #expect(broken.errors.hasSuffix("\n" + excerpt))
        try safetensors("extra").write(to: path)
        let extra = try netc(["build", "named.net", "-o", "out", "--emit", "c"], in: scratch.path)
        #expect(extra.code == 65)
        #expect(
            extra.errors == "named.net:3:14: error: 'other/bias' of shape (2) in 'w.safetensors' belongs to no layer"
                + " of the network\n" + excerpt)
    }

    /// The right weights in safetensors' form, or with a mistake.
    private func safetensors(_ mistake: String = "") -> Data {
        let bias = mistake == "overlap" ? "[28, 36]" : mistake == "gap" ? "[34, 42]" : "[32, 40]"
        var header = #"{"sum/kernel":{"dtype":"F32","shape":[2,2,1,2],"data_offsets":[0,32]},"#
        header += #""sum/bias":{"dtype":"F32","shape":[2],"data_offsets":\#(bias)}"#
        if mistake == "extra" { header += #","other/bias":{"dtype":"F32","shape":[2],"data_offsets":[40,48]}"# }
        header += "}"
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let length = mistake == "huge" ? UInt64(1) << 60 : UInt64(header.utf8.count)
        var data = withUnsafeBytes(of: length.littleEndian) { Data($0) } + Data(header.utf8)
        let values: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 100, -100]
        values.withUnsafeBytes { data.append(contentsOf: $0) }
        if mistake == "gap" { data += [0, 0] }
        if mistake == "extra" { data += Data(count: 8) }
        return mistake == "cut" ? data.dropLast(4) : data
    }
}

/// A network may name no weights beyond its own folder, whatever lies there.
@Suite struct `The path of load_weights` {
    @Test(arguments: [
        ("../w.npz", "weights '../w.npz' must lie in the folder of the network or below it"),
        ("a/../../w.npz", "weights 'a/../../w.npz' must lie in the folder of the network or below it"),
        ("/etc/hostname", "weights '/etc/hostname' must lie in the folder of the network or below it"),
        ("link.npz", "weights 'link.npz' lie outside the folder of the network"),
        ("none.npz", "there is no weights file 'none.npz' beside the network"),
    ]) func `stays in the network's folder`(_ path: String, _ message: String) throws {
        let scratch = Scratch()
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path + "/link.npz", withDestinationPath: "/etc/passwd")
        let line = "load_weights('\(path)')"
        _ = scratch.write("a.net", "Input(8, 8, 3)\nConv2D(3, 3)\n\(line)\n")
        let outcome = try netc(["check", "a.net"], in: scratch.path)
        #expect(outcome.code == 65)
        let caret = String(repeating: " ", count: 13) + "^" + String(repeating: "~", count: path.count + 1)
        #expect(outcome.errors == "a.net:3:14: error: \(message)\n\(line)\n\(caret)\n1 error generated.\n")
    }
}
