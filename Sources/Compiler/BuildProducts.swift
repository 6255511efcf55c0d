import CodeGen
import Target
import Toolchain

/// What a build left in its folder.
public struct BuildResult: Sendable {
    /// Names relative to the folder, the header last.
    public var files: [String]
    /// The clang that was used, where one was needed.
    public var clang: Clang?
}

/// Writes a compiled model into a folder: the header and module map always, and what was asked for. All files are written beside the folder and
/// renamed, so that a failure leaves the folder as it was.
public func buildProducts(
    _ compiled: CompiledModel, _ products: [Product], into folder: String, _ build: BuildOptions
) throws -> BuildResult {
    try checkProducts(products, compiled, build)
    // An interrupt waits until what is temporary is known to be removed.
    let interrupts = InterruptGuard()
    defer { interrupts.end() }
    let wantsCompiler = products.contains { $0 != .source }
    let clang = wantsCompiler ? try Clang.find(option: build.clang, triple: build.triple) : nil
    let stage = try StagedOutput(into: folder)
    var writer = ProductWriter(compiled: compiled, stage: stage, products: products)
    try writer.writeSources()
    if interrupts.arrived() { throw CompilerError.interrupted }
    if let clang { try writer.compile(with: clang, build) }
    try writer.writeHeader()
    if interrupts.arrived() { throw CompilerError.interrupted }
    try stage.commit(writer.files)
    return BuildResult(files: writer.files, clang: clang)
}

/// Refuses what can't be made, before anything is written.
private func checkProducts(_ products: [Product], _ compiled: CompiledModel, _ build: BuildOptions) throws {
    if products.contains(where: { $0 != .source }) { try checkArchitecture(compiled.target, build) }
    if products.contains(.sharedLibrary), compiled.weightsForm == .extern {
        throw CompilerError.usage(
            "'--weights-as extern' leaves the weights to the program that is linked: build with '--emit static', 'object' or 'c'"
        )
    }
}

/// The steps of one build, in order.
private struct ProductWriter {
    let compiled: CompiledModel
    let stage: StagedOutput
    let products: [Product]
    /// What is there for the user, in the order in which it is moved.
    var files: [String] = []

    private var id: String { compiled.identifier }

    mutating func writeSources() throws {
        let code = compiled.code
        try write("\(id).c", code.source)
        if let assembly = code.assembly {
            try write("\(id).weights.S", assembly)
        }
        if code.assembly != nil || compiled.weightsForm == .extern {
            try stage.write("\(id).weights") { file in try code.weights.forEachChunk { try file.append($0) } }
            files.append("\(id).weights")
        }
    }

    mutating func compile(with clang: Clang, _ build: BuildOptions) throws {
        let target = compiled.target
        var sources = [(source: "\(id).c", object: "\(id).o")]
        let weights = compiled.code.assembly == nil ? nil : "\(id).weights.o"
        if let weights, try !writeWeights(weights, triple: build.triple ?? hostTriple) {
            sources.append(("\(id).weights.S", weights))
        }
        let linksShared = products.contains(.sharedLibrary)
        // The fixed entry of shared libraries would clash in a program that links two archives.
        let entry = "\(id).entry"
        if linksShared {
            try stage.write("\(entry).c", compiled.code.sharedEntry)
            sources.append(("\(entry).c", "\(entry).o"))
        }
        // The header is included by the C; it is written again, last, for whoever watches the folder.
        try stage.write("\(id).h", compiled.code.header)
        try clang.compile(
            sources, in: stage.folder, target: target, flags: build.compilerFlags, jobs: max(build.jobs, 1))
        let own = ["\(id).o"] + (weights.map { [$0] } ?? [])
        let objects = own + (linksShared ? ["\(entry).o"] : [])
        if linksShared {
            try clang.linkShared(objects, name: id, exports: compiled.code.exports, in: stage.folder)
            files.append("lib\(id).so")
        }
        if products.contains(.staticLibrary) {
            try clang.archive(own, name: id, in: stage.folder)
            files.append("lib\(id).a")
        }
        if products.contains(.object) { files += own }
    }

    /// The weights as an object, unless clang has to make it.
    private func writeWeights(_ name: String, triple: String) throws -> Bool {
        let weights = compiled.code.weights
        guard let object = WeightsObject(symbol: "\(id)_weights", count: weights.floats * 4, triple: triple) else {
            return false
        }
        try stage.write(name) { file in
            try file.append(object.head)
            try weights.forEachChunk { try file.append($0) }
            try file.append(object.tail)
        }
        return true
    }

    mutating func writeHeader() throws {
        try write("\(id)/module.modulemap", compiled.code.moduleMap)
        try write("\(id).h", compiled.code.header)
    }

    private mutating func write(_ name: String, _ text: String) throws {
        try stage.write(name, text)
        files.append(name)
    }
}
