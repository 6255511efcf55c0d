/// The window of a convolution or pooling, its margins counted out.
struct Window {
    var kernel: [Int]
    var strides: [Int]
    var dilation: [Int]
    var margins: [(before: Int, after: Int)]
    /// Margins as ONNX has them, without what `ceil_mode` adds behind the end.
    var declared: [(before: Int, after: Int)]
    var output: [Int]

    /// Extents that a window may have; larger ones are mistakes.
    private static let limits = 1...1 << 16

    /// Reads the attributes that convolutions and poolings share.
    init(_ node: OperatorNode, kernel: [Int], input: [Int]) throws {
        let rank = kernel.count
        func numbers(_ name: String, _ limits: ClosedRange<Int>) throws -> [Int]? {
            guard let given = try node.ints(name) else { return nil }
            guard given.count == (name == "pads" ? 2 * rank : rank), given.allSatisfy(limits.contains) else {
                throw OperatorProblem("\(name) \(given.prefix(8)) do not fit \(rank) axes")
            }
            return given
        }
        guard kernel.allSatisfy(Self.limits.contains) else { throw OperatorProblem("a kernel of \(kernel)") }
        self.kernel = kernel
        strides = try numbers("strides", Self.limits) ?? Array(repeating: 1, count: rank)
        dilation = try numbers("dilations", Self.limits) ?? Array(repeating: 1, count: rank)
        let pads = try numbers("pads", -65536...65536) ?? Array(repeating: 0, count: 2 * rank)
        let automatic = try node.string("auto_pad", default: "NOTSET")
        let isRoundedUp = try node.bool("ceil_mode", default: false)
        margins = []
        output = []
        for axis in 0..<rank {
            let span = (kernel[axis] - 1) * dilation[axis] + 1
            var (before, after) = (pads[axis], pads[rank + axis])
            switch automatic {
            case "NOTSET", "": break
            case "VALID": (before, after) = (0, 0)
            case "SAME_UPPER", "SAME_LOWER":
                let count = (input[axis] + strides[axis] - 1) / strides[axis]
                let total = max((count - 1) * strides[axis] + span - input[axis], 0)
                before = automatic == "SAME_UPPER" ? total / 2 : total - total / 2
                after = total - before
            default: throw OperatorProblem("auto_pad '\(automatic.filter(\.isLetter).prefix(20))' does not exist")
            }
            let room = input[axis] + before + after - span
            guard room >= 0 || (isRoundedUp && room > -strides[axis]) else {
                throw OperatorProblem(
                    "a window of \(span) does not fit \(input[axis]) cells with margins \(before) and \(after)")
            }
            var count = room / strides[axis] + 1
            if isRoundedUp {
                count = (room + strides[axis] - 1) / strides[axis] + 1
                // A window that starts behind the end does not count.
                if (count - 1) * strides[axis] >= input[axis] + before { count -= 1 }
            }
            margins.append((before, after))
            output.append(count)
        }
        declared = margins
        if isRoundedUp {
            for axis in 0..<rank {
                let span = (kernel[axis] - 1) * dilation[axis] + 1
                margins[axis].after = max(
                    (output[axis] - 1) * strides[axis] + span - input[axis] - margins[axis].before, 0)
            }
        }
    }

    /// Whether Keras' `same` padding gives these margins.
    func isSame(_ input: [Int]) -> Bool {
        margins.indices.allSatisfy { axis in
            let span = (kernel[axis] - 1) * dilation[axis] + 1
            let count = (input[axis] + strides[axis] - 1) / strides[axis]
            let total = max((count - 1) * strides[axis] + span - input[axis], 0)
            return count == output[axis] && margins[axis] == (total / 2, total - total / 2)
        }
    }

    var isValid: Bool { margins.allSatisfy { $0 == (0, 0) } }

    /// `strides=2, dilation_rate=2`, where they are not 1.
    var arguments: [String] {
        (strides.contains { $0 != 1 } ? ["strides=\(pair(strides))"] : [])
            + (dilation.contains { $0 != 1 } ? ["dilation_rate=\(pair(dilation))"] : [])
    }
}
