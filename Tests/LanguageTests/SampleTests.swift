import Testing

/// Whole networks in the styles that people write.
@Suite struct `Sample networks` {
    @Test(arguments: samples.keys.sorted())
    func `interpret without a remark but for what is ignored`(name: String) {
        let (elaborator, diagnostics) = run(samples[name]!)
        #expect(elaborator.summary != nil)
        #expect(!diagnostics.contains("error"), "\(diagnostics)")
        #expect(!diagnostics.contains("warning"), "\(diagnostics)")
    }

    @Test(arguments: [
        ("mobilenet_v1", 85), ("mobilenet_v2", 152), ("unet", 80), ("inception", 20), ("shufflenet", 170),
    ])
    func `construct the layers that Keras would`(name: String, layers: Int) {
        let (elaborator, _) = run(samples[name]!)
        #expect(elaborator.sites.count == layers)
    }
}
