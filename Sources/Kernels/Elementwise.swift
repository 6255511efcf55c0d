import IR
import Target

/// Whether `elementwiseKernel` has code for the operands: each holds y's channels in y's slots, or one channel in slot 0 for all of them, at
/// every position or at one for all rows, all columns or both.
package func supportsElementwise(_ e: Elementwise, inputs: [Layout], y: Layout) -> Bool {
    guard inputs.count == (e.combine == nil ? 1 : 2) else { return false }
    return inputs.allSatisfy { x in
        x.lanes == y.lanes && (x.height == y.height || x.height == 1) && (x.width == y.width || x.width == 1)
            && (isSplat(x, for: y) ? x.slots[0] == 0 : x.hasSlots(of: y))
    }
}

/// `activation(scale·(a ∘ b) + shift)` and a slope for negative results, element by element. An input may be y itself.
package func elementwiseKernel(_ e: Elementwise, inputs: [Layout], y: Layout, target: Target) -> KernelInstance {
    precondition(supportsElementwise(e, inputs: inputs, y: y), "operands of an elementwise kernel")
    let runs = VectorRuns(inputs: inputs, y: y)
    var constants = runs.constants(rows: y.height)
    for (name, x) in zip(["X", "X2"], inputs) { constants += operandConstants(name, x, runs: runs, y: y) }
    if inputs.count == 1 { constants += ["ROW", "OUTER", "STEP", "LANES", "IS_SPLAT"].map { ("X2_" + $0, .int(0)) } }
    let stride = runs.strides(y)
    constants += [
        ("Y_ROW", .int(y.row)), ("Y_OUTER", .int(stride.outer)), ("Y_STEP", .int(stride.step)),
        ("Y_LANES", .int(runs.hasPartialVectors ? runs.partialLanes(y) : 0)),
    ]
    constants.append(("OPERATOR", .name(e.combine.map(templateName) ?? "NOTHING")))
    let records = ElementRecords(e, runs: runs, y: y)
    constants += records.constants + e.activation.templateConstants("FUNCTION_ACTIVATION")
    constants += [
        ("VALID_OUTER", .int(y.hasEmptySlots && runs.form == .columns ? 1 : 0)),
        ("VALID_STEP", .int(y.hasEmptySlots && runs.form != .columns ? 1 : 0)),
    ]
    return KernelInstance(
        template: "elementwise", constants: constants,
        tables: [("VALID", y.hasEmptySlots ? validTable(runs, lanes: y.lanes) : [])], weights: records.weights,
        items: y.height * runs.outer, choice: "vectors of \(y.lanes), \(choiceText(runs.form))")
}

/// Whether the one channel of x serves all of y's.
private func isSplat(_ x: Layout, for y: Layout) -> Bool { x.channels == 1 && y.channels > 1 }

private func operandConstants(_ name: String, _ x: Layout, runs: VectorRuns, y: Layout) -> [(
    name: String, value: ConstantValue
)] {
    let isSplat = isSplat(x, for: y)
    let stride = runs.strides(x, repeatsColumns: x.width < y.width, isSplat: isSplat)
    return [
        (name + "_ROW", .int(x.height < y.height ? 0 : x.row)), (name + "_OUTER", .int(stride.outer)),
        (name + "_STEP", .int(stride.step)), (name + "_LANES", .int(runs.hasPartialVectors ? runs.partialLanes(x) : 0)),
        (name + "_IS_SPLAT", .int(isSplat ? 1 : 0)),
    ]
}

private func templateName(of combine: Elementwise.Operator) -> String {
    switch combine {
    case .add: "ADD"
    case .subtract: "SUBTRACT"
    case .multiply: "MULTIPLY"
    case .divide: "DIVIDE"
    case .power: "RAISE"
    case .maximum: "MAXIMUM"
    case .minimum: "MINIMUM"
    }
}

private func choiceText(_ form: VectorRuns.Form) -> String {
    switch form {
    case .columns: "along the columns of a plane"
    case .slots: "along the channels of a pixel"
    case .row: "along whole rows"
    }
}

/// A bit for each lane of a run's vectors (of each run's, where a run is one vector of slots) that holds a channel.
private func validTable(_ runs: VectorRuns, lanes: Int) -> [Int] {
    (0..<(runs.form == .columns ? runs.outer : runs.run)).map { index in
        (0..<lanes).reduce(0) { bits, lane in
            let position =
                runs.form == .columns
                ? runs.position(outer: index, step: 0, lane: lane) : runs.position(outer: 0, step: index, lane: lane)
            return position.map { runs.y.slots[$0.slot] >= 0 } == true ? bits | 1 << lane : bits
        }
    }
}

/// Scale, shift and slope in the order in which the kernel meets them: a record for each vector of slots, or for each vector of the image
/// where one of them differs from pixel to pixel.
private struct ElementRecords {
    var constants: [(name: String, value: ConstantValue)]
    var weights: [Float] = []

    init(_ e: Elementwise, runs: VectorRuns, y: Layout) {
        let parts = [("SCALE", e.scale), ("SHIFT", e.shift), ("SLOPE", e.negativeSlope)]
        let present = parts.compactMap(\.1)
        var index = 0
        constants = parts.map { name, constant in
            defer { index += constant == nil ? 0 : 1 }
            return ("FUNCTION_" + name, .int(constant == nil ? 0 : index + 1))
        }
        let record = present.count * y.lanes
        let isPerPixel = e.variesByPixel
        let variesByOuter = isPerPixel || runs.form == .columns
        let variesByStep = isPerPixel || runs.form != .columns
        let (outer, run) = (variesByOuter ? runs.outer : 1, variesByStep ? runs.run : 1)
        constants += [
            ("RECORD_ROW", .int(isPerPixel ? outer * run * record : 0)),
            ("RECORD_OUTER", .int(variesByOuter ? run * record : 0)), ("RECORD_STEP", .int(variesByStep ? record : 0)),
        ]
        weights.reserveCapacity((isPerPixel ? y.height : 1) * outer * run * record)
        if record == 0 { return }
        for row in 0..<(isPerPixel ? y.height : 1) {
            for outer in 0..<outer {
                for step in 0..<run {
                    for constant in present {
                        for lane in 0..<y.lanes {
                            let position = runs.position(outer: outer, step: step, lane: lane)
                            weights.append(
                                position.map {
                                    constant.element(row: row, column: $0.column, channel: y.slots[$0.slot])
                                } ?? 0)
                        }
                    }
                }
            }
        }
    }
}

extension Elementwise {
    /// Whether a constant differs from pixel to pixel.
    var variesByPixel: Bool {
        [scale, shift, negativeSlope].contains { $0?.shape.dropLast().contains { $0 > 1 } ?? false }
    }
}

extension Constant {
    /// The element at a position of an image to which this constant is broadcast; 0 for no channel.
    fileprivate func element(row: Int, column: Int, channel: Int) -> Float {
        if channel < 0 { return 0 }
        // Axes before those of an image are rows too.
        let sizes = shape.count > 3 ? [shape.dropLast(2).reduce(1, *)] + shape.suffix(2) : shape
        var index = 0
        for (coordinate, size) in zip([row, column, channel].suffix(sizes.count), sizes) {
            index = index * size + (size == 1 ? 0 : coordinate)
        }
        return values[index]
    }
}
