import Testing

/// Files that mean harm end quickly with a report, whatever they hold.
@Suite struct `Hostile files` {
    private static let programs: [(title: String, text: String)] = [
        ("open brackets", "x = " + String(repeating: "(", count: 100_000)),
        ("closed brackets", "x = " + String(repeating: "[", count: 50_000) + String(repeating: "]", count: 50_000)),
        ("a long sum", "x = 1" + String(repeating: " + 1", count: 50_000)),
        ("many signs", "x = " + String(repeating: "-", count: 50_000) + "1"),
        ("many calls", "f" + String(repeating: "()", count: 50_000)),
        ("many unclosed lines", String(repeating: "x = (\n", count: 3_000)),
        ("many open strings", String(repeating: "x = 'a\n", count: 3_000)),
        ("deep blocks", (0..<300).map { String(repeating: " ", count: $0) + "if 1:\n" }.joined()),
        ("doubling references", "x = [1]\nfor i in range(60): x = [x, x]\ny = x == [x]\nz = repr(x)\n"),
        ("deep lists", "x = ()\nfor i in range(200000): x = (x,)\nrepr(x)\n"),
        ("huge repetition", "x = 'a' * 10 ** 12\ny = [0] * 10 ** 12\nz = f'{1:999999}'\n"),
        ("huge ranges", "x = list(range(10 ** 18))\n"),
        (
            "calls of calls",
            "def f0(): return 1\n" + (1..<900).map { "def f\($0)(): return f\($0 - 1)()\n" }.joined() + "f899()\n"
        ),
        ("odd steps", "a = [1][::-9223372036854775807 - 1]\nb = round(5, -9223372036854775807)\n"),
        ("many names", (0..<3_000).map { "x\($0) = f(\($0))\n" }.joined() + (0..<3_000).map { "x\($0)()\n" }.joined()),
        ("bytes", String(repeating: "\u{FF}\u{0}", count: 20_000)),
    ]

    @Test func `end within their limits`() {
        let clock = ContinuousClock()
        for (title, text) in Self.programs {
            let duration = clock.measure { _ = run(text) }
            #expect(duration < .seconds(10), "\(title) took \(duration)")
        }
    }

    @Test func `made by mutating the samples crash nothing`() {
        let texts = samples.keys.sorted().map { Array(samples[$0]!.utf8) }
        let spice = Array("()[]{}:,.=+-*/%\"'#\\\n\t 09xfif\u{0}é".utf8)
        var random = SplitMix(state: 1)
        for round in 0..<400 {
            var text = texts[round % texts.count]
            for _ in 0...random.next(8) {
                let place = random.next(text.count - 1)
                switch random.next(3) {
                case 0: text[place] = spice[random.next(spice.count)]
                case 1: text.insert(spice[random.next(spice.count)], at: place)
                default:
                    let end = min(text.count, place + random.next(40))
                    let moved = Array(text[place..<end])
                    text.removeSubrange(place..<end)
                    text.insert(contentsOf: moved, at: random.next(text.count))
                }
            }
            let (elaborator, diagnostics) = run(text, errorLimit: 0)
            #expect(elaborator.summary != nil || diagnostics.contains("error"), "round \(round)")
        }
    }
}

/// The same numbers on every machine.
private struct SplitMix {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(bound))
    }
}
