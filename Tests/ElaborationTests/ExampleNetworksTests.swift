import Foundation
import Network
import Testing

/// The networks in `Examples/nets` against figures read from Keras and papers.
@Suite struct ExampleNetworksTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Examples/nets")

    private func example(_ name: String) throws -> Network {
        try network(String(contentsOf: Self.folder.appendingPathComponent(name + ".net"), encoding: .utf8))
    }

    /// A row for every file: a test asks for it.
    static let figures = [
        ("alexnet", 60_965_224, 724_406_816), ("convnext_tiny", 28_589_128, 4_455_531_264),
        ("densenet121", 8_062_504, 2_834_161_664), ("efficientnet_b0", 5_330_571, 385_814_752),
        ("inception", 557_242, 432_321_216), ("inception_v3", 23_851_784, 5_713_216_096),
        ("mnist_separable", 183_987, 3_871_952), ("mobilefacenet", 1_022_720, 220_965_376),
        ("mobilenet_v1", 4_253_864, 568_740_352), ("mobilenet_v2", 3_538_984, 300_774_272),
        ("mobilenet_v3_large", 5_507_432, 216_589_760), ("mobilenet_v3_small", 2_554_968, 56_510_400),
        ("nasnet_mobile", 5_326_716, 563_638_816), ("resnet50", 25_636_712, 3_857_973_248),
        ("resnext50", 25_097_128, 4_230_479_872), ("shufflenet_v1", 1_890_208, 137_460_672),
        ("shufflenet_v2", 2_294_784, 144_907_992), ("unet", 31_031_685, 54_605_774_848),
        ("unet_transposed", 17_218_721, 14_449_377_280), ("vgg16", 138_357_544, 15_470_264_320),
        ("xception", 22_910_480, 8_357_403_496),
    ]

    @Test(arguments: figures)
    func `an example has its published parameters and products`(name: String, parameters: Int, macs: Int) throws {
        let summary = try example(name).summary()
        #expect(summary.parameters == parameters)
        #expect(summary.macs == macs)
    }

    /// The paper's 2.3 M; PyTorch, which counts no moving statistics, has exactly these.
    @Test func `ShuffleNet v2 has torchvision's trainable parameters`() throws {
        #expect(try example("shufflenet_v2").summary().trainableParameters == 2_278_604)
    }

    /// The dense layers as convolutions: 7×7 windows over the last feature map.
    @Test func `the convolutional VGG has the dense one's parameters`() throws {
        #expect(try example("vgg16_fcn").summary().parameters == 138_357_544)
    }

    @Test func `every example compiles without a word`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter {
            $0.hasSuffix(".net")
        }
        let named = Self.figures.map { $0.0 + ".net" }
        #expect(files.filter { !named.contains($0) }.sorted() == ["vgg16_fcn.net"])
        for file in files.sorted() {
            let text = try String(contentsOf: Self.folder.appendingPathComponent(file), encoding: .utf8)
            #expect(elaborate(text, file: file).report == "")
        }
    }
}
