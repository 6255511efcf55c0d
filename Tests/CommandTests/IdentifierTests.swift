import Compiler
import Testing

@Suite struct `The name of generated code` {
    @Test(arguments: [
        ("1_mobilenet_v1", "mobilenet_v1"), ("my-net.v2", "my_net_v2"), ("__x", "x"), ("42", "net_"), ("", "net_"),
        ("ünet", "net"),
        ("while", "net_while"), ("class", "net_class"), ("linux", "net_linux"), ("netc", "net_netc"),
        ("U Net", "U_Net"), ("random", "net_random"), ("exp", "net_exp"), ("index", "net_index"),
        ("pause", "net_pause"),
    ]) func `is made an identifier`(_ text: String, _ expected: String) {
        #expect(identifier(from: text) == expected)
        #expect(isIdentifier(expected))
    }

    @Test(arguments: ["1st", "a-b", "", "int", "_a", "naïve", "a b", "random", String(repeating: "a", count: 200)])
    func `given by the user must be one already`(_ name: String) {
        #expect(!isIdentifier(name))
        #expect(throws: CompilerError.self) { try modelIdentifier(explicit: name, modelName: nil, path: "a.net") }
    }

    @Test func `comes from the option, the model or the file`() throws {
        #expect(try modelIdentifier(explicit: "x", modelName: "y", path: "z.net") == "x")
        #expect(try modelIdentifier(explicit: nil, modelName: "y", path: "z.net") == "y")
        #expect(try modelIdentifier(explicit: nil, modelName: nil, path: "dir.d/z.net") == "z")
    }
}
