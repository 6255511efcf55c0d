import Compiler
import Foundation
import Layers
import Target
import Testing
import Toolchain
import Verification

/// Generated code against the reference, by the numeric contract, over a grid of every argument of the layers that have a window.
///
/// A usual run takes a cover of all pairs for this machine and parts of it for narrower vectors. With `NETC_ALL` it is every combination for this
/// machine, for the layers of images, a cover of all triples for those of sequences and for narrower vectors, and parts of the cover of pairs
/// for all of them, compiled as users compile it.
@Suite struct `Layers with windows` {
    @Test func `are all in the grid`() {
        let windowed = layerRegistry.map { $0.descriptor }.filter { descriptor in
            descriptor.attributes.contains { ["kernel_size", "pool_size"].contains($0.name) }
        }
        let families = gridFamilies.map(\.layer)
        #expect(!windowed.isEmpty)
        for layer in windowed { #expect(families.contains(layer.name), "add a family to gridFamilies") }
    }

    @Test(arguments: GridPart.windowed) func `compute what the reference says`(_ part: GridPart) throws {
        expectRight(part.instances, cpu: part.cpu, flags: part.flags)
    }
}

/// The same for the layers without a window; with `NETC_ALL` every combination for this machine, the cover of all pairs for narrower vectors,
/// and parts of it for all of them, compiled as users compile it.
@Suite struct `Layers without windows` {
    @Test func `are all in the grid`() {
        let text = windowlessFamilies.flatMap { $0.cover(strength: 2) }.map(\.expression).joined()
        // What is nothing in inference, and an input, have no arguments to vary.
        let others = layerRegistry.map { $0.descriptor.name }.filter { name in
            !gridFamilies.contains { $0.layer == name } && !["Input", "ActivityRegularization"].contains(name)
                && !["Dropout", "Noise", "Dropout1D", "Dropout2D"].contains { name.hasSuffix($0) }
        }
        let missing = others.filter { !text.contains("\($0)(") }
        #expect(missing.isEmpty, "add them to windowlessFamilies")
    }

    @Test(arguments: GridPart.windowless) func `compute what the reference says`(_ part: GridPart) throws {
        expectRight(part.instances, cpu: part.cpu, flags: part.flags)
    }
}

/// Instances that are compiled together.
struct GridPart: Sendable, CustomTestStringConvertible {
    var layer: String
    var cpu: String
    var number: Int
    var instances: [GridInstance]

    var compilation: Compilation

    /// What clang makes of the templates: nearly all the time is clang's.
    enum Compilation {
        /// As users compile them.
        case optimized
        /// Specialised for each shape, in less time.
        case specialized
        /// Functions that all shapes share. What they compute is the same C, in a fiftieth of the time.
        case shared
    }

    var flags: [String] {
        switch compilation {
        case .optimized: []
        // Without optimisation each kernel would hold the code of every activation, which takes longer than dropping it.
        case .specialized:
            layer != "activations" && windowlessFamilies.contains { $0.layer == layer } ? ["-O0"] : ["-O1"]
        case .shared: ["-O1", "-Dalways_inline=noinline", "-Wno-pass-failed"]
        }
    }

    var testDescription: String { "\(instances.count) × \(layer) for \(cpu), part \(number + 1)" }

    static let runsEverything = ProcessInfo.processInfo.environment["NETC_ALL"] != nil

    static let native = Target.native().instructionSet.rawValue
    /// This machine's instruction sets with shorter vectors.
    private static let narrower = `Every layer`.cpus.filter {
        (try? Target(specification: $0).lanes < Target.native().lanes) == true
    }

    /// The cover of pairs for this machine: all of it in a usual run; beside every combination, a part as users compile it.
    private static func cover(_ pairs: [GridInstance], _ family: GridFamily) -> [GridPart] {
        if !runsEverything { return cut(pairs, family, cpu: native, .specialized) }
        return cut(pairs.indices.filter { $0 % 8 == 7 }.map { pairs[$0] }, family, cpu: native, .optimized)
    }

