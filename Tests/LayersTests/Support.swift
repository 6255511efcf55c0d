import Diagnostics
import Interpreter
import Layers
import Network
import Testing

/// A layer by its name, the attributes that are not given at their defaults.
func makeLayer(_ name: String, _ given: [String: AttributeValue] = [:]) throws -> any LowerableLayer {
    let type = try #require(LayerIndex()[name])
    var values: [String: AttributeValue] = [:]
    for attribute in type.descriptor.attributes {
        let value: AttributeValue = try #require(given[attribute.name] ?? attribute.defaultValue)
        values[attribute.name] = value
    }
    let unknown = Set(given.keys).subtracting(values.keys)
    try #require(unknown.isEmpty, "\(name) has no \(unknown)")
    return try type.init(AttributeValues(values, given: Set(given.keys)))
}

/// The only output of a layer by its reference; parameters are given as their elements, in order.
func output(
    _ name: String, _ attributes: [String: AttributeValue] = [:], of inputs: [RealTensor], _ parameters: [[Double]] = []
) throws -> RealTensor {
    let layer = try makeLayer(name, attributes)
    let table = layer.parameters(for: inputs.map(\.shape))
    try #require(table.map(\.shape.elementCount) == parameters.map(\.count), "parameters of \(name)")
    let outputs = layer.reference(inputs, zip(table, parameters).map { RealTensor($0.shape, $1) })
    #expect(try layer.outputShapes(for: inputs.map(\.shape)) == outputs.map(\.shape))
    return try #require(outputs.first)
}

/// The repeatable small numbers that the expected values of these tests were computed from: `(7·i mod 11) − 5`.
func sequence(_ dimensions: Int...) -> RealTensor {
    let shape = Shape(dimensions)
    return RealTensor(shape, numbers(shape.elementCount))
}

/// The same, without a shape.
func numbers(_ count: Int) -> [Double] { (0..<count).map { Double(7 * $0 % 11 - 5) } }

/// Random numbers that float32 holds, uniform between bounds.
func random(_ shape: Shape, _ name: String, _ low: Double = -1, _ high: Double = 1) -> RealTensor {
    var stream = RandomStream(seed: 1, name: name)
    return RealTensor(shape, (0..<shape.elementCount).map { _ in Double(Float(stream.uniform(low, high))) })
}

func random(_ shape: Shape, _ name: String, _ range: ClosedRange<Double>) -> RealTensor {
    random(shape, name, range.lowerBound, range.upperBound)
}

/// Elements that differ by no more than rounding in double precision.
func isClose(_ a: [Double], _ b: [Double], tolerance: Double = 1e-12) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * (1 + abs($1)) }
}

extension Network {
    /// A network of given layers, each applied to earlier nodes by their numbers; the last is the output.
    static func make(inputs: [Shape], _ layers: [(layer: any LowerableLayer, inputs: [Int])]) throws -> Network {
        var nodes: [Node] = []
        func add(_ layer: any LowerableLayer, _ sources: [TensorID]) throws {
            let shapes = sources.map { nodes[$0.node].outputShapes[$0.output] }
            nodes.append(
                Node(
                    name: "node\(nodes.count)", layer: layer, inputs: sources,
                    outputShapes: try layer.outputShapes(for: shapes),
                    parameters: layer.parameters(for: shapes), range: SourceRange(0, 0), line: 1)
            )
        }
        for shape in inputs {
            try add(makeLayer("Input", ["shape": .list(shape.dimensions.map { .int($0) })]), [])
        }
        for (layer, sources) in layers { try add(layer, sources.map { TensorID(node: $0) }) }
        let range = SourceRange(0, 0)
        let publicInputs = inputs.indices.map {
            PublicTensor(name: "x\($0)", tensor: TensorID(node: $0), range: range)
        }
        let last = nodes.count - 1
        let outputs = nodes[last].outputShapes.indices.map {
            PublicTensor(name: "y\($0)", tensor: TensorID(node: last, output: $0), range: range)
        }
        return Network(sourceName: "test.net", nodes: nodes, inputs: publicInputs, outputs: outputs)
    }

    /// Parameters that keep numbers moderate and hide nothing.
    func randomParameters() -> ParameterValues {
        var values: ParameterValues = [:]
        for named in parameterInventory() {
            let isPositive = [.movingVariance, .gamma, .alpha].contains(named.parameter.role)
            let drawn = random(named.parameter.shape, named.name, isPositive ? 0.5 : -1, isPositive ? 1.5 : 1)
            values[named.name] = drawn.values.map { Float($0) }
        }
        return values
    }
}
