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
/// machine, for the layers of images, and a cover of all triples for those of sequences and for narrower vectors.
@Suite struct `Layers with windows` {
    @Test func `are all in the grid`() {
        let windowed = layerRegistry.map { $0.descriptor }.filter { descriptor in
            descriptor.attributes.contains { ["kernel_size", "pool_size"].contains($0.name) }
        }
        let families = gridFamilies.map(\.layer)
        #expect(!windowed.isEmpty)
        for layer in windowed { #expect(families.contains(layer.name), "add a family to gridFamilies") }
    }

    @Test(arguments: GridPart.all) func `compute what the reference says`(_ part: GridPart) throws {
        expectRight(part.instances, cpu: part.cpu)
    }
}

/// Instances that are compiled together.
struct GridPart: Sendable, CustomTestStringConvertible {
    var layer: String
    var cpu: String
    var number: Int
    var instances: [GridInstance]

    var testDescription: String { "\(instances.count) × \(layer) for \(cpu), part \(number + 1)" }

    static let runsEverything = ProcessInfo.processInfo.environment["NETC_ALL"] != nil

    static let all: [GridPart] = {
        let native = Target.native()
        let narrower = `Every layer`.cpus.filter { (try? Target(specification: $0).lanes < native.lanes) == true }
        return gridFamilies.filter { LayerIndex()[$0.layer] != nil }.flatMap { family in
            let pairs = family.cover(strength: 2)
            let triples = runsEverything ? family.cover(strength: 3) : []
            let whole = !runsEverything ? pairs : family.layer.contains("2D") ? family.product() : triples
            var parts = cut(whole, family, cpu: native.instructionSet.rawValue)
            for (index, cpu) in narrower.enumerated() {
                let some = pairs.indices.filter { $0 % 8 == index }.map { pairs[$0] }
                parts += cut(runsEverything ? triples : some, family, cpu: cpu)
            }
            return parts
        }
    }()

    /// At most 250 instances to one C file.
    private static func cut(_ instances: [GridInstance], _ family: GridFamily, cpu: String) -> [GridPart] {
        let count = (instances.count + 249) / 250
        return (0..<count).map { number in
            let part = instances[instances.count * number / count..<instances.count * (number + 1) / count]
            return GridPart(layer: family.layer, cpu: cpu, number: number, instances: Array(part))
        }
    }
}

/// Verifies instances as the outputs of one network; where that does not even compile, looks for the one that is to blame.
func expectRight(
    _ instances: [GridInstance], cpu: String, triple: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
    let text = network(of: instances)
    do {
        let (model, options) = try read(text)
        var build = BuildOptions()
        (build.cpu, build.triple) = (cpu, triple)
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
        // One of few elements may be zero for every input behind a ReLU.
        let sensitive = report.outputs.count { $0.sensitivity >= VerificationReport.leastSensitivity }
        #expect(Double(sensitive) >= 0.8 * Double(instances.count), sourceLocation: sourceLocation)
    } catch  where instances.count > 1 {
        let half = instances.count / 2
        expectRight(Array(instances[..<half]), cpu: cpu, triple: triple, sourceLocation: sourceLocation)
        expectRight(Array(instances[half...]), cpu: cpu, triple: triple, sourceLocation: sourceLocation)
    } catch {
        var reason = "\(error)"
        if case CompilerError.invalidModel(let report) = error { reason = report.rendered(color: false) }
        Issue.record("\(instances[0]): \(reason)", sourceLocation: sourceLocation)
    }
}

/// One network with an output for each instance and an input for each shape.
private func network(of instances: [GridInstance]) -> String {
    var inputs: [[Int]: String] = [:]
    var text = ""
    for instance in instances where inputs[instance.shape] == nil {
        let name = "x" + instance.shape.map(String.init).joined(separator: "_")
        inputs[instance.shape] = name
        text += "\(name) = Input((\(instance.shape.map { "\($0), " }.joined())))\n"
    }
    for (index, instance) in instances.enumerated() {
        let expression = instance.expression.replacing("(x)", with: "(\(inputs[instance.shape]!))")
        text += "y\(index) = \(expression)\n"
    }
    return text + "Output(\(instances.indices.map { "y\($0)" }.joined(separator: ", ")))\n"
}
