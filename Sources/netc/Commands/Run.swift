import ArgumentParser
import Compiler
import Diagnostics
import Formats
import NetRuntime
import Network
import Verification

/// `netc run FILE|LIB.so`: one inference on NumPy files.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs a network once on NumPy files.")

    @Argument(help: ArgumentHelp("The .net file, or a library that netc built.", valueName: "file"))
    var file: String

    @Option(
        name: .customLong("input"),
        help: ArgumentHelp("An input; several in order, or by name.", valueName: "[name=]x.npy"))
    var inputs: [String] = []

    @Option(name: .customLong("output"), help: ArgumentHelp("Where an output goes.", valueName: "[name=]y.npy"))
    var outputs: [String] = []

    @Flag(help: "Evaluate the layers in double precision instead of the generated code.")
    var reference = false

    @OptionGroup(title: "Model options")
    var model: ModelArguments

    @OptionGroup(title: "Build options")
    var build: BuildArguments

    func run() throws {
        let progress = Progress()
        defer { progress.clear() }
        let runner = try makeRunner(progress)
        let names = try assign(outputs, to: runner.outputs, kind: "output")
        let paths = try assign(inputs, to: runner.inputs, kind: "input")
        let values = try zip(runner.inputs, paths).map { tensor, path in
            guard let path else {
                throw CompilerError.usage(
                    "input '\(tensor.name)' of shape \(tensor.shape) is missing: '--input \(tensor.name)=X.npy'")
            }
            return try readTensor(path, for: tensor)
        }
        progress.show("running")
        let results = try runner.run(values)
        progress.clear()
        for (index, tensor) in runner.outputs.enumerated() {
            if let path = names[index] {
                try writeTensor(results[index], of: tensor, to: path)
            } else {
                try Console.write(excerpt(results[index], of: tensor))
            }
        }
    }

    private func makeRunner(_ progress: Progress) throws -> any ModelRunner {
        guard isLibrary(file) else {
            let options = model.options(for: file)
            let model = try loadModel(options)
            let build = reference ? self.build.options : try self.build.options(for: model, options, progress)
            progress.show("compiling")
            let observer = StageObserver(build)
            defer { try? observer.finish(outputIsTaken: true) }
            return reference
                ? try ReferenceRunner(model, options, hooks: observer.hooks)
                : try LibraryRunner(model, options, build, hooks: observer.hooks)
        }
        if reference { throw CompilerError.usage("'--reference' needs the .net file: a built library has no layers") }
        try refuse(model.given + build.given, besideLibrary: file)
        return try LibraryRunner(libraryAt: file)
    }

    /// The file for each tensor: those with a name by name, the others in order.
    private func assign(_ arguments: [String], to tensors: [RunnerTensor], kind: String) throws -> [String?] {
        var paths = [String?](repeating: nil, count: tensors.count)
        for argument in arguments {
            let equals = argument.firstIndex(of: "=")
            let name = equals.map { String(argument[..<$0]) }
            let named = tensors.firstIndex { $0.name == name }
            guard let index = named ?? paths.firstIndex(of: nil) else {
                throw CompilerError.usage(
                    "'\(argument)': the network has \(tensors.count) \(kind)\(tensors.count == 1 ? "" : "s")")
            }
            if let name, named == nil, !name.contains("/") {
                let names = tensors.map { "'\($0.name)'" }.joined(separator: ", ")
                throw CompilerError.usage("the network has no \(kind) '\(name)'; there is \(names)")
            }
            guard paths[index] == nil else {
                throw CompilerError.usage("\(kind) '\(tensors[index].name)' is given twice")
            }
            paths[index] = named == nil ? argument : String(argument[argument.index(after: equals!)...])
        }
        return paths
    }

    private func readTensor(_ path: String, for tensor: RunnerTensor) throws -> [Float] {
        let archive = try openArchive(path)
        guard archive.entries.count == 1, let entry = archive.entries.first else {
            throw CompilerError.invalidData(
                "'\(path)' holds \(archive.entries.count) arrays; expected one, in .npy form")
        }
        // A single sample may come without the batch's axis.
        let withoutBatch = tensor.shape.first == 1 ? Array(tensor.shape.dropFirst()) : nil
        guard entry.shape == tensor.shape || entry.shape == withoutBatch else {
            throw CompilerError.invalidData(
                "'\(path)' is \(Shape(entry.shape)), but input '\(tensor.name)' takes \(Shape(tensor.shape))")
        }
        do { return try archive.values(of: entry) } catch { throw CompilerError.invalidData("'\(path)': \(error)") }
    }

    private func writeTensor(_ values: [Float], of tensor: RunnerTensor, to path: String) throws {
        var bytes: [UInt8] = []
        try writeNumPy(NamedArray(name: tensor.name, shape: tensor.shape, values: values)) { bytes += $0 }
        try writeFile(path, bytes)
    }

    /// Shape, range and the largest elements of an output that goes to no file.
    private func excerpt(_ values: [Float], of tensor: RunnerTensor) -> String {
        let largest = values.indices.sorted { values[$0] > values[$1] }.prefix(5)
        let top = largest.map { "\(Shape(tensor.shape).index(of: $0)) \(values[$0])" }.joined(separator: ", ")
        return
            "\(printable(tensor.name)) \(Shape(tensor.shape)): \(values.min() ?? 0) … \(values.max() ?? 0); largest: \(top)\n"
    }
}

extension Shape {
    /// The index by axis of an element, without the batch where that is 1: `[3, 7]`.
    fileprivate func index(of element: Int) -> String {
        var rest = element
        var index: [Int] = []
        for extent in dimensions.reversed() {
            index.insert(rest % extent, at: 0)
            rest /= extent
        }
        return "\(dimensions.first == 1 && rank > 1 ? Array(index.dropFirst()) : index)"
    }
}
