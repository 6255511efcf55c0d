import Compiler
import Foundation
import Target
import Testing
import Toolchain

/// A loop that holds no other, in assembly.
private struct InnerLoop {
    var function: String
    var instructions: [Substring]

    var products: Int {
        instructions.count { line in ["mulps", "fmadd", "fmla", "fmul"].contains { line.contains($0) } }
    }

    /// Whether it is one of the transforms around Winograd's or Strassen's products, of more values than there are registers: it multiplies by
    /// constants, where products take inputs from memory for all lanes.
    var isTransform: Bool {
        guard function.hasPrefix("winograd") || function.hasPrefix("strassen") else { return false }
        let forAllLanes = ["broadcastss", "{1to", "shufps", "dup", "ld1r", ".s["]
        return !instructions.contains { line in !line.contains("rip") && forAllLanes.contains { line.contains($0) } }
    }

    /// What goes to the stack. What comes from there alone was put there before the loop, and costs what any operand in memory does.
    var spills: [Substring] {
        instructions.filter { line in
            let code = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            return code.hasSuffix("(%rsp)") && !code.hasPrefix("cmp") || code.hasPrefix("st") && code.contains("[sp")
        }
    }
}

/// The innermost loops of a file of clang's assembly: what lies between a label and the last jump back to it, unless another such stretch does.
private func innerLoops(of assembly: String) -> [InnerLoop] {
    var loops: [InnerLoop] = []
    var function = ""
    var lines: [Substring] = []
    func close() {
        var labels: [Substring: Int] = [:]
        var stretches: [ClosedRange<Int>] = []
        for (number, line) in lines.enumerated() {
            if line.hasPrefix(".L"), let colon = line.firstIndex(of: ":") {
                labels[line[..<colon]] = number
            } else if let target = line.split(whereSeparator: { "\t ,".contains($0) }).last, let start = labels[target]
            {
                stretches.append(start...number)
            }
        }
        for stretch in stretches
        where !stretches.contains(where: {
            $0 != stretch && stretch.contains($0.lowerBound) && stretch.contains($0.upperBound)
        }) {
            let instructions = lines[stretch].filter { $0.hasPrefix("\t") && !$0.hasPrefix("\t.") }
            loops.append(InnerLoop(function: function, instructions: instructions))
        }
    }
    for line in assembly.split(separator: "\n") {
        if let colon = line.firstIndex(of: ":"), line.first.map({ $0.isLetter || $0 == "_" }) == true {
            close()
            (function, lines) = (String(line[..<colon]), [])
        } else {
            lines.append(line)
        }
    }
    close()
    return loops
}

@Suite struct `The registers` {
    /// A spilled sum is written and read once more for each product: the loop waits for memory instead of multiplying.
    @Test(arguments: ["x86-64", "x86-64-v3", "x86-64-v4", "aarch64"])
    func `hold what an inner loop of products works on`(cpu: String) throws {
        let lanes = try Target(specification: cpu).lanes
        var text = "x = Input((48, 48, 3))\nx = Conv2D(\(8 * lanes), 3, strides=2, padding=same, activation=relu)(x)\n"
        // One to four vectors of output channels; with 16 lanes, half a vector and others of which the last one is split.
        let quarters = [12, 4, 16, 8] + (lanes == 16 ? [2, 10, 5, 14] : [])
        for quarters in quarters {
            text += "of\(quarters) = Conv2D(\(quarters * lanes / 4), 1, activation=relu6)(x)\n"
        }
        text += """
            blocks = Conv2D(256, 1)(Conv2D(256, 1, activation=relu)(x))
            x = Conv2D(64, 5, strides=2, padding=same)(x)
            x = Conv2D(64, 3, padding=same)(x)
            x = DepthwiseConv2D(3, padding=same, activation=relu)(x)
            x = Conv2D(96, 1)(x)
            x = DepthwiseConv2D(5, strides=2, padding=same, activation=relu)(x)
            x = Conv2D(96, 3, groups=2, padding=same)(x)
            x = Dense(100)(GlobalAveragePooling2D()(x))
            Output(x, blocks, \(quarters.map { "of\($0)" }.joined(separator: ", ")))
            """
        let folder = try newFolder()
        defer { folder.remove() }
        try folder.writeSources(compiled(text, name: "loops", cpu: cpu, weights: .extern))
        let triple = cpu == "aarch64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu"
        try run(
            clang.get(),
            ["--target=\(triple)", "-ffreestanding"] + Clang.codeFlags + ["-S", "-o", "loops.s", "loops.c"],
            in: folder.path)
        let loops = innerLoops(of: try String(contentsOfFile: folder.path + "/loops.s", encoding: .utf8))
            .filter { $0.products >= 4 && !$0.isTransform }
        #expect(Set(loops.map(\.function)).count >= 8 + quarters.count, "\(loops.map(\.function))")
        #expect(loops.contains { $0.function.hasPrefix("strassen") })
        for loop in loops {
            #expect(loop.spills.isEmpty, "\(loop.function): \(loop.spills.joined(separator: "\n"))")
        }
    }

    @Test func `are seen to spill where they do`() {
        let text = """
            f:
            .LBB0_1:
            \tmovaps\t16(%rsp), %xmm0
            .LBB0_2:
            \tmulps\t%xmm1, %xmm2
            \tmovaps\t%xmm2, 32(%rsp)                # 16-byte Spill
            \tmovaps\t48(%rsp), %xmm3                # 16-byte Reload
            \tjne\t.LBB0_2
            \tjmp\t.LBB0_1
            g:
            .LBB1_1:
            \tfmla\tv0.4s, v1.4s, v2.s[0]
            \tb.ne\t.LBB1_1
            """
        let loops = innerLoops(of: text)
        #expect(loops.map(\.function) == ["f", "g"] && loops.map(\.products) == [1, 1])
        #expect(loops.map(\.spills.count) == [1, 0])
    }
}
