import Foundation
import Testing

@Suite struct `Exit codes` {
    /// What interrupts a command while it works, and what it then answers.
    @Test(arguments: [(SIGINT, 130), (SIGILL, 70), (SIGSEGV, 70)] as [(Int32, Int32)])
    func `a signal has its code, and nothing stays behind`(signal: Int32, code: Int32) throws {
        let scratch = Scratch()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: netcPath)
        process.arguments = ["build", scratch.write("small.net", smallNetwork), "-o", scratch.path + "/out"]
        process.arguments! += ["--clang", scratch.path + "/slow"]
        _ = scratch.write("slow", "#!/bin/sh\nsleep 3\n")
        chmod(scratch.path + "/slow", 0o755)
        process.standardError = FileHandle.nullDevice
        try process.run()
        Thread.sleep(forTimeInterval: 1)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == code)
        #expect(scratch.files("out").isEmpty)
    }

    @Test func `a right network is 0, with nothing on standard output`() throws {
        let scratch = Scratch()
        let outcome = try netc(["check", scratch.write("small.net", smallNetwork)])
        #expect(outcome.code == 0)
        #expect(outcome.output.isEmpty)
    }

    @Test(arguments: [
        [], ["--help"], ["help"], ["check", "--help"], ["--version"],
    ]) func `asking for help is 0`(_ arguments: [String]) throws {
        #expect(try netc(arguments).code == 0)
    }

    @Test(arguments: [
        ["frobnicate"], ["check"], ["check", "a.net", "b.net"], ["check", "--nonsense", "a.net"],
        ["build", "a.net", "--emit", "exe"], ["build", "a.net", "--precision", "sloppy"],
        ["check", "a.net", "--batch", "0"],
        ["check", "a.net", "-D", "alpha"], ["verify", "a.net", "--samples", "0"], ["plot", "a.net", "-o", "a.jpg"],
        ["layers", "Conv3DTransposeNoSuchThing"], ["run", "lib.so", "--seed", "1"], ["run", "lib.so", "--reference"],
        ["bench", "lib.so", "--cpu", "native"],
    ]) func `a wrong command line is 64`(_ arguments: [String]) throws {
        let outcome = try netc(arguments)
        #expect(outcome.code == 64)
        #expect(!outcome.errors.isEmpty)
        #expect(outcome.output.isEmpty)
    }

    @Test(arguments: [
        ["--cpu", "i8080"], ["--no-pass", "nonsense"], ["--dump-after", "nonsense"], ["--name", "1st"],
        ["--name", "while"],
        ["--target", "riscv64-linux-gnu"],
    ]) func `a build option without meaning is 64`(_ options: [String]) throws {
        let scratch = Scratch()
        let file = scratch.write("small.net", smallNetwork)
        #expect(try netc(["build", file, "-o", scratch.path + "/out"] + options).code == 64)
        #expect(scratch.files("out").isEmpty)
    }

    @Test func `a wrong network is 65, with its line`() throws {
        let scratch = Scratch()
        let outcome = try netc(["check", scratch.write("wrong.net", "Input(8, 8, 3)\nConv2D(8, 9)\nConv2d(8, 3)\n")])
        #expect(outcome.code == 65)
        #expect(outcome.errors.contains("wrong.net:2:"))
        #expect(outcome.errors.contains("wrong.net:3:"))
    }

    @Test func `weights that are none are 65`() throws {
        let scratch = Scratch()
        let weights = scratch.write("w.npz", "this is no archive")
        let file = scratch.write("small.net", smallNetwork)
        #expect(try netc(["build", file, "-o", scratch.path + "/out", "--weights", weights]).code == 65)
    }

    @Test func `a workspace over the limit is 65`() throws {
        let scratch = Scratch()
        let file = scratch.write("small.net", smallNetwork)
        #expect(try netc(["build", file, "-o", scratch.path + "/out", "--max-memory", "100"]).code == 65)
    }

    @Test(arguments: [["check", "/nonexistent/a.net"], ["run", "/nonexistent/lib.so"], ["check", "/"]])
    func `a file that is not there is 66`(_ arguments: [String]) throws {
        #expect(try netc(arguments).code == 66)
    }

    @Test func `a weights file that is not there is 66`() throws {
        let scratch = Scratch()
        let file = scratch.write("small.net", smallNetwork)
        #expect(try netc(["build", file, "-o", scratch.path, "--weights", "/nonexistent.npz"]).code == 66)
    }

    @Test func `a clang that is none is 69`() throws {
        let scratch = Scratch()
        let file = scratch.write("small.net", smallNetwork)
        let outcome = try netc(["build", file, "-o", scratch.path + "/out", "--clang", "/bin/false"])
        #expect(outcome.code == 69)
        #expect(!scratch.files("out").contains("small.h"))
    }

    @Test func `a folder that can't be written is 74`() throws {
        let scratch = Scratch()
        let file = scratch.write("small.net", smallNetwork)
        let outcome = try netc(["build", file, "-o", scratch.write("occupied", "") + "/out"])
        #expect(outcome.code == 74)
    }

    /// A clang that spoils the code: the last sample of a batch is never computed.
    @Test func `a comparison that fails is 1`() throws {
        let scratch = Scratch()
        let clang = try scratch.program(
            "clang",
            """
            for file in "$@"; do
                case "$file" in *.c) sed -i 's,locate_sample(number / STEPS\\,,locate_sample(0\\,,' "$file" ;; esac
            done
            exec clang "$@"
            """)
        let file = scratch.write("small.net", smallNetwork)
        let outcome = try netc(["verify", file, "--batch", "2", "--clang", clang])
        #expect(outcome.code == 1, "\(outcome.errors)")
        #expect(outcome.output.contains("WRONG"))
    }

    @Test func `a comparison that proves nothing is 70`() throws {
        let scratch = Scratch()
        let file = scratch.write("flat.net", "Input(3, 3, 1)\nActivation('tanh')\nRescaling(0.0, offset=1.0)\n")
        let outcome = try netc(["verify", file])
        #expect(outcome.code == 70)
        #expect(outcome.errors.contains("the comparison is vacuous"))
    }

    /// The interrupt arrives while clang runs, and would go on running for a minute.
    @Test func `an interrupt is 130 and leaves nothing behind`() throws {
        let scratch = Scratch()
        let clang = try scratch.program(
            "clang",
            """
            case "$*" in *probe.c*) exec clang "$@" ;; esac
            kill -INT $PPID
            sleep 60
            """)
        let file = scratch.write("small.net", smallNetwork)
        let start = ContinuousClock.now
        let outcome = try netc(["build", file, "-o", scratch.path + "/out", "--clang", clang])
        #expect(outcome.code == 130)
        #expect(ContinuousClock.now - start < .seconds(40))
        #expect(scratch.files("out").isEmpty)
        #expect(scratch.files().allSatisfy { ["clang", "out", "small.net"].contains($0) })
    }

    @Test func `a full disk under standard output is 74`() throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: netcPath)
        process.arguments = ["layers"]
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 74)
    }
}
