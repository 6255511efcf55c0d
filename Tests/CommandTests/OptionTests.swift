import Foundation
import Testing

/// Each option does what it says, or is refused: none is ignored.
@Suite struct `Options` {
    private let scratch = Scratch()
    private var file: String { scratch.write("small.net", smallNetwork) }

    private func source(_ options: [String]) throws -> String {
        let outcome = try netc(["build", file, "-o", scratch.path + "/out", "--emit", "c"] + options)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return try String(contentsOfFile: scratch.path + "/out/small.c", encoding: .utf8)
    }

    /// What was measured stands in the C, is read from there again, and isn't measured twice.
    @Test func `tuning is recorded, repeated and remembered`() throws {
        let net = scratch.write(
            "tuned.net", "Input(16, 16, 32)\nConv2D(48, 3, padding=same, activation=relu)\nConv2D(32, 1)\n")
        func build(_ options: [String], _ folder: String) throws -> (source: String, errors: String) {
            let outcome = try netc(
                ["build", net, "-o", scratch.path + "/" + folder] + options,
                environment: ["XDG_CACHE_HOME": scratch.path + "/cache"])
            #expect(outcome.code == 0, "\(outcome.errors)")
            let source = try String(contentsOfFile: scratch.path + "/\(folder)/tuned.c", encoding: .utf8)
            return (source, outcome.errors)
        }
        let first = try build(["--tune"], "a")
        #expect(first.errors.contains("netc: note: tuned 2 kinds of convolutions, 0 of them known from before"))
        let record = first.source.split(separator: "\n").filter { $0.hasPrefix("     convolution ") }
        try #require(
            record.count == 2 && record[0].contains("3x3 stride 1x1 dilation 1x1 groups 1 of 16x16x32 to 16x16x48 = "))
        let second = try build(["--tune"], "b")
        #expect(second.errors.contains("tuned 2 kinds of convolutions, 2 of them known from before"))
        #expect(second.source == first.source)
        #expect(try build(["--tune-from", scratch.path + "/a/tuned.c"], "c").source == first.source)
        // Another choice gives other code.
        let way = try #require(record[1].components(separatedBy: " = ").last)
        let cache = try String(contentsOfFile: scratch.path + "/cache/netc/choices-1.tsv", encoding: .utf8)
        let times = try #require(cache.split(separator: "\n").first { $0.contains("of 16x16x48 to 16x16x32") })
        let ways = times.split(separator: "\t").dropFirst(5).compactMap {
            $0.split(separator: "=").first.map(String.init)
        }
        let other = try #require(ways.first { $0 != way })
        let edited = scratch.write("edited.c", first.source.replacing(" = \(way)\n", with: " = \(other)\n"))
        let fourth = try build(["--tune-from", edited], "d")
        #expect(fourth.source != first.source)
        let outcome = try netc(["verify", net, "--tune-from", edited])
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)\(outcome.output)")
        // What fits nothing is told.
        let unfit = scratch.write("unfit.c", first.source.replacing(" = \(way)\n", with: " = direct 99x9 map\n"))
        let fifth = try build(["--tune-from", unfit], "e")
        #expect(
            fifth.errors.contains("warning: 1 of 2 choices of kernels fit no convolution")
                && fifth.errors.contains("of 16x16x48 to 16x16x32"), "\(fifth.errors)")
    }

    /// Their weights, of which each library would hold a copy, are left out of what is measured.
    @Test func `tuning passes over a dense layer of many weights`() throws {
        let net = scratch.write("many.net", "Input(16, 16, 32)\nConv2D(32, 1)\nFlatten()\nDense(200)\n")
        let outcome = try netc(
            ["build", net, "-o", scratch.path + "/many", "--emit", "c", "--tune"],
            environment: ["XDG_CACHE_HOME": scratch.path + "/cache"])
        #expect(outcome.code == 0 && outcome.errors.contains("tuned 1 kind"), "\(outcome.errors)")
    }

    @Test func `a file without choices, and two ways to choose, are refused`() throws {
        _ = try source([])
        for (options, code, text) in [
            (["--tune-from", scratch.path + "/out/small.c"], 65, "records no choices of kernels"),
            (["--tune-from", scratch.path + "/none.c"], 66, "cannot read"),
            (["--tune", "--tune-from", "x.c"], 64, "two ways to choose"),
            (["--tune", "--target", "aarch64-linux-gnu", "--cpu", "aarch64"], 64, "can't be measured here"),
        ] {
            let outcome = try netc(["build", file, "-o", scratch.path + "/refused"] + options)
            #expect(outcome.code == Int32(code) && outcome.errors.contains(text), "\(outcome.errors)")
            #expect(scratch.files("refused").isEmpty)
        }
    }

    /// A message is one line; it says what is wrong and what to do.
    @Test(arguments: [
        (
            ["--weights-as", "extern"],
            "'--weights-as extern' leaves the weights to the program that is linked: build with '--emit static', 'object' or 'c'"
        ),
        (
            ["--target", "aarch64-linux-gnu"],
            "'--target aarch64-linux-gnu' is another machine than this one: say which with '--cpu'"
        ),
        (
            ["--target", "aarch64-linux-gnu", "--cpu", "x86-64-v3"],
            "'--cpu x86-64-v3' is no machine of '--target aarch64-linux-gnu'"
        ),
        (
            ["--cpu", "aarch64"],
            "'--cpu aarch64' is another machine than this one: name it with '--target', or write the C alone with '--emit c'"
        ),
    ]) func `what can't be is refused before anything is written`(_ options: [String], _ message: String) throws {
        #if arch(x86_64)
            let outcome = try netc(["build", file, "-o", scratch.path + "/none"] + options)
            #expect(outcome.code == 64)
            #expect(outcome.errors == "netc: error: \(message)\n")
            #expect(scratch.files("none").isEmpty)
        #endif
    }

    @Test func `the printed specification of a CPU gives the same bytes`() throws {
        let native = try source([])
        let printed = try #require(native.split(separator: "\n").first?.split(separator: " ").last?.dropLast())
        #expect(printed.contains(":l1="))
        #expect(try source(["--cpu", String(printed)]) == native)
        #expect(try source(["--cpu", "scalar"]) != native)
    }

    @Test(arguments: ["x86-64-v3", "x86-64-v4", "x86-64", "aarch64", "scalar", "scalar:l1=48K,l2=2M"])
    func `a CPU is recorded in the C`(_ cpu: String) throws {
        let first = try source(["--cpu", cpu]).prefix { $0 != "\n" }
        #expect(first.contains(" for \(cpu)"))
    }

    @Test(arguments: ["check", "summary", "build", "verify", "bench", "plot"])
    func `a workspace over the limit is an error at the layer that needs it`(_ command: String) throws {
        let options =
            command == "plot" ? ["-o", scratch.path + "/x.dot"] : command == "build" ? ["-o", scratch.path] : []
        let outcome = try netc([command, "small.net", "--max-memory", "1000"] + options, in: folder())
        #expect(outcome.code == 65)
        #expect(outcome.output.isEmpty)
        let lines = outcome.errors.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("small.net:"))
        #expect(lines[0].contains("error: the workspace takes "))
        #expect(lines[0].hasSuffix(" bytes, more than the 1000 of '--max-memory'"))
        #expect(lines.contains { $0.contains("note: most of it is in use here, where '") })
    }

    /// The folder of the small network.
    private func folder() -> String {
        _ = file
        return scratch.path
    }

    @Test func `a limit that suffices says nothing`() throws {
        let outcome = try netc(["check", file, "--max-memory", "100000"])
        #expect(outcome.code == 0)
        #expect(outcome.errors.isEmpty)
    }

    @Test func `a graph is printed after a pass, and the times of passes`() throws {
        let dumped = try netc(["build", file, "-o", scratch.path, "--emit", "c", "--dump-after", "lower"])
        #expect(dumped.output.contains("%1 = convolution %0 3×3 pad (1,1,1,1)"))
        #expect(dumped.output.contains("elementwise"))
        let folded = try netc([
            "build", file, "-o", scratch.path, "--emit", "c", "--dump-after", "fold-affine-backward",
        ])
        #expect(!folded.output.contains("elementwise"))
        let timed = try netc(["build", file, "-o", scratch.path, "--emit", "c", "--time-passes"])
        #expect(timed.errors.contains("fold-affine-backward"))
        #expect(timed.errors.contains("total"))
    }

    @Test func `fusion and passes can be left out`() throws {
        func explanation(_ options: [String]) throws -> String {
            try netc(["explain", file, "batch_normalization"] + options).output
        }
        #expect(try explanation([]).contains("folded into depthwise_conv2d"))
        #expect(try !explanation(["--no-fuse"]).contains("folded into"))
        #expect(try !explanation(["--no-pass", "fold-affine-backward"]).contains("fold-affine-backward:"))
    }

    @Test(arguments: [
        ["--precision", "strict"], ["--no-fuse"], ["--weights-as", "source", "-j", "2"], ["--batch", "3"], ["-j2"],
    ])
    func `whatever is chosen, the numbers are right`(_ options: [String]) throws {
        let outcome = try netc(["verify", file] + options)
        #expect(outcome.code == 0, "\(outcome.errors)")
    }

    @Test func `all products are made under the given name`() throws {
        let outcome = try netc([
            "build", file, "-o", scratch.path + "/all", "--emit", "so,static,object,c", "--name", "other",
        ])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(
            scratch.files("all") == [
                "libother.a", "libother.so", "other", "other.c", "other.h", "other.o", "other.weights",
                "other.weights.S",
                "other.weights.o",
            ])
    }

    @Test(arguments: [["-D", "size=6"], ["-Dsize=6"]])
    func `a parameter is given apart or joined`(_ option: [String]) throws {
        let sized = scratch.write("sized.net", "size = 9\nInput(size, size, 3)\nConv2D(4, 3)\n")
        let summary = try json(try netc(["summary", sized, "--json"] + option).output)
        let layers = try #require(summary["layers"] as? [[String: Any]])
        #expect(layers.last?["output_shape"] as? [Int] == [4, 4, 4])
    }

    @Test func `the number of errors shown has a limit`() throws {
        let wrong = scratch.write("wrong.net", "Input(8, 8, 3)\n" + String(repeating: "Conv2d(8, 3)\n", count: 30))
        func errors(_ options: [String]) throws -> Int {
            try netc(["check", wrong] + options).errors.components(separatedBy: ": error: ").count - 1
        }
        #expect(try errors([]) == 20)
        #expect(try errors(["--error-limit", "3"]) == 3)
        #expect(try errors(["--error-limit", "100"]) == 30)
    }

    @Test(
        arguments: [
            ["-Dx=1"], ["--weights", "w.npz"], ["--seed", "1"], ["--test-weights"], ["--allow-missing"],
            ["--batch", "2"],
            ["--error-limit", "3"], ["--max-memory", "5"], ["--cpu", "native"], ["--precision", "strict"],
            ["--no-fuse"],
            ["--weights-as", "source"], ["--no-pass", "fold-padding"], ["--time-passes"], ["--tune"],
        ], ["run", "bench"]) func `a built library takes no options of models and builds`(
            _ option: [String], _ command: String
        ) throws
    {
        let outcome = try netc([command, "lib.so"] + option)
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains("'\(option[0].prefix(2) == "-D" ? "-D" : option[0])'"))
    }

    @Test(arguments: [["summary"], ["verify", "--layers"]])
    func `names reach the terminal without control characters`(_ command: [String]) throws {
        let named = scratch.write(
            "named.net", #"Input(8, 8, 3)"# + "\n" + #"Conv2D(4, 3, name="a\x1b[31m\nb")"# + "\n")
        let outcome = try netc([command[0], named] + command.dropFirst())
        #expect(outcome.code == 0)
        #expect(outcome.output.contains(#"a\x1b[31m\x0ab"#))
        #expect(!outcome.output.contains("\u{1B}"))
    }

    @Test func `diagnostics have no colour in a file`() throws {
        let wrong = scratch.write("wrong.net", "Conv2d(8, 3)\n")
        #expect(try !netc(["check", wrong]).errors.contains("\u{1B}"))
        #expect(try !netc(["check", wrong], environment: ["NO_COLOR": "1"]).errors.contains("\u{1B}"))
    }
}

