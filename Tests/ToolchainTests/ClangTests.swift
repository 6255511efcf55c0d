import Foundation
import Target
import Testing
import Toolchain

/// A folder with an executable shell script of the given name.
///
/// A shell writes it: a file that this process had open for writing could not be executed while a program that another test starts at that
/// moment still holds it ("text file busy").
private func folder(with name: String, script: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder(environment: [:])
    let path = folder.path + "/" + name
    let writing = "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$2\" && chmod 755 \"$2\""
    let result = try Command("/bin/sh", ["-c", writing, "sh", script, path], environment: ["PATH": "/usr/bin:/bin"])
        .run()
    try #require(result.status == 0)
    return folder
}

private func run(_ script: String, timeLimit: Int = 30) throws -> Command.Result {
    try Command("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"], timeLimit: timeLimit).run()
}

private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

@Suite struct ClangTests {
    @Test func `clang is found and tells its version`() throws {
        #expect(try Clang.find(option: nil).version().contains("clang version"))
    }

    @Test func `a clang that the user names and that fails is refused with the reason`() throws {
        let broken = try folder(with: "clang", script: "echo 'error: out of order' >&2; exit 1")
        for (option, environment) in [(broken.path + "/clang", [:]), (nil, ["NETC_CLANG": broken.path + "/clang"])] {
            let error = #expect(throws: ToolchainError.self) {
                try Clang.find(option: option, environment: environment.merging(["PATH": "/usr/bin:/bin"]) { $1 })
            }
            #expect(error?.exitCode == 69)
            #expect(error?.description.contains("out of order") == true)
        }
        let missing = #expect(throws: ToolchainError.self) { try Clang.find(option: "/no/such/clang") }
        #expect(missing?.description.contains("/no/such/clang (from --clang): No such file") == true)
    }

    @Test func `a broken clang on PATH is passed over`() throws {
        let broken = try folder(with: "clang", script: "exit 1")
        var environment = processEnvironment()
        environment["PATH"] = broken.path + ":" + (environment["PATH"] ?? "")
        environment["NETC_CLANG"] = nil
        #expect(try Clang.find(option: nil, environment: environment).path.hasPrefix(broken.path) == false)
    }

    @Test func `an empty PATH has no clang`() {
        let error = #expect(throws: ToolchainError.self) {
            try Clang.find(option: nil, environment: ["PATH": "/nowhere"])
        }
        #expect(error?.description.contains("apt-get install clang") == true)
    }

    @Test func `variables that alter clang don't reach it`() throws {
        let spy = try folder(with: "clang", script: "env; exit 0")
        let clang = try Clang.find(
            option: spy.path + "/clang",
            environment: ["PATH": "/usr/bin:/bin", "CPATH": "x", "CCC_OVERRIDE_OPTIONS": "+-O0", "HOME": "/h"])
        let seen = try clang.command([], folder: nil).run().output.split(separator: "\n")
        #expect(seen.contains("HOME=/h") && seen.contains("LC_ALL=C"))
        #expect(!seen.contains { $0.hasPrefix("CPATH") || $0.hasPrefix("CCC_") })
    }

    @Test func `a shared library exports what it is told and no more, and knows its name`() throws {
        let clang = try Clang.find(option: nil)
        let folder = try TemporaryFolder(environment: [:])
        let source =
            "int one(void) { return 1; }\n__attribute__((visibility(\"default\"))) int m_two(void) { return one() + 1; }\n"
            + "__attribute__((visibility(\"default\"))) int other(void) { return 3; }\n"
        try Data(source.utf8).write(to: URL(filePath: folder.path + "/m.c"))
        try clang.compile([("m.c", "m.o")], in: folder.path, target: .native())
        try clang.linkShared(["m.o"], name: "m", exports: ["m_two"], in: folder.path)
        let handle = try #require(dlopen(folder.path + "/libm.so", RTLD_NOW))
        defer { dlclose(handle) }
        let two = unsafeBitCast(try #require(dlsym(handle, "m_two")), to: (@convention(c) () -> Int32).self)
        #expect(two() == 2)
        #expect(dlsym(handle, "one") == nil && dlsym(handle, "other") == nil)
        let bytes = try Data(contentsOf: URL(filePath: folder.path + "/libm.so"))
        #expect(bytes.range(of: Data("\0libm.so\0".utf8)) != nil)
        #expect(bytes.range(of: Data(folder.path.utf8)) == nil)

        try clang.archive(["m.o"], name: "m", in: folder.path)
        let first = try Data(contentsOf: URL(filePath: folder.path + "/libm.a"))
        #expect(first.starts(with: Data("!<arch>\n".utf8)))
        try FileManager.default.removeItem(atPath: folder.path + "/libm.a")
        try clang.archive(["m.o"], name: "m", in: folder.path)
        #expect(try Data(contentsOf: URL(filePath: folder.path + "/libm.a")) == first)
    }

    @Test func `an undefined symbol and wrong C are failures with clang's own words`() throws {
        let clang = try Clang.find(option: nil)
        let folder = try TemporaryFolder(environment: [:])
        try Data("int gone(void); int m(void) { return gone(); }".utf8).write(to: URL(filePath: folder.path + "/m.c"))
        try Data("int m(void) { return x; }".utf8).write(to: URL(filePath: folder.path + "/w.c"))
        try clang.compile([("m.c", "m.o")], in: folder.path, target: Target(.scalar))
        let link = #expect(throws: ToolchainError.self) {
            try clang.linkShared(["m.o"], name: "m", exports: ["m"], in: folder.path)
        }
        #expect(link?.description.contains("gone") == true)
        let compile = #expect(throws: ToolchainError.self) {
            try clang.compile([("w.c", "w.o")], in: folder.path, target: Target(.scalar))
        }
        #expect(compile?.description.contains("use of undeclared identifier 'x'") == true)
    }

    @Test(arguments: Target.InstructionSet.allCases.filter { $0 != .neon })
    func `clang accepts the flags of every target`(set: Target.InstructionSet) throws {
        let clang = try Clang.find(option: nil)
        let folder = try TemporaryFolder(environment: [:])
        try Data("int m(void) { return 0; }".utf8).write(to: URL(filePath: folder.path + "/m.c"))
        let flags = Target(set).clangArguments + ["-Werror"]
        try clang.compile([("m.c", "m.o")], in: folder.path, target: Target(set), flags: flags)
    }
}