    static let windowless: [GridPart] = windowlessFamilies.flatMap { family in
        let pairs = family.cover(strength: 2)
        let everything = runsEverything ? cut(family.product(), family, cpu: native, .shared) : []
        return everything + cover(pairs, family)
            + narrower.enumerated().flatMap { index, cpu in
                let some = pairs.indices.filter { $0 % 32 == index }.map { pairs[$0] }
                return (runsEverything ? cut(pairs, family, cpu: cpu, .shared) : [])
                    + cut(some, family, cpu: cpu, .optimized)
            }
    }

    static let windowed: [GridPart] = {
        gridFamilies.filter { LayerIndex()[$0.layer] != nil }.flatMap { family in
            let pairs = family.cover(strength: 2)
            let triples = runsEverything ? family.cover(strength: 3) : []
            let everything = !runsEverything ? [] : family.layer.contains("2D") ? family.product() : triples
            var parts = cut(everything, family, cpu: native, .shared)
            parts += cover(pairs, family)
            for (index, cpu) in narrower.enumerated() {
                let some = pairs.indices.filter { $0 % 8 == index }.map { pairs[$0] }
                parts += cut(triples, family, cpu: cpu, .shared) + cut(some, family, cpu: cpu, .optimized)
            }
            return parts
        }
    }()

    /// At most 250 instances to one C file.
    private static func cut(
        _ instances: [GridInstance], _ family: GridFamily, cpu: String, _ compilation: Compilation
    ) -> [GridPart] {
        let count = (instances.count + 249) / 250
        return (0..<count).map { number in
            let part = instances[instances.count * number / count..<instances.count * (number + 1) / count]
            return GridPart(
                layer: family.layer, cpu: cpu, number: number, instances: Array(part), compilation: compilation)
        }
    }
}

/// Verifies instances as the outputs of one network; where that does not even compile, looks for the one that is to blame.
func expectRight(
    _ instances: [GridInstance], cpu: String, triple: String? = nil, flags: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let text = network(of: instances)
    do {
        let (model, options) = try read(text)
        var build = BuildOptions()
        (build.cpu, build.triple) = (cpu, triple)
        build.compilerFlags = flags
        var settings = VerificationSettings()
        settings.seeksSensitivity = false
        let report = try verify(model, options, build, settings)
        let wrong = report.firstWrong.map { "; the first wrong tensor is of \($0.layer): \($0.worst)" } ?? ""
        for (output, instance) in zip(report.outputs, instances) where !output.isRight {
            Issue.record(
                "\(instance): \(output.boundRatio) bounds away\(wrong)", sourceLocation: sourceLocation)
        }
        #expect(report.tensors.allSatisfy { $0.isRight }, "\(wrong)", sourceLocation: sourceLocation)
        #expect(report.tensors.count >= instances.count, sourceLocation: sourceLocation)
        // One of few elements may be zero for every input behind a ReLU, and the softmax of a single channel is 1.
        let sensitive = report.outputs.count { $0.sensitivity >= VerificationReport.leastSensitivity }
        #expect(Double(sensitive) >= 0.8 * Double(instances.count) - 1, sourceLocation: sourceLocation)
    } catch  where instances.count > 1 {
        let half = instances.count / 2
        expectRight(Array(instances[..<half]), cpu: cpu, triple: triple, flags: flags, sourceLocation: sourceLocation)
        expectRight(Array(instances[half...]), cpu: cpu, triple: triple, flags: flags, sourceLocation: sourceLocation)
    } catch {
        var reason = "\(error)"
        if case CompilerError.invalidModel(let report) = error { reason = report.rendered(color: false) }
        Issue.record("\(instances[0]): \(reason)", sourceLocation: sourceLocation)
    }
}

/// One network with an output for each instance and an input for each shape; an instance's inputs of one shape are different ones.
private func network(of instances: [GridInstance]) -> String {
    var inputs: Set<String> = []
    var (declarations, text) = ("", "")
    for (index, instance) in instances.enumerated() {
        var expression = instance.expression
        for (letter, shape) in zip(GridInstance.names, instance.shapes) {
            let name = letter + shape.map(String.init).joined(separator: "_")
            if inputs.insert(name).inserted {
                declarations += "\(name) = Input((\(shape.map { "\($0), " }.joined())))\n"
            }
            expression = expression.replacing(try! Regex("\\b\(letter)\\b"), with: name)
        }
        text += "result\(index) = \(expression)\n"
    }
    return declarations + text + "Output(\(instances.indices.map { "result\($0)" }.joined(separator: ", ")))\n"
}
