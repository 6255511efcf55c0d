import Compiler
import Diagnostics
import Formats
import Language
import Network
import ONNX

/// Parameters are drawn or read up to so many: more than a small file describes by accident, and few enough to be quick.
private let mostParameters = 1 << 12

func readNet(_ bytes: [UInt8]) throws {
    var options = ModelOptions(path: "hostile.net")
    options.mostSteps = maximumStepCount / 50
    let model = try readModel(SourceFile(name: options.path, text: bytes), options)
    try checkSizes(of: model)
    guard model.network.summary().parameters <= mostParameters else { return }
    let values = try loadParameters(of: model, options)
    for named in model.network.parameterInventory()
    where values[named.name]?.count != named.parameter.shape.elementCount {
        throw BrokenPromise("the parameter '\(named.name)' has no values of its shape")
    }
}

func readONNX(_ bytes: [UInt8]) throws {
    for layout in [ImageLayout.nhwc, .nchw] {
        let options = ModelOptions(path: "hostile.onnx")
        var settings = ONNXImportOptions(fileName: options.path) { _ in
            MemorySource(Array(repeating: 0, count: 1 << 12))
        }
        settings.layout = layout
        // A fraction of the usual, so that what reaches it is quick.
        settings.constantElements = 1 << 20
        try check(importModel(MemorySource(bytes), options, hdf5: ListingOpener(), settings), options)
    }
}

func readKeras(_ bytes: [UInt8]) throws {
    let options = ModelOptions(path: "hostile.keras")
    let file = bytes.first == UInt8(ascii: "{") ? kerasArchive(bytes) : bytes
    let unused = ONNXImportOptions(fileName: options.path) { name in
        throw BrokenPromise("a Keras model asks for the file '\(name)'")
    }
    try check(importModel(MemorySource(file), options, hdf5: ListingOpener(), unused), options)
}

/// What was imported is a network, with a value of the right shape for each of its parameters and no other.
private func check(_ imported: ImportedModel, _ options: ModelOptions) throws(BrokenPromise) {
    let model: Model
    do {
        model = try network(of: imported, options)
    } catch {
        throw BrokenPromise("what was imported is refused: \(CompilerError(error)?.message ?? "\(error)")")
    }
    var rest = imported.parameters
    for named in model.network.parameterInventory() where named.parameter.role != .state {
        guard let tensor = rest.removeValue(forKey: named.name) else {
            throw BrokenPromise("the parameter '\(named.name)' was not imported")
        }
        guard tensor.shape == named.parameter.shape.dimensions, tensor.values.count == tensor.shape.reduce(1, *) else {
            throw BrokenPromise("the parameter '\(named.name)' was imported as \(tensor.shape)")
        }
    }
    guard rest.isEmpty else { throw BrokenPromise("no layer takes the parameter '\(rest.keys.min()!)'") }
}
