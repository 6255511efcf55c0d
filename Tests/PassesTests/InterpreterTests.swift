import IR
import Interpreter
import Testing

/// Small cases worked out by hand, or with NumPy from Keras' formulae.
@Suite struct InterpreterTests {
    /// The primitive on constants that count up from 1.
    private func apply(_ primitive: Primitive, to shapes: [Int]..., result: [Int]) -> [Double] {
        var graph = Graph()
        var inputs: [[Double]] = []
        var values: [ValueID] = []
        for (position, shape) in shapes.enumerated() {
            graph.inputNames.append("x\(position)")
            values.append(graph.append(.input(position), [], shape: shape, origin: Origin([])))
            inputs.append((1...shape.reduce(1, *)).map(Double.init))
        }
        let y = graph.append(primitive, values, shape: result, origin: Origin([]))
        graph.outputs = [y]
        graph.outputNames = ["y"]
        #expect(throws: Never.self) { try verify(graph) }
        return evaluate(graph, inputs: inputs)[y]!
    }

    private func counting(_ shape: Int...) -> Constant {
        Constant(shape: shape, values: (1...shape.reduce(1, *)).map(Float.init))
    }

    @Test func `convolution with stride, padding and bias`() {
        // [[1,2],[3,4]] padded with a row of zeros above; kernel rows (1, 2) and stride 2 down.
        let it = Convolution(
            kernel: Extent(2, 1), strides: Extent(2, 1), padding: Margins(top: 1, bottom: 1, left: 0, right: 0),
            filters: 1, weights: counting(2, 1, 1, 1), bias: Constant(shape: [1], values: [10]))
        #expect(apply(.convolution(it), to: [2, 2, 1], result: [2, 2, 1]) == [12, 14, 13, 14])
    }

    @Test func `groups see their own channels`() {
        let it = Convolution(kernel: .one, groups: 2, filters: 4, weights: counting(1, 1, 1, 4))
        #expect(apply(.convolution(it), to: [1, 1, 2], result: [1, 1, 4]) == [1, 2, 6, 8])
    }

    @Test func `dilation skips cells`() {
        let it = Convolution(
            kernel: Extent(1, 2), dilation: Extent(1, 2), filters: 1, weights: counting(1, 2, 1, 1))
        #expect(apply(.convolution(it), to: [1, 4, 1], result: [1, 2, 1]) == [7, 10])
    }

    @Test func `transposed convolution scatters, cuts and fills with the bias`() {
        // Full result of (1, 2) with kernel (1, 2, 3), stride 2: 1, 2, 3+2, 4, 6.
        let it = TransposedConvolution(
            kernel: Extent(1, 3), strides: Extent(1, 2), cropTop: 0, cropLeft: 1, filters: 1,
            weights: counting(1, 3, 1, 1), bias: Constant(shape: [1], values: [10]))
        #expect(apply(.transposedConvolution(it), to: [1, 2, 1], result: [1, 5, 1]) == [12, 15, 14, 16, 10])
    }

    @Test func `the epilogue adds the residual between its activations`() {
        let it = MatrixProduct(
            weights: Constant(shape: [1, 2], values: [1, -5]),
            epilogue: Epilogue(first: .relu, addsResidual: true, last: .relu6))
        #expect(apply(.matrixProduct(it), to: [1], [2], result: [2]) == [2, 2])
    }

    @Test func `pooling counts only cells of the image`() {
        let padding = Margins(top: 1, bottom: 0, left: 1, right: 0)
        let mean = Pooling(.average, window: Extent(2, 2), strides: .one, padding: padding)
        #expect(apply(.pooling(mean), to: [2, 2, 1], result: [2, 2, 1]) == [1, 1.5, 2, 2.5])
        let maximum = Pooling(.maximum, window: Extent(2, 2), strides: .one, padding: padding)
        #expect(apply(.pooling(maximum), to: [2, 2, 1], result: [2, 2, 1]) == [1, 2, 3, 4])
        #expect(apply(.reduction(Reduction(.sum)), to: [2, 1, 2], result: [2]) == [4, 6])
    }

