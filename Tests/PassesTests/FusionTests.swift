import IR
import Passes
import Testing

/// Kernels that refuse some fusions.
private struct Refusing: KernelCapabilities {
    func supportsEpilogue(_ epilogue: Epilogue, of primitive: Primitive, inputShape: [Int]) -> Bool { false }
    func supportsPadding(_ padding: Margins, of convolution: Convolution, inputShape: [Int]) -> Bool { false }
    func canFuseSeparable(_ separable: Separable, inputShape: [Int]) -> Bool { false }
    var reordersLinearOperations: Bool { false }
}

/// Kernels that are fastest with so many stages in one.
private struct Fusing: KernelCapabilities {
    var mostStages: Int

    func judgeFusedSeparable(_ separable: Separable, inputShape: [Int]) -> Judgement {
        Judgement(pays: separable.stages.count <= mostStages, reason: "")
    }
}

/// Kernels that fuse depthwise and pointwise convolutions over large images.
private struct FusingLarge: KernelCapabilities {
    func judgeFusedSeparable(_ separable: Separable, inputShape: [Int]) -> Judgement {
        Judgement(pays: inputShape[0] >= 8, reason: "of its size")
    }
}

/// Kernels that scale weights where they are fewer than pixels.
private struct Scaling: KernelCapabilities {
    func judgeScaledWeights(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        Judgement(pays: convolution.isPointwise && convolution.filters < inputShape[0] * inputShape[1], reason: "")
    }
}

@Suite struct FusionTests {
    private func epilogue(_ graph: Graph, _ kind: String = "convolution") -> Epilogue? {
        graph.only(kind).primitive.epilogue
    }

    @Test func `elementwise operations in a row are one`() {
        var maker = GraphMaker()
        let x = maker.input(3, 3, 4)
        let y = maker.input(3, 3, 4)
        let maximum = maker.add(.elementwise(Elementwise(combine: .maximum)), x, y)
        let chain = maker.activation(maker.affine(maker.affine(maximum)))
        let graph = run("merge-elementwise", maker.finish(chain))
        #expect(kinds(graph) == ["elementwise"])
        let slope = Elementwise(negativeSlope: maker.constant(4))
        let sloped = maker.add(.elementwise(slope), maker.activation(x, .tanh))
        #expect(kinds(run("merge-elementwise", maker.finish(sloped))) == ["elementwise"])
    }

    @Test func `a scale after an activation stays`() {
        var maker = GraphMaker()
        let y = maker.affine(maker.activation(maker.input(3, 3, 4), .tanh))
        #expect(kinds(run("merge-elementwise", maker.finish(y))) == ["elementwise", "elementwise"])
    }

