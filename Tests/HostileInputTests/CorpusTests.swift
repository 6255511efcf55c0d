import Foundation
import HostileInput
import Testing

/// `READER/NAME`: what fuzzers found or reached once, each file the smallest that does so.
private let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

private func files(of reader: Reader) throws -> [URL] {
    let folder = corpus.appending(path: reader.rawValue)
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .sorted { $0.path < $1.path }
}

@Suite struct `Files that fuzzers found` {
    @Test(arguments: Reader.allCases) func `are read or refused in order`(reader: Reader) throws {
        var outcomes: Set<Bool> = []
        let clock = ContinuousClock()
        for file in try files(of: reader) {
            let bytes = [UInt8](try Data(contentsOf: file))
            let duration = try clock.measure {
                do {
                    outcomes.insert(try reader.read(bytes) == nil)
                } catch {
                    Issue.record("\(reader.rawValue)/\(file.lastPathComponent): \(error)")
                }
            }
            #expect(duration < .seconds(10), "\(reader.rawValue)/\(file.lastPathComponent) took \(duration)")
        }
        // Where all are refused, the files have become stale and reach nothing.
        #expect(outcomes == [true, false])
    }

    @Test func `are small`() throws {
        let sizes = try Reader.allCases.flatMap(files).map { try Data(contentsOf: $0).count }
        #expect(sizes.max()! <= 8 << 10)
        #expect(sizes.reduce(0, +) <= 200 << 10)
    }
}
