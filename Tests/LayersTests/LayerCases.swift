import Network
import Testing

/// One layer with attributes, applied to inputs of given shapes: data for the tests that hold for every layer.
struct LayerCase: CustomTestStringConvertible, Sendable {
    var name: String
    var attributes: [String: AttributeValue] = [:]
    var inputs: [[Int]] = [[5, 6, 4]]
    /// Lowering rounds constants to float32 that the reference does not, so they agree to float32 only.
    var isFolded = false
    /// Where the inputs' elements must lie.
    var range: ClosedRange<Double>?

    var testDescription: String { "\(name) \(attributes) \(inputs)" }
}

private func pair(_ a: Int, _ b: Int) -> AttributeValue { .list([.int(a), .int(b)]) }
func list(_ values: Int...) -> AttributeValue { .list(values.map { .int($0) }) }
private let same = AttributeValue.string("same")

let layerCases: [LayerCase] =
    convolutionCases + elementwiseCases + functionCases + windowCases + resizingCases + reducingCases + mergingCases
    + addressingCases + padCases

private let convolutionCases: [LayerCase] = {
    var cases: [LayerCase] = []
    for padding in [same, .string("valid")] {
        for (strides, dilation) in [(pair(1, 1), pair(1, 1)), (pair(2, 1), pair(1, 2)), (pair(2, 3), pair(2, 1))] {
            let window = ["strides": strides, "dilation_rate": dilation, "padding": padding, "kernel_size": pair(3, 2)]
            let wide = window.merging(["filters": .int(6)]) { $1 }
            cases += [
                LayerCase(name: "Conv2D", attributes: wide.merging(["activation": .string("silu")]) { $1 }),
                LayerCase(name: "Conv2D", attributes: wide.merging(["groups": .int(2)]) { $1 }),
                LayerCase(name: "DepthwiseConv2D", attributes: window.merging(["use_bias": .bool(false)]) { $1 }),
                LayerCase(name: "DepthwiseConv2D", attributes: window.merging(["depth_multiplier": .int(3)]) { $1 }),
                LayerCase(name: "SeparableConv2D", attributes: wide.merging(["depth_multiplier": .int(2)]) { $1 }),
                LayerCase(name: "Conv2DTranspose", attributes: wide),
            ]
        }
        for (stride, dilation) in [(1, 1), (2, 1), (1, 3), (3, 2)] {
            let window: [String: AttributeValue] = [
                "strides": list(stride), "dilation_rate": list(dilation), "padding": padding, "kernel_size": list(3),
            ]
            let wide = window.merging(["filters": .int(6)]) { $1 }
            cases += [
                LayerCase(
                    name: "Conv1D", attributes: wide.merging(["activation": .string("softmax")]) { $1 },
                    inputs: [[11, 4]]),
                LayerCase(name: "Conv1D", attributes: wide.merging(["groups": .int(2)]) { $1 }, inputs: [[11, 4]]),
                LayerCase(
                    name: "DepthwiseConv1D", attributes: window.merging(["depth_multiplier": .int(3)]) { $1 },
                    inputs: [[11, 4]]),
                LayerCase(
                    name: "SeparableConv1D", attributes: wide.merging(["depth_multiplier": .int(2)]) { $1 },
                    inputs: [[11, 4]]),
                LayerCase(name: "Conv1DTranspose", attributes: wide, inputs: [[7, 4]]),
            ]
        }
        cases.append(
            LayerCase(
                name: "Conv1DTranspose",
                attributes: [
                    "filters": .int(3), "kernel_size": list(5), "strides": list(3), "padding": padding,
                    "output_padding": list(1),
                ], inputs: [[6, 4]]))
        cases.append(
            LayerCase(
                name: "Conv2DTranspose",
                attributes: [
                    "filters": .int(3), "kernel_size": pair(3, 5), "strides": pair(2, 3), "padding": padding,
                    "output_padding": pair(1, 0),
                ]))
        cases.append(
            LayerCase(
                name: "Conv2DTranspose",
                attributes: [
                    "filters": .int(1), "kernel_size": pair(2, 2), "strides": pair(3, 3), "padding": padding,
                ]))
    }
    return cases + [
        LayerCase(
            name: "Conv2D",
            attributes: ["filters": .int(3), "kernel_size": pair(1, 1), "activation": .string("softmax")]),
        LayerCase(
            name: "Conv1D",
            attributes: [
                "filters": .int(5), "kernel_size": list(3), "dilation_rate": list(2), "padding": .string("causal"),
            ], inputs: [[9, 4]]),
        LayerCase(
            name: "Conv1D",
            attributes: [
                "filters": .int(4), "kernel_size": list(4), "strides": list(3), "padding": .string("causal"),
                "groups": .int(4), "use_bias": .bool(false),
            ], inputs: [[8, 4]]),
        LayerCase(name: "Conv2D", attributes: ["filters": .int(5), "kernel_size": pair(5, 6)]),
        LayerCase(name: "Conv2D", attributes: ["filters": .int(4), "kernel_size": pair(2, 2), "groups": .int(4)]),
        LayerCase(name: "Dense", attributes: ["units": .int(7), "activation": .string("relu")], inputs: [[9]]),
        LayerCase(name: "Dense", attributes: ["units": .int(3), "use_bias": .bool(false)]),
        LayerCase(name: "Dense", attributes: ["units": .int(3)], inputs: [[4, 5]]),
        LayerCase(name: "Dense", attributes: ["units": .int(3)], inputs: [[2, 3, 4, 5]]),
        LayerCase(name: "Dense", attributes: ["units": .int(5), "activation": .string("softmax")], inputs: [[9]]),
    ]
}()

