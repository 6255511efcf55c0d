import Foundation
import Testing

/// What Resizing has beyond Keras, against the numbers of ONNX's own cases: `onnx_resize.py`.
@Suite struct `Resizing as ONNX` {
    private struct Case {
        var layer: String
        var shape: [Int]
        var input: [Float]
        var output: [Double]
    }

    private func cases() throws -> [Case] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "onnx_resize.txt")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let fields = line.split(separator: "|").map { $0.split(separator: " ") }
            return Case(
                layer: fields[0].joined(separator: " "), shape: fields[1].compactMap { Int($0) },
                input: fields[2].compactMap { Float($0) }, output: fields[3].compactMap { Double($0) })
        }
    }

    @Test func `gives ONNX's numbers`() throws {
        let cases = try cases()
        #expect(cases.count == 33)
        var text = ""
        for (index, item) in cases.enumerated() {
            text += "x\(index) = Input(\(item.shape))\ny\(index) = \(item.layer)(x\(index))\n"
        }
        text += "Output(\(cases.indices.map { "y\($0)" }.joined(separator: ", ")))\n"
        let computed = try Computed(text, inputs: cases.map(\.input))
        for (index, item) in cases.enumerated() {
            #expect(isNear(computed.reference[index], item.output), "the reference of \(item.layer)")
            #expect(isNear(computed.generated[index].map(Double.init), item.output), "the code of \(item.layer)")
        }
    }

    private func isNear(_ found: [Double], _ expected: [Double]) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 * max(1, abs($1)) }
    }
}