@Suite struct `netc explain` {
    @Test func `tells padding, fusion, kernel, tile and place`() throws {
        let scratch = Scratch()
        let file = scratch.write("small.net", smallNetwork)
        let outcome = try netc(["explain", file, "depthwise_conv2d", "--cpu", "x86-64-v3"])
        #expect(outcome.code == 0)
        #expect(outcome.output.hasPrefix("depthwise_conv2d: DepthwiseConv2D, line 3 of small.net\n"))
        // Keras: 12 rows in steps of 2 under a window of 3 need 1 row of zeros, at the end.
        #expect(outcome.output.contains("padding: top 0, bottom 1, left 0, right 1\n"))
        #expect(outcome.output.contains("implements depthwise_conv2d, batch_normalization\n"))
        #expect(outcome.output.contains("kernel depthwise, small.c:"))
        #expect(outcome.output.contains("tiles of "))
        // The place in the C is that of the function.
        let place = try #require(outcome.output.components(separatedBy: "small.c:").dropFirst().first)
        let line = try #require(Int(place.prefix { $0.isNumber }))
        #expect(try netc(["build", file, "-o", scratch.path, "--emit", "c", "--cpu", "x86-64-v3"]).code == 0)
        let lines = try String(contentsOfFile: scratch.path + "/small.c", encoding: .utf8).components(separatedBy: "\n")
        #expect(lines[line - 1].contains("depthwise_12x10x8_to_6x5x8("))
    }

