import IR
import Target

/// Whether `denseKernel` has code for the operands: one row, no residual; x is a vector or the image that a Flatten makes one.
package func supportsDense(_ m: MatrixProduct, x: Layout, y: Layout) -> Bool {
    !m.epilogue.addsResidual && y.height * y.width == 1 && x.lanes == y.lanes
        && m.weights.shape == [x.height * x.width * x.channels, y.channels]
}

/// `y = activation(x·weights + bias)` for one row, bound by reading the weights.
///
/// x may be an image in any layout: its rows of weights are put into the order of its memory, so that flattening costs nothing. Border cells
/// aren't read.
package func denseKernel(_ m: MatrixProduct, x: Layout, y: Layout, target: Target) -> KernelInstance {
    precondition(supportsDense(m, x: x, y: y), "operands of a dense kernel")
    let operand = DenseOperand(x)
    let panels = (y.vectors + 3) / 4
    let panel = (y.vectors + panels - 1) / panels
    // Panels of equal size can leave none for the last.
    let count = (y.vectors + panel - 1) / panel
    let last = y.vectors - (count - 1) * panel
    let constants: [(name: String, value: ConstantValue)] =
        [
            ("IMAGES", .int(operand.images)), ("X_IMAGE", .int(x.vector)), ("ROWS", .int(operand.rows)),
            ("X_ROW", .int(x.row)), ("RUN", .int(operand.run)), ("PANELS", .int(count)), ("PANEL", .int(panel)),
            ("LAST", .int(last)), ("CHAINS", .int(chains(panel: panel))), ("LAST_CHAINS", .int(chains(panel: last))),
            ("Y_VECTOR", .int(y.vector)), ("Y_LANES", .int(y.lastLanes)),
        ] + m.epilogue.denseActivation.templateConstants("ACTIVATION")
    return KernelInstance(
        template: "dense", constants: constants,
        weights: packedDenseWeights(m, rows: operand.logicalRows(x), panel: panel, y: y), items: count,
        choice: "panels of \(panel * y.lanes) units, \(chains(panel: panel)) sums each")
}

extension Epilogue {
    /// Without a residual the two functions follow each other; one of them is the identity.
    fileprivate var denseActivation: Activation {
        precondition(first == .linear || last == .linear, "two activations of a dense kernel")
        return first == .linear ? last : first
    }
}

/// How many sums of a panel go on side by side: about eight additions take as long as one.
private func chains(panel: Int) -> Int { panel >= 5 ? 1 : panel >= 3 ? 2 : panel == 2 ? 4 : 8 }

/// x as runs of floats in memory.
private struct DenseOperand {
    var images, rows, run: Int

    init(_ x: Layout) {
        (images, rows, run) = (x.order == .blocked ? x.vectors : 1, x.height, x.width * x.pixel)
        if rows == 1 || x.hasContiguousRows { (rows, run) = (1, rows * run) }
        if rows == 1 && (images == 1 || x.vector == run) { (images, run) = (1, images * run) }
    }

    /// The row of weights of each float of x in the order of memory, `nil` where a slot holds nothing.
    func logicalRows(_ x: Layout) -> [Int?] {
        let channels = x.channels
        let planes = x.order == .blocked ? x.vectors : 1
        var result: [Int?] = []
        result.reserveCapacity(planes * x.height * x.width * x.pixel)
        for plane in 0..<planes {
            for position in 0..<(x.height * x.width) {
                for slot in x.slots[(plane * x.lanes)...].prefix(x.pixel) {
                    result.append(slot < 0 ? nil : position * channels + slot)
                }
            }
        }
        return result
    }
}

/// Of each panel the bias, then a row of `panel` vectors for each float of x.
private func packedDenseWeights(_ m: MatrixProduct, rows: [Int?], panel: Int, y: Layout) -> [Float] {
    let units = m.weights.shape[1]
    let count = (rows.count + 1) * y.vectors * y.lanes
    return m.weights.values.withUnsafeBufferPointer { weights in
        [Float](unsafeUninitializedCapacity: count) { packed, initialized in
            packed.initialize(repeating: 0)
            var next = 0
            for first in stride(from: 0, to: y.vectors, by: panel) {
                let width = min(panel, y.vectors - first) * y.lanes
                let slots = y.slots[(first * y.lanes)...].prefix(width)
                for (lane, unit) in slots.enumerated() where unit >= 0 {
                    packed[next + lane] = m.bias?.values[unit] ?? 0
                }
                next += width
                let isInOrder = zip(slots, slots.dropFirst()).allSatisfy { $1 == $0 + 1 } && slots.first != -1
                for row in rows {
                    defer { next += width }
                    guard let row else { continue }
                    let start = row * units
                    if isInOrder, let unit = slots.first {
                        for lane in 0..<slots.count { packed[next + lane] = weights[start + unit + lane] }
                    } else {
                        for (lane, unit) in slots.enumerated() where unit >= 0 {
                            packed[next + lane] = weights[start + unit]
                        }
                    }
                }
            }
            initialized = count
        }
    }
}
