import Formats
import Import

/// Convolutions and their transposes.
let convolutionOperators: [String: Operator] = [
    "Conv": { importer, node in try importer.convolution(node) },
    "ConvTranspose": { importer, node in try importer.transposedConvolution(node) },
]

extension Importer {
    mutating func convolution(_ node: OperatorNode) throws {
        let weights = try literal(node, 1)
        if try plainConvolution(node, weights) { return }
        let rank = weights.shape.count - 2
        guard rank == 1 || rank == 2 else {
            throw OperatorProblem("kernels of \(rank) axes are not supported; 1 or 2 are")
        }
        let x = try image(try dynamic(node, 0), axes: rank)
        let input = Array(extents(x)[2...])
        let channels = extents(x)[1]
        let filters = weights.shape[0]
        let groups = try node.int("group", default: 1)
        guard groups > 0, channels == weights.shape[1].multipliedReportingOverflow(by: groups).partialValue,
            filters % groups == 0,
            filters > 0
        else {
            throw OperatorProblem(
                "weights of shape \(weights.shape) in \(groups) groups do not fit \(channels) channels")
        }
        let kernel = try kernelShape(node, weights)
        let window = try Window(node, kernel: kernel, input: input)
        let bias = try bias(node, filters)
        var (tensor, padding) = try padded(x, window, input)
        let isDepthwise = groups == channels && groups > 1
        let multiplier = filters / groups
        var parameters: [String: ImportedTensor] = [:]
        // ONNX: [filters, channels of a group, kernel…]; ours: [kernel…, channels of a group, filters].
        let spatial = Array(2..<rank + 2)
        if isDepthwise {
            let form = weights.reshaped([groups, multiplier] + kernel).self
            parameters["kernel"] = try imported(form.transposed(spatial + [0, 1]))
        } else {
            parameters["kernel"] = try imported(weights.transposed(spatial + [1, 0]))
        }
        if let bias { parameters["bias"] = bias }
        var arguments = isDepthwise ? [] : [String(filters)]
        arguments.append(pair(kernel))
        arguments += window.arguments
        if !padding.isEmpty { arguments.append(padding) }
        if isDepthwise, multiplier > 1 { arguments.append("depth_multiplier=\(multiplier)") }
        if !isDepthwise, groups > 1 { arguments.append("groups=\(groups)") }
        if bias == nil { arguments.append("use_bias=False") }
        padding = ""
        tensor = layer(
            "\(isDepthwise ? "Depthwise" : "")Conv\(rank)D", arguments, [tensor], list: false, parameters: parameters)
        define(node, image(of: x, extents: window.output, channels: filters, tensor))
    }

    private func kernelShape(_ node: OperatorNode, _ weights: Literal) throws -> [Int] {
        let kernel = Array(weights.shape[2...])
        guard try node.ints("kernel_shape").map({ $0 == kernel }) ?? true else {
            throw OperatorProblem("kernel_shape differs from the weights' shape \(weights.shape)")
        }
        return kernel
    }

    private func bias(_ node: OperatorNode, _ filters: Int) throws -> ImportedTensor? {
        guard let bias = try optionalLiteral(node, 2) else { return nil }
        guard bias.count == filters else { throw OperatorProblem("\(bias.count) biases for \(filters) filters") }
        return try imported(bias.reshaped([filters]))
    }

    func imported(_ literal: Literal) throws -> ImportedTensor {
        ImportedTensor(shape: literal.shape, values: try literal.floats())
    }

    /// The input with its margins, or the `padding` argument that makes them.
    private mutating func padded(_ x: Dynamic, _ window: Window, _ input: [Int]) throws -> (Program.Tensor, String) {
        if window.isValid { return (x.tensor, "") }
        if window.isSame(input) { return (x.tensor, "padding='same'") }
        return (try zeroPadded(x, window.margins), "")
    }

    /// An image or sequence with zeros around it; negative margins cut.
    mutating func zeroPadded(_ x: Dynamic, _ margins: [(before: Int, after: Int)]) throws -> Program.Tensor {
        let rank = margins.count
        let cut = margins.map { (max(-$0.before, 0), max(-$0.after, 0)) }
        let added = margins.map { (max($0.before, 0), max($0.after, 0)) }
        var tensor = x.tensor
        if cut.contains(where: { $0 != (0, 0) }) { tensor = layer("Cropping\(rank)D", [marginsText(cut)], tensor) }
        if added.contains(where: { $0 != (0, 0) }) {
            tensor = layer("ZeroPadding\(rank)D", [marginsText(added)], tensor)
        }
        return tensor
    }

    // MARK: Transposed

