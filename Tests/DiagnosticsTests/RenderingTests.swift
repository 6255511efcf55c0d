import Diagnostics
import Testing

@Suite struct `Rendering` {
    private func rendered(
        _ text: String, _ diagnostics: [Diagnostic], color: Bool = false, errorLimit: Int = 20
    ) -> String {
        render(diagnostics, in: SourceFile(name: "a.net", text: Array(text.utf8)), color: color, errorLimit: errorLimit)
    }

    @Test func `shows line, caret range, fix-it and notes with their own lines`() {
        let diagnostic = Diagnostic(
            .error, "wrong", at: SourceRange(8, 13), notes: [Note("because", at: SourceRange(0, 1)), Note("so")],
            fixIts: [FixIt(SourceRange(8, 13), "right")])
        #expect(
            rendered("a = 1\n  wrong = 2\r\n", [diagnostic]) == """
                a.net:2:3: error: wrong
                  wrong = 2
                  ^~~~~
                  right
                a.net:1:1: note: because
                a = 1
                ^
                a.net: note: so
                1 error generated.

                """)
    }

    @Test func `counts columns in characters and aligns the caret under tabs and wide letters`() {
        let text = "\té漢 = x\n"
        let x = Array(text.utf8).firstIndex(of: UInt8(ascii: "x"))!
        #expect(
            rendered(text, [Diagnostic(.warning, "here", at: SourceRange(x, x + 1))]) == """
                a.net:1:7: warning: here
                        é漢 = x
                              ^
                1 warning generated.

                """)
    }

    @Test func `sorts by place and stops at the limit of errors`() {
        let all = (0..<4).reversed().map { Diagnostic(.error, "e\($0)", at: SourceRange($0, $0 + 1)) }
        #expect(
            rendered("abcd", all, errorLimit: 2) == """
                a.net:1:1: error: e0
                abcd
                ^
                a.net:1:2: error: e1
                abcd
                 ^
                a.net: fatal error: too many errors emitted, stopping now
                2 errors generated.

                """)
        #expect(rendered("abcd", all, errorLimit: 0).hasSuffix("4 errors generated.\n"))
    }

    @Test func `cuts long lines around the caret`() {
        let text = String(repeating: "a", count: 500) + "X" + String(repeating: "b", count: 500)
        let lines = rendered(text, [Diagnostic(.error, "e", at: SourceRange(500, 501))]).split(separator: "\n")
        #expect(lines[0] == "a.net:1:501: error: e")
        #expect(lines[1].count <= 122 && lines[1].hasPrefix("…a") && lines[1].hasSuffix("b…"))
        #expect(
            lines[1].firstIndex(of: "X")
                == lines[2].firstIndex(of: "^").map {
                    lines[1].index(lines[1].startIndex, offsetBy: lines[2].distance(from: lines[2].startIndex, to: $0))
                })
    }

    @Test func `colours only when asked`() {
        let diagnostic = Diagnostic(.error, "e", at: SourceRange(0, 1))
        #expect(rendered("a", [diagnostic], color: true).contains("\u{1B}[1;31merror:\u{1B}[0m"))
        #expect(!rendered("a", [diagnostic]).contains("\u{1B}"))
    }

    @Test func `points behind the end of the text and into an empty file`() {
        #expect(rendered("", [Diagnostic(.error, "e", at: SourceRange(0, 0))]).contains("a.net:1:1: error: e\n\n^\n"))
        #expect(rendered("ab", [Diagnostic(.error, "e", at: SourceRange(2, 2))]).contains("ab\n  ^\n"))
    }
}

@Suite struct `Suggestions` {
    @Test(arguments: [
        ("Conv2d", "Conv2D"), ("Dens", "Dense"), ("filtres", "filters"), ("padding_", "padding"), ("stride", "strides"),
        ("kernelsize", "kernel_size"),
    ])
    func `find the name that was meant`(typed: String, meant: String) {
        let names = ["Conv2D", "Dense", "filters", "padding", "strides", "kernel_size", "x"]
        #expect(closestMatch(to: typed, among: names) == meant)
    }

    @Test func `are silent where nothing is close`() {
        #expect(closestMatch(to: "Foo", among: ["Conv2D", "x"]) == nil)
        #expect(closestMatch(to: "y", among: ["x", "z"]) == nil)
        #expect(suggestion(for: "Foo", among: ["Conv2D"]) == "")
    }
}

@Suite struct `The log` {
    @Test func `keeps the first of equal reports, whatever led there`() {
        var log = DiagnosticLog()
        log.error("e", at: SourceRange(0, 1), notes: [Note("first")])
        log.error("e", at: SourceRange(0, 1), notes: [Note("second")])
        log.warning("e", at: SourceRange(0, 1))
        #expect(log.diagnostics.count == 2)
        #expect(log.diagnostics[0].notes.map(\.message) == ["first"])
        #expect(log.errorCount == 1)
    }
}
