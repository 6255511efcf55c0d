import Compiler
import Kernels
import Network
import Toolchain

/// A library that runs in a process of its own: emulated, where it is made for another architecture, or with sanitizers.
struct DrivenLibrary: GeneratedLibrary {
    private let plan: Plan
    private let folder: TemporaryFolder
    /// The program, with the emulator before it.
    private let command: [String]
    private let environment: [String: String]

    /// Builds the objects, into a folder where one is given, and the program around them.
    init(of compiled: CompiledModel, _ build: BuildOptions, emulator: [String], keptIn kept: String?) throws {
        plan = compiled.plan
        folder = try TemporaryFolder(environment: processEnvironment())
        let id = compiled.identifier
        let place = kept ?? folder.path
        let built = try buildProducts(compiled, [.object], into: place, build)
        try writeFile("\(folder.path)/driver.c", Array(driverSource.utf8))
        let objects = built.files.filter { $0.hasSuffix(".o") }.map { resolvedPath("\(place)/\($0)") ?? $0 }
        // An emulated program finds no libraries of its architecture to load.
        let mode = emulator.isEmpty ? [] : ["-static"]
        try built.clang!.link(
            ["driver.c", "-DHEADER=\"\(id).h\"", "-DMODEL=\(id)_model", "-I\(resolvedPath(place) ?? place)"] + mode
                + build.compilerFlags + objects, program: "driver", in: folder.path)
        command = emulator + ["\(folder.path)/driver"]
        environment = processEnvironment().merging(["ASAN_OPTIONS": "detect_leaks=0"]) { $1 }
    }

    func invoke(_ inputs: [[Float]]) throws -> [[Float]] {
        var result = try run(inputs, steps: 0, [])[...]
        return takeOutputs(from: &result)
    }

    func capture(_ inputs: [[Float]], _ plan: Plan) throws -> LibraryCapture {
        let stored = plan.storedTensors
        var result = try run(inputs, steps: plan.batch * plan.steps.count, stored)[...]
        var capture = LibraryCapture()
        for tensor in stored {
            let floats = result.prefix(tensor.place.layout.extent)
            capture.tensors[tensor.tensor] = floats.withUnsafeBufferPointer {
                tensor.elements(from: $0.baseAddress!)
            }
            result = result.dropFirst(floats.count)
        }
        capture.outputs = takeOutputs(from: &result)
        return capture
    }

    private func takeOutputs(from result: inout ArraySlice<Float>) -> [[Float]] {
        plan.outputs.map { output in
            let count = plan.batch * output.shape.reduce(1, *)
            defer { result = result.dropFirst(count) }
            return Array(result.prefix(count))
        }
    }

    /// One run of the program: see `driverSource`.
    private func run(_ inputs: [[Float]], steps: Int, _ stored: [StoredTensor]) throws -> [Float] {
        var request: [UInt64] = [UInt64(steps), UInt64(stored.count)]
        var count = plan.outputs.reduce(0) { $0 + plan.batch * $1.shape.reduce(1, *) }
        for tensor in stored {
            let extent = tensor.place.layout.extent
            var output: UInt64?
            if case .output(let index) = tensor.place.base { output = UInt64(index) }
            request += [UInt64(tensor.step), output == nil ? 0 : 1, output ?? 0]
            request += [UInt64(plan.floatOffset(of: tensor.place)), UInt64(extent)]
            count += extent
        }
        let bytes = request.withUnsafeBytes { Array($0) } + inputs.flatMap { $0.withUnsafeBytes { Array($0) } }
        try writeFile("\(folder.path)/request", bytes)
        let program = Command(
            command[0], command.dropFirst() + ["\(folder.path)/request", "\(folder.path)/result"],
            environment: environment)
        let ended = try program.run()
        guard ended.status == 0 else {
            throw ToolchainError.failed(program: command.joined(separator: " "), output: ended.output)
        }
        let result = try readFile("\(folder.path)/result", limit: 4 * count)
        guard result.count == 4 * count else {
            throw CompilerError.internalError("the driver wrote \(result.count) bytes instead of \(4 * count)")
        }
        return result.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
}

extension Layout {
    /// Floats from the first element to behind the last.
    fileprivate var extent: Int {
        let last = slots.indices.filter { slots[$0] >= 0 }.map { offset(slot: $0) }.max() ?? 0
        return (height - 1) * row + (width - 1) * pixel + last + 1
    }
}

/// Builds a library and makes it ready to run: in this process, or on an emulated processor of the target's architecture.
func makeRunnable(
    _ compiled: CompiledModel, _ build: BuildOptions, _ settings: VerificationSettings, keptIn folder: String?
) throws -> any GeneratedLibrary {
    if let emulator = try settings.emulator ?? emulator(for: build) {
        return try DrivenLibrary(of: compiled, build, emulator: emulator, keptIn: folder)
    }
    return try loadLibrary(of: compiled, build, keptIn: folder, alter: settings.alterLibrary)
}

/// The emulator for a target of another architecture than this machine's; `nil` where none is needed.
private func emulator(for build: BuildOptions) throws -> [String]? {
    guard let architecture = foreignArchitecture(build) else { return nil }
    guard let path = findEmulator(of: architecture) else {
        throw CompilerError.noCompiler(
            "code for \(architecture) does not run here, and there is no 'qemu-\(architecture)' on PATH; "
                + "install it (Debian: apt-get install qemu-user)")
    }
    return [path]
}
