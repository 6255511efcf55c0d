import Network
import Testing

/// A layer applied to `sequence` inputs with `numbers` for each of its parameters, and what Keras 3.15.1 answers (JAX
/// backend, float64).
struct KerasCase: CustomTestStringConvertible, Sendable {
    var name: String
    var attributes: [String: AttributeValue]
    var inputs: [[Int]]
    var shape: [Int]
    var values: [Double]

    init(
        _ name: String, _ attributes: [String: AttributeValue] = [:], _ inputs: [Int]..., shape: [Int],
        _ values: [Double]
    ) {
        self.name = name
        self.attributes = attributes
        self.inputs = inputs
        self.shape = shape
        self.values = values
    }

    var testDescription: String { "\(name) \(attributes.keys.sorted()) of \(inputs)" }
}

private func pair(_ a: Int, _ b: Int) -> AttributeValue { .list([.int(a), .int(b)]) }
private func list(_ values: Int...) -> AttributeValue { .list(values.map { .int($0) }) }
private func numbers(_ values: Double...) -> AttributeValue { .list(values.map { .float($0) }) }
private let same = AttributeValue.string("same")
private let noBias = AttributeValue.bool(false)

@Suite struct KerasValuesTests {
    @Test(arguments: convolutions + transposed + windows + sequences + resizing + others + normalizations)
    func `the reference gives Keras' numbers`(_ it: KerasCase) throws {
        let layer = try makeLayer(it.name, it.attributes)
        let inputs = it.inputs.map { RealTensor(Shape($0), numbers($0.reduce(1, *))) }
        let parameters = layer.parameters(for: inputs.map(\.shape)).map {
            RealTensor($0.shape, numbers($0.shape.elementCount))
        }
        let outputs = layer.reference(inputs, parameters)
        #expect(outputs.map(\.shape.dimensions) == [it.shape])
        // Keras takes moments in float32 even of float64.
        let tolerance = it.name.hasSuffix("Normalization") ? 5e-7 : 1e-7
        #expect(isClose(outputs[0].values, it.values, tolerance: tolerance), "\(outputs[0].values)")
    }

    @Test func `batch normalisation in inference`() throws {
        let y = try output(
            "BatchNormalization", ["epsilon": .float(0.5)], of: [sequence(1, 2, 3)],
            [[2, -1, 0.5], [1, 0, -3], [0.5, 1, -2], [3.5, 0.5, 1.5]])
        #expect(isClose(y.values, [-4.5, -1, -3, 5.5, 0, -3.353553295135], tolerance: 1e-7))
    }

    static let convolutions = [
        KerasCase(
            "Conv2D",
            [
                "filters": .int(1), "kernel_size": pair(3, 2), "strides": pair(2, 2), "padding": same,
                "use_bias": noBias,
            ],
            [5, 4, 1], shape: [3, 2, 1], [30, 33, 20, -41, 12, -43]),
        KerasCase(
            "Conv2D", ["filters": .int(1), "kernel_size": pair(3, 2), "dilation_rate": pair(2, 1)], [6, 4, 1],
            shape: [2, 3, 1], [32, -26, 4, -24, 61, -41]),
        KerasCase(
            "Conv2D",
            ["filters": .int(1), "kernel_size": pair(3, 3), "dilation_rate": pair(2, 2), "padding": same], [4, 4, 1],
            shape: [4, 4, 1], [0, 2, -48, 22, -36, -12, 12, -28, -12, 7, -5, 5, -24, -16, 13, 1]),
        KerasCase(
            "Conv2D", ["filters": .int(4), "kernel_size": pair(2, 1), "groups": .int(2), "use_bias": noBias],
            [2, 2, 4],
            shape: [1, 2, 4], [49, -34, 0, -10, -20, 21, -8, -4]),
        KerasCase(
            "Conv2D", ["filters": .int(2), "kernel_size": pair(2, 2), "activation": .string("relu")], [2, 3, 2],
            shape: [1, 2, 2], [25, 31, 0, 0]),
        KerasCase(
            "DepthwiseConv2D", ["kernel_size": pair(2, 2), "depth_multiplier": .int(2), "use_bias": noBias], [3, 3, 2],
            shape: [2, 2, 4], [-1, 16, 31, 13, 25, -17, -50, 5, -22, 16, 19, 11, -7, 16, -7, 14]),
        KerasCase(
            "SeparableConv2D", ["filters": .int(2), "kernel_size": pair(2, 2), "depth_multiplier": .int(2)], [3, 2, 2],
            shape: [2, 1, 2], [-3, -46, -192, -6]),
        KerasCase(
            "SeparableConv2D",
            ["filters": .int(1), "kernel_size": pair(3, 2), "strides": pair(2, 2), "padding": same], [4, 3, 2],
            shape: [2, 2, 1], [11, 7, 61, -51]),
        KerasCase("Dense", ["units": .int(2)], [2, 3], shape: [2, 2], [14, 8, -35, 26]),
    ]