private let elementwiseCases: [LayerCase] =
    activationNames.map { LayerCase(name: "Activation", attributes: ["activation": .string($0)]) } + [
        LayerCase(name: "BatchNormalization", isFolded: true),
        LayerCase(
            name: "BatchNormalization", attributes: ["axis": .int(1), "scale": .bool(false), "epsilon": .float(0.1)],
            isFolded: true),
        LayerCase(
            name: "BatchNormalization", attributes: ["axis": .int(2), "center": .bool(false)], isFolded: true),
        LayerCase(name: "BatchNormalization", inputs: [[8]], isFolded: true),
        LayerCase(name: "BatchNormalization", attributes: ["renorm": .bool(true)], isFolded: true),
        LayerCase(name: "LayerNormalization"), LayerCase(name: "LayerNormalization", inputs: [[17]]),
        LayerCase(name: "LayerNormalization", attributes: ["axis": list(2), "scale": .bool(false)]),
        LayerCase(name: "LayerNormalization", attributes: ["axis": list(3, 1), "epsilon": .float(0.5)]),
        LayerCase(name: "LayerNormalization", attributes: ["axis": list(-1, 1)]),
        LayerCase(name: "LayerNormalization", attributes: ["axis": list(1, 2, 3), "center": .bool(false)]),
        LayerCase(name: "LayerNormalization", attributes: ["rms_scaling": .bool(true)]),
        LayerCase(name: "LayerNormalization", inputs: [[2, 3, 2, 5]]),
        LayerCase(name: "GroupNormalization", attributes: ["groups": .int(2)]),
        LayerCase(name: "GroupNormalization", attributes: ["groups": .int(-1), "scale": .bool(false)]),
        LayerCase(name: "GroupNormalization", attributes: ["groups": .int(1), "center": .bool(false)]),
        LayerCase(name: "GroupNormalization", attributes: ["groups": .int(3), "axis": .int(2)]),
        LayerCase(
            name: "GroupNormalization", attributes: ["groups": .int(2), "epsilon": .float(0.1)], inputs: [[2, 2, 3, 6]]),
        LayerCase(name: "GroupNormalization", attributes: ["groups": .int(4)], inputs: [[16]]),
        LayerCase(name: "RMSNormalization"),
        LayerCase(name: "RMSNormalization", attributes: ["axis": list(2, 3), "epsilon": .float(0.1)]),
        LayerCase(name: "UnitNormalization", isFolded: true),
        LayerCase(name: "UnitNormalization", attributes: ["axis": list(1, -1)], isFolded: true),
        LayerCase(name: "Normalization", isFolded: true),
        LayerCase(name: "Normalization", attributes: ["axis": .none], isFolded: true),
        LayerCase(
            name: "Normalization", attributes: ["axis": list(1, 3), "invert": .bool(true)], isFolded: true),
        LayerCase(
            name: "Normalization",
            attributes: ["mean": list(1, 0, -1, 2), "variance": list(1, 4, 2, 3), "invert": .bool(true)],
            isFolded: true),
        LayerCase(
            name: "Normalization",
            attributes: [
                "axis": list(1, 2), "mean": .list([list(1), list(2), list(3), list(4), list(5)]),
                "variance": .list([list(4), list(1), list(2), list(2), list(1)]),
            ], isFolded: true),
        LayerCase(name: "LayerScale", attributes: ["init_values": .float(0.5)]),
        LayerCase(name: "ReLU"), LayerCase(name: "ReLU", attributes: ["max_value": .float(0.5)]),
        LayerCase(
            name: "ReLU",
            attributes: ["max_value": .float(0.75), "negative_slope": .float(0.1), "threshold": .float(0.25)]),
        LayerCase(name: "LeakyReLU"), LayerCase(name: "ELU", attributes: ["alpha": .float(0.7)]),
        LayerCase(name: "GELU"), LayerCase(name: "GELU", attributes: ["approximate": .bool(true)]),
        LayerCase(name: "PReLU"), LayerCase(name: "PReLU", attributes: ["shared_axes": list(1, 2)]),
        LayerCase(name: "PReLU", attributes: ["shared_axes": list(3)]),
        LayerCase(name: "PReLU", attributes: ["shared_axes": list(1, 2, 3)]),
        LayerCase(name: "Softmax"), LayerCase(name: "Softmax", attributes: ["axis": list(1)]),
        LayerCase(name: "Softmax", attributes: ["axis": list(3, 1)]), LayerCase(name: "Softmax", inputs: [[11]]),
        LayerCase(name: "Softmax", attributes: ["axis": list(1)], inputs: [[2, 3, 4, 5]]),
        LayerCase(name: "Softmax", attributes: ["axis": list(2)], inputs: [[2, 3, 4, 5]]),
        LayerCase(name: "Softmax", attributes: ["axis": list(1, 3)], inputs: [[2, 3, 4, 5]]),
        LayerCase(
            name: "Rescaling", attributes: ["scale": .list([.float(0.3)]), "offset": .list([.float(-1)])],
            isFolded: true),
        LayerCase(
            name: "Rescaling", attributes: ["scale": .list([.float(0.1), .int(2), .float(-3), .int(0)])],
            isFolded: true),
        LayerCase(name: "LRN"),
        LayerCase(
            name: "LRN",
            attributes: ["size": .int(3), "alpha": .float(0.5), "beta": .float(0.6), "k": .float(1)],
            inputs: [[2, 3, 7]]
        ),
        LayerCase(name: "LRN", attributes: ["size": .int(4), "alpha": .float(0.5)], inputs: [[2, 3, 7]]),
        LayerCase(name: "Dropout", attributes: ["rate": .float(0.5)]),
        LayerCase(name: "SpatialDropout1D", attributes: ["rate": .float(0.5)], inputs: [[5, 4]]),
        LayerCase(name: "SpatialDropout2D", attributes: ["rate": .float(0.5)]),
        LayerCase(name: "AlphaDropout", attributes: ["rate": .float(0.5)]),
        LayerCase(name: "GaussianDropout", attributes: ["rate": .float(0.5)]),
        LayerCase(name: "GaussianNoise", attributes: ["stddev": .float(1)]),
        LayerCase(name: "ActivityRegularization"),
    ]

