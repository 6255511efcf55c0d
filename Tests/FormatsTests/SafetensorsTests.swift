import Formats
import Testing

/// A file of the given header text and number of data bytes.
private func file(_ header: String, data: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
        + Array(repeating: 0, count: data)
}

/// A tensor of the header.
private func tensor(_ name: String, _ type: String, _ shape: [Int], _ range: [Int]) -> String {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(range)}"
}

@Suite struct SafetensorsTests {
    @Test func `all float types, escaped names and metadata are read`() throws {
        let archive = try archive(fixture("all.safetensors"))
        func values(_ name: String) throws -> [Float] { try archive.values(of: #require(archive.entry(named: name))) }
        #expect(try values("double") == [0.1, -1e30])
        #expect(try values("single") == [1.25, -3])
        #expect(try values("größe\"/half") == [0.5, 65504])
        #expect(try values("brain") == [1, -2, 3.140625])
        #expect(try values("pad") == [1, 255])
    }

    @Test(arguments: [
        (file("{", data: 0), "expected '\"'"),
        (file("{}x", data: 0), "text follows its end"),
        (file("{\(tensor("a", "F32", [2], [0, 4]))}", data: 4), "needs 8 bytes, but its offsets are [0, 4]"),
        (file("{\(tensor("a", "F32", [2], [0, 8]))}", data: 4), "ends at byte 8 of the data, which has 4"),
        (
            file("{\(tensor("a", "F32", [1], [0, 4])),\(tensor("b", "F32", [1], [2, 6]))}", data: 6),
            "'a' and 'b' overlap"
        ),
        (
            file("{\(tensor("a", "F32", [1], [0, 4])),\(tensor("a", "F32", [1], [4, 8]))}", data: 8),
            "'a' is there twice"
        ),
        (file("{\(tensor("a", "U8", [1], [0, 1])),\(tensor("b", "F32", [1], [1, 5]))}", data: 5), "'b' is misaligned"),
        (file("{\(tensor("a", "F32", [1], [4, 8]))}", data: 8), "4 bytes before tensor 'a' belong to no tensor"),
        (file("{\(tensor("a", "F32", [1], [0, 4]))}", data: 6), "2 bytes after the last tensor belong to none"),
        (file("{\(tensor("a", "F8_E4M3", [1], [0, 1]))}", data: 1), "type 'F8_E4M3', which is not read"),
        (file("{\(tensor("a", "F32", [1 << 40, 1 << 40], [0, 4]))}", data: 4), "is too large"),
        (file("{\"a\":{\"dtype\":\"F32\"}}", data: 0), "lacks one of"),
        (file("{\"a\":[[[[[[[[[[", data: 0), "expected '{'"),
        (file("{\"\\ud800\":1}", data: 0), "half a character"),
        ([255, 255, 255, 255, 255, 255, 255, 255, 0x7B], "the format allows 100000000"),
        ([99, 0, 0, 0, 0, 0, 0, 0, 0x7B], "claims 99 bytes, but the file has 9"),
        ([], "the file is empty"),
        ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0], "it is HDF5"),
    ])
    func `a malformed file gets its reason`(bytes: [UInt8], reason: String) {
        #expect(failure(bytes)?.contains(reason) == true, "\(failure(bytes) ?? "no error")")
    }

    @Test func `what is written reads back, rounded to the type`() throws {
        let arrays = [
            NamedArray(name: "a/kernel\n", shape: [2, 2], values: [1, -0.333_333_34, 65504, 1e-7]),
            NamedArray(name: "b", shape: [0], values: []),
        ]
        // Halves of 1/3 and 1e-7: 0x1.554p-2 and 2·2⁻²⁴. Brains of 1/3, 65504 and 1e-7 keep eight bits: 0x1.56p-2, 65536, 0x1.aep-24.
        let expected: [ElementType: [Float]] = [
            .float32: arrays[0].values, .float64: arrays[0].values, .float16: [1, -0x1.554p-2, 65504, 0x1p-23],
            .bfloat16: [1, -0x1.56p-2, 65536, 0x1.aep-24],
        ]
        for (type, values) in expected {
            var bytes: [UInt8] = []
            try writeSafetensors(arrays, as: type) { bytes += $0 }
            let archive = try archive(bytes)
            #expect(archive.entries.map(\.name) == ["a/kernel\n", "b"])
            #expect(try archive.values(of: archive.entries[0]) == values, "\(type)")
        }
    }

    @Test func `writing a value beyond half precision is an error`() {
        #expect(throws: FormatError.self) {
            try writeSafetensors([NamedArray(name: "a", shape: [1], values: [65520])], as: .float16) { _ in }
        }
    }
}
