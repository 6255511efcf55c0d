import Compiler
import Kernels
import NetRuntime
import Network

/// A built library that can be run: loaded into this process, or by a program around it (`DrivenLibrary`).
protocol GeneratedLibrary {
    /// One inference: the floats of each input to those of each output.
    func invoke(_ inputs: [[Float]]) throws -> [[Float]]

    /// One inference step by step, in a workspace that held NaN everywhere: what reads memory that nothing wrote shows.
    func capture(_ inputs: [[Float]], _ plan: Plan) throws -> LibraryCapture
}

/// What a run of the generated code left: the outputs, and every stored tensor of the first sample, read right after its step.
struct LibraryCapture {
    var outputs: [[Float]] = []
    var tensors: [TensorID: [Double]] = [:]

    /// Gives a tensor away: each is asked for once, and need not be kept after.
    mutating func take(_ tensor: TensorID) -> [Double]? { tensors.removeValue(forKey: tensor) }
}
