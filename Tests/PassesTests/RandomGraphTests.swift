import IR
import Passes
import Testing

@Suite struct RandomGraphTests {
    /// Every primitive appears, so that the tests below mean something.
    @Test func `the generator makes every primitive that passes see`() {
        var kinds: Set<String> = []
        for seed in 0..<200 { kinds.formUnion(randomGraph(seed: UInt64(seed)).operations.map(\.primitive.name)) }
        let all: Set = [
            "input", "constant", "convolution", "transposed_convolution", "matrix_product", "pooling", "reduction",
            "elementwise", "softmax", "sparsemax", "concatenation", "padding", "channel_gather", "gather", "slice",
            "permutation",
            "reshape", "upsampling", "resampling", "local_response", "moment_normalization",
        ]
        #expect(kinds == all)
    }

    @Test(arguments: 0..<10) func `after every pass a random graph verifies and gives the same numbers`(block: Int) {
        for seed in block * 40..<(block + 1) * 40 {
            let graph = randomGraph(seed: UInt64(seed))
            let capabilities: any KernelCapabilities = seed % 3 == 0 ? Eager() : GenericCapabilities()
            let context = PassContext(
                target: anyTarget, capabilities: capabilities, separable: seed % 2 == 0 ? .always : .never)
            var previous = graph
            var failed = false
            _ = optimize(graph, context: context) { name, result in
                if !failed, let problem = difference(graph, result) {
                    failed = true
                    Issue.record(
                        "seed \(seed), after \(name): \(problem)\nbefore:\n\(dump(previous))after:\n\(dump(result))")
                }
                previous = result
            }
        }
    }

    @Test func `every pass finds work in random graphs`() {
        var idle = Set(allPasses.map(\.name))
        for seed in 0..<200 {
            let context = PassContext(target: anyTarget, capabilities: Eager(), separable: .always)
            for remark in optimize(randomGraph(seed: UInt64(seed)), context: context).remarks {
                idle.remove(remark.pass)
            }
        }
        #expect(idle.isEmpty)
    }

    @Test func `the same graph gives the same result`() {
        for seed in 0..<20 {
            let graph = randomGraph(seed: UInt64(seed))
            let context = PassContext(target: anyTarget)
            #expect(dump(optimize(graph, context: context).graph) == dump(optimize(graph, context: context).graph))
        }
    }

    @Test func `without fusion every tensor that is not erased remains`() {
        for seed in 0..<40 {
            let graph = randomGraph(seed: UInt64(seed))
            _ = optimized(graph, context: PassContext(target: anyTarget, fuse: false))
        }
    }
}
