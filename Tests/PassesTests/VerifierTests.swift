import IR
import Testing

@Suite struct VerifierTests {
    /// A graph of one primitive on one image, with the shape that its result claims.
    private func graph(_ primitive: Primitive, on inputs: [[Int]], result: [Int]) -> Graph {
        var graph = Graph()
        var values: [ValueID] = []
        for (position, shape) in inputs.enumerated() {
            graph.inputNames.append("x\(position)")
            values.append(graph.append(.input(position), [], shape: shape, origin: Origin([])))
        }
        graph.outputs = [graph.append(primitive, values, shape: result, origin: Origin([]))]
        graph.outputNames = ["y"]
        return graph
    }

    private func zeros(_ shape: Int...) -> Constant {
        Constant(shape: shape, values: Array(repeating: 0, count: shape.reduce(1, *)))
    }

    private func message(_ graph: Graph) -> String {
        do {
            try verify(graph)
            return ""
        } catch {
            return error.message
        }
    }

    private func convolution(weights: Constant, filters: Int, residual: Bool = false) -> Primitive {
        .convolution(
            Convolution(
                kernel: Extent(3, 3), strides: Extent(2, 2), padding: Margins(top: 0, bottom: 1, left: 0, right: 1),
                filters: filters, weights: weights, epilogue: Epilogue(addsResidual: residual)))
    }

    @Test func `shapes that follow from the primitive pass`() {
        // MobileNet's first convolution; (224 + 1 - 3) / 2 + 1 = 112.
        let first = convolution(weights: zeros(3, 3, 3, 32), filters: 32)
        #expect(message(graph(first, on: [[224, 224, 3]], result: [112, 112, 32])) == "")
        #expect(message(graph(.concatenation(axis: 2), on: [[2, 3, 4], [2, 3, 1]], result: [2, 3, 5])) == "")
        let product = Elementwise(combine: .multiply)
        #expect(message(graph(.elementwise(product), on: [[5, 4, 3], [3]], result: [5, 4, 3])) == "")
        #expect(message(graph(.reduction(Reduction(.mean)), on: [[5, 4, 3]], result: [3])) == "")
        #expect(message(graph(.permutation([2, 0, 1]), on: [[5, 4, 3]], result: [3, 5, 4])) == "")
        let upsampling = Upsampling(.nearest, factor: Extent(2, 3))
        #expect(message(graph(.upsampling(upsampling), on: [[5, 4, 3]], result: [10, 12, 3])) == "")
    }

    @Test func `a separable convolution has a depthwise one and a pointwise one beside it`() {
        func convolution(_ channels: Int, _ filters: Int, groups: Int = 1) -> Convolution {
            Convolution(
                kernel: .one, groups: groups, filters: filters, weights: zeros(1, 1, channels / groups, filters))
        }
        func message(_ separable: Separable, filters: Int) -> String {
            self.message(graph(.separable(separable), on: [[5, 4, 3]], result: [5, 4, filters]))
        }
        let (expansion, depthwise) = (convolution(3, 6), convolution(6, 6, groups: 6))
        let all = Separable(expansion: expansion, depthwise: depthwise, pointwise: convolution(6, 2))
        #expect(message(all, filters: 2) == "")
        let first = Separable(expansion: expansion, depthwise: depthwise, pointwise: nil)
        #expect(message(first, filters: 6) == "")
        let alone = Separable(depthwise: convolution(3, 3, groups: 3), pointwise: nil)
        #expect(message(alone, filters: 3) == "a depthwise convolution alone is no separable one")
        let dense = Separable(expansion: expansion, depthwise: convolution(6, 6), pointwise: nil)
        #expect(message(dense, filters: 6) == "the middle convolution of a separable one is not depthwise")
        let grouped = Separable(expansion: expansion, depthwise: depthwise, pointwise: depthwise)
        #expect(message(grouped, filters: 6) == "a convolution beside the depthwise one is not pointwise")
        var pooled = all
        pooled.depthwise.pooling = Pooling(.maximum, window: Extent(2, 2), strides: Extent(2, 2))
        #expect(message(pooled, filters: 2) == "a pooling in a separable convolution")
    }