    @Test func `an activation is applied before the store`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 2)
        let once = maker.activation(maker.convolution(x, 3), .hardSilu)
        #expect(epilogue(run("fuse-activation", maker.finish(once))) == Epilogue(first: .hardSilu))
        let twice = maker.activation(once)
        #expect(epilogue(run("fuse-activation", maker.finish(twice))) == Epilogue(first: .hardSilu, last: .relu))
        let thrice = maker.finish(maker.activation(twice, .tanh))
        #expect(kinds(run("fuse-activation", thrice)) == ["convolution", "elementwise"])
    }

    @Test func `slopes of channels are applied before the store, and end an epilogue`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 2)
        let slope = maker.constant(3)
        let y = maker.add(.elementwise(Elementwise(negativeSlope: slope)), maker.convolution(x, 3))
        #expect(epilogue(run("fuse-activation", maker.finish(y))) == Epilogue(negativeSlope: slope))
        let more = maker.activation(y, .tanh)
        #expect(kinds(run("fuse-activation", maker.finish(more))) == ["convolution", "elementwise"])
        let sum = maker.sum(y, maker.input(2, 2, 3))
        #expect(kinds(optimized(maker.finish(sum))) == ["convolution", "elementwise"])
        let one = Elementwise(negativeSlope: maker.constant(1))
        let shared = run("fuse-activation", maker.finish(maker.add(.elementwise(one), maker.convolution(x, 3))))
        #expect(epilogue(shared)?.negativeSlope?.shape == [3])
    }

    @Test func `slopes stay behind a residual, and where each element has its own`() {
        var maker = GraphMaker()
        let x = maker.input(2, 2, 3)
        let elements = Elementwise(negativeSlope: maker.constant(2, 2, 3))
        let y = maker.add(.elementwise(elements), maker.convolution(x, 3, kernel: .one))
        #expect(kinds(optimized(maker.finish(y))) == ["convolution", "elementwise"])
        let sum = maker.sum(maker.convolution(x, 3, kernel: .one), x)
        let sloped = maker.add(.elementwise(Elementwise(negativeSlope: maker.constant(3))), sum)
        #expect(kinds(optimized(maker.finish(sloped))) == ["convolution", "elementwise"])
    }

    @Test func `a residual is added before the store, as ResNet and MobileNet v2 have it`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 4)
        let y = maker.affine(maker.convolution(x, 4, padding: .around(1)))
        let linear = optimized(maker.finish(maker.sum(x, y)))
        #expect(epilogue(linear) == Epilogue(addsResidual: true))
        let last = optimized(maker.finish(maker.activation(maker.sum(y, x))))
        #expect(epilogue(last) == Epilogue(addsResidual: true, last: .relu))
        let first = optimized(maker.finish(maker.sum(maker.activation(y), x)))
        #expect(epilogue(first) == Epilogue(first: .relu, addsResidual: true))
    }

    @Test func `of two products the later one adds`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 4)
        let main = maker.convolution(x, 6, padding: .around(1))
        let shortcut = maker.convolution(x, 6, kernel: .one)
        let graph = run("fuse-residual", maker.finish(maker.sum(main, shortcut)))
        #expect(kinds(graph) == ["convolution", "convolution"])
        guard case .convolution(let it) = graph.operations.last?.primitive else { return }
        #expect(it.kernel == .one && it.epilogue.addsResidual)
    }

    @Test func `a product waits for a residual that is computed after it`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 4)
        let early = maker.convolution(x, 4, padding: .around(1))
        let late = maker.activation(x, .tanh)
        let graph = run("fuse-residual", maker.finish(maker.sum(early, late)))
        #expect(kinds(graph) == ["elementwise", "convolution"])
    }

    @Test func `sums that broadcast, double or are read elsewhere stay`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 4)
        let y = maker.convolution(x, 4, padding: .around(1))
        let vector = maker.input(4)
        #expect(kinds(run("fuse-residual", maker.finish(maker.sum(y, vector)))).count == 2)
        #expect(kinds(run("fuse-residual", maker.finish(maker.sum(y, y)))).count == 2)
        #expect(kinds(run("fuse-residual", maker.finish(maker.sum(y, x), y))).count == 2)
        let product = maker.add(.elementwise(Elementwise(combine: .multiply)), y, x)
        #expect(kinds(run("fuse-residual", maker.finish(product))).count == 2)
    }

    @Test func `factors of channels scale the weights behind them, as in squeeze-and-excitation`() {
        let context = PassContext(target: anyTarget, capabilities: Scaling())
        var maker = GraphMaker()
        let (x, vector, row) = (maker.input(3, 3, 4), maker.input(4), maker.input(1, 1, 4))
        for (image, factors) in [(x, vector), (row, x)] {
            let product = maker.add(.elementwise(Elementwise(combine: .multiply)), image, factors)
            let y = maker.convolution(product, 4, kernel: .one, bias: true)
            #expect(kinds(run("scale-weights", maker.finish(y), context: context)) == ["convolution"])
            #expect(kinds(optimized(maker.finish(maker.sum(y, x)), context: context)) == ["convolution"])
        }
    }

    @Test func `factors stay where others read the product, where they are no vector, and where kernels are slower`() {
        let context = PassContext(target: anyTarget, capabilities: Scaling())
        var maker = GraphMaker()
        let (x, vector) = (maker.input(3, 3, 4), maker.input(4))
        func product(_ other: ValueID, _ combine: Elementwise.Operator = .multiply) -> ValueID {
            maker.add(.elementwise(Elementwise(combine: combine)), x, other)
        }
        let read = product(vector)
        let graphs = [
            maker.finish(maker.convolution(product(maker.input(3, 3, 4)), 2, kernel: .one)),
            maker.finish(maker.convolution(product(maker.input(3, 1, 1)), 2, kernel: .one)),
            maker.finish(maker.convolution(product(vector, .add), 2, kernel: .one)),
            maker.finish(maker.convolution(product(vector), 2)),
            maker.finish(maker.convolution(product(vector), 9, kernel: .one)),
            maker.finish(maker.convolution(read, 2, kernel: .one), read),
        ]
        for graph in graphs {
            #expect(kinds(run("scale-weights", graph, context: context)) == ["elementwise", "convolution"])
        }
    }

    @Test func `a pointwise convolution merges into a linear layer where that saves products`() {
        var maker = GraphMaker()
        let x = maker.input(5, 5, 2)
        let first = maker.convolution(x, 24, strides: Extent(2, 1), padding: .around(1), bias: true)
        let second = maker.convolution(first, 3, kernel: .one)
        let graph = run("merge-pointwise", maker.finish(second))
        #expect(kinds(graph) == ["convolution"])
        guard case .convolution(let merged) = graph.only("convolution").primitive else { return }
        #expect(merged.weights.shape == [3, 3, 2, 3] && merged.bias != nil && merged.strides == Extent(2, 1))
        let dense = maker.dense(maker.dense(maker.input(9), 40, bias: false), 7)
        #expect(kinds(run("merge-pointwise", maker.finish(dense))) == ["matrix_product"])
    }

    @Test func `linear operations keep their order where infinities must stay where they are`() {
        var maker = GraphMaker()
        let context = PassContext(target: anyTarget, capabilities: Refusing())
        let dense = maker.finish(maker.dense(maker.dense(maker.input(9), 40), 7))
        #expect(kinds(run("merge-pointwise", dense, context: context)) == ["matrix_product", "matrix_product"])
        let product = maker.convolution(maker.input(4, 4, 4), 2, kernel: .one)
        let pooling = Pooling(.average, window: Extent(2, 2), strides: Extent(2, 2))
        let pooled = maker.finish(maker.add(.pooling(pooling), product))
        #expect(kinds(run("pool-first", pooled, context: context)) == ["convolution", "pooling"])
    }

    @Test func `products stay two behind an activation, for another reader, and where one has more products`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 8)
        let narrow = maker.convolution(maker.convolution(x, 2, kernel: .one), 8, kernel: .one)
        let active = maker.convolution(x, 40, kernel: .one, epilogue: Epilogue(first: .relu))
        let read = maker.convolution(x, 40, kernel: .one)
        let wide = maker.convolution(read, 8)
        let graphs = [
            maker.finish(narrow), maker.finish(maker.convolution(active, 8, kernel: .one)),
            maker.finish(maker.convolution(read, 8, kernel: .one), read), maker.finish(wide),
        ]
        for graph in graphs { #expect(kinds(run("merge-pointwise", graph)) == ["convolution", "convolution"]) }
    }

    @Test func `a mean over windows moves before a pointwise convolution, as in DenseNet's transitions`() {
        var maker = GraphMaker()
        let x = maker.input(6, 5, 8)
        let product = maker.convolution(x, 4, kernel: .one, bias: true)
        for (window, padding) in [(2, Margins.zero), (3, .around(1))] {
            let pooling = Pooling(
                .average, window: Extent(window, window), strides: Extent(2, 2), padding: padding)
            let graph = run("pool-first", maker.finish(maker.add(.pooling(pooling), product)))
            #expect(kinds(graph) == ["pooling", "convolution"])
        }
    }

    @Test func `a pooling stays behind what is not linear, what others read, and where nothing is saved`() {
        var maker = GraphMaker()
        let x = maker.input(6, 6, 8)
        func pooled(_ x: ValueID, _ kind: Pooling.Kind = .average, strides: Int = 2) -> ValueID {
            let size = Extent(strides, strides)
            return maker.add(.pooling(Pooling(kind, window: Extent(2, 2), strides: size)), x)
        }
        let product = maker.convolution(x, 4, kernel: .one)
        let active = maker.convolution(x, 4, kernel: .one, epilogue: Epilogue(first: .relu))
        let wide = maker.convolution(x, 4, padding: .around(1))
        let wideInput = maker.convolution(maker.input(6, 6, 64), 1, kernel: .one)
        let graphs = [
            maker.finish(pooled(product, .maximum)), maker.finish(pooled(active)), maker.finish(pooled(wide)),
            maker.finish(pooled(product), product), maker.finish(pooled(wideInput, strides: 1)),
        ]
        for graph in graphs { #expect(kinds(run("pool-first", graph)) == ["convolution", "pooling"]) }
    }

    @Test func `activations move before a concatenation of products`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 4)
        let pooled = maker.add(.pooling(Pooling(.average, window: Extent(3, 3), strides: .one, padding: .around(1))), x)
        let parts = [pooled, maker.convolution(x, 6, padding: .around(1))]
        let whole = maker.activation(maker.affine(maker.add(.concatenation(axis: 2), parts)))
        let graph = optimized(maker.finish(whole))
        #expect(kinds(graph) == ["pooling", "convolution", "elementwise", "concatenation"])
        #expect(epilogue(graph) == Epilogue(first: .relu))
    }

    @Test func `activations stay after a concatenation that has another reader or no product`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 4)
        let y = maker.input(4, 4, 4)
        let plain = maker.activation(maker.add(.concatenation(axis: 2), x, y))
        #expect(kinds(run("hoist-elementwise", maker.finish(plain))) == ["concatenation", "elementwise"])
        let dense = maker.add(.concatenation(axis: 2), x, maker.convolution(x, 2, padding: .around(1)))
        let graph = run("hoist-elementwise", maker.finish(maker.activation(dense), dense))
        #expect(kinds(graph) == ["convolution", "concatenation", "elementwise"])
    }

    @Test func `depthwise and pointwise become one kernel when asked, refused or worth it`() {
        var maker = GraphMaker()
        for size in [6, 9] {
            let x = maker.input(size, size, 4)
            let depthwise = maker.activation(maker.affine(maker.depthwise(x)), .relu6)
            let end = maker.sum(maker.affine(maker.convolution(depthwise, 4, kernel: .one)), x)
            var graph = maker.finish(end)
            graph.inputNames = ["x"]
            graph.operations.removeAll { $0.output < x }
            graph.operations[0].primitive = .input(0)
            func kinds(_ fusion: PassContext.SeparableFusion, _ capabilities: any KernelCapabilities) -> [String] {
                let context = PassContext(target: anyTarget, capabilities: capabilities, separable: fusion)
                return PassesTests.kinds(optimized(graph, context: context))
            }
            #expect(kinds(.always, GenericCapabilities()) == ["separable"])
            #expect(kinds(.never, FusingLarge()) == ["convolution", "convolution"])
            #expect(kinds(.byCost, FusingLarge()) == (size == 9 ? ["separable"] : ["convolution", "convolution"]))
            #expect(kinds(.always, Refusing()) == ["convolution", "elementwise", "convolution", "elementwise"])
        }
    }

    @Test func `an inverted residual becomes one kernel, or as much of it as is worth it`() {
        var maker = GraphMaker()
        let x = maker.input(9, 9, 4)
        let expanded = maker.activation(maker.affine(maker.convolution(x, 8, kernel: .one)), .relu6)
        let depthwise = maker.activation(maker.affine(maker.depthwise(expanded)), .relu6)
        let end = maker.sum(maker.affine(maker.convolution(depthwise, 4, kernel: .one)), x)
        func stages(_ capabilities: any KernelCapabilities, _ graph: Graph) -> [[Int]] {
            let context = PassContext(target: anyTarget, capabilities: capabilities, separable: .byCost)
            return optimized(graph, context: context).operations.compactMap { operation in
                switch operation.primitive {
                case .separable(let it): it.stages.map(\.filters)
                case .convolution(let it): [it.filters]
                default: nil
                }
            }
        }
        let graph = maker.finish(end)
        #expect(stages(Fusing(mostStages: 3), graph) == [[8, 8, 4]])
        #expect(stages(Fusing(mostStages: 2), graph) == [[8, 8], [4]])
        #expect(stages(Fusing(mostStages: 1), graph) == [[8], [8], [4]])
        // What others read too must be stored.
        #expect(stages(Fusing(mostStages: 3), maker.finish(end, expanded)) == [[8], [8, 4]])
        #expect(stages(Fusing(mostStages: 3), maker.finish(end, depthwise)) == [[8, 8], [4]])
    }

    @Test func `what is between depthwise and pointwise keeps them apart`() {
        var maker = GraphMaker()
        let x = maker.input(5, 5, 4)
        let context = PassContext(target: anyTarget, separable: .always)
        let depthwise = maker.depthwise(x)
        let wide = maker.convolution(depthwise, 4, kernel: Extent(1, 2))
        #expect(!kinds(run("fuse-separable", maker.finish(wide), context: context)).contains("separable"))
        let shared = maker.finish(maker.convolution(depthwise, 4, kernel: .one), maker.activation(depthwise))
        #expect(!kinds(run("fuse-separable", shared, context: context)).contains("separable"))
        let dense = maker.convolution(maker.convolution(x, 4), 4, kernel: .one)
        #expect(!kinds(run("fuse-separable", maker.finish(dense), context: context)).contains("separable"))
    }

    @Test func `kernels that refuse an epilogue or padding get none`() {
        var maker = GraphMaker()
        let x = maker.input(5, 5, 4)
        let y = maker.activation(maker.convolution(maker.add(.padding(.around(1)), x), 4))
        let context = PassContext(target: anyTarget, capabilities: Refusing())
        let graph = optimized(maker.finish(maker.sum(y, x)), context: context)
        #expect(kinds(graph) == ["padding", "convolution", "elementwise", "elementwise"])
    }
}