    fileprivate mutating func transposedConvolution(_ node: OperatorNode) throws {
        let weights = try literal(node, 1)
        let rank = weights.shape.count - 2
        guard rank == 1 || rank == 2 else {
            throw OperatorProblem("kernels of \(rank) axes are not supported; 1 or 2 are")
        }
        let x = try image(try dynamic(node, 0), axes: rank)
        let input = Array(extents(x)[2...])
        let groups = try node.int("group", default: 1)
        guard groups > 0, extents(x)[1] == weights.shape[0], weights.shape[0] % groups == 0 else {
            throw OperatorProblem(
                "weights of shape \(weights.shape) do not fit \(extents(x)[1]) channels in \(groups) groups")
        }
        let filters = weights.shape[1] * groups
        let kernel = try kernelShape(node, weights)
        let shape = try TransposedWindow(node, kernel: kernel, input: input)
        let bias = try bias(node, filters)
        // ONNX: [channels, filters of a group, kernel…]; Keras: [kernel…, filters, channels].
        let form = try blockDiagonal(weights, groups).transposed(Array(2..<rank + 2) + [1, 0])
        var parameters = ["kernel": try imported(form)]
        // Where the result reaches beyond what the kernel touches, the bias comes after the zeros there.
        let addsBias = bias != nil && shape.added.allSatisfy { $0 == 0 }
        if addsBias { parameters["bias"] = bias }
        var arguments = [String(filters), pair(kernel)]
        if shape.strides.contains(where: { $0 != 1 }) { arguments.append("strides=\(pair(shape.strides))") }
        if shape.dilation.contains(where: { $0 != 1 }) { arguments.append("dilation_rate=\(pair(shape.dilation))") }
        if !addsBias { arguments.append("use_bias=False") }
        var tensor = layer("Conv\(rank)DTranspose", arguments, [x.tensor], list: false, parameters: parameters)
        let cut = zip(shape.cutBefore, shape.cutAfter).map { ($0, $1) }
        if cut.contains(where: { $0 != (0, 0) }) { tensor = layer("Cropping\(rank)D", [marginsText(cut)], tensor) }
        if shape.added.contains(where: { $0 != 0 }) {
            tensor = layer("ZeroPadding\(rank)D", [marginsText(shape.added.map { (0, $0) })], tensor)
        }
        if let bias, !addsBias {
            let constant = layer("Constant", [tuple([filters])], [], list: false, parameters: ["value": bias])
            tensor = layer("Add", [], [tensor, constant], list: true)
        }
        define(node, image(of: x, extents: shape.output, channels: filters, tensor))
    }

    /// The weights of a transposed convolution in groups as those of one without, zero between groups.
    private func blockDiagonal(_ weights: Literal, _ groups: Int) throws -> Literal {
        if groups == 1 { return weights }
        let (channels, filters) = (weights.shape[0], weights.shape[1])
        let area = weights.shape[2...].reduce(1, *)
        let shape = [channels, filters * groups] + weights.shape[2...]
        let count = try checkedCount(shape, limit: 1 << 26)
        let values = try weights.floats()
        var result = Array(repeating: Float(0), count: count)
        for channel in 0..<channels {
            let group = channel / (channels / groups)
            let target = (channel * filters * groups + group * filters) * area
            let source = channel * filters * area
            for index in 0..<filters * area { result[target + index] = values[source + index] }
        }
        return Literal(shape, floats: result)
    }
}

/// What is cut from the full result of Keras' transposed convolution, and added to it.
private struct TransposedWindow {
    var strides: [Int]
    var dilation: [Int]
    var output: [Int] = []
    var cutBefore: [Int] = []
    var cutAfter: [Int] = []
    /// Cells behind the end that nothing adds to.
    var added: [Int] = []

    init(_ node: OperatorNode, kernel: [Int], input: [Int]) throws {
        let rank = kernel.count
        func numbers(_ name: String, _ limits: ClosedRange<Int>, count: Int) throws -> [Int]? {
            guard let given = try node.ints(name) else { return nil }
            guard given.count == count, given.allSatisfy(limits.contains) else {
                throw OperatorProblem("\(name) \(given.prefix(8)) do not fit \(rank) axes")
            }
            return given
        }
        strides = try numbers("strides", 1...65536, count: rank) ?? Array(repeating: 1, count: rank)
        dilation = try numbers("dilations", 1...65536, count: rank) ?? Array(repeating: 1, count: rank)
        let extra = try numbers("output_padding", 0...65536, count: rank) ?? Array(repeating: 0, count: rank)
        let pads = try numbers("pads", -65536...65536, count: 2 * rank) ?? Array(repeating: 0, count: 2 * rank)
        var wanted = try node.ints("output_shape")
        if let shape = wanted, shape.count == rank + 2 { wanted = Array(shape[2...]) }
        guard wanted?.count ?? rank == rank, wanted?.allSatisfy({ (1...1 << 24).contains($0) }) ?? true else {
            throw OperatorProblem("output_shape does not fit \(rank) axes")
        }
        let automatic = try node.string("auto_pad", default: "NOTSET")
        guard ["NOTSET", "", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(automatic) else {
            throw OperatorProblem("auto_pad '\(automatic.filter(\.isLetter).prefix(20))' does not exist")
        }
        for axis in 0..<rank {
            let span = (kernel[axis] - 1) * dilation[axis] + 1
            let full = (input[axis] - 1) * strides[axis] + span
            var (before, length) = (pads[axis], full + extra[axis] - pads[axis] - pads[rank + axis])
            let isSame = automatic.hasPrefix("SAME")
            if automatic == "VALID" { (before, length) = (0, full + extra[axis]) }
            if isSame || wanted != nil {
                length = wanted?[axis] ?? input[axis] * strides[axis]
                let total = full + extra[axis] - length
                // As ONNX's formulas have it, the larger half of an uneven total lies at the end for SAME_UPPER alone.
                before = automatic == "SAME_UPPER" ? total / 2 : total - total / 2
            }
            guard length > 0 else { throw OperatorProblem("its result would have \(length) cells") }
            // Keras' full result has at least as many cells as the input times the strides.
            let kerasFull = input[axis] * strides[axis] + max(span - strides[axis], 0)
            guard before >= 0 else { throw OperatorProblem("negative margins are not supported") }
            output.append(length)
            cutBefore.append(before)
            cutAfter.append(max(kerasFull - before - length, 0))
            added.append(max(before + length - kerasFull, 0))
            guard before + cutAfter[axis] < kerasFull else {
                throw OperatorProblem("its margins cut off all of its result")
            }
        }
    }
}
