import IR

/// Builds graphs for tests: every value is a layer of its own, labelled with a tensor of its own, and constants are small multiples of 1/8, so
/// that folding them is exact.
struct GraphMaker {
    var graph = Graph()
    var random: SplitMix64

    init(seed: UInt64 = 1) { random = SplitMix64(state: seed) }

    func shape(_ value: ValueID) -> [Int] { graph[value].shape }

    /// The graph of the given outputs and what they need.
    /// Mutating, so that its arguments may add operations before the graph is read.
    mutating func finish(_ outputs: ValueID...) -> Graph { finish(outputs) }

    mutating func finish(_ outputs: [ValueID]) -> Graph {
        var result = graph
        result.outputs = outputs
        result.outputNames = outputs.indices.map { "y\($0)" }
        var needed = Set(outputs)
        for operation in graph.operations.reversed() where needed.contains(operation.output) {
            needed.formUnion(operation.inputs)
        }
        result.operations.removeAll { $0.primitive.name != "input" && !needed.contains($0.output) }
        return result
    }

    /// Inputs for the graph: not small multiples of anything.
    mutating func inputs(for graph: Graph) -> [[Double]] {
        var result = Array(repeating: [Double](), count: graph.inputNames.count)
        for operation in graph.operations {
            guard case .input(let position) = operation.primitive else { continue }
            result[position] = (0..<graph[operation.output].elementCount).map { _ in random.unit() * 4 - 2 }
        }
        return result
    }

    mutating func add(_ primitive: Primitive, _ inputs: ValueID..., shape: [Int]? = nil) -> ValueID {
        add(primitive, inputs, shape: shape)
    }

    mutating func add(_ primitive: Primitive, _ inputs: [ValueID], shape: [Int]? = nil) -> ValueID {
        let node = graph.values.count
        let shapes = inputs.map { graph[$0].shape }
        let result = try! primitive.resultShape(of: shapes, declared: shape ?? [])
        let layer = Origin.Layer(name: "\(primitive.name)_\(node)", type: "Test", line: node + 1)
        return graph.append(
            primitive, inputs, shape: result, origin: Origin([layer]), tensor: .init(node: node, output: 0))
    }

    mutating func constant(_ shape: Int...) -> Constant { constant(shape) }

    mutating func constant(_ shape: [Int]) -> Constant {
        Constant(shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(random.integer(-8...8)) / 8 })
    }

    // MARK: The usual operations

    mutating func input(_ shape: Int...) -> ValueID {
        let position = graph.inputNames.count
        graph.inputNames.append("x\(position)")
        return add(.input(position), [], shape: shape)
    }

    mutating func convolution(
        _ x: ValueID, _ filters: Int, kernel: Extent = Extent(3, 3), strides: Extent = .one, dilation: Extent = .one,
        padding: Margins = .zero, groups: Int = 1, bias: Bool = false, epilogue: Epilogue = Epilogue()
    ) -> ValueID {
        add(
            .convolution(
                Convolution(
                    kernel: kernel, strides: strides, dilation: dilation, padding: padding, groups: groups,
                    filters: filters,
                    weights: constant(kernel.height, kernel.width, graph[x].channels / groups, filters),
                    bias: bias ? constant(filters) : nil, epilogue: epilogue)), x)
    }

    mutating func depthwise(_ x: ValueID, multiplier: Int = 1, padding: Margins = .around(1)) -> ValueID {
        let channels = graph[x].channels
        return convolution(x, channels * multiplier, padding: padding, groups: channels)
    }

    mutating func transposed(_ x: ValueID, _ filters: Int, kernel: Int, stride: Int) -> ValueID {
        let shape = graph[x].shape
        let it = TransposedConvolution(
            kernel: Extent(kernel, kernel), strides: Extent(stride, stride), cropTop: 0, cropLeft: 0, filters: filters,
            weights: constant(kernel, kernel, filters, shape[2]))
        return add(.transposedConvolution(it), x, shape: [shape[0] * stride, shape[1] * stride, filters])
    }

    mutating func dense(_ x: ValueID, _ units: Int, bias: Bool = true) -> ValueID {
        let weights = constant(graph[x].channels, units)
        return add(.matrixProduct(MatrixProduct(weights: weights, bias: bias ? constant(units) : nil)), x)
    }

    /// Batch normalisation as it is lowered.
    mutating func affine(_ x: ValueID, shift: Bool = true) -> ValueID {
        let channels = graph[x].channels
        return add(
            .elementwise(Elementwise(scale: constant(channels), shift: shift ? constant(channels) : nil)), x)
    }

    mutating func activation(_ x: ValueID, _ activation: Activation = .relu) -> ValueID {
        add(.elementwise(Elementwise(activation: activation)), x)
    }

    mutating func sum(_ a: ValueID, _ b: ValueID) -> ValueID { add(.elementwise(Elementwise(combine: .add)), a, b) }

    mutating func reshape(_ x: ValueID, _ shape: Int...) -> ValueID { add(.reshape, [x], shape: shape) }

    /// A channel shuffle as Keras users write it.
    mutating func keras(shuffle x: ValueID, groups: Int) -> ValueID {
        let shape = graph[x].shape
        let split = reshape(x, shape[0], shape[1], groups, shape[2] / groups)
        return add(.reshape, [add(.permutation([0, 1, 3, 2]), split)], shape: shape)
    }
}

extension Margins {
    static func around(_ cells: Int) -> Margins { Margins(top: cells, bottom: cells, left: cells, right: cells) }
}

/// Steele, Lea and Flood's generator.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func integer(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(next() % UInt64(range.count)) }
    mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }
    mutating func chance(_ one: Int, in all: Int) -> Bool { integer(1...all) <= one }
    mutating func pick<T>(_ choices: [T]) -> T { choices[integer(0...choices.count - 1)] }
}