    static let transposed = [
        transpose(
            [2, 2, 1], kernel: 3, stride: 2, same, outputPadding: 1, shape: [4, 4, 1],
            [25, -10, 0, 4, -25, -5, 25, 2, -10, -4, 7, 10, -10, -2, 31, 5]),
        transpose(
            [2, 2, 1], kernel: 3, stride: 2, same, shape: [4, 4, 1],
            [25, -10, 0, 4, -25, -5, 25, 2, -10, -4, 7, 10, -10, -2, 31, 5]),
        transpose(
            [2, 2, 1], kernel: 3, stride: 2, same, outputPadding: 0, shape: [3, 3, 1],
            [-5, 25, 2, -4, 7, 10, -2, 31, 5]),
        transpose(
            [2, 2, 1], kernel: 4, stride: 2, same, outputPadding: 1, shape: [3, 3, 1],
            [15, -18, -6, -19, -24, 31, 16, -24, -24]),
        transpose(
            [2, 2, 1], kernel: 2, stride: 3, same, outputPadding: 0, shape: [3, 3, 1],
            [-25, 0, -4, 0, 0, 0, -4, 0, -25]),
        transpose(
            [2, 1, 1], kernel: 2, stride: 3, same, shape: [6, 3, 1],
            [25, -10, 0, 10, -25, 0, 0, 0, 0, -10, 4, 0, -4, 10, 0, 0, 0, 0]),
        transpose(
            [2, 1, 1], kernel: 2, stride: 3, .string("valid"), shape: [6, 3, 1],
            [25, -10, 0, 10, -25, 0, 0, 0, 0, -10, 4, 0, -4, 10, 0, 0, 0, 0]),
        transpose(
            [2, 2, 1], kernel: 3, stride: 2, .string("valid"), outputPadding: 1, shape: [6, 6, 1],
            [
                25, -10, 0, 4, -4, 0, -25, -5, 25, 2, -6, 0, -10, -4, 7, 10, -18, 0, -10, -2, 31, 5, -15, 0, -8, 0, 28,
                0, -20, 0, 0, 0, 0, 0, 0, 0,
            ]),
        transpose([2, 2, 1], kernel: 3, stride: 1, same, dilation: 2, shape: [2, 2, 1], [-5, 2, -2, 5]),
        KerasCase(
            "Conv2DTranspose",
            ["filters": .int(2), "kernel_size": pair(2, 2), "dilation_rate": pair(2, 1), "use_bias": noBias],
            [1, 2, 2],
            shape: [3, 3, 2], [29, 20, 9, 9, -17, -8, 0, 0, 0, 0, 0, 0, 26, -5, 9, -46, -14, -5]),
        KerasCase(
            "Conv2DTranspose",
            ["filters": .int(1), "kernel_size": pair(1, 2), "strides": pair(1, 3), "activation": .string("relu")],
            [1, 3, 1], shape: [1, 9, 1], [20, 0, 0, 0, 0, 0, 5, 0, 0]),
    ]

    private static func transpose(
        _ input: [Int], kernel: Int, stride: Int, _ padding: AttributeValue, outputPadding: Int? = nil,
        dilation: Int = 1,
        shape: [Int], _ values: [Double]
    ) -> KerasCase {
        let attributes: [String: AttributeValue] = [
            "filters": .int(1), "kernel_size": pair(kernel, kernel), "strides": pair(stride, stride),
            "padding": padding, "dilation_rate": pair(dilation, dilation), "use_bias": noBias,
            "output_padding": outputPadding.map { pair($0, $0) } ?? AttributeValue.none,
        ]
        return KerasCase("Conv2DTranspose", attributes, input, shape: shape, values)
    }