private let windowCases: [LayerCase] =
    ["MaxPooling2D", "AveragePooling2D"].flatMap { name in
        [
            LayerCase(name: name, attributes: ["pool_size": pair(2, 2)]),
            LayerCase(name: name, attributes: ["pool_size": pair(3, 3), "strides": pair(2, 1), "padding": same]),
            LayerCase(name: name, attributes: ["pool_size": pair(4, 2), "strides": pair(3, 5), "padding": same]),
            LayerCase(name: name, attributes: ["pool_size": pair(3, 1), "strides": pair(1, 3)]),
            LayerCase(name: name, attributes: ["pool_size": pair(3, 4), "padding": list(2, 1, 0, 3)]),
            LayerCase(
                name: name,
                attributes: ["pool_size": pair(2, 5), "strides": pair(3, 2), "padding": list(1, 0, 4, 4)]),
        ]
    }
    + ["MaxPooling1D", "AveragePooling1D"].flatMap { name in
        [
            LayerCase(name: name, attributes: ["pool_size": list(2)], inputs: [[9, 3]]),
            LayerCase(
                name: name, attributes: ["pool_size": list(3), "strides": list(2), "padding": same], inputs: [[10, 3]]),
            LayerCase(name: name, attributes: ["pool_size": list(2), "strides": list(3)], inputs: [[9, 3]]),
            LayerCase(
                name: name, attributes: ["pool_size": list(3), "strides": list(2), "padding": list(2, 1)],
                inputs: [[9, 3]]),
        ]
    }
    + [
        LayerCase(
            name: "MaxPooling1D", attributes: ["pool_size": list(3), "dilation_rate": list(2)], inputs: [[9, 3]]),
        LayerCase(
            name: "MaxPooling2D",
            attributes: [
                "pool_size": pair(3, 2), "strides": pair(1, 2), "padding": same, "dilation_rate": pair(2, 3),
            ]),
        LayerCase(
            name: "MaxPooling2D",
            attributes: ["pool_size": pair(2, 2), "padding": list(3, 0, 2, 2), "dilation_rate": pair(3, 2)]),
    ]
    + ["GlobalAveragePooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling1D", "GlobalMaxPooling1D"].flatMap { name in
        let input = name.hasSuffix("1D") ? [7, 4] : [5, 6, 4]
        return [
            LayerCase(name: name, inputs: [input]),
            LayerCase(name: name, attributes: ["keepdims": .bool(true)], inputs: [input]),
        ]
    } + [
        LayerCase(name: "UpSampling1D", inputs: [[5, 3]]),
        LayerCase(name: "UpSampling1D", attributes: ["size": .int(3)], inputs: [[5, 3]]),
        LayerCase(name: "UpSampling2D"), LayerCase(name: "UpSampling2D", attributes: ["size": pair(1, 3)]),
        LayerCase(name: "UpSampling2D", attributes: ["interpolation": .string("bilinear")]),
        LayerCase(
            name: "UpSampling2D", attributes: ["size": pair(1, 3), "interpolation": .string("bicubic")],
            isFolded: true),
        LayerCase(
            name: "UpSampling2D", attributes: ["size": pair(2, 1), "interpolation": .string("lanczos5")],
            isFolded: true),
        LayerCase(name: "UpSampling2D", attributes: ["size": pair(3, 4), "interpolation": .string("bilinear")]),
    ]

