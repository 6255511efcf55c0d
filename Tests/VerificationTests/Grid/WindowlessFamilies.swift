import Network

/// The instances of the layers without a window, some layers to a family: which of them it is, with which arguments, is a factor like the others.
///
/// Beside it vary the number of channels and the extents; where the input comes from (a public tensor, whose channels are interleaved, or an
/// operation's result, in blocks of channels, possibly shuffled); and whether the result is public or read by another operation.
let windowlessFamilies: [GridFamily] = [
    family("activations", others: [Factor("rank", 4)], forms: activations),
    family("normalisations", forms: normalisations),
    GridFamily(
        layer: "merges", grid: [Factor("form", 6), Factor("operand", operandShapes.count)] + sizes, others: surroundings
    ) { levels in
        let it = WindowlessInstance(levels)
        let layer = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"][levels["form"]]
        let (shape, other) = (it.shape(rank: 3), operandShapes[levels["operand"]](it.shape(rank: 3)))
        let shapes = levels["parity"] == 0 ? [shape, other] : [other, shape]
        return it.instance("\(layer)()", shapes + (levels["source"] == 0 && layer != "Subtract" ? [shape] : []))
    },
    GridFamily(
        layer: "quotients and powers", grid: [Factor("form", 2), Factor("operand", operandShapes.count)] + sizes,
        others: surroundings
    ) { levels in
        let it = WindowlessInstance(levels)
        let (shape, other) = (it.shape(rank: 3), operandShapes[levels["operand"]](it.shape(rank: 3)))
        let shapes = levels["parity"] == 0 ? [shape, other] : [other, shape]
        // Away from poles, and with a positive base.
        return it.instance(["Divide()", "Power()"][levels["form"]], shapes, through: "Activation(sigmoid)")
    },
    GridFamily(
        layer: "sums with constants", grid: [Factor("form", 3), Factor("operand", operandShapes.count)] + sizes,
        others: surroundings
    ) { levels in
        let it = WindowlessInstance(levels)
        let shape = it.shape(rank: 3)
        let extents = operandShapes[levels["operand"]](shape).map { "\($0), " }.joined()
        let layer = ["Add()", "Subtract()", "Multiply()"][levels["form"]]
        return it.instance(layer, [shape], beside: "Constant((\(extents)), glorot_uniform)")
    },
    GridFamily(layer: "products of tensors", grid: [Factor("form", 4)] + sizes, others: surroundings) { levels in
        let it = WindowlessInstance(levels)
        let (rows, columns) = ([it.height, it.channels], [it.channels, it.width])
        let shapes = [[rows, columns], [[2] + rows, [2] + columns], [[2] + rows, columns], [rows, [3] + columns]]
        return it.instance("Matmul()", shapes[levels["form"]])
    },
    GridFamily(layer: "concatenations", grid: [Factor("form", 10)] + sizes, others: surroundings) { levels in
        let it = WindowlessInstance(levels)
        let (rank, axis) = [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2), (4, 0), (4, 1), (4, 2), (4, 3)][
            levels["form"]]
        let shape = it.shape(rank: rank)
        let others = [1, 2].map { number in
            var other = shape
            other[axis] = [other[axis] + number, 1, 16][(levels["extent"] + number) % 3]
            return other
        }
        return it.instance("Concatenate(axis=\(axis + 1))", [shape] + others)
    },
    family("softmaxes", forms: softmaxes), family("movements", forms: movements), family("resizings", forms: resizings),
    family("reductions", forms: reductions),
    GridFamily(
        layer: "dense layers", grid: [Factor("units", filterCounts.count), Factor("rank", 3)] + sizes,
        others: surroundings + [Factor("finish", 3)]
    ) { levels in
        let it = WindowlessInstance(levels)
        let finish = ["", ", use_bias=False, activation=relu", ", activation=sigmoid"][levels["finish"]]
        return it.instance("Dense(\(filterCounts[levels["units"]])\(finish))", [it.shape(rank: levels["rank"] + 1)])
    },
]

private let sizes = [Factor("channels", channelCounts.count), Factor("parity", 2)]
private let surroundings = [Factor("extent", 2), Factor("source", 3), Factor("reader", 2)]

/// A family of layers of one input.
private func family(_ name: String, others: [Factor] = [], forms: [Form]) -> GridFamily {
    GridFamily(layer: name, grid: [Factor("form", forms.count)] + sizes, others: surroundings + others) { levels in
        let (form, it) = (forms[levels["form"]], WindowlessInstance(levels))
        return it.instance(form.text(it), [it.shape(rank: form.rank ?? levels["rank"] + 1)])
    }
}

