import Testing

/// A program with mistakes and what is said about them, word for word.
struct WrongProgram {
    var title: String
    var text: String
    var diagnostics: String

    init(_ title: String, _ text: String, _ diagnostics: String) {
        self.title = title
        self.text = text
        self.diagnostics = diagnostics
    }
}

@Suite struct `Wrong programs` {
    @Test func `get exactly the expected diagnostics`() {
        for program in wrongLexical + wrongSyntax + wrongNames + wrongValues + wrongNetworks {
            let (_, diagnostics) = run(program.text)
            #expect(diagnostics == program.diagnostics + "\n", "\(program.title):\n\(diagnostics)")
        }
    }

    @Test func `tabs are one error with spaces to put in their place`() {
        let (_, diagnostics) = run("if True:\n\ta = 1\n\tb = 2\n")
        #expect(
            diagnostics == """
                m.net:2:1: error: a tab indents this line; use spaces (as in 1 more line)
                        a = 1
                ^~~~~~~~
                1 error generated.

                """)
    }

    @Test func `bytes that are not UTF-8 are reported with their place`() {
        let (_, diagnostics) = run(Array("x = \"é".utf8) + [0xE9] + Array("\"\n".utf8))
        #expect(
            diagnostics == """
                m.net:1:7: error: not UTF-8: byte 0xE9
                x = "é\u{FFFD}"
                      ^
                1 error generated.

                """)
    }

    @Test func `a NUL byte is reported once`() {
        let (_, diagnostics) = run("x = \0\0 3\n")
        #expect(
            diagnostics == #"""
                m.net:1:5: error: the text holds a NUL byte (and 1 more in this file)
                x = \x00\x00 3
                    ^~~~
                1 error generated.

                """#)
    }

    @Test func `nothing that controls a terminal gets through`() {
        let (_, diagnostics) = run("x = '\u{1B}[31m' + y\nz\u{202E} = 1\nassert False, '\u{7}\u{9B}'\n")
        #expect(diagnostics.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        #expect(!diagnostics.unicodeScalars.contains("\u{202E}"))
    }

    @Test func `an error in a statement leaves its names and the rest of the file alone`() {
        let (_, diagnostics) = run("x = Conv2D(8 3)\ny = x + 1\nz = y.shape\nundefined\n")
        #expect(diagnostics.contains("m.net:1:14: error: expected ',' or ')', found '3'"))
        #expect(diagnostics.contains("m.net:4:1: error: undefined name 'undefined'"))
        #expect(diagnostics.contains("2 errors generated."))
    }
}
