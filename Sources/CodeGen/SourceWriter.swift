import Kernels
import Target

/// Writes the C file: vectors and shared inline functions, one function a kernel, the sequence of steps, and the interface.
struct SourceWriter {
    let plan: Plan
    let naming: Naming
    let functions: FunctionTable
    let calls: [[CallSite]]
    let image: WeightsImage
    let form: WeightsForm

    func source() -> String {
        [
            opening(), region(), kernels(), steps(), "#pragma clang attribute pop\n".unless(attribute == nil),
            interface(), hosted(),
            introspection(),
        ].joined(separator: "\n")
    }

    // MARK: Opening

    private func opening() -> String {
        let macs = plan.steps.reduce(0) { $0 + $1.macs }
        return """
            /* \(naming.identifier), compiled from \(commentText(naming.sourceName)) by netc \(naming.version) for \(plan.target).

               \(grouped(macs)) multiply-adds, \(grouped(image.floats * 4)) bytes of weights, \(grouped(plan.workspaceBytes)) bytes of workspace.
               Compile with clang 14 or later and -O3. Images lie in blocks of \(plan.target.lanes) channels: element (c, h, w) at
               c / VL * plane + h * row + w * VL + c % VL.
            \(measuredChoices())
               This file is yours: no notice is required. */
            #include "\(naming.identifier).h"

            \(weightsDeclaration())
            """
    }

    /// What `--tune-from` reads again: see `recordedChoices`.
    private func measuredChoices() -> String {
        let measured = plan.decisions.filter(\.isWanted)
        if measured.isEmpty { return "" }
        let lines = measured.map { "     \($0.subject) = \($0.chosen)\n" }.joined()
        return "\n   Chosen by measurement, for netc build --tune-from:\n" + lines
    }

    private func weightsDeclaration() -> String {
        let symbol = "\(naming.identifier)_weights"
        switch form {
        case .incbin:
            return """
                extern const unsigned char \(symbol)[] __attribute__((visibility("hidden"), aligned(64)));
                static const float *const packed_weights = (const float *)(const void *)\(symbol);

                """
        case .extern:
            return """
                extern const unsigned char \(symbol)[]; /* \(image.floats * 4) bytes, 64-byte aligned: the contents of \(naming.identifier).weights */
                static const float *const packed_weights = (const float *)(const void *)\(symbol);

                """
        case .source:
            return "static const _Alignas(64) float packed_weights[\(image.floats)] = {\n\(weightsText())};\n"
        }
    }

    /// The image as C: exact, eight values a line.
    private func weightsText() -> String {
        var text = ""
        var column = 0
        image.forEachChunk { bytes in
            for value in bytes.bindMemory(to: Float.self) {
                text += cLiteral(value)
                text += column % 8 == 7 ? ",\n" : ","
                column += 1
            }
        }
        return text + "\n"
    }

    /// What the kernels are compiled for: the attribute makes the file independent of -march, and leaves the checks before them to run anywhere.
    private var attribute: String? {
        switch plan.target.instructionSet {
        case .avx512: "target(\"arch=x86-64-v4\")"
        case .avx2: "target(\"arch=x86-64-v3\")"
        case .sse2, .neon, .scalar: nil
        }
    }

    private func region() -> String {
        var text = "#define VL \(plan.target.lanes)\n#pragma clang fp contract(fast)\n"
        if let attribute {
            text += "#pragma clang attribute push(__attribute__((\(attribute))), apply_to = function)\n"
        }
        if plan.target.instructionSet == .avx512 {
            text += "#pragma clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)\n"
        }
        return text
    }

    private func kernels() -> String {
        var shared = neededParts(
            of: functions.shared, by: functions.functions.map(\.text), target: plan.target)
        var parts: [String] = []
        for function in functions.functions {
            // What a template explains and defines stands before its first kernel.
            parts += shared.filter { function.needs.contains($0.name) }.map { $0.text.trimmed() + "\n" }
            shared.removeAll { function.needs.contains($0.name) }
            parts.append((function.about.map(comment) ?? "") + function.text.trimmed() + "\n")
        }
        return parts.joined(separator: "\n")
    }

    /// What a function computes and for which layers, of which the first or both are named; on what; and how.
    private func comment(_ about: FunctionTable.About) -> String {
        let more = about.users.count > 2 ? about.users.count - 1 : 0
        let named = about.users.dropLast(more).map(\.layers)
        let names = named.map { $0.map { commentText($0.name) }.joined(separator: " + ") }.joined(separator: ", ")
        var lines: [Int] = []
        for layer in named.joined() where !lines.contains(layer.line) { lines.append(layer.line) }
        let places = (lines.count > 1 ? "lines " : "line ") + lines.map(String.init).joined(separator: ", ")
        let sharers = about.sharers > 1 ? " by \(about.sharers) kernels together" : ""
        let work = about.macs > 0 ? ", \(grouped(about.macs)) multiply-adds\(sharers)" : ""
        let users = "\(commentText(about.title)): \(names)\(more > 0 ? " and \(more) more" : "") (\(places))"
        return "/* \(wrapped(users))\n   \(wrapped("\(about.shapes)\(work); \(commentText(about.choice))")). */\n"
    }

