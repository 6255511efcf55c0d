import CodeGen
import Kernels
import Language

/// What decides the network: the file, its parameters and its weights.
public struct ModelOptions: Sendable {
    /// The `.net` file, or a model of another format.
    public var path: String
    /// `-D name=value`, in order.
    public var definitions: [(name: String, value: String)] = []
    /// `--weights`; found by the rules of the language where it is `nil`.
    public var weights: String?
    /// Of the initialisers and test weights.
    public var seed: UInt64 = 0
    /// Draw weights under which an error shows, instead of the layers' initialisers, where there is no weights file.
    public var usesTestWeights = false
    /// Tensors that a weights file lacks come from the initialisers, with a warning.
    public var allowsMissing = false
    /// Samples to one call of the generated code.
    public var batch = 1
    /// The most errors reported.
    public var errorLimit = 20
    /// The largest workspace allowed, in bytes.
    public var maximumMemory: Int?
    /// Steps of the program that describes the network: fewer where a fuzzer reads thousands, in slow code.
    package var mostSteps = maximumStepCount

    public init(path: String) { self.path = path }
}

/// How the packed weights reach the library.
public typealias WeightsForm = CodeGen.WeightsForm

/// What files a build makes besides the header.
public enum Product: String, Sendable, CaseIterable {
    case sharedLibrary = "so"
    case staticLibrary = "static"
    case object
    case source = "c"
}

/// Which floating-point promises hold (DESIGN.md, "Numeric contract").
public typealias Precision = PlanOptions.Precision

/// Ways to compute convolutions that were measured.
public typealias Choices = Kernels.Choices

/// What decides the code that is made of a network.
public struct BuildOptions: Sendable {
    /// `native`, or a specification that `Target` reads.
    public var cpu = "native"
    /// clang's target triple; the machine's own where it is `nil`.
    public var triple: String?
    public var precision = Precision.fast
    /// Ways to compute, instead of the cost model's.
    public var choices = Choices()
    public var weightsForm = WeightsForm.incbin
    /// Keep every layer a step of its own.
    public var fuses = true
    /// Passes left out, by name.
    public var disabledPasses: [String] = []
    /// The clang to use, instead of the first that works.
    public var clang: String?
    /// Compilers run at once.
    public var jobs = 0
    /// Pass after which the graph is printed.
    public var dumpAfter: String?
    public var timesPasses = false
    /// Given to clang besides: sanitizers.
    package var compilerFlags: [String] = []

    public init() {}
}
