import IR
import Kernels
import Target
import Testing

@Suite struct DenseTests {
    @Test("a product with a vector, or with a flattened image in any layout", arguments: runnableTargets)
    func flattened(target: Target) throws {
        var cases: [KernelCase] = []
        for (height, width, channels, units) in [
            (1, 1, 64, 10), (1, 1, 37, 1), (1, 1, 33, 100), (1, 1, 259, 70), (3, 2, 19, 33), (2, 3, 4, 64),
            (2, 2, 16, 17), (1, 5, 1, 7),
            (2, 2, 3, 150),
        ] {
            let x = Image(height, width, channels, seed: units)
            let inputs = height * width * channels
            let weights = Constant(shape: [inputs, units], values: Image(inputs, 1, units, seed: 2).values)
            let bias = vector(units, seed: 3)
            let product = MatrixProduct(weights: weights, bias: bias, epilogue: Epilogue(first: .relu))
            let expected = Image(1, 1, units) { _, _, n in
                max(
                    0,
                    (0..<inputs).reduce(Double(bias.values[n])) {
                        $0 + Double(x.values[$1]) * Double(weights.values[$1 * units + n])
                    })
            }
            var sources = layouts(lanes: target.lanes, height, width, channels)
            if channels > 3 { sources.append(shuffled(sources[1], stride: 5)) }
            for layout in sources {
                var results = layouts(lanes: target.lanes, 1, 1, units)
                if units > 3 { results.append(shuffled(results[0], stride: 3)) }
                for y in results {
                    cases.append(
                        KernelCase(
                            name: "\(height)×\(width)×\(channels) to \(units)",
                            instance: denseKernel(product, x: layout, y: y, target: target), inputs: [x.packed(layout)],
                            y: y,
                            expected: expected, tolerance: { _ in 1e-4 }))
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }
}