    @Test func `elementwise broadcasts, scales, shifts and slopes`() {
        let it = Elementwise(
            combine: .subtract, scale: counting(2), shift: Constant(shape: [1], values: [1]),
            negativeSlope: Constant(shape: [1], values: [0.5]))
        // (1,2),(3,4) − (1,2) = (0,0),(2,2); ×(1,2) + 1.
        #expect(apply(.elementwise(it), to: [2, 2], [2], result: [2, 2]) == [1, 1, 3, 5])
        let slope = Elementwise(
            shift: Constant(shape: [1], values: [-3]), negativeSlope: Constant(shape: [1], values: [0.5]))
        #expect(apply(.elementwise(slope), to: [4], result: [4]) == [-1, -0.5, 0, 1])
    }

    @Test func `addressing moves elements`() {
        #expect(apply(.concatenation(axis: 1), to: [2, 1], [2, 2], result: [2, 3]) == [1, 1, 2, 2, 3, 4])
        #expect(apply(.channelGather([1, 1, 0]), to: [1, 2], result: [1, 3]) == [2, 2, 1])
        let rows = Gather(axis: 0, indices: [1, -1, 0], fill: 7)
        #expect(apply(.gather(rows), to: [2, 2], result: [3, 2]) == [3, 4, 7, 7, 1, 2])
        #expect(apply(.slice(axis: 0, start: 1, count: 1), to: [2, 2], result: [1, 2]) == [3, 4])
        #expect(apply(.permutation([1, 0]), to: [2, 3], result: [3, 2]) == [1, 4, 2, 5, 3, 6])
        let margins = Margins(top: 1, bottom: -1, left: 0, right: 1)
        #expect(apply(.padding(margins), to: [2, 2, 1], result: [2, 3, 1]) == [0, 0, 0, 1, 2, 0])
    }

    @Test func `bilinear enlargement has half-pixel centres`() {
        let it = Upsampling(.bilinear, factor: Extent(1, 2))
        #expect(apply(.upsampling(it), to: [1, 2, 1], result: [1, 4, 1]) == [1, 1.25, 1.75, 2])
    }

    /// Between 1 and 2, then three quarters of 2 with a quarter of what lies outside: 1.5, 1.5 + 10 / 4.
    @Test func `resampling adds weighted cells and what lies outside`() {
        let rows = Resampling.Axis(starts: [0], weights: [[1]], outside: [0])
        let columns = Resampling.Axis(starts: [0, 1], weights: [[0.5, 0.5], [0.75]], outside: [0, 0.25])
        let it = Resampling(rows: rows, columns: columns, fill: 10)
        #expect(apply(.resampling(it), to: [1, 2, 1], result: [1, 2, 1]) == [1.5, 4])
    }

    @Test func `softmax and local response`() {
        let softmax = apply(.softmax(axis: 0, isLogarithmic: false), to: [2], result: [2])
        #expect(abs(softmax[0] - 0.2689414213699951) < 1e-15)
        #expect(apply(.sparsemax, to: [2, 3], result: [2, 3]) == [0, 0, 1, 0, 0, 1])
        let it = LocalResponse(size: 3, alpha: 1, beta: 1, bias: 1)
        let expected: [Double] = [1.0 / 6.0, 2.0 / 15.0, 3.0 / 14.0]
        #expect(apply(.localResponse(it), to: [1, 3], result: [1, 3]) == expected)
    }

