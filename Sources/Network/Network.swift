import Diagnostics

/// An output of a node.
public struct TensorID: Hashable, Sendable {
    public var node: Int
    public var output: Int

    public init(node: Int, output: Int = 0) {
        self.node = node
        self.output = output
    }
}

/// One application of a layer.
public struct Node: Sendable {
    /// The layer's name: explicit, or Keras' automatic one. Applications of one layer value share it, and its weights.
    public var name: String
    public var layer: any Layer
    public var inputs: [TensorID]
    public var outputShapes: [Shape]
    public var parameters: [Parameter]
    /// Where it is written.
    public var range: SourceRange
    /// The blocks and loops through which it was reached, ready to be attached to an error.
    public var trail: [Note]
    /// The enclosing blocks, outermost first, for pictures: `["unit#3"]`.
    public var blocks: [String]
    /// Its line in the source, for comments in the generated code.
    public var line: Int

    public init(
        name: String, layer: any Layer, inputs: [TensorID], outputShapes: [Shape], parameters: [Parameter],
        range: SourceRange,
        trail: [Note] = [], blocks: [String] = [], line: Int
    ) {
        self.name = name
        self.layer = layer
        self.inputs = inputs
        self.outputShapes = outputShapes
        self.parameters = parameters
        self.range = range
        self.trail = trail
        self.blocks = blocks
        self.line = line
    }

    /// The layer's canonical type name, `Conv2D`.
    public var type: String { Swift.type(of: layer).descriptor.name }
}

/// An input or output of the network under its public name.
public struct PublicTensor: Sendable {
    public var name: String
    public var tensor: TensorID
    public var range: SourceRange

    public init(name: String, tensor: TensorID, range: SourceRange) {
        self.name = name
        self.tensor = tensor
        self.range = range
    }
}

/// A network: nodes in an order in which each comes after what feeds it.
public struct Network: Sendable {
    /// The source file's name, for comments; no folder.
    public var sourceName: String
    /// `Model(name=…)`, where given.
    public var modelName: String?
    public var description: String?
    /// Samples to one call of the generated code; shapes are per sample.
    public var batch: Int
    public var nodes: [Node]
    public var inputs: [PublicTensor]
    public var outputs: [PublicTensor]
    /// The argument of `load_weights`, with its place.
    public var weightsPath: String?
    public var weightsRange: SourceRange?

    public init(
        sourceName: String, modelName: String? = nil, description: String? = nil, batch: Int = 1, nodes: [Node],
        inputs: [PublicTensor], outputs: [PublicTensor], weightsPath: String? = nil, weightsRange: SourceRange? = nil
    ) {
        self.sourceName = sourceName
        self.modelName = modelName
        self.description = description
        self.batch = batch
        self.nodes = nodes
        self.inputs = inputs
        self.outputs = outputs
        self.weightsPath = weightsPath
        self.weightsRange = weightsRange
    }

    public func shape(of tensor: TensorID) -> Shape { nodes[tensor.node].outputShapes[tensor.output] }
}

/// The values of a network's parameters under their full names, `conv2d/kernel`, each in the shape and order of its `Parameter`.
public typealias ParameterValues = [String: [Float]]
