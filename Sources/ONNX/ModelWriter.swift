import IR
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An ONNX graph in the making: nodes, constants, and for each value of the IR the tensors that hold it.
///
/// A value of shape `[height, width, channels]` is an image, which ONNX keeps as `[N, channels, height, width]`; every other value has its
/// own order behind the batch: `[N, …]`. An image takes that *natural* order too where an operator needs it: each form is made when it is
/// asked for first.
struct ModelWriter {
    let graph: Graph
    let batch: Int
    private(set) var onnx = Onnx_GraphProto()
    /// The tensors that hold each value.
    private var images: [ValueID: String] = [:]
    private var naturals: [ValueID: String] = [:]
    private var names: Set<String> = []
    /// The tensors that hold shuffled images.
    var shuffles: [Shuffle: String] = [:]

    /// `reserved` names are those of public tensors.
    init(graph: Graph, batch: Int, name: String, reserved: [String]) {
        self.graph = graph
        self.batch = batch
        names = Set(reserved)
        onnx.name = name
    }

    // MARK: Values

    func shape(_ id: ValueID) -> [Int] { graph[id].shape }

    /// Whether the value is kept channels first.
    func isImage(_ id: ValueID) -> Bool { shape(id).count == 3 }

    /// The tensor of a value, an image channels first, anything else in its own order.
    mutating func tensor(_ id: ValueID) -> String { isImage(id) ? image(id) : natural(id) }

    /// An image as `[N, channels, height, width]`.
    mutating func image(_ id: ValueID) -> String {
        if let name = images[id] { return name }
        guard let name = naturals[id] else { preconditionFailure("a value that nothing defines") }
        let form = channelsFirst(name, shape(id))
        images[id] = form
        return form
    }

    /// A value as `[N] + shape`.
    mutating func natural(_ id: ValueID) -> String {
        if let name = naturals[id] { return name }
        guard let name = images[id] else { preconditionFailure("a value that nothing defines") }
        let shape = shape(id)
        let form =
            isOneAxis(shape)
            ? node("Reshape", [name, integers([batch] + shape)], hint: hint(id) + "/nhwc")
            : node("Transpose", [name], [("perm", .ints([0, 2, 3, 1]))], hint: hint(id) + "/nhwc")
        naturals[id] = form
        return form
    }

    /// A tensor of `[N, height, width, channels]` as `[N, channels, height, width]`.
    mutating func channelsFirst(_ name: String, _ shape: [Int]) -> String {
        isOneAxis(shape)
            ? node("Reshape", [name, integers([batch, shape[2], shape[0], shape[1]])], hint: name + "/nchw")
            : node("Transpose", [name], [("perm", .ints([0, 3, 1, 2]))], hint: name + "/nchw")
    }

    /// Whether both orders of an image are the same in memory.
    private func isOneAxis(_ shape: [Int]) -> Bool { shape[0] * shape[1] == 1 || shape[2] == 1 }

    /// Names the tensor that holds a value: channels first where it is an image.
    mutating func define(_ id: ValueID, _ name: String) {
        if isImage(id) { images[id] = name } else { naturals[id] = name }
    }

    mutating func define(_ id: ValueID, natural name: String) { naturals[id] = name }

    /// What to call tensors of a value: after the last of the layers that it implements.
    func hint(_ id: ValueID) -> String { graph[id].origin.layers.last?.name ?? "value" }

    // MARK: Nodes and constants

    enum Attribute {
        case int(Int)
        case ints([Int])
        case float(Float)
        case string(String)
    }

    /// Adds a node of one output and returns the output's name.
    mutating func node(
        _ type: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [], hint: String
    ) -> String {
        let name = unique("\(hint)/\(type)")
        add(type, inputs, attributes, output: name)
        return name
    }

    /// The elements of a tensor in falling order along an axis of that length.
    mutating func sorted(_ tensor: String, axis: Int, length: Int, hint: String) -> String {
        let name = unique("\(hint)/TopK")
        add("TopK", [tensor, integers([length])], [("axis", .int(axis))], output: name, unique("\(hint)/indices"))
        return name
    }

