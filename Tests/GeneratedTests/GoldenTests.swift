import Compiler
import Foundation
import Testing
import Toolchain

/// Where the reviewed C lies: `generated/golden/CPU/ID.c`. Its weights are not kept.
private let goldenFolder = repository + "/generated/golden"
private let networks = ["classifier", "residual", "separable", "shuffle", "unet"]

/// All networks for one machine; two of them show what the others change.
private func cpus(of network: String) -> [String] {
    ["separable", "shuffle"].contains(network) ? ["x86-64-v4", "x86-64-v3", "baseline", "aarch64"] : ["x86-64-v4"]
}

/// `baseline` of these files is x86's, whatever machine the tests run on.
private func golden(_ name: String, _ cpu: String) throws -> CompiledModel {
    try compiled(network(name), name: name, cpu: cpu == "baseline" ? "x86-64" : cpu)
}

private let updates = ProcessInfo.processInfo.environment["NETC_UPDATE_GOLDEN"] != nil

/// The C of small networks, reviewed like code. `make golden` writes it anew.
@Suite struct GoldenTests {
    @Test(arguments: networks) func `the C of a network is the one that was reviewed`(name: String) throws {
        for cpu in cpus(of: name) {
            let path = "\(goldenFolder)/\(cpu)/\(name).c"
            let text = try golden(name, cpu).code.source
            if updates {
                try FileManager.default.createDirectory(
                    atPath: "\(goldenFolder)/\(cpu)", withIntermediateDirectories: true)
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                continue
            }
            guard let golden = try? String(contentsOfFile: path, encoding: .utf8) else {
                Issue.record("\(path) is missing: write it with 'make golden' and review it")
                continue
            }
            if golden == text { continue }
            let (old, new) = (lines(golden), lines(text))
            let number = zip(old, new).prefix { $0 == $1 }.count
            let (was, now) = (number < old.count ? old[number] : "", number < new.count ? new[number] : "")
            Issue.record(
                "\(path):\(number + 1) differs: run 'make golden' and review 'git diff'\n- \(was)\n+ \(now)")
        }
    }

    @Test func `there is no golden file without a network`() throws {
        let expected = networks.flatMap { name in cpus(of: name).map { "\($0)/\(name).c" } }
        let found = FileManager.default.enumerator(atPath: goldenFolder)?.compactMap { $0 as? String } ?? []
        let orphans = found.filter { $0.contains("/") && !expected.contains($0) }
        if updates {
            for orphan in orphans { try FileManager.default.removeItem(atPath: "\(goldenFolder)/\(orphan)") }
        } else {
            #expect(orphans == [], "remove these with 'make golden'")
        }
    }

    /// All warnings but those of the optimizer need no optimizer.
    @Test(.disabled(if: updates), arguments: networks)
    func `every golden file compiles without a warning with every clang`(name: String) throws {
        let folder = try newFolder()
        defer { folder.remove() }
        try folder.write("\(name).h", golden(name, "aarch64").code.header)
        let mode = runsEverything ? ["-O3", "-c", "-o", "golden.o"] : ["-fsyntax-only"]
        for cpu in cpus(of: name) {
            let target =
                cpu == "aarch64" ? ["--target=aarch64-linux-gnu", "-ffreestanding"] : ["--target=x86_64-linux-gnu"]
            for clang in clangs {
                try run(
                    clang, strict + mode + target + ["-std=gnu11", "-I.", "\(goldenFolder)/\(cpu)/\(name).c"],
                    in: folder.path)
            }
        }
    }

    private func lines(_ text: String) -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
}

@Suite struct DeterminismTests {
    @Test func `the same network built twice gives the same bytes`() throws {
        let (first, second) = (try newFolder(), try newFolder())
        defer {
            first.remove()
            second.remove()
        }
        for folder in [first, second] {
            let model = try compiled(network("separable"), name: "separable")
            try build(model, Product.allCases, into: folder)
        }
        let (one, two) = (try first.contents(), try second.contents())
        #expect(one.map(\.name) == two.map(\.name) && one.count >= 9)
        for (a, b) in zip(one, two) { #expect(a.data == b.data, "\(a.name)") }
    }
}
