/// A node of the graph with its attributes checked as they are read; attributes that nobody read are an error.
final class OperatorNode {
    let type: String
    let name: String
    /// Names of values; empty where an optional one is left out.
    private(set) var inputs: [String]
    let outputs: [String]
    /// The version of the operator set that the model was written for.
    let version: Int
    private var attributes: [String: Onnx_AttributeProto]
    private var read: Set<String> = []
    /// The operator that this one stands for.
    private var whole: OperatorNode?

    init(_ node: Onnx_NodeProto, version: Int) throws {
        type = node.opType
        name = node.name
        inputs = node.input
        outputs = node.output
        self.version = version
        var attributes: [String: Onnx_AttributeProto] = [:]
        for attribute in node.attribute where attributes.updateValue(attribute, forKey: attribute.name) != nil {
            throw OperatorProblem("attribute '\(attribute.name)' is given twice")
        }
        self.attributes = attributes
    }

    private init(_ node: OperatorNode, type: String? = nil) {
        (self.type, name, inputs, outputs) = (type ?? node.type, node.name, node.inputs, node.outputs)
        (version, attributes) = (node.version, node.attributes)
    }

    /// The same operator with a window along some of its axes. What it reads counts as read here too.
    func along(_ axes: [Int], of rank: Int) -> OperatorNode {
        let node = OperatorNode(self)
        for name in ["kernel_shape", "strides", "dilations"] {
            guard let numbers = attributes[name]?.ints, numbers.count == rank else { continue }
            node.attributes[name]!.ints = axes.map { numbers[$0] }
        }
        if let pads = attributes["pads"]?.ints, pads.count == 2 * rank {
            node.attributes["pads"]!.ints = (axes + axes.map { rank + $0 }).map { pads[$0] }
        }
        node.whole = self
        return node
    }

    /// Another operator on the first input, with attributes like this one's, one of them set and one left out.
    func retyped(_ type: String, setting name: String, to numbers: [Int], without other: String) -> OperatorNode {
        let node = OperatorNode(self, type: type)
        node.inputs = Array(inputs.prefix(1))
        var attribute = Onnx_AttributeProto()
        (attribute.name, attribute.type, attribute.ints) = (name, .ints, numbers.map { Int64($0) })
        node.attributes[name] = attribute
        node.attributes[other] = nil
        return node
    }

    func hasSameAttributes(as other: OperatorNode) -> Bool { attributes == other.attributes }

    /// Sets an attribute.
    func setInt(_ name: String, _ value: Int) {
        var attribute = Onnx_AttributeProto()
        (attribute.name, attribute.type, attribute.i) = (name, .int, Int64(value))
        attributes[name] = attribute
        read.insert(name)
        whole?.read.insert(name)
    }

    /// Puts another value in the place of an input.
    func replaceInput(_ position: Int, with name: String) { inputs[position] = name }

    /// Whether there is an input at that position.
    func has(_ position: Int) -> Bool { position < inputs.count && !inputs[position].isEmpty }

    /// Whether the output at that position is wanted.
    func wants(_ position: Int) -> Bool { position < outputs.count && !outputs[position].isEmpty }

    private func attribute(_ name: String, _ type: Onnx_AttributeProto.AttributeType) throws -> Onnx_AttributeProto? {
        read.insert(name)
        whole?.read.insert(name)
        guard let attribute = attributes[name] else { return nil }
        guard !attribute.hasType || attribute.type == type else {
            throw OperatorProblem("attribute '\(name)' is of another type than the operator has")
        }
        return attribute
    }

    func isGiven(_ name: String) -> Bool { attributes[name] != nil }

    func int(_ name: String) throws -> Int? { try attribute(name, .int).map { Int($0.i) } }

    func int(_ name: String, default value: Int) throws -> Int { try int(name) ?? value }

    func bool(_ name: String, default value: Bool) throws -> Bool { try int(name).map { $0 != 0 } ?? value }

    func float(_ name: String) throws -> Float? { try attribute(name, .float)?.f }

    func float(_ name: String, default value: Float) throws -> Float { try float(name) ?? value }

    func ints(_ name: String) throws -> [Int]? { try attribute(name, .ints)?.ints.map { Int($0) } }

    func floats(_ name: String) throws -> [Float]? { try attribute(name, .floats)?.floats }

    func tensor(_ name: String) throws -> Onnx_TensorProto? { try attribute(name, .tensor)?.t }

    func string(_ name: String, default value: String) throws -> String {
        try attribute(name, .string).map { String(decoding: $0.s, as: UTF8.self) } ?? value
    }

    /// Attributes that change nothing at inference.
    func ignore(_ names: String...) {
        read.formUnion(names)
        whole?.read.formUnion(names)
    }

    /// Refuses attributes that the operator does not know, which might change numbers.
    func checkThatAllWasRead() throws {
        let unread = attributes.keys.filter { !read.contains($0) }.sorted()
        guard let first = unread.first else { return }
        throw OperatorProblem("attribute '\(first)' is not known for this operator")
    }
}

/// Writes a node into the network.
typealias Operator = @Sendable (inout Importer, OperatorNode) throws -> Void
