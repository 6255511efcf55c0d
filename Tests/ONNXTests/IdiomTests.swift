import Foundation
import Testing

/// Functions that other tools write as several operators.
@Suite struct `An idiom of other tools` {
    private let x = (0..<60).map { sin(Double($0 * 7)) + Double($0 % 4) }
    private let scale: [Float] = [2, -1, 0.5, 3, 1]
    private let shift: [Float] = [1, 0, -2, 4, 0.25]
    private let epsilon = 0.01

    /// By the definition, over the last axis of [3, 4, 5], or over the first of [5, 3, 4].
    private func layerNormalization(isFirst: Bool) -> [Double] {
        var result = x
        for row in 0..<12 {
            let places = (0..<5).map { isFirst ? $0 * 12 + row : row * 5 + $0 }
            let mean = places.map { x[$0] }.reduce(0, +) / 5
            let variance = places.map { (x[$0] - mean) * (x[$0] - mean) }.reduce(0, +) / 5
            for (channel, place) in places.enumerated() {
                let normal = (x[place] - mean) / (variance + Double(Float(epsilon))).squareRoot()
                result[place] = normal * Double(scale[channel]) + Double(shift[channel])
            }
        }
        return result
    }

    private func expectClose(_ found: [Double], _ wanted: [Double], _ text: String) {
        #expect(found.count == wanted.count)
        #expect(
            zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-6 },
            "\(found.prefix(5)), not \(wanted.prefix(5)): \(text)")
    }

    private func expectOneLayer(_ text: String) {
        let layers = text.split(separator: "\n").filter {
            $0.contains("(") && !$0.contains("Input(") && !$0.contains("Model(")
        }
        #expect(layers.count == 1 && text.contains("LayerNormalization(") && !text.contains("center=False"), "\(text)")
    }

    /// As JAX writes it: the variance from sums whose axes are given back by a reshape, an expansion that does nothing, and a choice whose
    /// condition is known.
    private func piecesOfJAX(_ rows: Int, _ columns: Int, sumAxis: Int, meanDivisor: Float = 5) -> SmallModel {
        var model = SmallModel([1, rows, columns, 5])
        for (name, value) in [("five", 5), ("zero", 0), ("epsilon", Float(epsilon)), ("one", 1)] as [(String, Float)] {
            model.constant(name, [], [value])
        }
        model.constant("divisor", [], [meanDivisor])
        model.constant("nothing", [1, rows, columns, 1], Array(repeating: .infinity, count: rows * columns))
        model.constant("scale", [5], scale)
        model.constant("shift", [1, 1, 1, 5], shift)
        model.integers("axis", [sumAxis])
        model.integers("last", [3])
        model.integers("kept", [1, rows, columns, 1])
        model.node("ReduceMean", ["x", "last"], "mean", ["keepdims": [1]])
        model.node("ReduceSum", ["x", "axis"], "sum", ["keepdims": [0]])
        model.node("Reshape", ["sum", "kept"], "sum_kept")
        model.node("Expand", ["sum_kept", "kept"], "sum_expanded")
        model.node("Div", ["sum_expanded", "divisor"], "second_mean")
        model.node("Sub", ["x", "second_mean"], "difference")
        model.node("ReduceSumSquare", ["difference", "last"], "squares", ["keepdims": [0]])
        model.node("Reshape", ["squares", "kept"], "squares_kept")
        model.node("Div", ["squares_kept", "five"], "moment")
        model.node("Greater", ["five", "zero"], "is_positive")
        model.node("Where", ["is_positive", "moment", "nothing"], "variance")
        model.node("Add", ["variance", "epsilon"], "raised")
        model.node("Sqrt", ["raised"], "deviation")
        model.node("Div", ["one", "deviation"], "inverse")
        model.node("Mul", ["inverse", "scale"], "factor")
        model.node("Neg", ["mean"], "negative")
        model.node("Mul", ["negative", "factor"], "offset")
        model.node("Add", ["offset", "shift"], "rest")
        model.node("Mul", ["x", "factor"], "product")
        model.node("Add", ["product", "rest"], "y")
        return model
    }

    @Test func `of JAX for layer normalisation is one layer`() throws {
        let (text, values) = try piecesOfJAX(3, 4, sumAxis: 3).imported(x)
        expectOneLayer(text)
        expectClose(values, layerNormalization(isFirst: false), text)
    }

    /// Where all axes have one extent, sums over rows may stand in the place of those over channels.
    @Test func `with the mean of something else is no layer normalisation`() throws {
        let x = (0..<125).map { sin(Double($0 * 7)) + Double($0 % 4) }
        let (text, values) = try piecesOfJAX(5, 5, sumAxis: 1).imported(x)
        #expect(!text.contains("LayerNormalization"), "\(text)")
        let wanted = x.indices.map { index -> Double in
            let pixel = index / 5
            let own = (0..<5).map { x[pixel * 5 + $0] }
            let other = (0..<5).map { x[$0 * 25 + pixel] }.reduce(0, +) / 5
            let variance = own.map { ($0 - other) * ($0 - other) }.reduce(0, +) / 5
            let normal = (x[index] - own.reduce(0, +) / 5) / (variance + Double(Float(epsilon))).squareRoot()
            return normal * Double(scale[index % 5]) + Double(shift[index % 5])
        }
        expectClose(values, wanted, text)
    }

    @Test(arguments: [Float.infinity, 4]) func `with a sum divided by another number is none`(divisor: Float) throws {
        let (text, values) = try piecesOfJAX(3, 4, sumAxis: 3, meanDivisor: divisor).imported(x)
        #expect(!text.contains("LayerNormalization"), "\(text)")
        let wanted = x.indices.map { index -> Double in
            let own = (0..<5).map { x[index / 5 * 5 + $0] }
            let other = own.reduce(0, +) / Double(divisor)
            let variance = own.map { ($0 - other) * ($0 - other) }.reduce(0, +) / 5
            let normal = (x[index] - own.reduce(0, +) / 5) / (variance + Double(Float(epsilon))).squareRoot()
            return normal * Double(scale[index % 5]) + Double(shift[index % 5])
        }
        expectClose(values, wanted, text)
    }

    /// As TensorFlow writes it, and as ConvNeXt's authors do for images with channels first.
    @Test(arguments: [false, true]) func `for layer normalisation of channels is one layer`(isFirst: Bool) throws {
        var model = SmallModel(isFirst ? [1, 5, 3, 4] : [1, 3, 4, 5])
        let (axis, weights) = isFirst ? (1, [5, 1, 1]) : (3, [5])
        model.integers("axis", [axis])
        model.constant("epsilon", [], [Float(epsilon)])
        model.constant("two", [], [2])
        model.constant("scale", weights, scale)
        model.constant("shift", weights, shift)
        model.node("ReduceMean", ["x", "axis"], "mean")
        model.node("Sub", ["x", "mean"], "difference")
        model.node("Pow", ["difference", "two"], "square")
        model.node("ReduceMean", ["square", "axis"], "variance")
        model.node("Add", ["variance", "epsilon"], "raised")
        model.node("Sqrt", ["raised"], "deviation")
        if isFirst {
            model.node("Div", ["difference", "deviation"], "normal")
            model.node("Mul", ["scale", "normal"], "scaled")
            model.node("Add", ["scaled", "shift"], "y")
        } else {
            model.node("Reciprocal", ["deviation"], "inverse")
            model.node("Mul", ["inverse", "scale"], "factor")
            model.node("Mul", ["mean", "factor"], "offset")
            model.node("Sub", ["shift", "offset"], "rest")
            model.node("Mul", ["x", "factor"], "product")
            model.node("Add", ["rest", "product"], "y")
        }
        let (text, values) = try model.imported(x)
        expectOneLayer(text)
        expectClose(values, layerNormalization(isFirst: isFirst), text)
    }

    /// Sums over windows divided by the number of cells in them. Ones of another size than the image count other cells: no pooling.
    @Test(arguments: [true, false], [1, 2])
    func `of JAX for average pooling is one layer`(isWhole: Bool, channelsOfOnes: Int) throws {
        var model = SmallModel([1, 5, 6, 2], result: [1, 3, 3, 2])
        let pads = ["strides": [1, 2, 2, 1], "pads": [0, 1, 0, 0, 0, 1, 1, 0]]
        model.constant("kernel", [1, 1, 1, 3, 3, 1], Array(repeating: 1, count: 9))
        let last = 30 * channelsOfOnes - 1
        model.constant("ones", [1, 5, 6, channelsOfOnes], (0...last).map { $0 < last || isWhole ? 1 : 0 })
        model.integers("axes", [0, 1])
        for name in ["x", "ones"] {
            model.node("Unsqueeze", [name, "axes"], "\(name)_inner")
            model.node("Conv", ["\(name)_inner", "kernel"], "\(name)_windows", pads)
            model.node("Squeeze", ["\(name)_windows", "axes"], "\(name)_sum")
        }
        model.node("Div", ["x_sum", "ones_sum"], "y")
        let (text, values) = try model.imported(x)
        #expect(text.contains("AveragePooling2D(3, strides=2, padding='same')") == isWhole, "\(text)")
        #expect(text.contains("DepthwiseConv2D") == !isWhole, "\(text)")
        var wanted: [Double] = []
        for (row, column) in (0..<9).map({ ($0 / 3 * 2 - 1, $0 % 3 * 2) }) {
            for channel in 0..<2 {
                let cells = (0..<9).map { (row + $0 / 3, column + $0 % 3) }
                    .filter { (0..<5).contains($0) && (0..<6).contains($1) }.map { $0 * 12 + $1 * 2 + channel }
                let count = cells.filter { isWhole || $0 / (channelsOfOnes == 1 ? 2 : 1) < last }.count
                wanted.append(cells.map { x[$0] }.reduce(0, +) / Double(count))
            }
        }
        expectClose(values, wanted, text)
    }
}