@Suite struct CommandTests {
    @Test func `output, status and signals come back`() throws {
        let result = try run("echo out; echo err >&2; exit 3")
        #expect(result.status == 3 && result.output == "out\nerr\n")
        #expect(try run("kill -9 $$").status == 137)
        let long = try run("head -c 3000000 /dev/zero; exit 0")
        #expect(long.status == 0 && long.output.utf8.count >= 1 << 20 && long.output.utf8.count < 3_000_000)
    }

    @Test func `several run at once and their results keep their order`() throws {
        let commands = (0..<4).map {
            Command("/bin/sh", ["-c", "sleep 0.2; echo \($0)"], environment: ["PATH": "/usr/bin:/bin"])
        }
        let start = ContinuousClock.now
        let outputs = try Toolchain.run(commands, jobs: 4).map(\.output)
        #expect(outputs == ["0\n", "1\n", "2\n", "3\n"])
        #expect(ContinuousClock.now - start < .milliseconds(700))
    }

    @Test func `an interrupt ends what runs and is thrown`() throws {
        var (watched, previous) = (sigset_t(), sigset_t())
        sigemptyset(&watched)
        sigaddset(&watched, SIGINT)
        pthread_sigmask(SIG_BLOCK, &watched, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        pthread_kill(pthread_self(), SIGINT)
        let start = ContinuousClock.now
        #expect(throws: ToolchainError.interrupted) { try run("sleep 20") }
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func `a program that runs too long is ended with what it started`() throws {
        let folder = try TemporaryFolder(environment: [:])
        let mark = folder.path + "/mark"
        #expect(throws: ToolchainError.timedOut(program: "/bin/sh", seconds: 1)) {
            try run("(sleep 2; touch \(mark)) & wait", timeLimit: 1)
        }
        Thread.sleep(forTimeInterval: 1.5)
        #expect(!exists(mark))
    }

    @Test func `a program that is not there can't be run`() {
        let error = #expect(throws: ToolchainError.self) { try Command("/no/such", [], environment: [:]).run() }
        #expect(error?.description == "can't run '/no/such': No such file or directory")
    }
}

@Suite struct StagedOutputTests {
    @Test func `files appear on commit, folders included, and nothing is left over`() throws {
        let root = try TemporaryFolder(environment: [:])
        let output = try StagedOutput(into: root.path + "/a/generated/")
        try output.write("m/module.modulemap", "module")
        try output.write("m.h", "header")
        try output.write("left.c", "not committed")
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.path + "/a/generated").isEmpty)
        try output.commit(["m/module.modulemap", "m.h"])
        output.discard()
        #expect(try String(contentsOfFile: root.path + "/a/generated/m/module.modulemap", encoding: .utf8) == "module")
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.path + "/a") == ["generated"])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: root.path + "/a/generated").sorted() == ["m", "m.h"])
    }

    @Test func `what can't be written is exit code 74`() throws {
        let root = try TemporaryFolder(environment: [:])
        try Data().write(to: URL(filePath: root.path + "/file"))
        let error = #expect(throws: ToolchainError.self) { try StagedOutput(into: root.path + "/file/generated") }
        #expect(error?.exitCode == 74 && error?.description.contains("Not a directory") == true)
        let full = #expect(throws: ToolchainError.self) { try OutputFile(path: "/dev/full").append([1]) }
        #expect(full?.description == "can't write '/dev/full': No space left on device")
    }

    @Test func `temporary folders honour TMPDIR and vanish`() throws {
        let root = try TemporaryFolder(environment: [:])
        var inner: TemporaryFolder? = try TemporaryFolder(environment: ["TMPDIR": root.path])
        let path = try #require(inner?.path)
        #expect(path.hasPrefix(root.path + "/netc-") && exists(path))
        try FileManager.default.createSymbolicLink(atPath: path + "/link", withDestinationPath: "/usr")
        inner = nil
        #expect(!exists(path) && exists("/usr/bin"))
    }
}

@Suite struct NativeTargetTests {
    private let v3 = "fpu avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"

    @Test func `the instruction set follows the kernel's flags`() {
        func set(_ flags: String, _ machine: String = "x86_64") -> Target.InstructionSet {
            Target.nativeInstructionSet(
                machine: machine, cpuinfo: "processor : 0\nflags\t\t: \(flags)\n\nprocessor : 1\n")
        }
        #expect(set("fpu sse2") == .sse2)
        #expect(set(v3) == .avx2)
        #expect(set(v3 + " avx512f avx512bw avx512cd avx512dq avx512vl") == .avx512)
        #expect(set(v3 + " avx512f") == .avx2)
        #expect(set("", "aarch64") == .neon)
        #expect(set("", "riscv64") == .scalar)
    }

    @Test func `cache sizes are those of data`() {
        var target = Target(.avx2)
        target.setCache(level: "1", type: "Data", size: "48K")
        target.setCache(level: "1", type: "Instruction", size: "64K")
        target.setCache(level: "2", type: "Unified", size: "2048K")
        target.setCache(level: "3", type: "Unified", size: "32768K")
        #expect(target.description == "x86-64-v3:l1=48K,l2=2M")
    }
}
