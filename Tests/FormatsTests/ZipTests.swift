import Formats
import Foundation
import Testing

@Suite struct ZipTests {
    @Test func `stored arrays are listed with names, shapes and types before any is read`() throws {
        let archive = try archive(fixture("stored.npz"))
        #expect(archive.entries.map(\.name) == ["conv2d/kernel", "conv2d/bias"])
        #expect(archive.entries.map(\.shape) == [[3, 3, 1, 4], [4]])
        #expect(archive.entries.map(\.elementType) == [.float32, .float64])
        #expect(try archive.values(of: archive.entries[0]) == (0..<36).map(Float.init))
        #expect(try archive.values(of: archive.entries[1]) == [1, 2, 3, 4])
    }

    @Test func `deflated arrays are inflated over several blocks`() throws {
        let archive = try archive(fixture("deflated.npz"))
        let wave = try archive.values(of: #require(archive.entry(named: "wave")))
        #expect(wave == (0..<20_000).map { Float(sin(Double($0))) })
        #expect(try archive.values(of: #require(archive.entry(named: "zeros"))) == Array(repeating: 0, count: 300_000))
    }

    @Test func `zip64 members are read`() throws {
        let archive = try archive(fixture("zip64.npz"))
        #expect(try archive.values(of: archive.entries[0]) == [0, 1, 2, 3, 4, 5])
    }

    @Test func `a flipped bit in the data is caught by the checksum`() throws {
        var bytes = try fixture("stored.npz")
        // The local header (30 bytes, name and zip64 field of 20), 128 of .npy header, then the elements.
        bytes[30 + 17 + 20 + 128 + 10] ^= 1
        #expect(failure(bytes)?.contains("the checksum of 'conv2d/kernel.npy' is wrong") == true)
    }

    @Test func `damaged compressed data is an error`() throws {
        var bytes = try fixture("deflated.npz")
        for position in 5000..<5010 { bytes[position] ^= 0xFF }
        #expect(failure(bytes) != nil)
    }

    @Test func `a member that claims more than its bytes can hold is refused before memory is taken`() throws {
        var bytes = try fixture("deflated.npz")
        let directory = try #require(range(of: [0x50, 0x4B, 1, 2], in: bytes))
        bytes.replaceSubrange(directory + 24..<directory + 28, with: [0, 0, 0, 0x80])
        #expect(failure(bytes)?.contains("claims 2147483648 bytes") == true)
    }

    @Test func `a Keras archive or any other zip gets a reason`() throws {
        var bytes = try fixture("zip64.npz")
        while let name = range(of: Array("x.npy".utf8), in: bytes) {
            bytes.replaceSubrange(name..<name + 5, with: Array("x.txt".utf8))
        }
        #expect(failure(bytes)?.contains("'x.txt' is not an .npy array") == true)
    }

    private func range(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        bytes.indices.first { bytes[$0...].starts(with: pattern) }
    }
}