    @Test func `a pooled convolution has the shape of the pooling, its residual that of the map`() {
        func pooled(_ padding: Margins = .zero) -> Primitive {
            .convolution(
                Convolution(
                    kernel: Extent(3, 3), filters: 4, weights: zeros(3, 3, 3, 4),
                    epilogue: Epilogue(addsResidual: true),
                    pooling: Pooling(.maximum, window: Extent(2, 2), strides: Extent(2, 2), padding: padding)))
        }
        #expect(message(graph(pooled(), on: [[9, 8, 3], [7, 6, 4]], result: [3, 3, 4])) == "")
        #expect(
            message(graph(pooled(), on: [[9, 8, 3], [3, 3, 4]], result: [3, 3, 4]))
                == "a residual of 3×3×4 added to 7×6×4")
        #expect(
            message(graph(pooled(), on: [[9, 8, 3], [7, 6, 4]], result: [7, 6, 4])) == "shape 7×6×4, expected 3×3×4")
        #expect(
            message(graph(pooled(.around(2)), on: [[9, 8, 3], [7, 6, 4]], result: [3, 3, 4])).hasPrefix("padding"))
    }

    @Test func `what does not fit is named`() {
        let groups = MomentNormalization(.groups(3), epsilon: 1)
        #expect(
            message(graph(.momentNormalization(groups), on: [[2, 2, 4]], result: [2, 2, 4])) == "3 groups of 4 channels"
        )
        let wrongFilters = convolution(weights: zeros(3, 3, 3, 8), filters: 4)
        #expect(
            message(graph(wrongFilters, on: [[7, 7, 3]], result: [3, 3, 4]))
                == "weights of shape 3×3×3×8, expected 3×3×3×4")
        let good = convolution(weights: zeros(3, 3, 3, 8), filters: 8)
        #expect(message(graph(good, on: [[7, 7, 3]], result: [4, 3, 8])) == "shape 4×3×8, expected 3×3×8")
        #expect(message(graph(good, on: [[7, 3]], result: [1])).hasPrefix("expected an image"))
        #expect(message(graph(good, on: [[1, 7, 3]], result: [1, 3, 8])).hasSuffix("larger than its input of 2"))
        let residual = convolution(weights: zeros(3, 3, 3, 8), filters: 8, residual: true)
        #expect(
            message(graph(residual, on: [[7, 7, 3]], result: [3, 3, 8])) == "1 inputs, expected one and a residual")
        #expect(
            message(graph(residual, on: [[7, 7, 3], [8]], result: [3, 3, 8]))
                == "a residual of 8 added to 3×3×8")
        #expect(
            message(graph(.elementwise(Elementwise(combine: .add)), on: [[4, 3], [4]], result: [4, 3]))
                == "shapes 4×3 and 4 do not meet")
        #expect(
            message(graph(.elementwise(Elementwise(scale: zeros(2))), on: [[4, 3]], result: [4, 3]))
                == "scale of shape 2, expected 3")
        #expect(message(graph(.channelGather([0, 3]), on: [[4, 3]], result: [4, 2])) == "no channel 3 in 4×3")
        let beyond = Gather(axis: 0, indices: [4, -1])
        #expect(message(graph(.gather(beyond), on: [[4, 3]], result: [2, 3])) == "no cell 4 along axis 0 of 4×3")
        let filled = Gather(axis: 1, indices: [0, -1], fill: 2)
        #expect(message(graph(.gather(filled), on: [[4, 3]], result: [4, 2])).hasPrefix("channels filled with 2.0"))
        #expect(message(graph(.permutation([0, 0]), on: [[4, 3]], result: [4, 4])).hasPrefix("axes [0, 0]"))
        let axis = Resampling.Axis(starts: [2], weights: [[1, 1]], outside: [0])
        #expect(
            message(graph(.resampling(Resampling(rows: axis, columns: axis)), on: [[3, 4, 1]], result: [1, 1, 1]))
                == "2 weights from cell 2 of 3")
        #expect(message(graph(.reshape, on: [[4, 3]], result: [13])) == "4×3 reshaped to 13")
        let channels = Primitive.slice(axis: 1, start: 0, count: 1)
        #expect(message(graph(channels, on: [[4, 3]], result: [4, 1])).hasPrefix("a slice"))
        let wide = Pooling(.average, window: Extent(2, 2), strides: .one, padding: .around(2))
        #expect(message(graph(.pooling(wide), on: [[4, 4, 1]], result: [7, 7, 1])).hasPrefix("padding (2,2,2,2)"))
    }

    @Test func `order, single assignment and the interface are checked`() {
        var late = graph(.reshape, on: [[4]], result: [2, 2])
        late.operations.reverse()
        #expect(message(late) == "%0 is read before it is defined")
        var twice = graph(.reshape, on: [[4]], result: [2, 2])
        twice.operations.append(twice.operations[1])
        #expect(message(twice) == "%1 is defined twice")
        var unnamed = graph(.reshape, on: [[4]], result: [2, 2])
        unnamed.outputNames = []
        #expect(message(unnamed) == "1 outputs with names []")
        var undefined = graph(.reshape, on: [[4]], result: [2, 2])
        undefined.operations.removeLast()
        #expect(message(undefined) == "output %1 is not defined")
        var noInput = graph(.reshape, on: [[4]], result: [2, 2])
        noInput.inputNames = ["a", "b"]
        #expect(message(noInput).hasPrefix("inputs [0]"))
    }

    @Test func `the dump has a line for each operation`() {
        var maker = GraphMaker()
        let x = maker.input(8, 8, 3)
        let y = maker.convolution(
            x, 4, strides: Extent(2, 2), padding: Margins(top: 0, bottom: 1, left: 0, right: 1), bias: true)
        let z = maker.convolution(y, 4, kernel: .one, epilogue: Epilogue(first: .relu6))
        let end = maker.activation(maker.sum(z, y))
        let graph = optimized(maker.finish(end))
        #expect(
            dump(graph) == """
                %0 = input x0 0 : 8×8×3   ; input_0 (line 1) = tensor 0.0
                %1 = convolution %0 3×3 stride 2 pad (0,1,0,1) groups 1 filters 4 weights[3×3×3×4] bias[4] : 4×4×4   ; \
                convolution_1 (line 2) = tensor 1.0
                %4 = convolution %1 1×1 groups 1 filters 4 weights[1×1×4×4] act relu6 + %1 act relu : 4×4×4   ; \
                convolution_2+elementwise_3+elementwise_4 (line 3) = tensor 4.0
                output y0 = %4

                """)
    }
}
