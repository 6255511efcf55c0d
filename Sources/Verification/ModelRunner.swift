import Compiler
import NetRuntime
import Network
import Reference

/// A public input or output as a runner sees it.
public struct RunnerTensor: Sendable {
    public var name: String
    /// Batch first.
    public var shape: [Int]
}

extension RunnerTensor {
    fileprivate init(_ tensor: PublicTensor, of network: Network) {
        self.init(name: tensor.name, shape: [network.batch] + network.shape(of: tensor.tensor).dimensions)
    }
}

/// Something that computes a network's outputs from its inputs.
public protocol ModelRunner {
    var inputs: [RunnerTensor] { get }
    var outputs: [RunnerTensor] { get }

    /// One inference on tensors in the order of `inputs`.
    func run(_ inputs: [[Float]]) throws -> [[Float]]
}

/// The generated code, built or loaded.
public struct LibraryRunner: ModelRunner {
    public let inputs, outputs: [RunnerTensor]
    private let library: any GeneratedLibrary

    /// Builds a network and loads the library; for another architecture it runs behind an emulator.
    public init(
        _ model: Model, _ options: ModelOptions, _ build: BuildOptions, hooks: CompilerHooks = CompilerHooks()
    ) throws {
        let compiled = try compile(model, options, build, hooks: hooks)
        library = try makeRunnable(compiled, build, VerificationSettings(), keptIn: nil)
        inputs = model.network.inputs.map { RunnerTensor($0, of: model.network) }
        outputs = model.network.outputs.map { RunnerTensor($0, of: model.network) }
    }

    /// Loads a library that netc built.
    public init(libraryAt path: String) throws {
        let library = try openLibrary(path)
        inputs = library.inputs.map { RunnerTensor(name: $0.name, shape: $0.shape) }
        outputs = library.outputs.map { RunnerTensor(name: $0.name, shape: $0.shape) }
        self.library = library
    }

    public func run(_ inputs: [[Float]]) throws -> [[Float]] { try library.invoke(inputs) }
}

/// The layers' reference semantics in double precision.
public struct ReferenceRunner: ModelRunner {
    private let network: Network
    private let parameters: ReferenceParameters

    public init(_ model: Model, _ options: ModelOptions, hooks: CompilerHooks = CompilerHooks()) throws {
        network = model.network
        parameters = ReferenceParameters(try loadParameters(of: model, options, hooks))
    }

    public var inputs: [RunnerTensor] { network.inputs.map { RunnerTensor($0, of: network) } }
    public var outputs: [RunnerTensor] { network.outputs.map { RunnerTensor($0, of: network) } }

    public func run(_ inputs: [[Float]]) -> [[Float]] {
        var results = [[Float]](repeating: [], count: network.outputs.count)
        for member in 0..<network.batch {
            let sample = zip(network.inputs, inputs).map { input, values in
                let shape = network.shape(of: input.tensor)
                let start = member * shape.elementCount
                return RealTensor(shape, values[start..<start + shape.elementCount].map { Double($0) })
            }
            let outputs = evaluate(network, inputs: sample, parameters: parameters)
            for (index, output) in outputs.enumerated() { results[index] += output.values.map { Float($0) } }
        }
        return results
    }
}
