import IR
import Kernels
import Target
import Testing

@Suite struct CopyTests {
    @Test("any layout copies to any other, with empty slots zeroed", arguments: runnableTargets)
    func anyToAny(target: Target) throws {
        var cases: [KernelCase] = []
        for channels in channelCounts {
            let x = Image(3, 5, channels, seed: channels)
            var all = layouts(lanes: target.lanes, 3, 5, channels)
            if channels > 3 { all += [shuffled(all[0], stride: 1), shuffled(all[1], stride: 5)] }
            for layout in all {
                for y in all {
                    cases.append(
                        KernelCase(
                            name: "\(channels) channels", instance: copyKernel(x: layout, y: y, target: target),
                            inputs: [x.packed(layout)], y: y, expected: x, tolerance: { _ in 0 },
                            alsoHolds: {
                                emptySlotsProblem($0, y, expected: 0) ?? borderProblem($0, y, expected: sentinel)
                            }))
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("the inputs of a concatenation fill their own slots and leave the others", arguments: runnableTargets)
    func concatenation(target: Target) throws {
        var cases: [KernelCase] = []
        for (first, count) in [(0, 24), (24, 8), (5, 13), (31, 2), (2, 1)] {
            let whole = Image(2, 3, 33, seed: 3)
            let part = Image(2, 3, count, seed: 4)
            let expected = Image(2, 3, 33) { h, w, c in
                c >= first && c < first + count ? part[h, w, c - first] : whole[h, w, c]
            }
            for source in layouts(lanes: target.lanes, 2, 3, count) {
                for y in layouts(lanes: target.lanes, 2, 3, 33) {
                    var x = source
                    x.slots = x.slots.map { $0 < 0 ? -1 : $0 + first }
                    cases.append(
                        KernelCase(
                            name: "\(count) channels from \(first)",
                            instance: copyKernel(x: x, y: y, others: .keep, target: target),
                            inputs: [.init(layout: x, memory: part.packed(source).memory)], y: y, expected: expected,
                            tolerance: { _ in 0 }, initial: whole.packed(y, border: sentinel).memory,
                            alsoHolds: { borderProblem($0, y, expected: sentinel) }))
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test(
        "padding adds zeros or cuts edges off, in every layout", arguments: runnableTargets)
    func padding(target: Target) throws {
        var cases: [KernelCase] = []
        for margins in [
            Margins(top: 1, bottom: 2, left: 3, right: 0), Margins(top: -1, bottom: 0, left: -2, right: -1),
            Margins(top: 2, bottom: -1, left: -1, right: 2),
        ] {
            for channels in [3, 16, 33] {
                let x = Image(4, 5, channels)
                let (height, width) = (4 + margins.top + margins.bottom, 5 + margins.left + margins.right)
                let expected = Image(height, width, channels) { h, w, c in
                    let (row, column) = (h - margins.top, w - margins.left)
                    return (0..<4).contains(row) && (0..<5).contains(column) ? x[row, column, c] : 0
                }
                for layout in layouts(lanes: target.lanes, 4, 5, channels) {
                    for y in layouts(lanes: target.lanes, height, width, channels) {
                        let kernels = padKernels(margins, x: layout, y: y, target: target)
                        cases.append(
                            KernelCase(
                                name: "\(margins), \(channels) channels", instance: kernels[0],
                                others: Array(kernels.dropFirst()), inputs: [x.packed(layout)], y: y,
                                expected: expected,
                                tolerance: { _ in 0 }))
                    }
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("a border is zeroed; the image stays", arguments: runnableTargets)
    func border(target: Target) throws {
        var cases: [KernelCase] = []
        for channels in [3, 16, 33] {
            let whole = Image(3, 4, channels)
            for y in layouts(lanes: target.lanes, 3, 4, channels) {
                cases.append(
                    KernelCase(
                        name: "\(channels) channels", instance: zeroBorderKernel(y, target: target), inputs: [], y: y,
                        expected: whole, tolerance: { _ in 0 }, initial: whole.packed(y, border: 5).memory,
                        alsoHolds: {
                            borderProblem($0, y, expected: 0) ?? emptySlotsProblem($0, y, expected: 3e37)
                        }))
            }
        }
        #expect(try failures(cases, target: target) == [])
    }
}

/// What is wrong with the cells around an image, which must all hold one number.
func borderProblem(_ memory: [Float], _ y: Layout, expected: Float) -> String? {
    let inside = Set(
        y.slots.indices.flatMap { slot in
            (0..<y.height).flatMap { row in
                (0..<y.width).map { column in y.origin + y.offset(slot: slot) + row * y.row + column * y.pixel }
            }
        })
    let wrong = memory.indices.first { !inside.contains($0) && memory[$0] != expected }
    return wrong.map { "the border holds \(memory[$0]) at float \($0)" }
}

/// What is wrong with the slots of no channel, which must all hold one number.
func emptySlotsProblem(_ memory: [Float], _ y: Layout, expected: Float) -> String? {
    for (slot, channel) in y.slots.enumerated() where channel < 0 {
        for row in 0..<y.height {
            for column in 0..<y.width {
                let value = memory[y.origin + y.offset(slot: slot) + row * y.row + column * y.pixel]
                if value != expected { return "empty slot \(slot) holds \(value)" }
            }
        }
    }
    return nil
}
