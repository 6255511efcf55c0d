/// Operators that take `[N, channels, …]` and work along the axes behind the channels.
private let imageOperators: Set<String> = [
    "Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool",
    "BatchNormalization", "InstanceNormalization", "GroupNormalization", "LRN", "Resize", "Upsample", "DepthToSpace",
    "SpaceToDepth", "PRelu",
]

/// Operators that know no order of axes.
private let neutralOperators: Set<String> = [
    "Identity", "Cast", "Dropout", "Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean", "Relu", "LeakyRelu",
    "Clip", "Sigmoid", "Tanh", "Concat", "Pad", "Slice", "Elu", "Selu", "Neg", "Abs", "Sqrt", "Exp", "Log",
]

/// The inputs of a graph that are images: a layer of images reads them, by way of operators that know no order.
struct ImageInputs {
    private var names: Set<String> = []
    private var lastNames: Set<String> = []

    /// The graph is walked from its end.
    init(_ graph: Onnx_GraphProto) {
        for node in graph.node.reversed() {
            if imageOperators.contains(node.opType) {
                if let first = node.input.first { names.insert(first) }
            } else if neutralOperators.contains(node.opType) {
                if node.output.contains(where: names.contains) { names.formUnion(node.input) }
                if node.output.contains(where: lastNames.contains) { lastNames.formUnion(node.input) }
            } else if node.opType == "Transpose", node.output.contains(where: names.contains),
                Self.bringsChannelsForward(node)
            {
                lastNames.formUnion(node.input)
            }
        }
    }

    func contains(_ name: String) -> Bool { names.contains(name) }

    /// Whether it is an image whose channels come last: it is transposed before a layer of images reads it.
    func hasChannelsLast(_ name: String) -> Bool { lastNames.contains(name) && !names.contains(name) }

    private static func bringsChannelsForward(_ node: Onnx_NodeProto) -> Bool {
        let order = node.attribute.first { $0.name == "perm" }?.ints ?? []
        return order.count > 2 && order == [0, Int64(order.count) - 1] + (1..<Int64(order.count) - 1)
    }
}