private let resizingCases: [LayerCase] =
    ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"].flatMap { method in
        [false, true].flatMap { antialias in
            [(3, 9), (11, 4), (7, 7)].map { height, width in
                LayerCase(
                    name: "Resizing",
                    attributes: [
                        "height": .int(height), "width": .int(width), "interpolation": .string(method),
                        "antialias": .bool(antialias),
                    ], inputs: [[7, 6, 3]], isFolded: true)
            }
        }
    }
    + [(4, 8), (8, 3), (5, 5)].flatMap { height, width in
        ["crop_to_aspect_ratio", "pad_to_aspect_ratio"].map { mode in
            LayerCase(
                name: "Resizing",
                attributes: [
                    "height": .int(height), "width": .int(width), mode: .bool(true), "fill_value": .float(-1.5),
                ], inputs: [[6, 9, 2]], isFolded: true)
        }
    }

    + ["bilinear", "nearest", "bicubic"].flatMap { method in
        let choices: [[String: AttributeValue]] = [
            ["coordinates": .string("align_corners")], ["coordinates": .string("asymmetric")],
            ["coordinates": .string("pytorch_half_pixel"), "height": .int(1)],
            [
                "coordinates": .string("half_pixel_symmetric"), "scales": .list([.float(0.5), .float(0.6)]),
                "width": .int(3),
            ],
            ["rounding": .string("round_prefer_floor"), "cubic_coefficient": .float(-0.75)],
            ["rounding": .string("floor"), "exclude_outside": .bool(false)],
            ["rounding": .string("ceil"), "exclude_outside": .bool(false), "antialias": .bool(true)],
            ["scales": .list([.float(0.5), .float(1.6)])],
            ["scales": .list([.float(0.5)]), "width": .int(3), "coordinates": .string("align_corners")],
        ]
        return choices.map {
            let size: [String: AttributeValue] = [
                "height": .int(3), "width": .int(9), "interpolation": .string(method),
            ]
            return LayerCase(
                name: "Resizing", attributes: size.merging($0) { $1 }, inputs: [[7, 6, 3]], isFolded: true)
        }
    }