    static let windows = [
        KerasCase(
            "AveragePooling2D", ["pool_size": pair(3, 3), "strides": pair(2, 2), "padding": same], [4, 4, 1],
            shape: [2, 2, 1], [-0.555555555556, 0.166666666667, 0.5, 0]),
        KerasCase(
            "AveragePooling2D", ["pool_size": pair(2, 1), "strides": pair(1, 2)], [3, 3, 1], shape: [2, 2, 1],
            [0, -2.5, 4.5, -3.5]),
        KerasCase(
            "MaxPooling2D", ["pool_size": pair(3, 3), "strides": pair(2, 2), "padding": same], [4, 4, 1],
            shape: [2, 2, 1], [4, 5, 5, 5]),
        KerasCase(
            "GlobalAveragePooling2D", ["keepdims": .bool(true)], [2, 3, 2], shape: [1, 1, 2],
            [-1.1666666666667, 0.333333333333]),
        KerasCase("GlobalMaxPooling2D", [:], [2, 3, 2], shape: [2], [4, 5]),
        KerasCase(
            "UpSampling2D", ["size": pair(2, 3), "interpolation": .string("bilinear")], [2, 2, 1], shape: [4, 6, 1],
            [
                -5, -5, -2.666666666667, -0.333333333333, 2, 2, -4.25, -4.25, -1.916666666667, 0.416666666667, 2.75,
                2.75, -2.75, -2.75, -0.416666666667, 1.916666666667, 4.25, 4.25, -2, -2, 0.333333333333,
                2.666666666667, 5, 5,
            ]),
        KerasCase(
            "UpSampling2D", ["size": pair(2, 1)], [2, 1, 2], shape: [4, 1, 2], [-5, 2, -5, 2, -2, 5, -2, 5]),
        KerasCase("Cropping2D", ["cropping": list(1, 0, 0, 1)], [2, 3, 1], shape: [1, 2, 1], [5, 1]),
        KerasCase(
            "ZeroPadding2D", ["padding": list(1, 0, 0, 2)], [1, 2, 1], shape: [2, 4, 1], [0, 0, 0, 0, -5, 2, 0, 0]),
    ]

    static let sequences = [
        KerasCase(
            "Conv1D",
            [
                "filters": .int(2), "kernel_size": list(3), "strides": list(2), "padding": .string("causal"),
                "use_bias": noBias,
            ], [7, 2], shape: [4, 2], [18, -25, 38, 24, 18, -52, -13, 26]),
        KerasCase(
            "Conv1D",
            ["filters": .int(1), "kernel_size": list(3), "dilation_rate": list(2), "padding": .string("causal")],
            [6, 2], shape: [6, 1], [-16, -22, 25, 28, -6, 21]),
        KerasCase(
            "Conv1D",
            ["filters": .int(4), "kernel_size": list(2), "groups": .int(2), "strides": list(2), "padding": same],
            [5, 4], shape: [3, 4], [12, -5, 18, -25, 6, -5, -20, -24, 14, -16, -18, 5]),
        KerasCase(
            "DepthwiseConv1D",
            ["kernel_size": list(3), "strides": list(2), "padding": same, "depth_multiplier": .int(2)], [5, 2],
            shape: [3, 4], [-2, 11, 1, -20, -10, 7, -24, 30, -29, 22, 10, 5]),
        KerasCase(
            "SeparableConv1D",
            ["filters": .int(2), "kernel_size": list(3), "dilation_rate": list(2), "depth_multiplier": .int(2)],
            [6, 2], shape: [2, 2], [-204, 18, 138, -42]),
        KerasCase(
            "Conv1DTranspose", ["filters": .int(2), "kernel_size": list(3), "strides": list(2), "padding": same],
            [3, 2], shape: [6, 2], [24, 22, -16, -18, 41, 26, -22, -6, 7, -38, 5, 6]),
        KerasCase(
            "Conv1DTranspose",
            [
                "filters": .int(1), "kernel_size": list(2), "strides": list(3), "padding": same,
                "output_padding": list(1),
            ], [3, 2], shape: [7, 1], [24, 15, -5, 15, 24, -5, -16]),
        KerasCase(
            "Conv1DTranspose",
            ["filters": .int(1), "kernel_size": list(3), "dilation_rate": list(2), "use_bias": noBias], [3, 2],
            shape: [7, 1], [29, 20, 9, 29, -28, -17, 10]),
        KerasCase(
            "MaxPooling1D", ["pool_size": list(3), "strides": list(2), "padding": same], [5, 2], shape: [3, 2],
            [-2, 5, 4, 5, 4, 3]),
        KerasCase(
            "AveragePooling1D", ["pool_size": list(2), "strides": list(2), "padding": same], [5, 2], shape: [3, 2],
            [-3.5, 3.5, 2.5, -1.5, -4, 3]),
        KerasCase(
            "GlobalAveragePooling1D", ["keepdims": .bool(true)], [4, 2], shape: [1, 2], [-0.5, 1]),
        KerasCase("GlobalMaxPooling1D", [:], [4, 2], shape: [2], [4, 5]),
        KerasCase("Cropping1D", [:], [4, 2], shape: [2, 2], [-2, 5, 1, -3]),
        KerasCase(
            "ZeroPadding1D", ["padding": list(2, 1)], [2, 2], shape: [5, 2], [0, 0, 0, 0, -5, 2, -2, 5, 0, 0]),
        KerasCase(
            "UpSampling1D", ["size": .int(3)], [2, 2], shape: [6, 2], [-5, 2, -5, 2, -5, 2, -2, 5, -2, 5, -2, 5]),
    ]

