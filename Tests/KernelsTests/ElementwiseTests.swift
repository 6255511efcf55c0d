import IR
import Kernels
import Target
import Testing

@Suite struct ElementwiseTests {
    @Test("one operand with scale, shift and activation, in every layout", arguments: runnableTargets)
    func oneOperand(target: Target) throws {
        var cases: [KernelCase] = []
        for channels in channelCounts {
            let x = Image(3, 5, channels, seed: channels)
            let (scale, shift) = (vector(channels, seed: 8), vector(channels, seed: 9))
            let e = Elementwise(scale: scale, shift: shift, activation: .relu6)
            let expected = Image(3, 5, channels) { h, w, c in
                min(max(x[h, w, c] * Double(scale.values[c]) + Double(shift.values[c]), 0), 6)
            }
            let all = layouts(lanes: target.lanes, 3, 5, channels)
            for layout in all {
                for y in all {
                    cases.append(
                        KernelCase(
                            name: "\(channels) channels",
                            instance: elementwiseKernel(e, inputs: [layout], y: y, target: target),
                            inputs: [x.packed(layout)], y: y, expected: expected, tolerance: { _ in 1e-6 },
                            alsoHolds: { borderProblem($0, y, expected: sentinel) }))
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("two operands that repeat along rows, columns or channels", arguments: runnableTargets)
    func broadcasting(target: Target) throws {
        var cases: [KernelCase] = []
        for channels in [1, 3, 16, 33] {
            let x = Image(3, 4, channels, seed: 5)
            for (height, width, depth) in [
                (3, 4, channels), (1, 1, channels), (3, 1, channels), (1, 4, channels), (3, 4, 1), (1, 1, 1),
            ] {
                let x2 = Image(height, width, depth, seed: 6)
                let expected = Image(3, 4, channels) { h, w, c in
                    max(x[h, w, c] * x2[min(h, height - 1), min(w, width - 1), min(c, depth - 1)], 0)
                }
                let e = Elementwise(combine: .multiply, activation: .relu)
                for layout in layouts(lanes: target.lanes, 3, 4, channels) {
                    for layout2 in layouts(lanes: target.lanes, height, width, depth).prefix(3) {
                        for y in layouts(lanes: target.lanes, 3, 4, channels).dropFirst() {
                            cases.append(
                                KernelCase(
                                    name: "\(channels) channels by \(height)×\(width)×\(depth)",
                                    instance: elementwiseKernel(e, inputs: [layout, layout2], y: y, target: target),
                                    inputs: [x.packed(layout), x2.packed(layout2)], y: y, expected: expected,
                                    tolerance: { _ in 1e-6 }))
                        }
                    }
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("each operator, in place, with NaN kept", arguments: runnableTargets)
    func operators(target: Target) throws {
        let operators: [(Elementwise.Operator, (Double, Double) -> Double)] = [
            (.add, { $0 + $1 }), (.subtract, { $0 - $1 }), (.multiply, { $0 * $1 }), (.divide, { $0 / $1 }),
            (.maximum, { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }),
            (.minimum, { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }),
        ]
        var (a, b) = (Image(2, 3, 19, seed: 1), Image(2, 3, 19, seed: 2))
        (a.values[7], b.values[30], b.values[31]) = (.nan, .nan, .infinity)
        var cases: [KernelCase] = []
        for (combine, function) in operators {
            let expected = Image(2, 3, 19) { h, w, c in function(a[h, w, c], b[h, w, c]) }
            for layout in layouts(lanes: target.lanes, 2, 3, 19) {
                cases.append(
                    KernelCase(
                        name: "\(combine)",
                        instance: elementwiseKernel(
                            Elementwise(combine: combine), inputs: [layout, layout], y: layout, target: target),
                        inputs: [a.packed(layout), b.packed(layout)], y: layout, expected: expected,
                        tolerance: { _ in 1e-6 },
                        isInPlace: true))
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("PReLU with a slope a channel and a slope an element, slots in any order", arguments: runnableTargets)
    func slopes(target: Target) throws {
        var cases: [KernelCase] = []
        for channels in [4, 16, 33] {
            let x = Image(3, 5, channels, seed: 3)
            let slopes = Image(3, 5, channels, seed: 4)
            for shape in [[channels], [3, 5, channels], [3, 1, channels], [1]] {
                let (h, w, depth) = (shape.count == 3 ? 3 : 1, shape.count == 3 ? shape[1] : 1, shape.last!)
                let constant = Constant(shape: shape, values: Array(slopes.values[..<(h * w * depth)]))
                let expected = Image(3, 5, channels) { row, column, c in
                    let index = ((h > 1 ? row : 0) * w + (w > 1 ? column : 0)) * depth + (depth > 1 ? c : 0)
                    return x[row, column, c] * (x[row, column, c] < 0 ? Double(constant.values[index]) : 1)
                }
                let all = layouts(lanes: target.lanes, 3, 5, channels)
                for layout in all + [shuffled(all[1], stride: 5)] {
                    cases.append(
                        KernelCase(
                            name: "slopes \(shape)",
                            instance: elementwiseKernel(
                                Elementwise(negativeSlope: constant), inputs: [layout], y: layout, target: target),
                            inputs: [x.packed(layout)], y: layout, expected: expected, tolerance: { _ in 1e-6 }))
                }
            }
        }
        #expect(try failures(cases, target: target) == [])
    }

    /// Each within so many units of 2⁻²⁴, one of which is the expectation's own, down to 2⁻¹²⁶.
    @Test("exponential, sigmoid, SiLU and GELU over all numbers", arguments: runnableTargets)
    func functionsOfAllNumbers(target: Target) throws {
        let least = 0x1p-126
        // What is 256 / ln 2 times SiLU ends there too.
        let multiple = 256 / 0.6931471805599453
        let functions: [(Activation, units: Double, least: Double, (Double) -> Double, atInfinities: [Double])] = [
            (.exponential, 3, least, { exponential($0) }, [.infinity, 0]),
            (.sigmoid, 5, least, { 1 / (1 + exponential(-$0)) }, [1, 0]),
            (.silu, 5, least, { $0 / (1 + exponential(-$0)) }, [.infinity, .nan]),
            (
                .binarySilu, 5, least * multiple,
                { (x: Double) in
                    let y = 256 * x / (1 + exponential(-0.6931471805599453 * x))
                    return y > Double(Float.greatestFiniteMagnitude) ? .infinity : y
                }, [.infinity, .nan]
            ),
            (.gelu, 8.5, least, { $0 / 2 * complementaryErrorFunction(-$0 / 2.0.squareRoot()) }, [.infinity, 0]),
        ]
        var points: [Double] = [.infinity, -.infinity, .nan, -0.0]
        for exponent in -149...127 {
            let power = 1.375 * exponential(Double(exponent) * 0.6931471805599453)
            points += [power, -power]
        }
        points += Array(stride(from: -110.0, through: 110, by: 0.01))
        points += Array(stride(from: 88.7, to: 88.74, by: 1e-4)) + Array(stride(from: -87.7, to: -87.3, by: 1e-3))
        points = points.map { Double(Float($0)) }
        points += Array(repeating: 0, count: 16 - points.count % 16)
        let x = Image(1, points.count / 16, 16) { _, w, c in points[w * 16 + c] }
        let layout = Layout.blocked(lanes: target.lanes, height: 1, width: points.count / 16, channels: 16)
        let cases = functions.map { activation, units, least, function, atInfinities in
            let expected = Image(1, points.count / 16, 16) { _, w, c in
                let point = points[w * 16 + c]
                return point.isInfinite ? atInfinities[point > 0 ? 0 : 1] : function(point)
            }
            return KernelCase(
                name: "\(activation)",
                instance: elementwiseKernel(
                    Elementwise(activation: activation), inputs: [layout], y: layout, target: target),
                inputs: [x.packed(layout)], y: layout, expected: expected,
                tolerance: { units * 0x1p-24 * abs(Double(expected.values[$0])) + least })
        }
        #expect(try failures(cases, target: target) == [])
    }

    @Test("empty slots stay finite whatever they hold", arguments: runnableTargets)
    func emptySlots(target: Target) throws {
        let x = Image(1, 1, 19)
        let layout = shuffled(.blocked(lanes: target.lanes, height: 1, width: 1, channels: 19), stride: 4)
        let test = KernelCase(
            name: "exponential",
            instance: elementwiseKernel(
                Elementwise(activation: .exponential), inputs: [layout], y: layout, target: target),
            inputs: [x.packed(layout)], y: layout, expected: Image(1, 1, 19) { exponential(x[$0, $1, $2]) },
            tolerance: { 4e-7 * exponential(x[0, 0, $0]) }, alsoHolds: { emptySlotsProblem($0, layout, expected: 0) })
        #expect(try failures([test], target: target) == [])
    }
}
