import IR
import Kernels
import Target
import Testing

@Suite struct PlanTests {
    private func plan(_ lanes: Target = Target(.avx512), _ body: (inout GraphSketch) -> Void) throws -> Plan {
        var sketch = GraphSketch()
        body(&sketch)
        return try makePlan(sketch.graph, target: lanes)
    }

    /// The templates of all calls, in order, without the zeroing of borders.
    private func kernels(_ plan: Plan) -> [String] {
        plan.steps.flatMap(\.calls).map(\.instance.template).filter { $0 != "zero_border" }
    }

    @Test func `a concatenation of convolutions takes no step`() throws {
        let plan = try plan { s in
            let x = s.convolution(s.input([8, 8, 3]), 32)
            s.output(s.convolution(s.concatenation([s.convolution(x, 24), s.convolution(x, 40)]), 16))
        }
        #expect(kernels(plan).filter { $0 == "convolution" }.count == 4)
        #expect(kernels(plan).count == 4)
    }

    @Test func `a channel shuffle and a split take no step`() throws {
        let plan = try plan { s in
            let x = s.convolution(s.input([8, 8, 3]), 48)
            let y = s.shuffle(x, groups: 3)
            s.output(s.convolution(s.gather(y, Array(0..<20)), 16))
            s.output(s.convolution(s.gather(y, Array(20..<48)), 16))
        }
        #expect(kernels(plan) == ["convolution", "convolution", "convolution"])
    }

    @Test func `flatten before dense takes no step`() throws {
        let plan = try plan { s in s.output(s.dense(s.flatten(s.convolution(s.input([4, 5, 3]), 20)), 7)) }
        #expect(kernels(plan) == ["convolution", "dense"])
    }

    /// Convolutions one behind the other fetch parts of the weights that follow one another, each as much as its channels allow.
    @Test func `convolutions fetch the weights of a dense layer behind them`() throws {
        let plan = try plan { s in
            let x = s.convolution(s.input([8, 8, 64]), 64)
            s.output(s.dense(s.flatten(s.convolution(s.convolution(x, 64), 16)), 40))
        }
        let dense = try #require(plan.steps.last?.calls.first?.instance.weights.count)
        let fetching = plan.steps.flatMap(\.calls).filter { $0.instance.template == "fetching_convolution" }
        let ranges = fetching.compactMap(\.fetched).sorted { $0.start < $1.start }
        #expect(ranges.count == fetching.count && ranges.count >= 2)
        #expect(ranges.allSatisfy { $0.step == plan.steps.count - 1 && $0.call == 0 && $0.start % 16 == 0 })
        var end = 0
        for range in ranges {
            #expect(range.start == end)
            end += range.floats
        }
        #expect(end <= dense)
    }

    @Test func `threads meet behind each convolution that the next one reads`() throws {
        let plan = try plan { s in
            s.output(s.convolution(s.convolution(s.convolution(s.input([8, 8, 16]), 32), 16), 32))
        }
        #expect(kernels(plan) == ["copy", "convolution", "convolution", "convolution"])
        #expect(plan.meetings == [true, true, true, true])
    }

    /// The third convolution reads what both before it write.
    @Test func `threads do not meet between branches`() throws {
        let plan = try plan { s in
            let x = s.convolution(s.input([8, 8, 16]), 32)
            s.output(s.convolution(s.concatenation([s.convolution(x, 32), s.convolution(x, 48)]), 16))
        }
        #expect(kernels(plan) == ["copy", "convolution", "convolution", "convolution", "convolution"])
        #expect(plan.meetings == [true, true, false, true, true])
    }

    /// Each thread takes the same rows of the same channels in both; a convolution takes all channels.
    @Test func `threads do not meet where each reads what it wrote`() throws {
        let plan = try plan { s in
            let x = s.activation(s.pooling(s.input([8, 8, 48]), .maximum, window: 2, stride: 2), .tanh)
            s.output(s.convolution(x, 16))
        }
        let used = plan.steps.map { $0.calls[0].instance.template }
        #expect(used.suffix(3) == ["pooling", "elementwise", "convolution"])
        #expect(plan.meetings.suffix(3) == [false, true, true])
    }

    @Test func `nothing is fetched for a small dense layer`() throws {
        let plan = try plan { s in
            s.output(s.dense(s.flatten(s.convolution(s.convolution(s.input([6, 6, 32]), 64), 16)), 10))
        }
        #expect(kernels(plan) == ["copy", "convolution", "convolution", "dense"])
    }

    @Test func `an activation that stands alone overwrites its operand`() throws {
        let plan = try plan { s in
            let x = s.activation(s.convolution(s.input([4, 4, 3]), 16), .tanh)
            s.output(s.convolution(x, 16))
        }
        let activation = try #require(plan.steps.first { $0.calls[0].instance.template == "elementwise" })
        #expect(activation.calls[0].reads[0] == activation.calls[0].writes)
    }

    @Test func `strict precision uses no Winograd`() throws {
        var sketch = GraphSketch()
        let x = sketch.convolution(sketch.input([16, 16, 3]), 32)
        sketch.output(sketch.convolution(x, 32, kernel: 3, padding: 1))
        let fast = try makePlan(sketch.graph, target: Target(.avx2))
        let strict = try makePlan(sketch.graph, target: Target(.avx2), options: PlanOptions(precision: .strict))
        #expect(Array(fast.outputGroups.values) == [.tile(Extent(4, 4), dilation: .one)])
        #expect(strict.outputGroups.isEmpty)
    }

