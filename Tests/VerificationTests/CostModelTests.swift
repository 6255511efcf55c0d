import Compiler
import Foundation
import Kernels
import Testing
import Verification

/// The cost model beside `measured.tsv`, the times of all ways that `make tune` wrote on one machine: a choice that is a mistake costs
/// every user time, and shows nowhere else.
@Suite struct `The cost model` {
    /// Each choice counts as often as it is made, and by its time.
    @Test(arguments: smallExamples.map(\.name))
    func `is within 5 % of the best ways`(network: String) throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "measured.tsv").path
        // All of one machine; kernels are measured anew when their templates change, the others' rows stay.
        let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: "\t").prefix(4)
        }
        let machine = try #require(rows.first)
        #expect(Set(rows.map { $0.prefix(3) }).count == 1)
        let table = Set(rows).reduce(into: [:]) { table, machine in
            table.merge(ChoiceCache(path: path, machine: machine.joined(separator: "\t")).times()) { old, _ in old }
        }
        var build = BuildOptions()
        build.cpu = String(machine[1])
        let options = ModelOptions(path: examplesFolder.appendingPathComponent(network + ".net").path)
        let plan = try planWithoutWeights(try readModel(options), options, build)
        var (chosen, best) = (0.0, 0.0)
        for decision in plan.steps.compactMap(\.decision) where decision.ways.count > 1 {
            let times = try #require(table[decision.subject], "make tune: \(decision.subject) was not measured")
            chosen += try #require(times[decision.chosen], "make tune: \(decision.subject) as \(decision.chosen)")
            best += try #require(decision.ways.compactMap { times[$0] }.min())
        }
        #expect(best > 0 && chosen <= 1.05 * best, "\(chosen) ms instead of \(best)")
    }
}
