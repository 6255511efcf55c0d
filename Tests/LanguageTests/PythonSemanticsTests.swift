import Testing

/// Expressions and their `repr` in CPython 3.11.
private let expressions: [(expression: String, python: String)] = [
    (#"7 // 2"#, #"3"#),
    (#"-7 // 2"#, #"-4"#),
    (#"7 % -3"#, #"-2"#),
    (#"-7 % 3"#, #"2"#),
    (#"-7.5 % 2"#, #"0.5"#),
    (#"7.5 // 2"#, #"3.0"#),
    (#"-0.0 // 1"#, #"-0.0"#),
    (#"1e308 * 10"#, #"inf"#),
    (#"2 ** 10"#, #"1024"#),
    (#"2 ** -1"#, #"0.5"#),
    (#"-2 ** 2"#, #"-4"#),
    (#"2 ** 3 ** 2"#, #"512"#),
    (#"4 ** 0.5"#, #"2.0"#),
    (#"10 / 4"#, #"2.5"#),
    (#"9007199254740993 / 3"#, #"3002399751580331.0"#),
    (#"9007199254740993 == 9007199254740992.0"#, #"False"#),
    (#"round(0.5), round(1.5), round(2.5), round(-2.5)"#, #"(0, 2, 2, -2)"#),
    (#"round(2.675, 2), round(1.005, 2), round(1234.5, -2)"#, #"(2.67, 1.0, 1200.0)"#),
    (#"round(1250, -2), round(1350, -2)"#, #"(1200, 1400)"#),
    (#"int(-3.7), int(3.99), int("42"), int(True)"#, #"(-3, 3, 42, 1)"#),
    (
        #"1e16, 1e15, 0.0001, 0.00001, 1 / 3, 5e-324, 1.7976931348623157e308"#,
        #"(1e+16, 1000000000000000.0, 0.0001, 1e-05, 0.3333333333333333, 5e-324, 1.7976931348623157e+308)"#
    ),
    (#"0.1 + 0.2, 100.0, 1e22, 123456789012345.6"#, #"(0.30000000000000004, 100.0, 1e+22, 123456789012345.6)"#),
    (#"float("1e3"), float("-inf"), str(1.50)"#, #"(1000.0, -inf, '1.5')"#),
    (#"1 < 2 < 3, 1 < 3 < 2, 1 == 1.0, True + 1"#, #"(True, False, True, 2)"#),
    (#"[1, 2] < [1, 3], (1, 2) < (1, 2, 0), "a" < "b""#, #"(True, True, True)"#),
    (#"2 in [1, 2], "ell" in "hello", 5 in range(0, 10, 5), 4 not in (1, 2)"#, #"(True, True, True, True)"#),
    (#"[] or 5, 0 and 1, 3 and 4, not "", None is None"#, #"(5, 0, 4, True, True)"#),
    (
        #"[1, 2, 3][::-1], [1, 2, 3, 4][-3:-1], (1, 2, 3)[1:], "hello"[1:4], "hello"[::-2]"#,
        #"([3, 2, 1], [2, 3], (2, 3), 'ell', 'olh')"#
    ),
    (
        #"list(range(10, 0, -3)), range(5)[1:3], range(10)[-2], len(range(0, 10, 3))"#,
        #"([10, 7, 4, 1], range(1, 3), 8, 4)"#
    ),
    (#"[x * y for x in range(3) for y in range(3) if x != y]"#, #"[0, 0, 0, 2, 0, 2]"#),
    (#"sum([1, 2, 3]), sum(x * x for x in range(4)), max(3, 9, 2), min([4, 2]), abs(-3)"#, #"(6, 14, 9, 2, 3)"#),
    (
        #"list(zip([1, 2], "ab")), list(enumerate("ab", start=1)), list(reversed([1, 2]))"#,
        #"([(1, 'a'), (2, 'b')], [(1, 'a'), (2, 'b')], [2, 1])"#
    ),
    (#"sorted([3, 1, 2]), sorted([3, 1, 2], reverse=True), divmod(-7, 2)"#, #"([1, 2, 3], [3, 2, 1], (-4, 1))"#),
    (#"len("héé"), "a" "b" 'c', "ab" * 2, [0] * 3, (1,) + (2,)"#, #"(3, 'abc', 'abab', [0, 0, 0], (1, 2))"#),
    (#"f"{3.14159:.2f}|{7:03d}|{'ab':>5}|{1000000:,}|{0.5:%}|{'q'!r}""#, #""3.14|007|   ab|1,000,000|50.000000%|'q'""#),
    (
        #"f"{12345.678:e}|{0.1:g}|{1e10:g}|{255:#x}|{5:b}|{-5:+d}|{5: }|{'mid':*^9}""#,
        #"'1.234568e+04|0.1|1e+10|0xff|101|-5| 5|***mid***'"#
    ),
    (
        #"f"{2.5:.0f}|{3.5:.0f}|{1e-7}|{1.0}|{0.1 + 0.2:.17g}|{1234.5:010.2f}|{7:>{3}}""#,
        #"'2|4|1e-07|1.0|0.30000000000000004|0001234.50|  7'"#
    ),
    (#""%d-%s-%.1f-%5s|%-4d|" % (3, "x", 2.25, "ab", 7)"#, #"'3-x-2.2-   ab|7   |'"#),
    (#""{}_{:02d}_{0}".format("a", 7) if False else "{}_{:02d}".format("a", 7)"#, #"'a_07'"#),
    (#""tab\tq\x41\u00e9\\", "it's", 'say "hi"', "a\nb""#, #"('tab\tqAé\\', "it's", 'say "hi"', 'a\nb')"#),
    (#"(1,), (), [], [None, True, (1, "x")]"#, #"((1,), (), [], [None, True, (1, 'x')])"#),
    (#""big" if 3 > 2 else "small""#, #"'big'"#),
    (#"1_000, 0x1F, 0o17, 0b101, .5, 5., 1E3"#, #"(1000, 31, 15, 5, 0.5, 5.0, 1000.0)"#),
    (#"int(32 * 0.35), int(1280 * 1.4 + 4) // 8 * 8"#, #"(11, 1792)"#),
]

@Suite struct `Python semantics` {
    @Test func `expressions have the values that CPython gives them`() {
        for (expression, python) in expressions {
            let (elaborator, diagnostics) = run("x = \(expression)\nassert True\nvalue = repr(x)\n")
            #expect(diagnostics == "", "\(expression)")
            let value = elaborator.summary?.parameters.first { $0.name == "x" }?.value
            #expect(value == python, "\(expression)")
        }
    }

    @Test func `names share lists as in Python`() {
        expectHolds(
            """
            a = [1, 2, 3]
            b = a
            b += [4]
            a.append(5)
            c = a + [6]
            a[0] = 9
            a[-1] += 1
            """,
            "a == [9, 2, 3, 4, 6]", "b is a", "c == [1, 2, 3, 4, 5, 6]")
    }

    @Test func `a list that grows while it is walked is walked to its end`() {
        expectHolds("a = [1]\nfor x in a:\n    if x < 4: a.append(x + 1)", "a == [1, 2, 3, 4]")
    }

    @Test func `unpacking nests and loops keep their variable`() {
        expectHolds(
            """
            (p, q), r = (1, 2), 3
            total = 0
            for i, (u, v) in enumerate(zip([1, 2, 3], (4, 5, 6)), start=1):
                if i == 2: continue
                total += i * u * v
            a = b = []
            """,
            "[p, q, r] == [1, 2, 3]", "total == 4 + 54", "(i, u, v) == (3, 3, 6)", "a is b")
    }

    @Test func `blocks close over the scope that defines them and evaluate defaults once`() {
        expectHolds(
            """
            n = 2
            def outer(k, items=[]):
                def inner(x):
                    return x * k + n
                items.append(inner(k))
                return items
            first = outer(3)
            n = 10
            second = outer(4)
            """,
            "second == [11, 26]", "first is second")
    }

    @Test func `a comprehension keeps its variable to itself`() {
        expectHolds("x = 5\ny = [x for x in range(3)]", "x == 5", "y == [0, 1, 2]")
    }

    @Test func `joined strings, comments, continued lines and odd line ends are read`() {
        let text = "\u{FEFF}a = ('x' # one\r\n     'y')\r\nb = 1 + \\\r\n 2\r\nc = \"\"\"p\r\nq\"\"\"; d = r'\\n'\r\n"
        expectHolds(text, "a == 'xy'", "b == 3", "c == 'p\\nq'", "len(d) == 2")
    }
}

/// Runs a program and then asserts in its own language.
private func expectHolds(_ program: String, _ conditions: String...) {
    let (_, diagnostics) = run(program + "\n" + conditions.map { "assert \($0)\n" }.joined())
    #expect(diagnostics == "", "\(diagnostics)")
}