    /// A chain and a long-lived branch: buffers alive at the same time must not share memory, and dead ones should.
    @Test func `live buffers do not overlap, dead ones are reused`() throws {
        let plan = try plan { s in
            var x = s.convolution(s.input([16, 16, 3]), 32)
            let skip = x
            for _ in 0..<6 { x = s.convolution(x, 32, activation: .relu) }
            s.output(s.convolution(s.concatenation([skip, x]), 16))
        }
        for (a, first) in plan.buffers.enumerated() {
            for second in plan.buffers[(a + 1)...]
            where first.firstStep <= second.lastStep && second.firstStep <= first.lastStep {
                let isApart =
                    first.offset + 4 * first.floats <= second.offset
                    || second.offset + 4 * second.floats <= first.offset
                #expect(isApart)
            }
        }
        // In the middle of the chain: the concatenation's 16×16×64 floats, and 16×16×32 twice.
        #expect(plan.workspaceBytes == 4 * (16 * 16 * 64 + 2 * 16 * 16 * 32))
        #expect(plan.buffers.allSatisfy { $0.offset % 64 == 0 && $0.offset + 4 * $0.floats <= plan.workspaceBytes })
    }
}

/// Convolutions by Winograd's algorithm that pool their maps.
@Suite struct FusedPoolingTests {
    private let halving = Pooling(.maximum, window: Extent(2, 2), strides: Extent(2, 2))

    private func step(_ options: PlanOptions = PlanOptions()) throws -> Step {
        var sketch = GraphSketch()
        let x = sketch.input([16, 15, 32])
        sketch.output(sketch.convolution(x, 48, kernel: 3, padding: 1, activation: .relu, pooling: halving))
        let plan = try makePlan(sketch.graph, target: Target(.avx512), options: options)
        return try #require(plan.steps.last)
    }

    @Test func `count the map's multiply-adds, and the products of the tiles that are read`() throws {
        let step = try step()
        #expect(step.title == "convolution 3×3 + maximum of 2×2" && step.shapes == "16×15×32 → 8×7×48")
        #expect(step.macs == 16 * 15 * 9 * 32 * 48)
        // The last column of the map is in no window: 16×14 are 4×4 tiles.
        #expect(step.products == 4 * 4 * 36 * 32 * 48)
        #expect(step.bytes == 4 * (16 * 15 * 32 + 8 * 7 * 48 + 36 * 32 * 48))
        #expect(step.outputGroup(lanes: 16) == .tile(Extent(4, 4), dilation: .one))
    }

    @Test func `have no other way, whatever is wanted`() throws {
        let decision = try #require(try step().decision)
        #expect(decision.subject.hasSuffix(" of 16x15x32 to 16x15x48 with maximum of 2x2"))
        #expect(decision.ways.allSatisfy { $0.hasPrefix("winograd ") })
        for (wanted, side) in [("direct 6x4 map", 4), ("winograd 2 by 6", 2), ("winograd 4 by 6", 4)] {
            let options = PlanOptions(choices: Choices([decision.subject: wanted]))
            #expect(try step(options).outputGroup(lanes: 16) == .tile(Extent(side, side), dilation: .one))
        }
    }

    @Test func `pool windows that tiles hold whole, where there are tiles`() {
        let avx2 = PlannerCapabilities(target: Target(.avx2))
        func pays(
            _ kernels: PlannerCapabilities, _ pooling: Pooling, size: Int = 56, channels: Int = 32,
            dilation: Extent = .one, strides: Extent = .one
        ) -> Bool {
            let convolution = Convolution(
                kernel: Extent(3, 3), strides: strides, dilation: dilation,
                padding: Margins(top: 1, bottom: 1, left: 1, right: 1),
                filters: 32,
                weights: Constant(
                    shape: [3, 3, channels, 32], values: Array(repeating: 1, count: 9 * channels * 32)),
                pooling: pooling)
            return kernels.judgeFusedPooling(convolution, inputShape: [size, size, channels]).pays
        }
        func pooling(_ window: Int, _ strides: Int, _ margins: Margins = .zero) -> Pooling {
            Pooling(.average, window: Extent(window, window), strides: Extent(strides, strides), padding: margins)
        }
        #expect(pays(avx2, halving) && pays(avx2, pooling(2, 2)))
        #expect(pays(avx2, pooling(2, 2, Margins(top: 0, bottom: 1, left: 0, right: 1)), size: 15))
        #expect(!pays(avx2, pooling(2, 2, Margins(top: 1, bottom: 0, left: 0, right: 0))))
        #expect(!pays(avx2, pooling(2, 1)) && !pays(avx2, pooling(3, 2)) && !pays(avx2, pooling(3, 3)))
        #expect(!pays(avx2, halving, size: 6) && !pays(avx2, halving, channels: 3))
        #expect(!pays(avx2, halving, dilation: Extent(2, 2)) && !pays(avx2, halving, strides: Extent(2, 2)))
        #expect(!pays(PlannerCapabilities(target: Target(.scalar)), halving))
        #expect(!pays(PlannerCapabilities(target: Target(.avx2), precision: .strict), halving))
    }
}

@Suite struct FoldedUpsamplingTests {
    /// One kernel a phase: a large factor would make kernels and summed weights by the square of it.
    @Test func `only small enlargements become phases`() {
        let convolution = Convolution(
            kernel: Extent(2, 2), filters: 1, weights: Constant(shape: [2, 2, 1, 1], values: [1, 2, 3, 4]))
        let kernels = PlannerCapabilities(target: Target(.scalar))
        func pays(_ factor: Extent) -> Bool {
            kernels.judgeFoldedUpsampling(
                convolution, factor: factor, inputShape: [factor.height, factor.width, 1],
                outputShape: [factor.height - 1, factor.width - 1, 1]
            ).pays
        }
        #expect(pays(Extent(2, 2)) && pays(Extent(4, 1)))
        #expect(!pays(Extent(3, 2)) && !pays(Extent(5000, 5000)))
    }
}
