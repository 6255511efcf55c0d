import Compiler
import Network
import Reference
import Testing
import Verification

/// What a network with given parameters makes of given inputs: generated code and reference, each output in its order.
struct Computed {
    var generated: [[Float]]
    var reference: [[Double]]

    init(
        _ text: String, parameters: ParameterValues = [:], inputs: [[Float]], build: BuildOptions = BuildOptions()
    ) throws {
        let (model, options) = try read(text)
        var hooks = CompilerHooks()
        hooks.mutateWeights = { $0.merge(parameters) { $1 } }
        generated = try LibraryRunner(model, options, build, hooks: hooks).run(inputs)
        let values = try loadParameters(of: model, options).merging(parameters) { $1 }
        let known = Set(model.network.parameterInventory().map(\.name))
        try #require(parameters.keys.allSatisfy { known.contains($0) }, "the parameters are \(known.sorted())")
        let tensors = zip(model.network.inputs, inputs).map { input, values in
            RealTensor(model.network.shape(of: input.tensor), values.map { Double($0) })
        }
        reference = evaluate(model.network, inputs: tensors, parameters: ReferenceParameters(values)).map(\.values)
    }

    /// The first two outputs agree: in the reference to double precision, in generated code to a few roundings of sums of size 1.
    func expectEqualOutputs() {
        #expect(reference[0].count == reference[1].count)
        #expect(zip(reference[0], reference[1]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(zip(generated[0], generated[1]).allSatisfy { abs($0 - $1) < 1e-5 })
        expectNear(reference[0])
    }

    /// Generated code lies near what it should be.
    func expectNear(_ expected: [Double]) {
        #expect(generated[0].count == expected.count)
        #expect(zip(generated[0], expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }

    /// Both are exactly this: for small whole numbers.
    func expectExactly(_ expected: [Double]) {
        #expect(reference[0] == expected)
        #expect(generated[0].map { Double($0) } == expected)
    }
}

/// Numbers between -0.5 and 0.5 without a pattern.
func values(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map { Float(($0 * 7919 + seed * 104_729 + $0 * $0 * 31) % 1009) / 1009 - 0.5 }
}

/// Small whole numbers, of which sums of products are exact.
func wholes(_ count: Int, seed: Int) -> [Float] { (0..<count).map { Float(($0 * 37 + seed * 11) % 9 - 4) } }
