import Compiler
import Kernels
import NetRuntime
import Toolchain

extension NetLibrary: GeneratedLibrary {
    func capture(_ inputs: [[Float]], _ plan: Plan) throws -> LibraryCapture {
        var capture = LibraryCapture()
        try setInputs(inputs)
        withWorkspace { $0.bindMemory(to: Float.self).update(repeating: .nan) }
        let stored = Dictionary(grouping: plan.storedTensors, by: \.step)
        for step in plan.steps.indices {
            try invokeSteps(first: step, count: 1)
            for tensor in stored[step] ?? [] {
                let offset = plan.floatOffset(of: tensor.place)
                if case .output(let index) = tensor.place.base {
                    capture.tensors[tensor.tensor] = outputValues(index).withUnsafeBufferPointer {
                        tensor.elements(from: $0.baseAddress! + offset)
                    }
                } else {
                    capture.tensors[tensor.tensor] = withWorkspace {
                        tensor.elements(from: $0.bindMemory(to: Float.self).baseAddress! + offset)
                    }
                }
            }
        }
        let rest = (plan.batch - 1) * plan.steps.count
        if rest > 0 { try invokeSteps(first: plan.steps.count, count: rest) }
        capture.outputs = outputValues()
        return capture
    }
}

/// Builds a compiled model into a folder, a temporary one where none is given, and loads the library.
func loadLibrary(
    of compiled: CompiledModel, _ build: BuildOptions, keptIn folder: String?, alter: (String) throws -> Void = { _ in }
) throws -> NetLibrary {
    let interrupts = InterruptGuard()
    defer { interrupts.end() }
    let temporary = try folder == nil ? TemporaryFolder(environment: processEnvironment()) : nil
    let place = folder ?? temporary!.path + "/out"
    _ = try buildProducts(compiled, [.sharedLibrary], into: place, build)
    let path = "\(place)/lib\(compiled.identifier).so"
    try alter(path)
    let library = try openLibrary(path)
    // What is loaded stays loaded: nothing is left behind should the user interrupt what follows.
    temporary?.remove()
    if interrupts.arrived() { throw CompilerError.interrupted }
    return library
}

/// Loads a library that netc built; every failure has its exit code.
func openLibrary(_ path: String) throws -> NetLibrary {
    guard isReadable(path) else { throw CompilerError.missingInput("cannot read '\(path)': \(systemMessage())") }
    return try NetLibrary(path: path)
}