    /// (1, 3) has mean 2 and variance 1; the channels (1, 3) and (2, 4) of two positions likewise.
    @Test func `normalization by moments`() {
        let positions = MomentNormalization(.position, epsilon: 3, scale: counting(2), shift: counting(2))
        // (1,2),(3,4): variance 1/4.
        let factor = 1 / 3.25.squareRoot()
        let half = factor / 2
        #expect(
            apply(.momentNormalization(positions), to: [2, 2], result: [2, 2]) == [
                1 - half, 2 + factor, 1 - half, 2 + factor,
            ])
        let instances = MomentNormalization(.groups(2), epsilon: 3)
        #expect(apply(.momentNormalization(instances), to: [2, 2], result: [2, 2]) == [-0.5, -0.5, 0.5, 0.5])
        let lengths = MomentNormalization(
            .groups(1), epsilon: 0, least: 10, centresVariance: false, centresResult: false)
        #expect(
            apply(.momentNormalization(lengths), to: [2, 1], result: [2, 1])
                == [1, 2].map { $0 * (1 / 10.0.squareRoot()) })
    }

    @Test func `matrices are multiplied one by one`() {
        var graph = Graph()
        graph.inputNames = ["a", "b"]
        let a = graph.append(.input(0), [], shape: [2, 2, 2], origin: Origin([]))
        let b = graph.append(.input(1), [], shape: [2, 1], origin: Origin([]))
        let y = graph.append(.matmul, [a, b], shape: [2, 2, 1], origin: Origin([]))
        let inputs: [[Double]] = [[1, 2, 3, 4, 5, 6, 7, 8], [10, 1]]
        #expect(evaluate(graph, inputs: inputs)[y]! == [12, 34, 56, 78])
    }

    /// Values at −1.5 and 2 from Keras 3's definitions, computed in Python.
    @Test(arguments: [
        (Activation.rectifier(maximum: 1.5, slope: 0.5, threshold: 1), -1.25, 1.5),
        (.elu(alpha: 2), -1.5537396797031404, 2), (.selu, -1.3658143533672527, 2.101401974710961),
        (.celu(alpha: 2), -1.0552668945179706, 2), (.gelu, -0.10021080190328713, 1.9544997361036416),
        (.geluTanh, -0.10042842301976707, 1.954597694087775), (.sigmoid, 0.18242552380635635, 0.8807970779778823),
        (.logSigmoid, -1.7014132779827524, -0.1269280110429725), (.silu, -0.27363828570953451, 1.7615941559557649),
        (.binarySilu, -100.3022879860767, 409.6), (.sixfoldHardSilu, -2.25, 10),
        (.hardSigmoid, 0.25, 0.8333333333333334), (.hardSilu, -0.375, 1.6666666666666667), (.hardTanh, -1, 1),
        (.tanh, -0.9051482536448664, 0.9640275800758169), (.softplus, 0.20141327798275246, 2.1269280110429727),
        (.softsign, -0.6, 0.6666666666666666), (.exponential, 0.22313016014842982, 7.38905609893065),
        (.mish, -0.29809974216680674, 1.9439589595339946), (.linear, -1.5, 2), (.hardShrink, -1.5, 2),
        (.softShrink, -1, 1.5), (.tanhShrink, -0.5948517463551336, 1.0359724199241831), (.sparsePlus, 0, 2),
        (.sparseSigmoid, 0, 1), (.squareplus, 0.5, 2.414213562373095),
        (.clip(minimum: -1, maximum: .infinity), -1, 2), (.clip(minimum: -.infinity, maximum: 0.5), -1.5, 0.5),
        (.power(3), -3.375, 8), (.power(-2), 0.4444444444444444, 0.25), (.elementary(.abs), 1.5, 2),
        (.elementary(.reciprocal), -0.6666666666666666, 0.5),
        (.elementary(.expm1), -0.7768698398515702, 6.38905609893065),
        (.elementary(.floor), -2, 2), (.elementary(.ceil), -1, 2), (.elementary(.round), -2, 2),
        (.elementary(.sign), -1, 1), (.elementary(.sin), -0.9974949866040544, 0.9092974268256817),
        (.elementary(.arctan), -0.982793723247329, 1.1071487177940904),
        (.elementary(.arcsinh), -1.1947632172871092, 1.4436354751788103),
        (.elementary(.erf), -0.9661051464753108, 0.9953222650189527),
    ]) func `activations are those of Keras`(activation: Activation, low: Double, high: Double) {
        var graph = Graph()
        graph.inputNames = ["x"]
        let x = graph.append(.input(0), [], shape: [2], origin: Origin([]))
        let y = graph.append(.elementwise(Elementwise(activation: activation)), [x], shape: [2], origin: Origin([]))
        let found = evaluate(graph, inputs: [[-1.5, 2.0]])[y]!
        #expect(abs(found[0] - low) < 1e-12)
        #expect(abs(found[1] - high) < 1e-12)
    }
}
