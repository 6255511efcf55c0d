import CodeGen
import Foundation
import IR
import Interpreter
import Kernels
import Target
import Testing

private let runsEverything = ProcessInfo.processInfo.environment["NETC_ALL"] != nil

private let runnableTargets: [Target] = {
    #if arch(x86_64)
        let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let wide = flags.contains("avx512vl") ? [Target(.avx512)] : []
        let medium = flags.contains("avx2") ? [Target(.avx2)] : []
        return wide + medium + [Target(.sse2), Target(.scalar)]
    #else
        return [Target(.neon), Target(.scalar)]
    #endif
}()

/// Graphs through planner, code generation and clang, against the Interpreter in double precision.
@Suite struct PlannedGraphTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var make: @Sendable () -> Graph

        init(_ name: String, _ body: @escaping @Sendable (inout GraphSketch) -> Void) {
            testDescription = name
            make = {
                var sketch = GraphSketch()
                body(&sketch)
                return sketch.graph
            }
        }
    }

    static let examples: [Example] = [
        Example("a first convolution with an uneven border, written to the output") { s in
            let x = s.input([9, 11, 3])
            s.output(s.convolution(x, 20, kernel: 3, stride: 2, padding: 1))
        },
        Example("a residual block") { s in
            let x = s.convolution(s.input([10, 10, 3]), 24, kernel: 3, padding: 1, activation: .relu)
            let y = s.convolution(x, 24, kernel: 3, padding: 1, activation: .relu)
            s.output(s.convolution(y, 24, kernel: 1, residual: x, activation: .relu))
        },
        Example("a concatenation of parts that fill no whole vectors, read by a padded convolution") { s in
            let x = s.input([8, 8, 17])
            let a = s.convolution(x, 5, activation: .relu)
            let b = s.convolution(x, 33, kernel: 3, padding: 1)
            let c = s.pooling(s.convolution(x, 16, kernel: 3, padding: 2), .maximum, window: 3, stride: 1)
            s.output(s.convolution(s.concatenation([a, b, c]), 10, kernel: 3, padding: 1))
        },
        Example("nested concatenations, and one value in two of them") { s in
            let x = s.convolution(s.input([7, 6, 4]), 12)
            let y = s.concatenation([x, s.convolution(x, 7, kernel: 3, padding: 1)])
            let z = s.concatenation([y, s.convolution(y, 9, kernel: 3, padding: 1)])
            s.output(s.convolution(s.concatenation([z, x]), 6))
        },
        Example("a function of a concatenation, whose part another concatenation copies later") { s in
            let x = s.convolution(s.input([4, 5, 3]), 16)
            let y = s.concatenation([x, s.convolution(x, 9)])
            let z = s.add(.elementwise(Elementwise(activation: .softsign)), [y], [4, 5, 25])
            s.output(s.convolution(s.concatenation([x, s.convolution(z, 7)]), 4))
        },
        Example("a concatenation of the public input") { s in
            let x = s.input([6, 5, 3])
            s.output(s.concatenation([x, s.convolution(x, 4)]))
        },
        Example("grouped convolutions around a channel shuffle") { s in
            let x = s.convolution(s.input([6, 6, 3]), 24)
            let y = s.shuffle(s.convolution(x, 60, groups: 3, activation: .relu), groups: 3)
            let z = s.convolution(y, 60, kernel: 3, padding: 1, groups: 60)
            s.output(s.convolution(z, 24, groups: 3, residual: x))
        },
        Example("a split into uneven parts that are used apart") { s in
            let x = s.convolution(s.input([5, 5, 8]), 40)
            let a = s.gather(x, Array(0..<13))
            let b = s.gather(x, Array(13..<40))
            s.output(s.combine(.add, s.convolution(a, 6), s.convolution(b, 6, kernel: 1)))
            s.output(s.activation(b, .relu))
        },
        Example("flatten before dense, and dense on every pixel") { s in
            let x = s.convolution(s.input([4, 6, 3]), 18, kernel: 3, padding: 1)
            s.output(s.dense(s.flatten(x), 10))
            s.output(s.dense(x, 5))
        },
        Example("a flattened image as an output") { s in
            s.output(s.flatten(s.convolution(s.input([3, 4, 5]), 7)))
        },
        Example("a value that is an output and is read further") { s in
            let x = s.convolution(s.input([5, 4, 6]), 19, activation: .relu)
            s.output(x)
            s.output(s.activation(s.combine(.multiply, x, x), .tanh))
        },
        Example("squeeze and excite") { s in
            let x = s.convolution(s.input([6, 7, 3]), 21, kernel: 3, padding: 1, activation: .hardSilu)
            let m = s.add(.reduction(Reduction(.mean)), [x], [21])
            let g = s.activation(s.dense(s.activation(s.dense(m, 5), .relu), 21), .sigmoid)
            let image = s.add(.reshape, [g], [1, 1, 21])
            s.output(s.convolution(s.combine(.multiply, x, image), 8))
        },
        Example("elementwise in place under a padded reader") { s in
            let x = s.convolution(s.input([6, 6, 4]), 16)
            let y = s.activation(x, .gelu)
            s.output(s.convolution(y, 5, kernel: 3, padding: 1))
        },
        Example("padding, cropping and concatenation of rows") { s in
            let x = s.convolution(s.input([6, 5, 4]), 18)
            let padded = s.add(.padding(Margins(top: 1, bottom: 0, left: 2, right: 1)), [x], [7, 8, 18])
            let cropped = s.add(.padding(Margins(top: -2, bottom: -1, left: 0, right: -1)), [padded], [4, 7, 18])
            s.output(s.pooling(padded, .maximum, window: 2, stride: 1))
            let stacked = s.add(.concatenation(axis: 0), [cropped, cropped], [8, 7, 18])
            s.output(s.convolution(stacked, 3, kernel: 3, padding: 1))
        },
        Example("permutation, slice and a reshape that is no view") { s in
            let x = s.convolution(s.input([4, 3, 5]), 6)
            let p = s.add(.permutation([2, 0, 1]), [x], [6, 4, 3])
            s.output(s.add(.reshape, [p], [8, 9]))
            s.output(s.add(.slice(axis: 1, start: 1, count: 2), [x], [4, 2, 6]))
        },
        Example("two inputs of unlike rank") { s in
            let x = s.input([5, 5, 20])
            let v = s.input([20])
            let image = s.add(.reshape, [v], [1, 1, 20])
            s.output(s.combine(.add, x, image))
        },
        Example("Winograd's larger tile, cut off at the edges") { s in
            let x = s.convolution(s.input([15, 17, 3]), 20)
            s.output(s.convolution(s.convolution(x, 33, kernel: 3, padding: 1, activation: .relu), 18, kernel: 3))
        },
        Example("Winograd's smaller tile with a residual") { s in
            let x = s.convolution(s.input([8, 9, 3]), 48)
            let y = s.convolution(x, 48, kernel: 3, padding: 1, residual: x, activation: .relu)
            s.output(s.convolution(y, 4))
        },
        Example("Winograd's tiles of 5×5 kernels in groups, whose channels lie in another order") { s in
            let x = s.convolution(s.input([15, 17, 3]), 64)
            let y = s.convolution(s.gather(x, (0..<64).reversed()), 32, kernel: 5, padding: 2, groups: 2)
            s.output(s.convolution(y, 4))
        },
        Example("Winograd's tiles in the phases of a dilated kernel") { s in
            let x = s.convolution(s.input([29, 31, 3]), 20)
            let y = s.convolution(x, 17, kernel: 3, dilation: 2, padding: 2, activation: .relu)
            s.output(s.convolution(y, 20, kernel: 3, dilation: 2, padding: 2, residual: x))
            s.output(s.convolution(x, 18, kernel: 3, dilation: 3))
        },
        Example("Strassen's products of blocks, with a residual and a border for the next reader") { s in
            let x = s.convolution(s.input([12, 14, 3]), 128)
            let y = s.convolution(x, 128, residual: x, activation: .relu)
            s.output(s.convolution(s.convolution(y, 256), 3, kernel: 3, padding: 1))
        },
        Example("upsampling, softmax and local response") { s in
            let x = s.convolution(s.input([3, 4, 3]), 19)
            let u = s.add(.upsampling(Upsampling(.bilinear, factor: Extent(2, 2))), [x], [6, 8, 19])
            let l = s.add(.localResponse(LocalResponse(size: 5, alpha: 1e-2, beta: 0.75, bias: 2)), [u], [6, 8, 19])
            s.output(s.add(.softmax(axis: 2, isLogarithmic: false), [l], [6, 8, 19]))
        },
        Example("a transposed convolution") { s in
            let x = s.convolution(s.input([4, 5, 3]), 20)
            let t = TransposedConvolution(
                kernel: Extent(3, 3), strides: Extent(2, 2), cropTop: 0, cropLeft: 0, filters: 7,
                weights: s.constant([3, 3, 7, 20], scale: 0.2),
                bias: s.constant([7]), epilogue: Epilogue(last: .relu))
            s.output(s.add(.transposedConvolution(t), [x], [8, 10, 7]))
        },
    ]

    /// Every example for every instruction set that this machine runs; half of them unless the environment has `NETC_ALL`.
    private static let builds: [(Example, Target)] = examples.enumerated().flatMap { number, example in
        runnableTargets.enumerated().filter { runsEverything || ($0.offset + number) % 2 == 0 }.map {
            (example, $0.element)
        }
    }

    @Test(arguments: builds) func `generated code agrees with the interpreter`(example: Example, target: Target) throws
    {
        let graph = example.make()
        let inputs = randomInputs(graph)
        let library = try BuiltLibrary(graph, target: target)
        let expected = evaluate(graph, inputs: inputs)
        for misalignment in [0, 1] {
            let results = try library.invoke(inputs, misalignment: misalignment)
            for (index, value) in graph.outputs.enumerated() {
                expectClose(results[index], expected[value]!, "output \(index), misalignment \(misalignment)")
            }
        }
        let alone = try library.invoke(inputs)
        for threads: Int32 in [1, 2, 3, 4] {
            let together = try library.run(inputs, threads: threads)
            for (a, b) in zip(alone, together) {
                #expect(a.map(\.bitPattern) == b.map(\.bitPattern), "\(threads) threads change bits")
            }
        }
    }

    private func randomInputs(_ graph: Graph) -> [[Float]] {
        var sketch = GraphSketch(seed: 77)
        return graph.operations.compactMap { operation in
            guard case .input = operation.primitive else { return nil }
            return sketch.constant(graph[operation.output].shape).values
        }
    }

    /// A few units of float32's precision of the largest element: values here are of order one.
    private func expectClose(_ result: [Float], _ expected: [Double], _ what: String) {
        #expect(result.count == expected.count)
        let scale = max(1, expected.map(abs).max() ?? 1)
        let worst = zip(result, expected).map { abs(Double($0) - $1) }.max() ?? 0
        let isFinite = result.allSatisfy(\.isFinite)
        #expect(isFinite && worst <= 3e-5 * scale, "\(what): off by \(worst) of \(scale)")
    }
}