    static let resizing = [
        KerasCase(
            "Resizing",
            ["height": .int(2), "width": .int(3)], [3, 4, 1], shape: [2, 3, 1],
            [-2.791666667, 0.125, 3.041666667, -2.041666667, 0.875, -3.083333333]),
        KerasCase(
            "Resizing",
            ["height": .int(3), "width": .int(5), "interpolation": .string("bilinear")], [2, 3, 1], shape: [3, 5, 1],
            [-5.0, -2.2, 2.0, -0.4, -2.0, 0.0, 0.6, 1.5, -0.9, -2.5, 5.0, 3.4, 1.0, -1.4, -3.0]),
        KerasCase(
            "Resizing",
            ["height": .int(4), "width": .int(2), "interpolation": .string("nearest")], [3, 4, 1], shape: [4, 2, 1],
            [2.0, 5.0, -3.0, 0.0, -3.0, 0.0, 3.0, -5.0]),
        KerasCase(
            "Resizing",
            ["height": .int(2), "width": .int(4), "interpolation": .string("bicubic")], [3, 3, 1], shape: [2, 4, 1],
            [-3.336910339, 0.279215858, 0.68378251, -2.376838436, 4.630297418, 2.031409394, -1.622636614, -4.041072012]),
        KerasCase(
            "Resizing",
            ["height": .int(2), "width": .int(3), "interpolation": .string("lanczos3")], [3, 5, 1], shape: [2, 3, 1],
            [-2.280735924, -1.753571813, 2.19051738, -2.19051738, 1.753571813, 2.280735924]),
        KerasCase(
            "Resizing",
            ["height": .int(3), "width": .int(2), "interpolation": .string("lanczos5"), "antialias": .bool(true)],
            [2, 5, 1], shape: [3, 2, 1],
            [-1.573244781, 2.726217488, -0.582736001, 1.08390947, 0.40777278, -0.558398549]),
        KerasCase(
            "Resizing",
            ["height": .int(1), "width": .int(2), "antialias": .bool(true)], [2, 5, 1], shape: [1, 2, 1],
            [-0.25, 0.75]),
        KerasCase(
            "Resizing",
            ["height": .int(2), "width": .int(3), "interpolation": .string("bicubic"), "antialias": .bool(true)],
            [4, 4, 1], shape: [2, 3, 1],
            [-1.840686877, 0.339789945, 1.43505683, -0.589519073, 1.38421737, -0.795780774]),
        KerasCase(
            "Resizing",
            ["height": .int(2), "width": .int(2), "crop_to_aspect_ratio": .bool(true)], [3, 5, 1], shape: [2, 2, 1],
            [1.5, 1.6875, -1.6875, -1.5]),
        KerasCase(
            "Resizing",
            ["height": .int(3), "width": .int(3), "pad_to_aspect_ratio": .bool(true), "fill_value": .float(2.5)],
            [2, 5, 1], shape: [3, 3, 1],
            [1.638888889, 1.75, 2.472222222, -1.666666667, -1.0, 1.5, 1.972222222, 2.083333333, 2.194444444]),
        KerasCase(
            "Resizing",
            [
                "height": .int(2), "width": .int(3), "pad_to_aspect_ratio": .bool(true),
                "interpolation": .string("nearest"), "fill_value": .float(-1),
            ], [4, 2, 1], shape: [2, 3, 1],
            [-1.0, 5.0, -1.0, -1.0, 0.0, -1.0]),
    ]

