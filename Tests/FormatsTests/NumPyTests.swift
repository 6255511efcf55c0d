import Formats
import Foundation
import Testing

/// The bytes of a file that `Fixtures/make.py` wrote with NumPy.
func fixture(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    return Array(try Data(contentsOf: folder.appending(path: name)))
}

/// The archive in some bytes.
func archive(_ bytes: [UInt8]) throws -> ArrayArchive { try ArrayArchive(reading: MemorySource(bytes)) }

/// The values of the one array of a fixture.
private func values(_ name: String) throws -> [Float] {
    let archive = try archive(fixture(name))
    return try archive.values(of: archive.entries[0])
}

/// The message with which reading fails, or `nil`.
func failure(_ bytes: [UInt8]) -> String? {
    do {
        let archive = try archive(bytes)
        for entry in archive.entries { _ = try archive.values(of: entry) }
        return nil
    } catch { return "\(error)" }
}

@Suite struct NumPyTests {
    @Test func `every number type in both byte orders becomes float32`() throws {
        let archive = try archive(fixture("types.npz"))
        #expect(archive.entries.count == 22)
        for entry in archive.entries {
            #expect(entry.shape == [2, 3])
            #expect(try archive.values(of: entry) == [0, 1, 2, 3, 4, 5], "\(entry.name)")
        }
    }

    @Test func `booleans, versions, column order, scalars and empty arrays are read`() throws {
        #expect(try values("bool.npy") == [1, 0, 1, 0, 1, 0])
        #expect(try values("version2.npy") == [0, 1, 2, 3, 4, 5])
        #expect(try values("version3.npy") == [0, 1, 2, 3, 4, 5])
        #expect(try values("fortran.npy") == (0..<24).map(Float.init))
        #expect(try values("scalar.npy") == [2.5])
        #expect(try values("empty.npy") == [])
    }

    @Test func `half precision keeps signed zero, subnormals, infinity and NaN`() throws {
        let halves = try values("halves.npy")
        #expect(halves[0] == 1.5 && halves[1] == 0 && halves[1].sign == .minus)
        #expect(halves[2] == 65504 && halves[3] == 0x1p-24 && halves[4] == .infinity && halves[5].isNaN)
    }

    @Test func `a double beyond float32 is an error that names the element`() throws {
        #expect(
            failure(try fixture("overflow.npy"))
                == "element 1 of '' is 1e+300, which float32 can't hold; scale the weights or save them as float32")
    }

    @Test func `arrays of other things than numbers are refused`() throws {
        #expect(failure(try fixture("complex.npy"))?.contains("element type '<c16'") == true)
        #expect(failure(try fixture("records.npy"))?.contains("records, not numbers") == true)
    }

    @Test func `what is written reads back, with elements aligned to 64 bytes`() throws {
        let array = NamedArray(name: "", shape: [2, 1, 3], values: [1, -2.5, .infinity, 0, 0x1p-140, 3])
        for type in [ElementType.float32, .float64] {
            var bytes: [UInt8] = []
            try writeNumPy(array, as: type) { bytes += $0 }
            #expect((bytes.count - 6 * type.size) % 64 == 0)
            let archive = try archive(bytes)
            #expect(try archive.array(of: archive.entries[0]) == array)
        }
    }

    @Test func `float32 is written byte for byte as NumPy writes it`() throws {
        var bytes: [UInt8] = []
        try writeNumPy(NamedArray(name: "", shape: [], values: [2.5])) { bytes += $0 }
        #expect(bytes == (try fixture("scalar.npy")))
    }

    @Test func `every cut and every flipped bit is an error or harmless, never a crash`() throws {
        for name in ["fortran.npy", "version3.npy", "stored.npz", "zip64.npz", "all.safetensors"] {
            let bytes = try fixture(name)
            for end in 0..<bytes.count { #expect(failure(Array(bytes[..<end])) != nil, "\(name) cut at \(end)") }
            for position in 0..<bytes.count {
                for bit in 0..<8 {
                    var broken = bytes
                    broken[position] ^= 1 << UInt8(bit)
                    _ = failure(broken)
                }
            }
        }
    }
}
