import Compiler
import Kernels
import NetRuntime
import Network

/// What a run of the generated code left: the outputs, and every stored tensor of the first sample, read right after its step.
struct LibraryCapture {
    let outputs: [[Float]]
    private var tensors: [TensorID: [Float]] = [:]

    /// Runs step by step in a workspace that held NaN everywhere: what reads memory that nothing wrote shows.
    init(_ library: NetLibrary, _ inputs: [[Float]], _ plan: Plan) throws {
        try library.setInputs(inputs)
        library.withWorkspace { $0.bindMemory(to: Float.self).update(repeating: .nan) }
        let stored = Dictionary(grouping: plan.storedTensors, by: \.step)
        for step in plan.steps.indices {
            try library.invokeSteps(first: step, count: 1)
            for tensor in stored[step] ?? [] {
                let offset = plan.floatOffset(of: tensor.place)
                if case .output(let index) = tensor.place.base {
                    tensors[tensor.tensor] = library.outputValues()[index].withUnsafeBufferPointer {
                        tensor.place.layout.gather(from: $0.baseAddress! + offset)
                    }
                } else {
                    tensors[tensor.tensor] = library.withWorkspace {
                        tensor.place.layout.gather(from: $0.bindMemory(to: Float.self).baseAddress! + offset)
                    }
                }
            }
        }
        let rest = (plan.batch - 1) * plan.steps.count
        if rest > 0 { try library.invokeSteps(first: plan.steps.count, count: rest) }
        outputs = library.outputValues()
    }

    /// Gives a tensor away: each is asked for once, and need not be kept after.
    mutating func take(_ tensor: TensorID) -> [Float]? { tensors.removeValue(forKey: tensor) }
}

/// Loads a library that netc built; every failure has its exit code.
func openLibrary(_ path: String) throws -> NetLibrary {
    guard isReadable(path) else { throw CompilerError.missingInput("cannot read '\(path)': \(systemMessage())") }
    return try NetLibrary(path: path)
}