    static let others = [
        KerasCase(
            "Softmax", ["axis": list(1)], [2, 1, 2], shape: [2, 1, 2],
            [0.047425873178, 0.047425873178, 0.952574126822, 0.952574126822]),
        KerasCase(
            "Softmax", ["axis": list(1, 3)], [2, 2, 2], shape: [2, 2, 2],
            [
                0.000662931706, 0.726992890454, 0.000662931706, 0.726992890454, 0.267445738276, 0.004898439565,
                0.267445738276, 0.004898439565,
            ]),
        KerasCase("PReLU", ["shared_axes": list(1, 2)], [1, 3, 2], shape: [1, 3, 2], [25, 2, 10, 5, 1, -6]),
        KerasCase("PReLU", ["shared_axes": list(3)], [1, 3, 2], shape: [1, 3, 2], [25, 2, -4, 5, 1, 6]),
        KerasCase(
            "ReLU", ["max_value": .float(4), "negative_slope": .float(0.5), "threshold": .float(1.5)], [11],
            shape: [11], [-3.25, 2, -1.75, 4, -0.25, -2.25, 4, -0.75, -2.75, 3, -1.25]),
        KerasCase("Add", [:], [2, 2, 3], [3], shape: [2, 2, 3], [-10, 4, -4, 0, 3, -5, -1, 2, -6, -2, 1, -7]),
        KerasCase("Multiply", [:], [3], [2, 2, 3], shape: [2, 2, 3], [25, 4, 4, -25, 2, 6, -20, 0, 8, -15, -2, 10]),
        KerasCase(
            "Average", [:], [2, 3], [3], [1, 1], shape: [2, 3],
            [-5, -0.333333333333, -3, -1.666666666667, -0.666666666667, -3.333333333333]),
        KerasCase(
            "Rescaling", ["scale": .list([.float(0.5), .float(2), .float(-1)]), "offset": .list([.float(1)])], [2, 3],
            shape: [2, 3], [-1.5, 5, 3, 3.5, 3, 4]),
        KerasCase("Permute", ["dims": list(3, 1, 2)], [1, 2, 3], shape: [3, 1, 2], [-5, 5, 2, 1, -2, -3]),
        KerasCase(
            "Concatenate", ["axis": .int(2)], [2, 1, 2], [2, 2, 2], shape: [2, 3, 2],
            [-5, 2, -5, 2, -2, 5, -2, 5, 1, -3, 4, 0]),
    ]

