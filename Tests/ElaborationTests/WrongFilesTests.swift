import Foundation
import Testing

/// Wrong programs and, word for word, what is said about them: `WrongFiles/NAME.net` and `NAME.txt`.
///
/// `NETC_UPDATE_REPORTS=1 swift test --filter WrongFiles` rewrites the texts, to be reviewed like code.
@Suite struct WrongFilesTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("WrongFiles")

    private static let isUpdating = ProcessInfo.processInfo.environment["NETC_UPDATE_REPORTS"] == "1"

    private static func names(_ type: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".\(type)") }.map { String($0.dropLast(type.count + 1)) }.sorted()
    }

    @Test(arguments: names("net"))
    func `a wrong program is told what is wrong`(name: String) throws {
        let source = try String(contentsOf: Self.folder.appendingPathComponent(name + ".net"), encoding: .utf8)
        let report = elaborate(source, file: name + ".net").report
        let expected = Self.folder.appendingPathComponent(name + ".txt")
        if Self.isUpdating {
            try report.write(to: expected, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: expected, encoding: .utf8) == report)
    }

    @Test(.disabled(if: isUpdating)) func `every report belongs to a program`() {
        #expect(Self.names("net") == Self.names("txt"))
        #expect(Self.names("net").count >= 60)
    }

    @Test func `a batch of none is refused`() {
        #expect(
            elaborate("Input(8, 8, 3)\nReLU()", batch: 0).report
                == "net.net: error: the batch must be at least 1, found 0\n1 error generated.\n")
    }
}