    /// Adds a node whose outputs have the given names.
    mutating func add(
        _ type: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [], output: String...
    ) {
        var node = Onnx_NodeProto()
        node.opType = type
        node.name = output[0]
        node.input = inputs
        node.output = output
        node.attribute = attributes.map { name, value in
            var attribute = Onnx_AttributeProto()
            attribute.name = name
            switch value {
            case .int(let value): (attribute.i, attribute.type) = (Int64(value), .int)
            case .ints(let values): (attribute.ints, attribute.type) = (values.map(Int64.init), .ints)
            case .float(let value): (attribute.f, attribute.type) = (value, .float)
            case .string(let text): (attribute.s, attribute.type) = (Data(text.utf8), .string)
            }
            return attribute
        }
        onnx.node.append(node)
    }

    /// A constant of float32.
    mutating func constant(_ values: [Float], shape: [Int], hint: String) -> String {
        var tensor = Onnx_TensorProto()
        tensor.name = unique(hint)
        tensor.dims = shape.map(Int64.init)
        tensor.dataType = Element.float32
        tensor.rawData = values.withUnsafeBytes { Data($0) }
        onnx.initializer.append(tensor)
        return tensor.name
    }

    /// A vector of int64: a shape, axes, indices.
    mutating func integers(_ values: [Int]) -> String {
        let hint = values.map(String.init).joined(separator: "_")
        if let name = integerNames[values] { return name }
        var tensor = Onnx_TensorProto()
        tensor.name = unique("i_" + hint.prefix(40))
        tensor.dims = [Int64(values.count)]
        tensor.dataType = Element.int64
        tensor.rawData = values.map(Int64.init).withUnsafeBytes { Data($0) }
        onnx.initializer.append(tensor)
        integerNames[values] = tensor.name
        return tensor.name
    }
    private var integerNames: [[Int]: String] = [:]

    /// One number, for an operator that takes it as an input.
    mutating func scalar(_ value: Float) -> String {
        if let name = scalarNames[value] { return name }
        let name = constant([value], shape: [], hint: "f_\(value)")
        scalarNames[value] = name
        return name
    }
    private var scalarNames: [Float: String] = [:]

    private mutating func unique(_ hint: String) -> String {
        var name = hint
        var number = 1
        while !names.insert(name).inserted {
            number += 1
            name = "\(hint)_\(number)"
        }
        return name
    }

    // MARK: The graph's ends

    /// Declares a public input, channels first or last, of the value's shape.
    mutating func declareInput(_ id: ValueID, name: String, layout: ImageLayout) {
        onnx.input.append(information(id, name, layout))
        if isImage(id), layout == .nchw { images[id] = name } else { naturals[id] = name }
    }

    /// Declares a public output.
    mutating func declareOutput(_ id: ValueID, name: String, layout: ImageLayout) {
        let tensor = isImage(id) && layout == .nchw ? image(id) : natural(id)
        add("Identity", [tensor], output: name)
        onnx.output.append(information(id, name, layout))
    }

    private func information(_ id: ValueID, _ name: String, _ layout: ImageLayout) -> Onnx_ValueInfoProto {
        let shape = shape(id)
        let extents = isImage(id) && layout == .nchw ? [shape[2], shape[0], shape[1]] : shape
        var information = Onnx_ValueInfoProto()
        information.name = name
        information.type.tensorType.elemType = Element.float32
        information.type.tensorType.shape.dim = ([batch] + extents).map { extent in
            var dimension = Onnx_TensorShapeProto.Dimension()
            dimension.dimValue = Int64(extent)
            return dimension
        }
        return information
    }
}

/// A shuffle of an image's channels.
struct Shuffle: Hashable {
    var input: ValueID
    var groups: Int
}

/// ONNX's numbers of element types.
enum Element {
    static let float32: Int32 = 1
    static let int64: Int32 = 7
}
