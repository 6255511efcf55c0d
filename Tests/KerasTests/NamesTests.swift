import Foundation
import Testing

/// The names that Keras gives layers, and the shapes of their outputs, for programs in `Names`.
@Suite struct `Keras' names` {
    private static let programs = stems("Names", ".net")

    /// By program and layer; a layer that is applied several times counts by its first application.
    private func expected() throws -> [String: [String: [[Int]]]] {
        try JSONDecoder().decode([String: [String: [[Int]]]].self, from: data("Names/names.json"))
    }

    @Test func `stand in names.json for every program`() throws {
        #expect(try expected().keys.sorted() == Self.programs, "make oracle-golden")
        #expect(Self.programs.count >= 8)
    }

    @Test(arguments: programs) func `are ours`(program: String) throws {
        let text = String(decoding: try data("Names/\(program).net"), as: UTF8.self)
        var found: [String: [[Int]]] = [:]
        for node in try elaborate(text, name: "\(program).net").network.nodes where found[node.name] == nil {
            found[node.name] = node.outputShapes.map(\.dimensions)
        }
        let expected = try #require(try expected()[program])
        #expect(found.keys.sorted() == expected.keys.sorted())
        #expect(found == expected)
    }
}
