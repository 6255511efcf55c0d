import CodeGen
import Compiler
import Foundation
import Testing

/// People read the C, and clang reads it at every build.
@Suite(.serialized) struct `The C of an example network` {
    private static let networks =
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(repository)/Examples/nets")) ?? []).sorted()

    @Test(arguments: networks) func `takes less than 300 KB`(file: String) throws {
        let options = ModelOptions(path: "\(repository)/Examples/nets/\(file)")
        var build = BuildOptions()
        build.cpu = "x86-64-v4"
        let plan = try planWithoutWeights(try readModel(options), options, build)
        let name = String(file.dropLast(4))
        let naming = Naming(
            identifier: name, inputs: plan.inputs.map { cName($0.name) }, outputs: plan.outputs.map { cName($0.name) },
            sourceName: file, version: compilerVersion)
        let bytes = try generate(plan, naming).source.utf8.count
        #expect(bytes < 300 << 10, "netc build Examples/nets/\(file) --emit c")
    }
}
