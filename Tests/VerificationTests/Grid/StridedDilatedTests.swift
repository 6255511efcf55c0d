import Foundation
import Testing

/// Stride together with dilation, which Keras refuses, against numbers that NumPy computed from the definition: `strided_dilated.py`.
@Suite struct `Stride together with dilation` {
    private struct Case {
        var layer: String
        var shape: [Int]
        var kernelCount: Int
        var output: [Double]
    }

    private func cases() throws -> [Case] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "strided_dilated.txt")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let fields = line.split(separator: "|").map { $0.split(separator: " ") }
            return Case(
                layer: fields[0].joined(separator: " "), shape: fields[1].compactMap { Int($0) },
                kernelCount: try #require(Int(fields[2][0])), output: fields[3].compactMap { Double($0) })
        }
    }

    @Test func `gives NumPy's numbers`() throws {
        let cases = try cases()
        #expect(cases.count == 48)
        var inputs: [[Int]] = []
        for shape in cases.map(\.shape) where !inputs.contains(shape) { inputs.append(shape) }
        var text = ""
        for (index, shape) in inputs.enumerated() { text += "x\(index) = Input(\(shape))\n" }
        for (index, item) in cases.enumerated() {
            text += "y\(index) = \(item.layer.dropLast()), name=c\(index))(x\(inputs.firstIndex(of: item.shape)!))\n"
        }
        text += "Output(\(cases.indices.map { "y\($0)" }.joined(separator: ", ")))\n"
        let kernels = cases.enumerated().map { ("c\($0)/kernel", mixed($1.kernelCount, seed: 1)) }
        let computed = try Computed(
            text, parameters: Dictionary(uniqueKeysWithValues: kernels),
            inputs: inputs.map { mixed($0.reduce(1, *), seed: 2) })
        for (index, item) in cases.enumerated() {
            #expect(computed.reference[index] == item.output, "the reference of \(item.layer)")
            #expect(computed.generated[index].map(Double.init) == item.output, "the code of \(item.layer)")
        }
    }
}

/// Small whole numbers without a pattern, of which sums of products are exact.
private func mixed(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map { Float(($0 * 7919 + $0 * $0 * 31 + seed * 104_729) % 1009 % 9 - 4) }
}