    static let normalizations = [
        KerasCase(
            "LayerNormalization", [:], [2, 1, 5], shape: [2, 1, 5],
            [
                2.581431866, 3.0497365, -0.7169884443, 11.99824524, 1.233274817, -0.2568206787, 4.529695511, -2.0,
                -1.324238777, 1.948635817,
            ]),
        KerasCase(
            "LayerNormalization", ["axis": list(1, 2), "epsilon": .float(0.5)], [2, 2, 2], shape: [2, 2, 2],
            [1.563924313, -6.666666985, 1.12480998, 4.666666985, -2.875189781, 0.6666667461, 11.56392479, 3.333333254]),
        KerasCase(
            "LayerNormalization", ["axis": list(1, -1), "center": .bool(false)], [2, 2, 3], shape: [2, 2, 3],
            [
                6.5424757, 1.779553413, 0.7327572703, -7.318936348, 0.5855149031, 1.756544709, 7.589272499,
                0.2616990507, 2.983368874, 4.39136219, -0.2927574515, 4.391361713,
            ]),
        KerasCase(
            "LayerNormalization", ["axis": list(1), "scale": .bool(false)], [3, 1, 2], shape: [3, 1, 2],
            [-6.224642754, -4.797978401, 2.0, 3.111116648, -0.7753571868, -3.313138008]),
        KerasCase(
            "LayerNormalization", ["rms_scaling": .bool(true)], [2, 4], shape: [2, 4],
            [6.565094471, 1.050415158, 1.050415158, 6.565094471, -1.99984014, -2.399808168, -3.199744225, 0.0]),
        KerasCase(
            "GroupNormalization", ["groups": .int(2)], [2, 1, 4], shape: [2, 1, 4],
            [
                1.552379608, 4.271491528, 0.6209520102, 10.67872906, -8.931427956, 0.7768888474, -3.572571278,
                1.942222595,
            ]),
        KerasCase(
            "GroupNormalization", ["groups": .int(-1), "epsilon": .float(0.25)], [3, 1, 2], shape: [3, 1, 2],
            [1.0, 2.399500847, -5.0, 4.197255135, -11.0, -0.5967561007]),
        KerasCase(
            "GroupNormalization", ["groups": .int(2), "axis": .int(1), "scale": .bool(false)], [4, 1, 3],
            shape: [4, 1, 3],
            [
                -6.392990112, -4.303504944, -5.497496605, 3.591988564, 2.397997141, 1.204005718, -0.6380925179,
                -1.84867692, -3.059261322, 6.059261322, 4.848676682, 3.638092279,
            ]),
        KerasCase(
            "GroupNormalization", ["groups": .int(3), "center": .bool(false)], [6], shape: [6],
            [4.999795914, 1.999918342, 1.999918342, 4.999795914, 0.9998750687, 2.999625206]),
        KerasCase(
            "RMSNormalization", [:], [2, 4], shape: [2, 4],
            [6.565320969, 1.050451398, 1.050451398, 6.565320969, -1.961161137, -2.353393555, -3.137857914, 0.0]),
        KerasCase(
            "RMSNormalization", ["axis": list(1, 2), "epsilon": .float(0.5)], [2, 4], shape: [2, 4],
            [7.537783623, 1.206045389, 1.206045389, 7.537783623, 0.3015113473, 2.713602066, 4.824181557, 0.0]),
        KerasCase(
            "UnitNormalization", [:], [2, 4], shape: [2, 4],
            [-0.6565321643, 0.2626128657, -0.2626128657, 0.6565321643, 0.1961161351, -0.5883484054, 0.7844645406, 0.0]),
        KerasCase(
            "UnitNormalization", ["axis": list(1, 2)], [2, 4], shape: [2, 4],
            [-0.5455447256, 0.2182178902, -0.2182178902, 0.5455447256, 0.1091089451, -0.3273268354, 0.4364357805, 0.0]),
        KerasCase(
            "Normalization", ["mean": .float(2), "variance": .float(4)], [2, 3], shape: [2, 3],
            [-3.5, 0.0, -2.0, 1.5, -0.5, -2.5]),
        KerasCase(
            "Normalization", ["mean": numbers(1, -1, 0.5), "variance": numbers(4, 0.25, 2), "invert": .bool(true)],
            [2, 3], shape: [2, 3], [-9.0, 0.0, -2.328427125, 11.0, -0.5, -3.742640687]),
        KerasCase(
            "Normalization", ["axis": list(1, 2), "mean": numbers(1, -1, 0.5), "variance": numbers(4, 0.25, 2)],
            [2, 3], shape: [2, 3], [-3.0, 6.0, -1.767766953, 2.0, 4.0, -2.474873734]),
        KerasCase(
            "Normalization",
            [
                "axis": list(1, 3), "mean": .list([numbers(1), numbers(-1)]),
                "variance": .list([numbers(4), numbers(0.25)]),
            ], [2, 1, 3], shape: [2, 1, 3], [-3.0, 0.5, -1.5, 12.0, 4.0, -4.0]),
        KerasCase(
            "PReLU", ["shared_axes": list(-1)], [2, 2, 3], shape: [2, 2, 3],
            [25.0, 2.0, 4.0, 5.0, 1.0, 6.0, 4.0, 0.0, 12.0, 3.0, -1.0, 15.0]),
        KerasCase(
            "PReLU", ["shared_axes": list(0)], [2, 2, 3], shape: [2, 2, 3],
            [25.0, 2.0, 10.0, 5.0, 1.0, -6.0, 4.0, 0.0, 8.0, 3.0, -5.0, -25.0]),
        KerasCase(
            "ReLU", ["max_value": .float(4), "negative_slope": .float(0.5), "threshold": .float(1)], [11], shape: [11],
            [-3.0, 2.0, -1.5, 4.0, 0.0, -2.0, 4.0, -0.5, -2.5, 3.0, -1.0]),
        KerasCase(
            "ReLU", ["threshold": .float(3)], [11], shape: [11],
            [0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0]),
        KerasCase("RepeatVector", ["n": .int(3)], [2], shape: [3, 2], [-5.0, 2.0, -5.0, 2.0, -5.0, 2.0]),
    ]
}
