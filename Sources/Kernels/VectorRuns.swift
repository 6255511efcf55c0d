/// How elementwise kernels and copies go through an image: rows, in a row `outer` runs, in a run `run` vectors.
///
/// Blocked results: a run is the columns of one vector of slots. Interleaved results: the vectors of one column; or, where all operands are
/// alike, all of a row's floats in a row.
struct VectorRuns {
    enum Form { case columns, slots, row }

    let form: Form
    let y: Layout
    let outer: Int
    let run: Int
    /// Whether an operand has a last vector that is not whole.
    let hasPartialVectors: Bool

    init(inputs: [Layout], y: Layout, columns: Int? = nil) {
        self.y = y
        let columns = columns ?? y.width
        let areAlike = inputs.allSatisfy { $0.order == .interleaved && $0.slots == y.slots && $0.width == y.width }
        if y.order == .blocked {
            (form, outer, run) = (.columns, y.vectors, columns)
        } else if areAlike && y.slots.count % y.lanes != 0 {
            (form, outer, run) = (.row, 1, (columns * y.slots.count + y.lanes - 1) / y.lanes)
        } else {
            (form, outer, run) = (.slots, columns, y.vectors)
        }
        hasPartialVectors =
            form == .row
            ? columns * y.slots.count % y.lanes != 0 : ([y] + inputs).contains { $0.lastLanes != $0.lanes }
        self.columns = columns
    }

    private let columns: Int

    /// The column and the slot of a lane; `nil` behind the end.
    func position(outer: Int, step: Int, lane: Int) -> (column: Int, slot: Int)? {
        let position: (column: Int, slot: Int)
        switch form {
        case .columns: position = (step, outer * y.lanes + lane)
        case .slots: position = (outer, step * y.lanes + lane)
        case .row: position = (step * y.lanes + lane).quotientAndSlot(y.slots.count)
        }
        return position.column < columns && position.slot < y.slots.count ? position : nil
    }

    /// `HEIGHT`, `OUTER`, `RUN`, `PARTIAL_OUTER`, `PARTIAL_RUN`: partial are the vectors of the last run, or the last vector of each.
    func constants(rows: Int, lastIsPartial: Bool? = nil) -> [(name: String, value: ConstantValue)] {
        let partial = (lastIsPartial ?? hasPartialVectors) ? 1 : 0
        return [
            ("HEIGHT", .int(rows)), ("OUTER", .int(outer)), ("RUN", .int(run)),
            ("PARTIAL_OUTER", .int(form == .columns ? partial : 0)),
            ("PARTIAL_RUN", .int(form == .columns ? 0 : partial)),
        ]
    }

    /// Floats between runs and between the vectors of a run, for an operand that may stand still along columns or slots.
    func strides(_ x: Layout, repeatsColumns: Bool = false, isSplat: Bool = false) -> (outer: Int, step: Int) {
        let column = repeatsColumns ? 0 : x.pixel
        let vector = isSplat ? 0 : x.vector
        switch form {
        case .columns: return (vector, column)
        case .slots: return (column, vector)
        case .row: return (0, x.lanes)
        }
    }

    /// Lanes of an operand's partial vectors.
    func partialLanes(_ x: Layout) -> Int {
        form == .row ? (columns * y.slots.count - 1) % y.lanes + 1 : x.lastLanes
    }
}

extension Int {
    fileprivate func quotientAndSlot(_ slots: Int) -> (column: Int, slot: Int) { (self / slots, self % slots) }
}