/// A layer with its arguments.
private struct Form: Sendable {
    /// Of its input; the factor "rank" tells where it is `nil`.
    var rank: Int?
    var text: @Sendable (WindowlessInstance) -> String

    init(_ text: String, rank: Int? = 3) { (self.text, self.rank) = ({ _ in text }, rank) }
    init(rank: Int? = 3, _ text: @escaping @Sendable (WindowlessInstance) -> String) {
        (self.text, self.rank) = (text, rank)
    }
}

/// The input and the surroundings that a row of levels stands for.
private struct WindowlessInstance {
    let levels: GridFamily.Levels
    let channels, height, width: Int

    init(_ levels: GridFamily.Levels) {
        self.levels = levels
        channels = channelCounts[levels["channels"]]
        let pairs = [[(4, 6), (2, 18)], [(5, 7), (1, 1)]]
        (height, width) = pairs[levels["parity"]][levels["extent"]]
    }

    /// The least number above 1 that divides the channels; 1 of 1.
    var divisor: Int { (2...64).first { channels % $0 == 0 } ?? 1 }

    func shape(rank: Int) -> [Int] { Array([2, height, width, channels].suffix(rank)) }

    /// The layer applied to inputs of the given shapes: by way of another layer, and together with another operand, where these are given.
    func instance(
        _ layer: String, _ shapes: [[Int]], through function: String? = nil, beside constant: String? = nil
    ) -> GridInstance {
        var sources = zip(GridInstance.names, shapes).map { source($0, $1) }
        if let function { sources = sources.map { "\(function)(\($0))" } }
        if let constant { sources.append(constant) }
        let operand = sources.count == 1 ? sources[0] : "[\(sources.joined(separator: ", "))]"
        let application = layer.hasSuffix("]") ? indexed(layer, operand) : "\(layer)(\(operand))"
        let isRead = levels["reader"] == 1
        return GridInstance(shapes: shapes, expression: isRead ? "LeakyReLU(0.5)(\(application))" : application)
    }

    /// `Split(3)[1]` of x: `Split(3)(x)[1]`.
    private func indexed(_ layer: String, _ operand: String) -> String {
        let open = layer.lastIndex(of: "[")!
        return "\(layer[..<open])(\(operand))\(layer[open...])"
    }

    private func source(_ name: String, _ shape: [Int]) -> String {
        switch levels["source"] {
        case 0: name
        case 2 where shape.count == 3 && shape[2] == channels && divisor < channels:
            "ChannelShuffle(\(divisor))(LeakyReLU(0.5)(\(name)))"
        default: "LeakyReLU(0.5)(\(name))"
        }
    }
}

/// What broadcasts with an image, or is broadcast to it.
private let operandShapes: [@Sendable ([Int]) -> [Int]] = [
    { $0 }, { [$0[2]] }, { [1, $0[1], $0[2]] }, { [$0[0], 1, $0[2]] }, { [$0[0], $0[1], 1] }, { [1, 1, $0[2]] },
    { [$0[1], 1] }, { _ in [1] },
]

private let activations: [Form] =
    activationNames.map { name in
        Form("Activation(\(name))", rank: nil)
    } + [
        Form("ReLU(max_value=0.5, negative_slope=0.25, threshold=0.1)", rank: nil), Form("ReLU(3.0)", rank: nil),
        Form("LeakyReLU(0.1)", rank: nil), Form("ELU(0.7)", rank: nil), Form("GELU(approximate=True)", rank: nil),
        Form("PReLU()", rank: nil), Form("PReLU(shared_axes=[1, 2])"), Form("Clip(-0.5, 0.75)", rank: nil),
        Form("Power(3)", rank: nil), Form("Activation(square)", rank: nil), Form("Activation(sin)", rank: nil),
        Form("Activation(arctan)", rank: nil), Form("Activation(erf)", rank: nil),
    ]

private let normalisations = [
    Form("BatchNormalization()"), Form("BatchNormalization(axis=1, scale=False)"), Form("LayerNormalization()"),
    Form("LayerNormalization(axis=[2, 3], center=False)"), Form("LayerNormalization(axis=1)"),
    Form("LayerNormalization()", rank: 1), Form("GroupNormalization(1)"), Form("GroupNormalization(-1)"),
    Form { "GroupNormalization(\($0.divisor))" }, Form("RMSNormalization()"), Form("RMSNormalization(axis=[2, 3])"),
    Form("UnitNormalization()"), Form("UnitNormalization(axis=2)"), Form("Normalization(axis=[1, 3])"),
    Form("LRN(size=3, alpha=0.5)"), Form("LRN(size=6, alpha=0.5)"), Form("LRN(size=9, beta=0.5)"),
    Form("LayerScale(0.5)"),
    Form("Rescaling(0.5, offset=-1.0)"),
]

