import Compiler
import NetRuntime
import Toolchain

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
