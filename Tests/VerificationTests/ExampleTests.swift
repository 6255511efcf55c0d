import Compiler
import Diagnostics
import Foundation
import Testing
import Verification

/// An example network made small enough to be verified at every change; `make test-all` verifies them as they are.
struct SmallExample: Sendable, CustomTestStringConvertible {
    var name: String
    /// `-D`
    var definitions: [String: String] = [:]
    /// What is replaced in the text, where the file has no parameter for it.
    var replacements: [String: String] = [:]

    var testDescription: String { name }
}

private let image32 = ["Input((224, 224, 3)": "Input((32, 32, 3)"]
private let fewClasses = ["classes": "12"]

let smallExamples = [
    SmallExample(name: "alexnet", definitions: fewClasses, replacements: ["227, 227": "67, 67", "4096": "40"]),
    SmallExample(
        name: "convnext_tiny", definitions: fewClasses,
        replacements: image32.merging(["[(3, 96), (3, 192), (9, 384), (3, 768)]": "[(1, 96), (1, 40)]"]) { $1 }),
    SmallExample(
        name: "densenet121", definitions: ["classes": "12", "growth": "8"],
        replacements: image32.merging(["[6, 12, 24, 16]": "[2, 3, 16]"]) { $1 }),
    SmallExample(
        name: "efficientnet_b0", definitions: fewClasses,
        replacements: image32.merging(["    (6, 40, 2, 5, 2),\n    (6, 80, 3, 3, 2),\n": "    (6, 40, 1, 5, 2),\n"]) {
            $1
        }),
    SmallExample(name: "inception", replacements: ["(28, 28, 192)": "(9, 9, 24)"]),
    SmallExample(
        name: "inception_v3", definitions: fewClasses,
        replacements: ["299, 299": "79, 79", "[128, 160, 160, 192]": "[16]", "[32, 64, 64]": "[32]"]),
    SmallExample(name: "mnist_separable"),
    SmallExample(
        name: "mobilefacenet", definitions: ["features": "20"],
        replacements: ["112, 112": "32, 32", "7, padding=\"valid\"": "2, padding=\"valid\""]),
    SmallExample(name: "mobilenet_v1", definitions: ["alpha": "0.25", "rho": "0.15", "classes": "12"]),
    SmallExample(name: "mobilenet_v2", definitions: ["alpha": "0.35", "classes": "12"], replacements: image32),
    SmallExample(name: "mobilenet_v3_large", definitions: ["alpha": "0.25", "classes": "12"], replacements: image32),
    SmallExample(name: "mobilenet_v3_small", definitions: ["alpha": "0.25", "classes": "12"], replacements: image32),
    SmallExample(
        name: "nasnet_mobile", definitions: ["filters": "12", "repeats": "1", "classes": "12"],
        replacements: ["(224, 224, 3)": "(64, 64, 3)"]),
    SmallExample(
        name: "resnet50", definitions: fewClasses,
        replacements: image32.merging(["[(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]": "[(8, 2, 1), (16, 2, 2)]"]
        ) {
            $1
        }),
    SmallExample(
        name: "resnext50", definitions: fewClasses,
        replacements: image32.merging(
            ["[(128, 3), (256, 4), (512, 6), (1024, 3)]": "[(32, 2), (64, 1)]", "groups=32": "groups=4"]) { $1 }),
    SmallExample(
        name: "shufflenet_v1", definitions: fewClasses,
        replacements: image32.merging(["[(240, 4), (480, 8), (960, 4)]": "[(48, 2), (96, 3)]"]) { $1 }),
    SmallExample(
        name: "shufflenet_v2", definitions: ["classes": "12", "widths": "[20, 36, 52]"],
        replacements: image32.merging(["[4, 8, 4]": "[2, 3]"]) { $1 }),
    SmallExample(
        name: "unet",
        replacements: [
            "256, 256": "32, 32", "512, 256, 128, 64]": "32, 8, 8, 4]",
            "(64, 1), (128, 1), (256, 1), (512, 2)": "(4, 1), (8, 1), (8, 1), (32, 2)", "1024": "20",
        ]),
    SmallExample(
        name: "unet_transposed",
        replacements: [
            "256, 256": "32, 32", "[32, 64, 128, 256]": "[4, 8, 8, 12]",
            "[256, 128, 64, 32]": "[12, 8, 8, 4]", "512": "20",
        ]),
    SmallExample(
        name: "vgg16", definitions: fewClasses,
        replacements: [
            "224, 224": "32, 32", "4096": "40",
            "(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)": "(8, 2), (8, 2), (16, 3), (24, 3), (24, 3)",
        ]),
    SmallExample(
        name: "vgg16_fcn", definitions: ["classes": "12", "resolution": "224"],
        replacements: [
            "4096": "40",
            "(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)": "(4, 2), (8, 2), (8, 3), (12, 3), (12, 3)",
        ]),
    SmallExample(
        name: "xception", definitions: fewClasses,
        replacements: [
            "299, 299": "71, 71", "range(8)": "range(2)", "[128, 256, 40]": "[128, 24, 40]", "728": "40",
            "1024": "48", "1536": "52", "2048": "60",
        ]),
]

/// Where the examples lie.
let examplesFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Examples/nets")

@Suite struct `The example networks` {
    @Test func `are all among these`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: examplesFolder.path).filter {
            $0.hasSuffix(".net")
        }
        #expect(files.sorted() == smallExamples.map { $0.name + ".net" }.sorted())
    }

    @Test(arguments: smallExamples) func `are right when made small`(_ example: SmallExample) throws {
        var text = try String(contentsOf: examplesFolder.appendingPathComponent(example.name + ".net"), encoding: .utf8)
        for (from, to) in example.replacements.sorted(by: { $0.key < $1.key }) {
            try #require(text.contains(from), "'\(from)' is no longer in \(example.name).net")
            text = text.replacingOccurrences(of: from, with: to)
        }
        var options = ModelOptions(path: example.name + ".net")
        options.definitions = example.definitions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let model = try readModel(SourceFile(name: options.path, text: Array(text.utf8)), options)
        let report = try verify(model, options, BuildOptions(), VerificationSettings())
        #expect(report.isRight, "\(report.firstWrong?.layer ?? "an output"): \(report.firstWrong?.worst ?? "")")
        #expect(!report.isVacuous)
    }
}
