// From C to objects, shared libraries and archives. Every command runs in the folder of its files and names them without a path,
// so that nothing written holds an absolute one.

import Target

extension Target {
    /// What tells clang to make code for this target everywhere in a file, for C that does not say so itself.
    public var clangArguments: [String] {
        switch instructionSet {
        // clang prefers half registers for AVX-512 unless told.
        case .avx512: ["-march=x86-64-v4", "-mprefer-vector-width=512"]
        case .avx2: ["-march=x86-64-v3"]
        case .sse2, .neon, .scalar: baselineArguments
        }
    }

    /// The least of this target's family. Generated C is compiled so: its kernels name the instructions they need in an attribute, and what stands
    /// before the check of the processor must run on any.
    public var baselineArguments: [String] {
        switch instructionSet {
        case .avx512, .avx2, .sse2: ["-march=x86-64"]
        case .neon: ["-march=armv8-a"]
        case .scalar: []
        }
    }
}

extension Clang {
    /// Flags of all generated C: contraction into FMA, no other fast-math; no link-time optimisation. What is visible is the
    /// version script's affair, for the same objects go into archives.
    public static let codeFlags = [
        "-std=gnu11", "-O3", "-ffp-contract=fast", "-fno-math-errno", "-fno-lto", "-fPIC", "-g0",
        "-I.",
    ]

    /// The command that compiles a `.c` or `.S` file of the folder into an object beside it.
    public func compilation(
        of source: String, to object: String, in folder: String, target: Target, flags: [String] = []
    ) -> Command {
        let isAssembly = source.hasSuffix(".S")
        let code = isAssembly ? ["-fPIC", "-I."] : Self.codeFlags
        return command(code + target.baselineArguments + flags + ["-c", "-o", object, source], folder: folder)
    }

    /// Compiles files of the folder into objects beside them, at most `jobs` at a time.
    public func compile(
        _ files: [(source: String, object: String)], in folder: String, target: Target, flags: [String] = [],
        jobs: Int = 1
    ) throws(ToolchainError) {
        let commands = files.map { compilation(of: $0.source, to: $0.object, in: folder, target: target, flags: flags) }
        for (file, result) in zip(files, try run(commands, jobs: jobs)) where result.status != 0 {
            throw .failed(program: "\(path) \(file.source)", output: result.output)
        }
    }

    /// Links objects of the folder into `lib<name>.so`, which exports the given symbols and nothing else.
    public func linkShared(
        _ objects: [String], name: String, exports: [String], in folder: String
    ) throws(ToolchainError) {
        let script = "{ global: \(exports.map { "\($0); " }.joined())local: *; };\n"
        let map = ".\(name).map"
        let file = try OutputFile(path: folder + "/" + map)
        try file.append(Array(script.utf8))
        try file.close()
        let library = "lib\(name).so"
        let linking = [
            "-shared", "-fno-lto", "-pthread", "-Wl,-soname,\(library)", "-Wl,-z,defs", "-Wl,-z,noexecstack",
            "-Wl,--version-script=\(map)", "-o", library,
        ]
        try checked(linking + objects, folder: folder)
    }

    /// Links a program in the folder from C files and objects.
    public func link(_ arguments: [String], program: String, in folder: String) throws(ToolchainError) {
        try checked(
            ["-std=gnu11", "-O1", "-fno-lto", "-pthread"] + arguments + ["-o", program, "-lm"], folder: folder)
    }

    /// Packs objects of the folder into `lib<name>.a`.
    ///
    /// With `llvm-ar` beside clang or `ar` on PATH: whoever can link has one of them, for Debian's linker and `ar` are one package and Swift's
    /// toolchain brings the former. Times and owners are left out, so that the same objects give the same bytes.
    public func archive(_ objects: [String], name: String, in folder: String) throws(ToolchainError) {
        let real = resolved(path) ?? path
        let beside = real.lastIndex(of: "/").map { "\(real[..<$0])/llvm-ar" }
        let candidates = [
            beside.flatMap { executable($0, environment) }, executable("llvm-ar", environment),
            executable("ar", environment),
        ]
        guard let archiver = candidates.lazy.compactMap({ $0 }).first else {
            throw .cannotRun(
                program: "ar", reason: "there is none on PATH and no llvm-ar beside clang; install binutils")
        }
        let library = "lib\(name).a"
        let command = Command(archiver, ["rcsD", library] + objects, folder: folder, environment: environment)
        let result = try command.run()
        guard result.status == 0 else { throw .failed(program: archiver, output: result.output) }
    }
}