    // MARK: Steps

    /// Steps stand in a list of their own, from which both the calls and the table in `netc_info` are made.
    private func steps() -> String {
        let pop = plan.target.instructionSet == .avx512 ? "#pragma clang attribute pop\n" : ""
        return """
            /* The first of the items that thread t of n takes; and the arguments `first` and `last` of its kernels. */
            static INLINE int share(int items, int t, int n) { return (int)((long long)items * t / n); }
            #define SHARE(items) share(items, t, n), share(items, t + 1, n)

            /* Of each step its number, layers, multiply-adds, the bytes that it must at least read and write, its kernel and that one's operands, `ws` being
               the workspace and `w` the weights; then the calls of other kernels that belong to it. Calls of one step do not depend on each other. */
            #define ALL_STEPS(STEP) \\
            \(plan.steps.indices.map(row).joined(separator: " \\\n"))

            /* The share of thread t of n in one step. `spare` is scratch memory of threads other than the first. */
            static NOINLINE void run_step(
                unsigned step, const float *const *in, float *const *out, float *ws, float *spare, int t, int n) {
                const float *w = packed_weights;
                (void)in, (void)out, (void)ws, (void)w, (void)spare;
            #define CALLS(number, layers, macs, bytes, kernel, operands, ...) case number: kernel operands; __VA_ARGS__; break;
                switch (step) { ALL_STEPS(CALLS) }
            }
            \(pop)
            """
    }

    /// A step in the list, in lines that fit a screen.
    private func row(_ number: Int) -> String {
        let step = plan.steps[number]
        let layers = stringLiteral(step.origin.layers.map(\.name).joined(separator: " + "))
        let texts = calls[number].map(callText)
        let (first, others) = (texts[0], texts.dropFirst())
        let head = "    STEP(\(number), \(layers), \(step.macs), \(step.bytes),"
        let call = "\(first.kernel), (\(first.operands))"
        let line = "\(head) \(call)".count <= 180 ? "\(head) \(call)" : "\(head) \\\n        \(call)"
        return ([line] + others.map { "        \($0.kernel)(\($0.operands))" }).joined(separator: ", \\\n") + ")"
    }

    func callText(_ site: CallSite) -> (kernel: String, operands: String) {
        let function = functions.functions[site.function]
        let arguments = function.parameters.compactMap { parameter -> String? in
            switch parameter {
            case "x": pointer(site.call.reads[0])
            case "x2": pointer(site.call.reads.count > 1 ? site.call.reads[1] : site.call.reads[0])
            case "factors": pointer(site.call.reads[site.call.reads.count - 1])
            case "y": pointer(site.call.writes)
            case "weights": offset("w", site.weights ?? 0)
            case "ahead": offset("w", site.call.fetched.map { calls[$0.step][$0.call].weights! + $0.start } ?? 0)
            case "scratch": "t ? spare : \(offset("ws", site.call.scratch.map { plan.buffers[$0].offset / 4 } ?? 0))"
            case "first": "SHARE(\(site.call.instance.items))"
            case "last": nil
            default: argument(parameter, of: site.call.instance)
            }
        }
        return (function.name, arguments.joined(separator: ", "))
    }

    private func argument(_ name: String, of instance: KernelInstance) -> String {
        guard let argument = instance.arguments.first(where: { $0.name == name }) else {
            preconditionFailure("parameter '\(name)' of \(instance.template)")
        }
        return String(argument.value)
    }

    private func pointer(_ place: Place) -> String {
        switch place.base {
        case .input(let index): offset("in[\(index)]", place.offset)
        case .output(let index): offset("out[\(index)]", place.offset)
        case .buffer(let id): offset("ws", plan.buffers[id].offset / 4 + place.offset)
        }
    }

    private func offset(_ base: String, _ floats: Int) -> String { floats == 0 ? base : "\(base) + \(floats)" }

    /// For each step, the lines on which its functions begin.
    func functionLines(in source: String) -> [[Int]] {
        var lines: [String: Int] = [:]
        for (number, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where line.hasPrefix("static NOINLINE void ") {
            lines[String(line.dropFirst(21).prefix { $0 != "(" })] = number + 1
        }
        return calls.map { $0.compactMap { lines[functions.functions[$0.function].name] } }
    }
}

/// 12345678 as people read it: 12,345,678.
func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    var text = ""
    for (position, digit) in digits.enumerated() {
        if position > 0, (digits.count - position) % 3 == 0 { text += "," }
        text.append(digit)
    }
    return text
}

/// Text broken into lines of a comment.
func wrapped(_ text: String) -> String {
    var lines: [String] = [""]
    for word in text.split(separator: " ") {
        if lines[lines.count - 1].count + word.count > 130 { lines.append("") }
        lines[lines.count - 1] += lines[lines.count - 1].isEmpty ? String(word) : " " + word
    }
    return lines.joined(separator: "\n   ")
}

extension String {
    func trimmed() -> String {
        var text = Substring(self)
        while let first = text.first, first.isNewline { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    func unless(_ condition: Bool) -> String { condition ? "" : self }
}