private let softmaxes = [
    Form("Softmax()"), Form("Softmax(axis=1)"), Form("Softmax(axis=2)"), Form("Softmax(axis=[1, 2])"),
    Form("Softmax(axis=[3, 1])"), Form("Softmax()", rank: 1), Form("Softmax(axis=1)", rank: 2),
    Form("Softmax(axis=2)", rank: 4), Form("Softmax()", rank: 4),
]

private let movements = [
    Form("Flatten()"), Form("Flatten()", rank: 2), Form { "Reshape((\($0.width), \($0.channels), \($0.height)))" },
    Form { "Reshape((-1, \($0.channels)))" }, Form { "Reshape((\($0.channels), -1))" },
    Form { "Reshape((\($0.height), 1, \($0.width), \($0.channels)))" }, Form("Permute((2, 1, 3))"),
    Form("Permute((3, 1, 2))"), Form("Permute((1, 3, 2))"), Form("Permute((2, 1))", rank: 2),
    Form("Permute((4, 2, 1, 3))", rank: 4), Form("RepeatVector(5)", rank: 1), Form { "ChannelShuffle(\($0.divisor))" },
    Form { "Split(\($0.divisor))[\($0.divisor - 1)]" }, Form { "Split(\($0.height), axis=1)[0]" },
    Form { "Split(\($0.width), axis=2)[\($0.width / 2)]" }, Form("Split(2, axis=1)[1]", rank: 4),
    Form { "Take((\($0.height - 1), 0, 0), axis=1)" }, Form { "Take((\($0.width - 1), 0, 0), axis=2)" },
    Form { "Take((\($0.channels - 1), 0, 0), axis=3)" }, Form("Take(0, axis=2)"),
    Form("Take((1, 0, 1), axis=1)", rank: 4),
    Form { "Slice((0, \($0.width / 2), 0), (1, \($0.width - $0.width / 2), \($0.channels)))" },
    Form("Pad(1, constant_values=0.5)"), Form("Pad(((1, 1), (0, 1), (1, 0)), mode=symmetric)"),
    Form("Pad((3, 2), mode=edge)", rank: 2), Form("Pad(1, mode=edge)", rank: 4), Form("Pad(((0, 0), (0, 0), (0, 20)))"),
    Form("ZeroPadding2D(((1, 0), (2, 3)))"), Form("ZeroPadding1D((0, 2))", rank: 2),
    Form { "Cropping2D(((0, \($0.height / 2)), (\($0.width / 3), 0)))" },
    Form(rank: 2) { "Cropping1D((\($0.width / 2), 0))" },
    Form("GlobalAveragePooling2D()"), Form("GlobalMaxPooling2D(keepdims=True)"),
    Form("GlobalAveragePooling1D()", rank: 2),
    Form("GlobalMaxPooling1D()", rank: 2),
]

private let reductions =
    ["Sum", "Mean", "Max", "Min"].flatMap { name in
        [
            Form("\(name)()"), Form("\(name)(axis=(1, 2))"), Form("\(name)(axis=3)"), Form("\(name)(axis=2)"),
            Form("\(name)(axis=(1, 3), keepdims=True)"), Form("\(name)()", rank: 1), Form("\(name)(axis=2)", rank: 2),
            Form("\(name)(axis=(2, 4))", rank: 4),
        ]
    } + [Form("Prod(axis=(1, 2))"), Form("Prod(axis=3)"), Form("Prod(axis=2)", rank: 2)]

private let resizings = [
    Form("UpSampling2D()"), Form("UpSampling2D((1, 3))"), Form("UpSampling2D((3, 2), interpolation=bilinear)"),
    Form("UpSampling2D((2, 1), interpolation=bicubic)"), Form("UpSampling1D(3)", rank: 2), Form("Resizing(7, 5)"),
    Form("Resizing(4, 9, interpolation=nearest)"), Form("Resizing(3, 3, interpolation=bicubic, antialias=True)"),
    Form("Resizing(6, 20, pad_to_aspect_ratio=True, fill_value=2.5)"),
    Form("Resizing(5, 8, crop_to_aspect_ratio=True)"),
    Form("Resizing(3, 11, nearest, coordinates=asymmetric, rounding=floor)"),
    Form("Resizing(9, 4, bicubic, coordinates=align_corners, exclude_outside=False)"),
]
