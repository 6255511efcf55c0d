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
        var result = [access(to: call.writes, of: call.instance, isWrite: true)]
        for (position, place) in call.reads.enumerated() {
            let items = call.instance.template == "elementwise" && position < 2 ? call.instance : nil
            result.append(access(to: place, of: items, isWrite: false))
        }
        if let scratch = call.scratch {
            let buffer = buffers[scratch]
            result.append(
                Access(
                    memory: .workspace, range: buffer.offset / 4..<buffer.offset / 4 + buffer.floats, isWrite: true,
                    isScratch: true))
        }
        return result.filter { $0.isWrite || $0.memory != .inputs }
    }

    /// All of a tensor with its border, by the items of a kernel.
    private func access(to place: Place, of kernel: KernelInstance?, isWrite: Bool) -> Access {
        let start = place.offset - place.layout.origin
        let range = start..<start + place.layout.count
        let rows = kernel.flatMap { $0.takesRows(of: place.layout) ? Rows(place: place) : nil }
        switch place.base {
        case .input: return Access(memory: .inputs, range: range, isWrite: isWrite, rows: rows)
        case .output(let number): return Access(memory: .output(number), range: range, isWrite: isWrite, rows: rows)
        case .buffer(let number):
            let offset = buffers[number].offset / 4
            return Access(
                memory: .workspace, range: range.lowerBound + offset..<range.upperBound + offset, isWrite: isWrite,
                rows: rows)
        }
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

/// A tensor of which each item of a kernel takes one row of one vector, in order.
private struct Rows: Hashable {
    var place: Place
}

/// Floats that the items of a call read or write, whichever thread takes them.
private struct Access {
    enum Memory: Hashable {
        case workspace, inputs
        case output(Int)
    }
    var memory: Memory
    var range: Range<Int>
    var isWrite: Bool
    /// Memory of the first thread alone.
    var isScratch = false
    var rows: Rows?

    /// Whether one thread may not get to `later` while another is still here.
    func conflicts(with later: Access) -> Bool {
        guard memory == later.memory, range.overlaps(later.range), isWrite || later.isWrite else { return false }
        return !(isScratch && later.isScratch) && (rows == nil || rows != later.rows)
    }
}
