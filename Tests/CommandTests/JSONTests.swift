import Foundation
import Testing

@Suite struct `JSON for programs` {
    @Test func `summary has the keys of the schema`() throws {
        let scratch = Scratch()
        let outcome = try netc(["summary", scratch.write("small.net", smallNetwork), "--json"])
        #expect(outcome.code == 0)
        let summary = try json(outcome.output)
        #expect(summary["schema"] as? Int == 1)
        #expect(summary["batch"] as? Int == 1)
        // By hand: 3·3·3·8 + 8, 3·3·8, 4·8, (3·2·8)·5 + 5.
        #expect(summary["parameters"] as? Int == 224 + 72 + 32 + 245)
        #expect(summary["trainable_parameters"] as? Int == 224 + 72 + 16 + 245)
        // 12·10·216, 6·5·72, 48·5.
        #expect(summary["macs"] as? Int == 25920 + 2160 + 240)
        #expect((summary["weight_bytes"] as? Int ?? 0) > 0)
        #expect((summary["workspace_bytes"] as? Int ?? 0) > 0)
        let layers = try #require(summary["layers"] as? [[String: Any]])
        let convolution = try #require(layers.first { $0["type"] as? String == "Conv2D" })
        #expect(convolution["name"] as? String == "conv2d")
        #expect(convolution["output_shape"] as? [Int] == [12, 10, 8])
        #expect(convolution["receptive_field"] as? [Int] == [3, 3])
        #expect(layers.last?["receptive_field"] as? String == "all")
    }

    @Test func `an error is JSON on standard output and text on standard error`() throws {
        let scratch = Scratch()
        let outcome = try netc(["summary", scratch.write("wrong.net", "Input(8, 8, 3)\nConv2D(8, 9)\n"), "--json"])
        #expect(outcome.code == 65)
        let error = try #require(try json(outcome.output)["error"] as? [String: Any])
        #expect(error["code"] as? Int == 65)
        let diagnostics = try #require(error["diagnostics"] as? [[String: Any]])
        #expect(diagnostics.first?["line"] as? Int == 2)
        #expect(outcome.errors.contains("error:"))
    }

    @Test func `a wrong command line is JSON too`() throws {
        let outcome = try netc(["summary", "--json"])
        #expect(outcome.code == 64)
        #expect(try json(outcome.output)["error"] != nil)
    }

    @Test func `verify has the keys of the schema`() throws {
        let scratch = Scratch()
        let outcome = try netc(["verify", scratch.write("small.net", smallNetwork), "--json"])
        #expect(outcome.code == 0)
        let report = try json(outcome.output)
        #expect(report["schema"] as? Int == 1)
        #expect(report["ok"] as? Bool == true)
        let output = try #require((report["outputs"] as? [[String: Any]])?.first)
        #expect(output["name"] as? String == "probs")
        for key in ["max_abs_error", "max_rel_error", "max_ulp", "bound_ratio"] { #expect(output[key] is Double) }
    }

    @Test func `bench has the keys of the schema`() throws {
        let scratch = Scratch()
        let outcome = try netc(["bench", scratch.write("small.net", smallNetwork), "--json"])
        #expect(outcome.code == 0)
        let report = try json(outcome.output)
        #expect(report["threads"] as? Int == 1)
        #expect(report["macs"] as? Int == 28320)
        for key in ["min_ms", "median_ms", "gmacs_per_s", "peak_gmacs_per_s"] {
            #expect((report[key] as? Double ?? 0) > 0)
        }
        let layer = try #require((report["layers"] as? [[String: Any]])?.first)
        for key in ["name", "kernel", "ms", "gmacs_per_s", "gbytes_per_s"] { #expect(layer[key] != nil) }
    }
}