    @Test func `tells why a tile was chosen`() throws {
        let scratch = Scratch()
        let file = scratch.write("small.net", smallNetwork)
        let outcome = try netc(["explain", file, "conv2d", "--cpu", "x86-64-v3"])
        #expect(outcome.output.contains("why: its "))
        #expect(outcome.output.contains(" vectors of sums stay in the 16 registers"))
    }

    private static let network = """
        x = Input((64, 64, 16), name=x)
        a = Conv2D(16, 3, padding=same, name=square)(x)
        a = Conv2D(16, 3, strides=2, name=strided)(ZeroPadding2D(1, name=zeros)(a))
        a = Conv2D(16, (1, 7), padding=same, name=wide)(Conv2D(16, 5, padding=same, name=large)(a))
        s = AveragePooling2D(2, name=pool)(ZeroPadding2D(1, name=kept)(a))
        d = Conv2D(32, 1, name=small_point)(DepthwiseConv2D(3, padding=same, name=small_depth)(s))
        e = Conv2D(16, 1, name=left)(d)
        f = Conv2D(16, 1, name=right)(d)
        c = Concatenate(name=join)([e, f])
        t = Conv2D(8, 1, name=mix)(ChannelShuffle(2, name=shuffle)(c))
        n = BatchNormalization(name=normal)(t)
        y = Dense(4, name=dense)(Flatten(name=flat)(n + t))

        """