private let reducingCases: [LayerCase] =
    ["Sum", "Mean", "Max", "Min", "Prod"].flatMap { name in
        let axes: [AttributeValue] = [
            .none, list(1), list(2), list(-1), list(1, 2), list(3, 1), list(2, 3), list(1, 2, 3),
        ]
        let images = axes.map { LayerCase(name: name, attributes: ["axis": $0]) }
        let others: [(AttributeValue, [Int])] = [
            (.none, [9]), (list(-1), [9]), (list(1), [5, 3]), (list(2), [5, 3]), (list(1, 3), [2, 3, 4, 5]),
            (list(4, 2), [2, 3, 4, 5]), (list(2), [4, 1, 3]), (list(1, 2), [1, 7, 1]), (.none, [3, 1]), (.none, [1]),
        ]
        let kept = others.map {
            LayerCase(name: name, attributes: ["axis": $0, "keepdims": .bool(true)], inputs: [$1])
        }
        return (images + kept).map {
            var it = $0
            it.isFolded = name == "Mean"
            return it
        }
    }

private let mergingCases: [LayerCase] =
    ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"].flatMap { name in
        let cases = [
            LayerCase(name: name, inputs: [[5, 6, 4], [5, 6, 4]]), LayerCase(name: name, inputs: [[5, 6, 4], [4]]),
            LayerCase(name: name, inputs: [[1, 6, 1], [5, 1, 4]]),
        ]
        let anyRank = [
            [[2, 3, 4, 5], [1, 3, 1, 5]], [[3, 1, 1], [2, 1, 4, 2]], [[1, 3, 1, 2, 2], [2, 1, 2, 1, 2]],
        ].map {
            LayerCase(name: name, inputs: $0)
        }
        let three = LayerCase(name: name, inputs: [[3, 2], [2], [1, 1]])
        return (cases + anyRank + (name == "Subtract" ? [] : [three])).map {
            var it = $0
            it.isFolded = name == "Average" && it.inputs.count == 3
            return it
        }
    } + [
        LayerCase(name: "Concatenate", inputs: [[5, 6, 4], [5, 6, 1], [5, 6, 2]])
    ]
    + (1...4).map { axis in
        var second = [2, 3, 4, 5]
        second[axis - 1] = 7
        return LayerCase(name: "Concatenate", attributes: ["axis": .int(axis)], inputs: [[2, 3, 4, 5], second])
    } + [
        LayerCase(name: "Concatenate", attributes: ["axis": .int(1)], inputs: [[3, 4], [2, 4]]),
        LayerCase(name: "Concatenate", inputs: [[3], [4]]),
        LayerCase(name: "Concatenate", attributes: ["axis": .int(1)], inputs: [[5, 6, 4], [2, 6, 4]]),
        LayerCase(name: "Concatenate", attributes: ["axis": .int(-2)], inputs: [[5, 6, 4], [5, 1, 4]]),
    ]

