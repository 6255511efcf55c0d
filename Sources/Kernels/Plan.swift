import IR
import Target

/// Where a pointer of a kernel call points, before and after memory planning.
public enum Base: Hashable, Sendable {
    /// The caller's memory: a public input or output.
    case input(Int)
    case output(Int)
    /// A buffer of the plan, in the workspace.
    case buffer(Int)
}

/// A tensor in memory: a layout, and where its interior's first element lies.
public struct Place: Hashable, Sendable {
    public var base: Base
    /// Floats from the base to the interior's first element.
    public var offset: Int
    public var layout: Layout

    public init(base: Base, offset: Int, layout: Layout) {
        self.base = base
        self.offset = offset
        self.layout = layout
    }
}

/// A stretch of the workspace that holds one or more tensors from its first step to its last.
public struct Buffer: Hashable, Sendable {
    public var floats: Int
    public var firstStep: Int
    public var lastStep: Int
    /// Bytes from the start of the workspace; set by the memory plan.
    public var offset = 0

    public init(floats: Int, firstStep: Int, lastStep: Int) {
        self.floats = floats
        self.firstStep = firstStep
        self.lastStep = lastStep
    }
}

/// One call of a kernel function.
public struct Call: Sendable {
    public var instance: KernelInstance
    /// In the order of the template's pointer parameters `x`, `x2`, `factors`; `x2` is left out where nothing is read there.
    public var reads: [Place]
    public var writes: Place
    /// The per-thread scratch memory, a buffer of the plan; `nil` where the kernel needs none.
    public var scratch: Int?
    /// Weights of a later step that the kernel fetches into the caches.
    public var fetched: Fetched?

    public init(instance: KernelInstance, reads: [Place], writes: Place, scratch: Int? = nil) {
        self.instance = instance
        self.reads = reads
        self.writes = writes
        self.scratch = scratch
    }
}

/// One operation of the graph as kernel calls that do not depend on each other: threads share each call's items.
public struct Step: Sendable {
    public var calls: [Call]
    public var origin: Origin
    /// What the step computes, in a few words: `convolution 3×3, stride 2`.
    public var title: String
    /// `112×112×32 → 112×112×64`.
    public var shapes: String
    /// Multiply-adds of the layers, a convolution's as its definition has them.
    public var macs: Int
    /// Multiplications by which they are computed: under Winograd's algorithm fewer.
    public var products: Int
    /// Bytes that the step must at least read and write: operands and weights once.
    public var bytes: Int
    /// The tensor that stands complete in memory after the step.
    public var result: Materialised?
    /// Why it is computed this way, in clauses for `netc explain`.
    public var reasons: [String]
    /// The choice among several ways to compute it, where there are any.
    public var decision: Decision?

    public init(
        calls: [Call], origin: Origin, title: String, shapes: String, macs: Int, products: Int? = nil, bytes: Int,
        result: Materialised?, reasons: [String] = [], decision: Decision? = nil
    ) {
        self.calls = calls
        self.origin = origin
        self.title = title
        self.shapes = shapes
        self.macs = macs
        self.products = products ?? macs
        self.bytes = bytes
        self.result = result
        self.reasons = reasons
        self.decision = decision
    }
}

/// A tensor that the generated code writes to memory, and which verification may read there after its step.
public struct Materialised: Hashable, Sendable {
    /// The network tensor that it equals; `nil` for one that only the compiler knows.
    public var tensor: Value.NetworkTensor?
    /// The layer whose output it is.
    public var name: String
    public var shape: [Int]
    public var place: Place
    public var firstStep: Int
    public var lastStep: Int
}

/// A public input or output.
public struct PublicOperand: Hashable, Sendable {
    public var name: String
    public var shape: [Int]
    public init(name: String, shape: [Int]) {
        self.name = name
        self.shape = shape
    }
}

/// A network as calls of kernels on places in one workspace: all that is left is to write it down in C.
public struct Plan: Sendable {
    public var target: Target
    public var batch: Int
    public var inputs: [PublicOperand]
    public var outputs: [PublicOperand]
    public var steps: [Step]
    public var buffers: [Buffer]
    /// Of one caller, 64-byte aligned; includes the scratch of one thread.
    public var workspaceBytes: Int
    /// What each further thread needs behind the workspace.
    public var scratchBytes: Int
    /// What the planner did that a user may ask about: copies and why, and where it needed none.
    public var remarks: [Remark]

    /// A sentence of `netc explain` about some layers.
    public struct Remark: Hashable, Sendable {
        public var layers: [String]
        public var text: String
    }
}

/// What the user may choose.
public struct PlanOptions: Hashable, Sendable {
    /// `strict`: an infinity or NaN reaches exactly the elements that depend on it. No Winograd, whose tiles carry it to all their outputs, and
    /// no weight of zero where a vector holds more channels than a product sums over: zero times infinity is NaN.
    public enum Precision: String, Hashable, Sendable, CaseIterable { case fast, strict }
    public var batch: Int
    public var precision: Precision
    public var choices: Choices

    public init(batch: Int = 1, precision: Precision = .fast, choices: Choices = Choices()) {
        self.batch = batch
        self.precision = precision
        self.choices = choices
    }
}

/// Which outputs an algorithm computes together, so that the error of each is bounded by the largest bound among them.
public enum OutputGroup: Hashable, Sendable {
    /// The pixels of a tile whose rows and columns agree modulo the dilation.
    case tile(Extent, dilation: Extent)
    /// Runs of so many pixels, of channels that agree modulo that number, from sums of input channels that agree modulo another.
    case runs(pixels: Int, channels: Int, inputs: Int)
}

extension Step {
    /// What Winograd's or Strassen's algorithm computes together, where the step is computed so.
    public func outputGroup(lanes: Int) -> OutputGroup? {
        for kernel in calls.map(\.instance) {
            switch kernel.template {
            case "winograd":
                return .tile(
                    Extent(kernel["OUTPUT_HEIGHT"], kernel["OUTPUT_WIDTH"]),
                    dilation: Extent(kernel["DILATION_HEIGHT"], kernel["DILATION_WIDTH"]))
            case "strassen", "scaled_strassen":
                let form = StrassenForm(levels: kernel["LEVELS"])
                return .runs(
                    pixels: form.side, channels: kernel["Y_PART"] * lanes, inputs: kernel["X_PART"] * lanes)
            default: break
            }
        }
        return nil
    }
}

extension Plan {
    /// What is computed together of each layer that is computed by Winograd's or Strassen's algorithm, by the layer's name.
    public var outputGroups: [String: OutputGroup] {
        var groups: [String: OutputGroup] = [:]
        for step in steps {
            guard let group = step.outputGroup(lanes: target.lanes) else { continue }
            for layer in step.origin.layers { groups[layer.name] = group }
        }
        return groups
    }
}
