import IR

/// A graph being rewritten in place: operations at fixed positions, with producers and readers kept up to date, so that a pass that visits each
/// operation once takes linear time.
struct Editor {
    /// Values, outputs and names; its list of operations is stale until `finish`.
    private(set) var graph: Graph
    /// The operations, `nil` where one was removed.
    private(set) var operations: [Operation?]
    private var producers: [Int?]
    /// Positions of the readers of each value, one entry a reading.
    private var readers: [[Int]]

    init(_ graph: Graph) {
        self.graph = graph
        operations = graph.operations
        producers = Array(repeating: nil, count: graph.values.count)
        readers = Array(repeating: [], count: graph.values.count)
        for position in operations.indices { register(position) }
    }

    /// The graph without the removed operations and without those that nothing reads any more.
    func finish() -> Graph {
        var result = graph
        result.operations = operations.compactMap { $0 }
        result.removeUnread()
        return result
    }

    var positions: Range<Int> { 0..<operations.count }

    // MARK: Looking

    subscript(value: ValueID) -> Value {
        get { graph[value] }
        set { graph[value] = newValue }
    }

    /// Where the value is made.
    func position(of value: ValueID) -> Int { producers[value.index]! }

    /// The operation that makes the value.
    func producer(of value: ValueID) -> Operation { operations[position(of: value)]! }

    func isOutput(_ value: ValueID) -> Bool { graph.outputs.contains(value) }

    /// The positions that read the value, each reading once.
    func readers(of value: ValueID) -> [Int] { readers[value.index] }

    /// Whether the value is read once and is no public output, so that its one reader may change or absorb it.
    func isPrivate(_ value: ValueID) -> Bool { readers[value.index].count == 1 && !isOutput(value) }

    /// The operation whose result the first operand is, if it is computed for this reader alone.
    func soleSource(of operation: Operation) -> Operation? {
        guard let input = operation.inputs.first, isPrivate(input) else { return nil }
        return producer(of: input)
    }

    // MARK: Changing

    func shape(_ value: ValueID) -> [Int] { graph[value].shape }

    /// Puts an operation in the place of the one at a position, or of none.
    mutating func put(_ operation: Operation?, at position: Int) {
        if let old = operations[position] {
            for input in old.inputs { readers[input.index].removeAll { $0 == position } }
            if producers[old.output.index] == position { producers[old.output.index] = nil }
        }
        operations[position] = operation
        register(position)
    }

    /// A new value, not yet defined.
    mutating func makeValue(_ value: Value) -> ValueID {
        producers.append(nil)
        readers.append([])
        return graph.makeValue(value)
    }

    /// Makes every reader of `old` read `new`.
    mutating func replaceReaders(of old: ValueID, with new: ValueID) {
        for position in readers[old.index] {
            operations[position]!.inputs = operations[position]!.inputs.map { $0 == old ? new : $0 }
        }
        readers[new.index] += readers[old.index]
        readers[old.index] = []
    }

    /// Makes every reader of `old`, and the public outputs, read `new`, which equals it element by element.
    mutating func replaceUses(of old: ValueID, with new: ValueID) {
        replaceReaders(of: old, with: new)
        graph.outputs = graph.outputs.map { $0 == old ? new : $0 }
        graph[new].origin = graph[new].origin.merged(with: graph[old].origin)
        if graph[new].tensor == nil { graph[new].tensor = graph[old].tensor }
    }

    private mutating func register(_ position: Int) {
        guard let operation = operations[position] else { return }
        producers[operation.output.index] = position
        for input in operation.inputs { readers[input.index].append(position) }
    }
}

extension Graph {
    /// Removes the operations whose results nobody needs. Public inputs stay.
    mutating func removeUnread() {
        var needed = Array(repeating: false, count: values.count)
        for output in outputs { needed[output.index] = true }
        var kept: [Operation] = []
        for operation in operations.reversed() {
            var isInput = false
            if case .input = operation.primitive { isInput = true }
            guard isInput || needed[operation.output.index] else { continue }
            for input in operation.inputs { needed[input.index] = true }
            kept.append(operation)
        }
        operations = kept.reversed()
    }
}
