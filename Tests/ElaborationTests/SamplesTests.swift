import Network
import Testing

/// The five sample files as they stand, against Keras' own counts.
@Suite struct SamplesTests {
    @Test(
        arguments: [
            ("1_mobilenet_v1.net", "0.25", 475_544, 41.0), ("1_mobilenet_v1.net", "0.5", 1_342_536, 149.5),
            ("1_mobilenet_v1.net", "0.75", 2_601_976, 325.4), ("1_mobilenet_v1.net", "1.0", 4_253_864, 568.7),
            ("2_mobilenet_v2.net", "0.35", 1_691_208, 59.3), ("2_mobilenet_v2.net", "0.5", 1_987_224, 97.1),
            ("2_mobilenet_v2.net", "0.75", 2_663_064, 209.1), ("2_mobilenet_v2.net", "1.0", 3_538_984, 300.8),
            ("2_mobilenet_v2.net", "1.3", 5_431_048, 509.4), ("2_mobilenet_v2.net", "1.4", 6_156_712, 582.2),
            ("3_unet_dilated.net", nil, 17_218_721, 14_449.4), ("4_inception.net", nil, 557_242, 432.3),
            ("5_shufflenet.net", nil, 1_890_208, 137.5),
        ] as [(String, String?, Int, Double)])
    func `a sample has Keras' parameters and products`(
        file: String, alpha: String?, parameters: Int, megaProducts: Double
    ) throws {
        let definitions = alpha.map { [(name: "alpha", value: $0)] } ?? []
        let summary = try network(try sample(file), definitions).summary()
        #expect(summary.parameters == parameters)
        #expect((Double(summary.macs) / 1e5).rounded() / 10 == megaProducts)
    }

    @Test func `the samples' inputs and outputs have their public names`() throws {
        let mobileNet = try network(try sample("1_mobilenet_v1.net"))
        #expect(mobileNet.inputs.map(\.name) == ["image"])
        #expect(mobileNet.outputs.map(\.name) == ["probs"])
        let second = try network(try sample("2_mobilenet_v2.net"))
        #expect(second.inputs.map(\.name) == ["inputs"])
        #expect(second.outputs.map(\.name) == ["outputs"])
        #expect(second.modelName == "mobilenet_v2")
        let inception = try network(try sample("4_inception.net"))
        #expect(inception.inputs.map(\.name) == ["features_in"])
        #expect(inception.outputs.map(\.name) == ["logits", "probs"])
    }
}