    @Test(arguments: [
        ("square", "why: by Winograd's algorithm: 36 products do the work of 144\n"),
        ("square", "why: padding without a copy: the buffer of the input has a border of zeros\n"),
        ("large", "why: by Winograd's algorithm: 36 products do the work of 100\n"),
        ("wide", "why: not by Winograd's algorithm: the transforms of so few channels cost more than they save\n"),
        ("strided", "why: not by Winograd's algorithm: the stride is not 1\n"),
        ("zeros", "fold-padding: folded into the padding of strided\n"),
        ("kept", "kept for pool: only convolutions, and maxima of what is never negative, take zeros as padding\n"),
        (
            "small_point",
            "fuse-separable: computed by two kernels, small_depth and small_point: the tensor between them takes "
                + "18 KiB, the second-level cache 1024 KiB\n"
        ),
        ("join", "no code: left, right write in place\n"),
        ("shuffle", "no code: the same memory, its channels in another order\n"),
        ("normal", "why: scale and shift are a step of their own: others read its input without them\n"),
        ("flat", "no code: the weights behind it are packed in the order of the image's memory\n"),
    ]) func `tells why`(_ layer: String, _ reason: String) throws {
        let scratch = Scratch()
        let file = scratch.write("kinds.net", Self.network)
        let outcome = try netc(["explain", file, layer, "--cpu", "x86-64-v3:l2=1M"])
        #expect(outcome.output.contains(reason), "\(outcome.output)\(outcome.errors)")
    }

    @Test func `a layer that is not there is suggested`() throws {
        let scratch = Scratch()
        let outcome = try netc(["explain", scratch.write("small.net", smallNetwork), "conv2dd"])
        #expect(outcome.code == 64)
        #expect(outcome.errors == "netc: error: the network has no layer 'conv2dd'; did you mean 'conv2d'?\n")
    }
}

@Suite struct `netc layers` {
    @Test func `lists them, documents one and suggests`() throws {
        #expect(try netc(["layers"]).output.contains("\nConv2D "))
        let one = try netc(["layers", "Convolution2D"])
        #expect(try netc(["layers", "Activation"]).output.contains("sparsemax"))
        #expect(one.output.hasPrefix("Conv2D(filters, kernel_size, strides=(1, 1), padding='valid',"))
        #expect(one.output.contains("kernel_regularizer"))
        #expect(
            try netc(["layers", "Conv2"]).errors == "netc: error: there is no layer 'Conv2'; did you mean 'Conv2D'?\n")
    }
}
