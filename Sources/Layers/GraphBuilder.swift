import IR

/// A graph under construction, which gives every new value the origin of the layer being lowered.
public struct GraphBuilder {
    public package(set) var graph = Graph()
    /// The layer being lowered.
    package var origin = Origin([])

    package init() {}

    public func shape(of value: ValueID) -> [Int] { graph[value].shape }

    /// Appends an operation; `shape` is that of its result.
    public mutating func append(_ primitive: Primitive, _ inputs: [ValueID], shape: [Int]) -> ValueID {
        graph.append(primitive, inputs, shape: shape, origin: origin)
    }

    /// An operation whose result has the shape of its first input: an activation, a softmax.
    public mutating func appendLike(_ primitive: Primitive, _ inputs: ValueID...) -> ValueID {
        append(primitive, inputs, shape: shape(of: inputs[0]))
    }

    /// The same elements under another shape; nothing where it is the value's own.
    public mutating func reshape(_ value: ValueID, to shape: [Int]) -> ValueID {
        shape == self.shape(of: value) ? value : append(.reshape, [value], shape: shape)
    }

    /// Says which tensor of the network a value equals, and so does the value that it is merely a reshape of.
    mutating func label(_ value: ValueID, _ tensor: Value.NetworkTensor) {
        graph[value].tensor = tensor
        guard let last = graph.operations.last, last.output == value, last.primitive == .reshape,
            graph[last.inputs[0]].tensor == nil
        else { return }
        graph[last.inputs[0]].tensor = tensor
    }
}
