import Network
import Testing

@Suite struct InitialValuesTests {
    private func draw(
        _ name: String, _ shape: [Int], _ initializer: AttributeValue = .string("zeros"),
        role: ParameterRole = .kernel(fanIn: 27, fanOut: 9), seed: UInt64 = 7, style: InitialValueStyle = .layerDefaults
    ) -> [Float] {
        let parameter = Parameter("kernel", Shape(shape), role, initializer: initializer)
        return initialValues(of: NamedParameter(name: name, parameter: parameter, node: 0), seed: seed, style: style)
    }

    /// SplitMix64, FNV-1a and `statistics.NormalDist().inv_cdf` in Python.
    @Test func `test weights are those of an independent generator`() {
        let kernel = draw("conv2d/kernel", [4], style: .test)
        let expectedKernel: [Float] = [
            0.027605388629599107, 0.014754641040289913, -0.020919776760023625, 0.591632581828504,
        ]
        for (value, expected) in zip(kernel, expectedKernel) { #expect(abs(value - expected) < 2e-7) }
        let bias = draw("conv2d/bias", [4], role: .bias, style: .test)
        #expect(bias == [-0.16286698874609465, -0.07881916895596991, 0.17510887592071567, -0.15538942008551718])
    }

    @Test func `a tensor's values depend on its name and the seed alone`() {
        #expect(draw("a/kernel", [8], style: .test) == draw("a/kernel", [8], style: .test))
        #expect(draw("a/kernel", [8], style: .test) != draw("b/kernel", [8], style: .test))
        #expect(draw("a/kernel", [8], style: .test) != draw("a/kernel", [8], seed: 8, style: .test))
        #expect(Array(draw("a/kernel", [16], style: .test).prefix(8)) == draw("a/kernel", [8], style: .test))
    }

    /// For 200,000 numbers the mean lies within 5/√n deviations and the variance within 5·√(2/n) of theirs.
    @Test(
        arguments: [
            ("glorot_uniform", 1.0 / ((9 * 20 + 9 * 2500) / 2), 3.0), ("he_normal", 2.0 / (9 * 20), nil),
            ("lecun_normal", 1.0 / (9 * 20), nil), ("he_uniform", 2.0 / (9 * 20), 3.0),
            ("glorot_normal", 1.0 / ((9 * 20 + 9 * 2500) / 2), nil), ("random_normal", 0.0025, nil),
            ("random_uniform", 0.01 / 12, 3.0),
        ] as [(String, Double, Double?)])
    func `initialisers have Keras' variance`(name: String, variance: Double, squaredReach: Double?) {
        let values = draw("layer/kernel", [3, 3, 20, 2500], .string(name)).map(Double.init)
        let mean = values.reduce(0, +) / Double(values.count)
        let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
        #expect(abs(mean) < 5 * (variance / Double(values.count)).squareRoot())
        #expect(abs(square / variance - 1) < 0.01)
        if let squaredReach {
            #expect(values.allSatisfy { $0 * $0 <= squaredReach * variance * 1.000001 })
        }
    }

    @Test func `a truncated normal ends at two deviations`() {
        let initializer = AttributeValue.call("truncated_normal", ["mean": .float(1), "stddev": .float(0.5)])
        let values = draw("layer/kernel", [10_000], initializer)
        #expect(values.allSatisfy { abs($0 - 1) <= 1 })
        #expect(values.contains { abs($0 - 1) > 0.95 })
    }

    @Test func `an orthogonal kernel has orthonormal columns`() {
        let (rows, columns) = (2 * 3 * 4, 5)
        let values = draw("layer/kernel", [2, 3, 4, columns], .string("orthogonal")).map(Double.init)
        for a in 0..<columns {
            for b in 0..<columns {
                let product = (0..<rows).reduce(0.0) { $0 + values[$1 * columns + a] * values[$1 * columns + b] }
                #expect(abs(product - (a == b ? 1 : 0)) < 1e-6)
            }
        }
    }

    @Test func `constants and identities are what they say`() {
        #expect(draw("l/bias", [3], .call("constant", ["value": .float(0.25)])) == [0.25, 0.25, 0.25])
        #expect(draw("l/gamma", [2], .string("ones")) == [1, 1])
        #expect(draw("l/kernel", [2, 3], .string("identity")) == [1, 0, 0, 0, 1, 0])
    }
}
