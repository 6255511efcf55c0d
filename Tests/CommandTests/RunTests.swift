import Foundation
import Testing

/// The bytes of an `.npy` file of float32, written by the format's definition and not by the code under test.
func numpy(_ shape: [Int], _ values: [Float]) -> Data {
    let tuple = "(" + shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(tuple), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    var data = Data(
        [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count % 256), UInt8(header.utf8.count / 256)])
    data += Data(header.utf8)
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    return data
}

/// The last values of an `.npy` file.
func floats(_ data: Data, _ count: Int) -> [Float] {
    Array(data.suffix(4 * count)).withUnsafeBytes { raw in
        (0..<count).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
}

@Suite struct `netc run` {
    /// Weights are ones and the bias is zero: sums that can be checked by hand.
    let text = "Input(3, 3, 1)\nConv2D(1, 2, kernel_initializer=ones, name=sum)\n"

    @Test func `computes from file to file, like the reference`() throws {
        let scratch = Scratch()
        let file = scratch.write("sum.net", text)
        try numpy([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]).write(to: URL(fileURLWithPath: scratch.path + "/x.npy"))
        for extra in [[], ["--reference"]] {
            let outcome = try netc(
                ["run", file, "--input", "x.npy", "--output", "sum=y.npy"] + extra, in: scratch.path)
            #expect(outcome.code == 0, "\(outcome.errors)")
            let y = try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/y.npy"))
            #expect(floats(y, 4) == [12, 16, 24, 28])
            #expect(String(decoding: y.prefix(128), as: UTF8.self).contains("(1, 2, 2, 1)"))
        }
    }

    @Test func `takes a built library`() throws {
        let scratch = Scratch()
        #expect(try netc(["build", scratch.write("sum.net", text), "-o", scratch.path + "/out"]).code == 0)
        try numpy([3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]).write(to: URL(fileURLWithPath: scratch.path + "/x.npy"))
        let outcome = try netc(
            ["run", "out/libsum.so", "--input", "x.npy", "--output", "y.npy"], in: scratch.path)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let y = try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/y.npy"))
        #expect(floats(y, 4) == [12, 16, 24, 28])
    }

    @Test func `refuses what does not fit, saying both shapes`() throws {
        let scratch = Scratch()
        let file = scratch.write("sum.net", text)
        try numpy([3, 2, 1], [1, 2, 3, 4, 5, 6]).write(to: URL(fileURLWithPath: scratch.path + "/x.npy"))
        let outcome = try netc(["run", file, "--input", "x.npy"], in: scratch.path)
        #expect(outcome.code == 65)
        #expect(outcome.errors.contains("3×2×1") && outcome.errors.contains("1×3×3×1"))
        #expect(try netc(["run", file], in: scratch.path).code == 64)
        #expect(try netc(["run", file, "--input", "nosuch=x.npy"], in: scratch.path).code == 64)
        #expect(try netc(["run", file, "--input", "missing.npy"], in: scratch.path).code == 66)
    }
}

@Suite struct `netc build` {
    @Test func `leaves what the command line promises, and a second build replaces it`() throws {
        let scratch = Scratch()
        let file = scratch.write("2-small.net", smallNetwork)
        for _ in 0..<2 {
            let outcome = try netc(["build", file, "-o", scratch.path + "/out"])
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(
                scratch.files("out") == [
                    "libsmall.so", "small", "small.c", "small.h", "small.weights", "small.weights.S",
                ])
            #expect(scratch.files() == ["2-small.net", "out"])
        }
    }

    @Test(arguments: [
        ("c", ["net.c", "net.h", "net.weights", "net.weights.S"]), ("static", ["libnet.a"]),
        ("object", ["net.o", "net.weights.o"]),
    ]) func `makes what --emit asks for`(_ kind: String, _ expected: [String]) throws {
        let scratch = Scratch()
        let file = scratch.write("small.net", smallNetwork)
        #expect(try netc(["build", file, "-o", scratch.path + "/out", "--emit", kind, "--name", "net"]).code == 0)
        for name in expected { #expect(scratch.files("out").contains(name)) }
        #expect(!scratch.files("out").contains("libnet.so"))
    }

    @Test func `gives the same bytes for the same input`() throws {
        let scratch = Scratch()
        let file = scratch.write("small.net", smallNetwork)
        for folder in ["a", "b"] {
            #expect(
                try netc(["build", file, "-o", scratch.path + "/" + folder, "--cpu", "x86-64-v3", "--emit", "c"]).code
                    == 0)
        }
        for name in ["small.c", "small.h", "small.weights"] {
            let contents = try ["a", "b"].map {
                try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/\($0)/\(name)"))
            }
            #expect(contents[0] == contents[1])
        }
    }
}

@Suite struct `netc layers and plot` {
    @Test func `a layer is documented under its name and its aliases`() throws {
        let outcome = try netc(["layers", "Conv2D"])
        #expect(outcome.code == 0)
        for word in ["filters", "kernel_size", "strides", "padding", "'valid'", "dilation_rate", "kernel_regularizer"] {
            #expect(outcome.output.contains(word))
        }
        #expect(try netc(["layers", "Convolution2D"]).output == outcome.output)
        #expect(try netc(["layers", "Conv2DD"]).errors.contains("did you mean 'Conv2D'?"))
    }

    @Test func `a picture has a box for each layer and a shade for each kernel`() throws {
        let scratch = Scratch()
        let file = scratch.write(
            "small.net",
            """
            image = Input(16, 16, 3)
            def block(x, n):
                x = Conv2D(n, 3, strides=2, padding=same, name=conv)(x)
                return ReLU(name=relu)(BatchNormalization(name=norm)(x))
            x = block(Dropout(0.5, name=drop)(image), 8)
            x = MaxPooling2D(2, name=pool)(x)
            """)
        #expect(try netc(["plot", file, "-o", scratch.path + "/small.dot"]).code == 0)
        let lines = try String(contentsOfFile: scratch.path + "/small.dot", encoding: .utf8).split(separator: "\n")
        func box(_ title: String) throws -> Substring {
            try #require(lines.first { $0.contains("[label=\"\(title)") && !$0.contains("->") })
        }
        func shade(_ title: String) throws -> Substring? {
            try box(title).split(separator: "fillcolor=", maxSplits: 1).dropFirst().first?.prefix(9)
        }
        #expect(try box("Conv2D 3×3, stride 2\\nconv").contains("n2 "))
        let shades = try ["Conv2D", "BatchNormalization", "ReLU"].map { try #require(try shade($0)) }
        #expect(Set(shades).count == 1, "one kernel")
        #expect(try shade("MaxPooling2D 2×2, stride 2") == nil, "a kernel of its own")
        #expect(try box("Dropout").contains("dashed"))
        #expect(lines.contains { $0.contains("label=\"block\"") })
        #expect(lines.contains { $0.contains("n4 -> n5 [label=\" 8×8×8\"") })
        #expect(lines.contains { $0.contains("-> out0 [label=\" 4×4×8\"") })
    }
}
