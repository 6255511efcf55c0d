import IR
import Target

/// One rewriting of the graph. It keeps every value that remains labelled equal to the network's tensor of that label.
public struct Pass: Sendable {
    /// As `--no-pass` and `--dump-after` take it.
    public let name: String
    /// One line for people.
    public let summary: String
    /// Whether it makes one operation of several, so that tensors of layers disappear: what `--no-fuse` turns off.
    public let isFusion: Bool
    /// Rewrites the graph, and adds a remark for each layer that changed.
    public let run: @Sendable (inout Graph, PassContext, inout [Remark]) -> Void

    init(
        _ name: String, _ summary: String, isFusion: Bool = false,
        run: @escaping @Sendable (inout Graph, PassContext, inout [Remark]) -> Void
    ) {
        self.name = name
        self.summary = summary
        self.isFusion = isFusion
        self.run = run
    }
}

/// What passes know besides the graph.
public struct PassContext: Sendable {
    /// When a depthwise and a pointwise convolution become one kernel.
    public enum SeparableFusion: Sendable { case byCost, always, never }

    public var target: Target
    public var capabilities: any KernelCapabilities
    /// Names of passes to skip.
    public var disabled: Set<String>
    /// Whether passes that make one operation of several run.
    public var fuse: Bool
    public var separable: SeparableFusion

    public init(
        target: Target, capabilities: any KernelCapabilities = GenericCapabilities(), disabled: Set<String> = [],
        fuse: Bool = true, separable: SeparableFusion = .byCost
    ) {
        self.target = target
        self.capabilities = capabilities
        self.disabled = disabled
        self.fuse = fuse
        self.separable = separable
    }
}

/// What a pass did to some layers: what `netc explain` tells.
public struct Remark: Hashable, Sendable {
    public var pass: String
    public var layers: [String]
    /// A predicate without its subject: `folded into conv2d_4 (scale and shift)`.
    public var text: String

    public init(pass: String, layers: [String], text: String) {
        self.pass = pass
        self.layers = layers
        self.text = text
    }
}
