import IR

/// A graph written down for a test, with reproducible weights.
struct GraphSketch {
    var graph = Graph()
    private var state: UInt64

    init(seed: UInt64 = 1) { state = seed &* 0x9e37_79b9_7f4a_7c15 }

    /// A number between -1 and 1 (xorshift64*).
    mutating func random() -> Float {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Float(Int64(bitPattern: (state &* 0x2545_f491_4f6c_dd1d)) >> 40) / Float(1 << 23)
    }

    mutating func constant(_ shape: [Int], scale: Float = 1) -> Constant {
        Constant(shape: shape, values: (0..<shape.reduce(1, *)).map { _ in random() * scale })
    }

    mutating func input(_ shape: [Int]) -> ValueID {
        graph.inputNames.append("x\(graph.inputNames.count)")
        return add(.input(graph.inputNames.count - 1), [], shape)
    }

    mutating func add(_ primitive: Primitive, _ inputs: [ValueID], _ shape: [Int]) -> ValueID {
        let name = "layer_\(graph.operations.count)"
        return graph.append(primitive, inputs, shape: shape, origin: Origin([.init(name: name, type: "Test", line: 1)]))
    }

    mutating func output(_ value: ValueID) {
        graph.outputs.append(value)
        graph.outputNames.append("y\(graph.outputNames.count)")
    }

    /// A convolution with the same padding on all sides.
    mutating func convolution(
        _ x: ValueID, _ filters: Int, kernel: Int = 1, stride: Int = 1, dilation: Int = 1, padding: Int = 0,
        groups: Int = 1,
        residual: ValueID? = nil, activation: Activation = .linear, pooling: Pooling? = nil
    ) -> ValueID {
        let shape = graph[x].shape
        let fanIn = kernel * kernel * shape[2] / groups
        let weights = constant([kernel, kernel, shape[2] / groups, filters], scale: 1.7 / Float(fanIn).squareRoot())
        let primitive = Primitive.convolution(
            Convolution(
                kernel: Extent(kernel, kernel), strides: Extent(stride, stride), dilation: Extent(dilation, dilation),
                padding: Margins(top: padding, bottom: padding, left: padding, right: padding), groups: groups,
                filters: filters,
                weights: weights, bias: constant([filters]),
                epilogue: Epilogue(addsResidual: residual != nil, last: activation), pooling: pooling))
        let inputs = [x] + (residual.map { [$0] } ?? [])
        return add(primitive, inputs, try! primitive.resultShape(of: inputs.map { graph[$0].shape }, declared: []))
    }

    mutating func dense(_ x: ValueID, _ units: Int) -> ValueID {
        let shape = graph[x].shape
        let weights = constant([shape.last!, units], scale: 1.7 / Float(shape.last!).squareRoot())
        return add(
            .matrixProduct(MatrixProduct(weights: weights, bias: constant([units]))), [x], shape.dropLast() + [units])
    }

    mutating func concatenation(_ parts: [ValueID]) -> ValueID {
        var shape = graph[parts[0]].shape
        shape[shape.count - 1] = parts.reduce(0) { $0 + graph[$1].channels }
        return add(.concatenation(axis: shape.count - 1), parts, shape)
    }

    mutating func gather(_ x: ValueID, _ map: [Int]) -> ValueID {
        add(.channelGather(map), [x], graph[x].shape.dropLast() + [map.count])
    }

    mutating func shuffle(_ x: ValueID, groups: Int) -> ValueID {
        let n = graph[x].channels / groups
        return gather(x, (0..<(groups * n)).map { $0 % groups * n + $0 / groups })
    }

    mutating func pooling(_ x: ValueID, _ kind: Pooling.Kind, window: Int, stride: Int) -> ValueID {
        let shape = graph[x].shape
        return add(
            .pooling(Pooling(kind, window: Extent(window, window), strides: Extent(stride, stride))), [x],
            [(shape[0] - window) / stride + 1, (shape[1] - window) / stride + 1, shape[2]])
    }

    mutating func flatten(_ x: ValueID) -> ValueID { add(.reshape, [x], [graph[x].elementCount]) }

    mutating func activation(_ x: ValueID, _ function: Activation) -> ValueID {
        add(.elementwise(Elementwise(activation: function)), [x], graph[x].shape)
    }

    mutating func combine(_ operation: Elementwise.Operator, _ a: ValueID, _ b: ValueID) -> ValueID {
        add(
            .elementwise(Elementwise(combine: operation)), [a, b],
            graph[a].elementCount >= graph[b].elementCount ? graph[a].shape : graph[b].shape)
    }
}
