import Testing

@Suite struct `A name that nothing is called` {
    /// The search for what was meant, among all layers, took half a minute where it was repeated.
    @Test(arguments: ["hput(i)", "y = hput"]) func `is looked for once, however long its loop runs`(line: String) {
        var report = ""
        let duration = ContinuousClock().measure {
            report = elaborate("x = Input(3)\nfor i in range(1000000):\n    \(line)\n").report
        }
        #expect(report.contains("'hput'"))
        #expect(duration < .seconds(8), "it took \(duration)")
    }
}