private let addressingCases: [LayerCase] = [
    LayerCase(name: "Input", attributes: ["shape": list(5, 6, 4)]), LayerCase(name: "Flatten"),
    LayerCase(name: "ZeroPadding1D", inputs: [[5, 3]]),
    LayerCase(name: "ZeroPadding1D", attributes: ["padding": list(0, 3)], inputs: [[5, 3]]),
    LayerCase(name: "Cropping1D", inputs: [[5, 3]]),
    LayerCase(name: "Cropping1D", attributes: ["cropping": list(0, 3)], inputs: [[5, 3]]),
    LayerCase(name: "ZeroPadding2D"), LayerCase(name: "ZeroPadding2D", attributes: ["padding": list(0, 1, 3, 2)]),
    LayerCase(name: "ZeroPadding2D", attributes: ["padding": list(0, 0, 0, 0)]),
    LayerCase(name: "Cropping2D"), LayerCase(name: "Cropping2D", attributes: ["cropping": list(1, 0, 2, 3)]),
    LayerCase(name: "Reshape", attributes: ["target_shape": list(-1, 8)]),
    LayerCase(name: "Reshape", attributes: ["target_shape": list(4, 6, 5)]),
    LayerCase(name: "Permute", attributes: ["dims": list(3, 1, 2)]),
    LayerCase(name: "Permute", attributes: ["dims": list(4, 2, 1, 3)], inputs: [[2, 3, 4, 5]]),
    LayerCase(name: "Permute", attributes: ["dims": list(2, 1)], inputs: [[3, 4]]),
    LayerCase(name: "Flatten", inputs: [[2, 3, 2, 2]]),
    LayerCase(name: "Reshape", attributes: ["target_shape": list(5, 4, 3, 2)], inputs: [[2, 3, 4, 5]]),
    LayerCase(name: "Split", attributes: ["sections": .int(2), "axis": .int(1)], inputs: [[4, 3, 2, 2]]),
    LayerCase(name: "Split", attributes: ["sections": .int(3), "axis": .int(-2)], inputs: [[2, 2, 6, 2]]),
    LayerCase(name: "RepeatVector", attributes: ["n": .int(5)], inputs: [[7]]),
    LayerCase(name: "ChannelShuffle", attributes: ["groups": .int(3)], inputs: [[2, 2, 12]]),
    LayerCase(name: "Slice", attributes: ["start_indices": list(1, 2, 0), "shape": list(3, 4, 2)]),
    LayerCase(name: "Slice", attributes: ["start_indices": list(0, 2, 1), "shape": list(5, 3, 3)]),
    LayerCase(name: "Slice", attributes: ["start_indices": list(2), "shape": list(5)], inputs: [[9]]),
    LayerCase(
        name: "Slice", attributes: ["start_indices": list(1, 0, 1, 2), "shape": list(1, 2, 3, 2)],
        inputs: [[2, 3, 4, 5]]),
    LayerCase(name: "Take", attributes: ["indices": list(4, 0, 0, -1), "axis": .int(1)]),
    LayerCase(name: "Take", attributes: ["indices": list(4, 0, 0, -1), "axis": .int(2)]),
    LayerCase(name: "Take", attributes: ["indices": list(3, 1, 1), "axis": .int(-1)]),
    LayerCase(name: "Take", attributes: ["indices": .int(2), "axis": .int(2)]),
    LayerCase(name: "Take", attributes: ["indices": .list([list(1, 2), list(3, 0)]), "axis": .int(1)]),
    LayerCase(name: "Take", attributes: ["indices": .int(-2), "axis": .int(1)], inputs: [[6]]),
    LayerCase(name: "Take", attributes: ["indices": list(1, 0, 1), "axis": .int(1)], inputs: [[2, 3, 4, 5]]),
    LayerCase(name: "Take", attributes: ["indices": list(2, 0), "axis": .int(2)], inputs: [[2, 3, 4, 5]]),
    LayerCase(name: "Split", attributes: ["sections": .int(2)]),
    LayerCase(name: "Split", attributes: ["sections": .int(3), "axis": .int(2)]),
]

private let padCases: [LayerCase] =
    ["constant", "reflect", "symmetric", "edge"].flatMap { mode in
        let widths: [(AttributeValue, [Int])] = [
            (.list([list(1, 2), list(0, 3), list(0, 0)]), [5, 6, 4]),
            (.list([list(2, 0), list(0, 0), list(3, 2)]), [5, 6, 4]),
            (.int(2), [7, 3]), (list(1, 2), [5]),
            (.list([list(1, 0), list(2, 1), list(0, 3), list(1, 1)]), [2, 3, 4, 5]),
        ]
        return widths.map {
            LayerCase(name: "Pad", attributes: ["pad_width": $0, "mode": .string(mode)], inputs: [$1])
        }
    } + [
        LayerCase(
            name: "Pad",
            attributes: ["pad_width": .list([list(1, 0), list(0, 2), list(1, 1)]), "constant_values": .float(-1.5)]),
        LayerCase(
            name: "Pad", attributes: ["pad_width": .int(1), "constant_values": .float(2)], inputs: [[3, 2, 2, 3]]),
    ]
