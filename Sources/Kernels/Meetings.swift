// Threads share the items of each step. They meet behind a step only where one might run ahead into what another still reads or writes: steps of parallel
// branches need no meeting between them, and neither does a step each of whose items reads what the same thread wrote.

extension Plan {
    /// Of each step, whether all threads wait for each other behind it, before the next one. Behind the last one they do.
    public var meetings: [Bool] {
        var result = [Bool](repeating: false, count: steps.count)
        var open: [Access] = []
        for (number, step) in steps.enumerated() {
            let own = step.calls.flatMap { accesses(of: $0) }
            if open.contains(where: { earlier in own.contains(where: earlier.conflicts) }) {
                result[number - 1] = true
                open = []
            }
            open += own
        }
        if !steps.isEmpty { result[steps.count - 1] = true }
        return result
    }

    private func accesses(of call: Call) -> [Access] {
        let isElementwise = call.instance.template == "elementwise"
        var result = [access(to: call.writes, of: call.instance, isWrite: true)]
        result += call.reads.map { access(to: $0, of: isElementwise ? call.instance : nil, isWrite: false) }
        if let scratch = call.scratch.map({ buffers[$0] }) {
            let start = scratch.offset / 4
            result.append(
                Access(memory: .workspace, range: start..<start + scratch.floats, isWrite: true, isScratch: true))
        }
        return result
    }

    /// All of a tensor with its border, by the items of a kernel.
    private func access(to place: Place, of kernel: KernelInstance?, isWrite: Bool) -> Access {
        let rows = kernel.flatMap { $0.takesRows(of: place.layout) ? place : nil }
        let (memory, base): (Access.Memory, Int) =
            switch place.base {
            case .input: (.inputs, 0)
            case .output(let number): (.output(number), 0)
            case .buffer(let number): (.workspace, buffers[number].offset / 4)
            }
        let start = base + place.offset - place.layout.origin
        return Access(memory: memory, range: start..<start + place.layout.count, isWrite: isWrite, rows: rows)
    }
}

extension KernelInstance {
    /// Whether item `vector·height + row` has to do with that row of that vector alone, of a tensor that it writes or (elementwise) reads.
    fileprivate func takesRows(of layout: Layout) -> Bool {
        guard layout.order == .blocked, items == layout.vectors * layout.height else { return false }
        switch template {
        case "depthwise", "pooling": return true
        case "elementwise": return self["OUTER"] == layout.vectors && self["HEIGHT"] == layout.height
        default: return false
        }
    }
}

/// Floats that the items of a call read or write, whichever thread takes them.
private struct Access {
    enum Memory: Hashable {
        /// Only read.
        case inputs
        case workspace
        case output(Int)
    }
    var memory: Memory
    var range: Range<Int>
    var isWrite: Bool
    /// Memory of the first thread alone.
    var isScratch = false
    /// The tensor, where each item takes one row of one vector of it, in order.
    var rows: Place?

    /// Whether one thread may not get to `later` while another is still here.
    func conflicts(with later: Access) -> Bool {
        guard memory == later.memory, range.overlaps(later.range), isWrite || later.isWrite else { return false }
        return !(isScratch && later.isScratch) && (rows == nil || rows != later.rows)
    }
}
