import Foundation
import Network
import Testing

/// The networks in `Examples/nets` against figures read from Keras.
@Suite struct ExampleNetworksTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Examples/nets")

    private func example(_ name: String) throws -> Network {
        try network(String(contentsOf: Self.folder.appendingPathComponent(name + ".net"), encoding: .utf8))
    }

    @Test(arguments: [
        ("mnist_separable", 183_987, 3_871_952), ("unet", 31_031_685, 54_605_774_848),
        ("unet_transposed", 17_218_721, 14_449_377_280), ("alexnet", 60_965_224, 724_406_816),
        ("vgg16", 138_357_544, 15_470_264_320), ("resnet50", 25_636_712, 3_857_973_248),
        ("mobilenet_v1", 4_253_864, 568_740_352), ("mobilenet_v2", 3_538_984, 300_774_272),
        ("mobilenet_v3_small", 2_554_968, 56_510_400), ("mobilenet_v3_large", 5_507_432, 216_589_760),
        ("shufflenet_v1", 1_890_208, 137_460_672), ("inception", 557_242, 432_321_216),
    ])
    func `an example has Keras' parameters and products`(name: String, parameters: Int, macs: Int) throws {
        let summary = try example(name).summary()
        #expect(summary.parameters == parameters)
        #expect(summary.macs == macs)
    }

    /// Networks that are no examples, with the figures that Keras gives for them.
    @Test(arguments: [
        ("inception_v3", 23_851_784, 5_713_216_096), ("xception", 22_910_480, 8_357_403_496),
        ("resnext50", 25_097_128, 4_230_479_872), ("mobilefacenet", 1_022_720, 220_965_376),
        ("densenet121", 8_062_504, 2_834_161_664),
    ])
    func `a published network has Keras' parameters and products`(name: String, parameters: Int, macs: Int) throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Networks/\(name).net")
        let summary = try network(String(contentsOf: path, encoding: .utf8)).summary()
        #expect(summary.parameters == parameters)
        #expect(summary.macs == macs)
    }

    /// The dense layers as convolutions: 7×7 windows over the last feature map.
    @Test func `the convolutional VGG has the dense one's parameters`() throws {
        #expect(try example("vgg16_fcn").summary().parameters == 138_357_544)
    }

    @Test func `every example compiles without a word`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter {
            $0.hasSuffix(".net")
        }
        #expect(files.count >= 13)
        for file in files.sorted() {
            let text = try String(contentsOf: Self.folder.appendingPathComponent(file), encoding: .utf8)
            #expect(elaborate(text, file: file).report == "")
        }
    }
}
