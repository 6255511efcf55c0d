import Formats
import Import

/// Reads a graph node by node, in the order in which they stand, and writes layers.
struct Importer {
    let options: ONNXImportOptions
    var atoms: AtomTable
    var values: [String: Value] = [:]
    var program = Program()
    /// How often each value is read, by nodes and as outputs.
    var readers: [String: Int] = [:]
    /// The nodes so far by the names of their outputs.
    var producers: [String: OperatorNode] = [:]
    /// The label of the node at hand, for the comment at its first layer.
    var source: String?
    /// Tensors whose axes were brought into another order, so that it is done once.
    private var arrangements: [Arrangement: Program.Tensor] = [:]
    /// Layer normalisations that other tools wrote in pieces, whose scale and shift may follow; and the axes of the tensor that they work on.
    var normalizations: [Program.Tensor: [Int]] = [:]
    var notes: [String] = []
    var publicNames = PublicNames()
    /// Elements that nodes may still make of constants: see `allowConstants`.
    var allowance = 0
    /// Statements that were counted against it.
    var counted = 0

    private struct Arrangement: Hashable {
        var tensor: Program.Tensor
        var extents: [Int]
        var target: [[Int]]
    }

    init(options: ONNXImportOptions, batch: Int) {
        self.options = options
        atoms = AtomTable(batch: batch)
    }

    // MARK: Layers

    /// Applies a layer.
    mutating func layer(
        _ type: String, _ arguments: [String] = [], _ inputs: Program.Tensor..., list: Bool = false, outputs: Int = 1,
        parameters: [String: ImportedTensor] = [:]
    ) -> Program.Tensor {
        layer(type, arguments, inputs, list: list, outputs: outputs, parameters: parameters)
    }

    /// Applies a layer to tensors, in a list if it says so.
    mutating func layer(
        _ type: String, _ arguments: [String], _ inputs: [Program.Tensor], list: Bool, outputs: Int = 1,
        parameters: [String: ImportedTensor] = [:]
    ) -> Program.Tensor {
        defer { source = nil }
        return program.append(
            Program.Statement(
                type, arguments.map { Program.Argument($0) }, inputs: inputs, takesList: list, outputs: outputs,
                source: source, parameters: parameters))
    }

    // MARK: Values

    /// The value of an input of a node.
    func value(_ node: OperatorNode, _ position: Int) throws -> Value {
        guard node.has(position) else { throw OperatorProblem("input \(position) is missing") }
        guard let value = values[node.inputs[position]] else {
            throw OperatorProblem("reads '\(node.inputs[position])', which nothing before it makes")
        }
        if case .failed = value { throw FailedBefore() }
        return value
    }

    /// An input that the network computes; a literal becomes a layer that holds it.
    mutating func dynamic(_ node: OperatorNode, _ position: Int) throws -> Dynamic {
        switch try value(node, position) {
        case .dynamic(let dynamic): return dynamic
        case .literal(let literal): return try constant(literal)
        case .failed: throw FailedBefore()
        }
    }

    /// An input that must be known now: weights, a shape.
    func literal(_ node: OperatorNode, _ position: Int) throws -> Literal {
        switch try value(node, position) {
        case .literal(let literal): return literal
        case .dynamic(let dynamic):
            let statement = program.statements[dynamic.tensor.statement]
            if statement.type == "Input" { throw NeedsConstant(input: node.inputs[position]) }
            throw OperatorProblem(
                "'\(node.inputs[position])' is computed when the network runs, but must be known before",
                hint: "the code has fixed weights and sizes")
        case .failed: throw FailedBefore()
        }
    }

    /// An optional input that must be known now.
    func optionalLiteral(_ node: OperatorNode, _ position: Int) throws -> Literal? {
        node.has(position) ? try literal(node, position) : nil
    }

    /// Whole numbers that stand in an attribute in old operator sets and in an input in newer ones.
    func integers(_ node: OperatorNode, _ name: String, orInput position: Int) throws -> [Int]? {
        if let attribute = try node.ints(name) { return attribute }
        guard let literal = try optionalLiteral(node, position) else { return nil }
        guard let integers = literal.integers else { throw OperatorProblem("'\(name)' must be whole numbers") }
        return integers
    }

    mutating func define(_ node: OperatorNode, _ dynamic: Dynamic, at position: Int = 0) {
        guard node.wants(position) else { return }
        values[node.outputs[position]] = .dynamic(dynamic)
    }

    mutating func define(_ node: OperatorNode, _ literal: Literal, at position: Int = 0) {
        guard node.wants(position) else { return }
        values[node.outputs[position]] = .literal(literal)
    }

    /// Whether a value is read once: by the node at hand.
    func isReadOnce(_ name: String) -> Bool { readers[name] == 1 }

    // MARK: Axes

    func extents(_ value: Dynamic) -> [Int] { atoms.extents(value.onnx) }

    /// An axis counted from the front or the end.
    func axis(_ axis: Int, rank: Int) throws -> Int {
        guard axis >= -rank, axis < rank else {
            throw OperatorProblem("axis \(axis) does not exist in a tensor of \(rank) axes")
        }
        return axis < 0 ? axis + rank : axis
    }

    /// The axes of a sample: all but the batch's. A first axis of extent 1 is a batch of one, unless it is the only one. There is always an axis.
    func sampleAxes(_ onnx: [Axis]) -> ArraySlice<Axis> {
        let resolved = atoms.resolve(onnx)
        guard let first = resolved.first else { return [[]] }
        if first == [AtomTable.batch], resolved.count == 1 { return [[]] }
        let isBatch = first == [AtomTable.batch] || (first.isEmpty && resolved.count > 1)
        return isBatch ? resolved.dropFirst() : resolved[...]
    }

    /// The same tensor held with its axes as `target` says, by way of reshapes and permutations where that takes any.
    mutating func arranged(_ value: Dynamic, _ target: [Axis]) throws -> Dynamic {
        var result = value
        result.onnx = atoms.resolve(value.onnx)
        result.net = atoms.resolve(target)
        let current = atoms.resolve(value.net)
        if current == result.net { return result }
        let (from, to) = (current.flatMap { $0 }, result.net.flatMap { $0 })
        guard !from.contains(AtomTable.batch), !to.contains(AtomTable.batch) else { throw MixedBatch() }
        precondition(from.sorted() == to.sorted(), "an arrangement keeps the elements")
        var position: [Atom: Int] = [:]
        for (index, atom) in from.enumerated() { position[atom] = index }
        let key = Arrangement(
            tensor: value.tensor, extents: atoms.extents(from.map { [$0] }),
            target: result.net.map { $0.map { position[$0]! } })
        if let tensor = arrangements[key] {
            result.tensor = tensor
            return result
        }
        result.tensor = rearranged(value.tensor, current, result.net)
        arrangements[key] = result.tensor
        return result
    }

    private mutating func rearranged(_ tensor: Program.Tensor, _ from: [Axis], _ to: [Axis]) -> Program.Tensor {
        let (source, target) = (from.flatMap { $0 }, to.flatMap { $0 })
        if source == target { return reshaped(tensor, to) }
        if let shuffled = shuffled(tensor, from, to) { return shuffled }
        let blocks = runs(of: source, in: target)
        var result = tensor
        if from != blocks { result = reshaped(result, blocks) }
        let order = runs(of: target, in: source).map { block in blocks.firstIndex(of: block)! + 1 }
        result = layer("Permute", [tuple(order)], result)
        let permuted = order.map { blocks[$0 - 1] }
        return permuted == to ? result : reshaped(result, to)
    }

    private mutating func reshaped(_ tensor: Program.Tensor, _ axes: [Axis]) -> Program.Tensor {
        let statement = program.statements[tensor.statement]
        if axes.count == 1, statement.type.hasPrefix("Global"), statement.arguments == ["keepdims=True"] {
            return layer(statement.type, [], statement.inputs, list: false)
        }
        return axes.count == 1 ? layer("Flatten", [], tensor) : layer("Reshape", [tuple(atoms.extents(axes))], tensor)
    }

    /// A channel shuffle: the two factors of the last axis change places.
    private mutating func shuffled(_ tensor: Program.Tensor, _ from: [Axis], _ to: [Axis]) -> Program.Tensor? {
        guard from.count == to.count, from.dropLast() == to.dropLast(), let (a, b) = cutPoint(from.last!, to.last!),
            !b.isEmpty
        else { return nil }
        return layer("ChannelShuffle", [String(atoms.extent(a))], tensor)
    }

    /// The two parts of which the second axis is the other way round.
    private func cutPoint(_ axis: Axis, _ turned: Axis) -> (Axis, Axis)? {
        for count in axis.indices.dropFirst() {
            let (a, b) = (Array(axis[..<count]), Array(axis[count...]))
            if turned == b + a { return (a, b) }
        }
        return nil
    }

    /// The longest runs of atoms that stand in a row in both orders.
    private func runs(of source: Axis, in target: Axis) -> [Axis] {
        var next: [Atom: Atom] = [:]
        for (atom, follower) in zip(target, target.dropFirst()) { next[atom] = follower }
        var runs: [Axis] = []
        for atom in source {
            if let last = runs.last?.last, next[last] == atom {
                runs[runs.count - 1].append(atom)
            } else {
                runs.append([atom])
            }
        }
        return runs
    }

    /// A tensor of the network in which every axis of ONNX that is not of extent 1 is one axis.
    mutating func axiswise(_ value: Dynamic) throws -> Dynamic {
        let (onnx, net) = (atoms.resolve(value.onnx), atoms.resolve(value.net))
        let sample = sampleAxes(onnx)
        let isAxiswise = sample.allSatisfy { $0.isEmpty || net.contains($0) }
        return isAxiswise ? try arranged(value, net) : try arranged(value, Array(sample))
    }

    /// The same with the given axes of ONNX, which may have extent 1, each at a place of its own in the tensor of the network.
    mutating func axiswise(_ value: Dynamic, with axes: [Int]) throws -> (value: Dynamic, places: [Int]) {
        var value = try axiswise(value)
        if axes.contains(where: { value.onnx[$0] == [AtomTable.batch] }) { throw MixedBatch() }
        var taken = Set(
            axes.compactMap { axis in value.onnx[axis].isEmpty ? nil : value.net.firstIndex(of: value.onnx[axis]) })
        let missing = axes.filter { value.onnx[$0].isEmpty }.count
        let free = value.net.indices.filter { value.net[$0].isEmpty && !taken.contains($0) }.count
        if missing > free { value = try arranged(value, naturalOrder(value)) }
        taken = Set(
            axes.compactMap { axis in value.onnx[axis].isEmpty ? nil : value.net.firstIndex(of: value.onnx[axis]) })
        let places = axes.map { axis in
            if !value.onnx[axis].isEmpty { return value.net.firstIndex(of: value.onnx[axis])! }
            let place = value.net.indices.first { value.net[$0].isEmpty && !taken.contains($0) }!
            taken.insert(place)
            return place
        }
        return (value, places)
    }

    /// The axes of ONNX's own order, those of extent 1 included; the batch is left out.
    private func naturalOrder(_ value: Dynamic) -> [Axis] {
        let onnx = atoms.resolve(value.onnx)
        return onnx.first == [AtomTable.batch] ? Array(onnx.dropFirst()) : onnx
    }

    /// A tensor of `[height, width, channels]` or `[steps, channels]` that holds an image or sequence of ONNX.
    mutating func image(_ value: Dynamic, axes rank: Int) throws -> Dynamic {
        let onnx = atoms.resolve(value.onnx)
        guard onnx.count == rank + 2 else {
            throw OperatorProblem("reads a tensor of \(onnx.count) axes; \(rank + 2) were expected")
        }
        guard onnx[0].isEmpty || onnx[0] == [AtomTable.batch] else { throw SamplesApart() }
        return try arranged(value, Array(onnx[2...]) + [onnx[1]])
    }

    /// What a layer makes of an image: as many channels and extents as are given.
    mutating func image(of value: Dynamic, extents: [Int], channels: Int, _ tensor: Program.Tensor) -> Dynamic {
        let window = extents.map { atoms.axis($0) }
        let channels = atoms.axis(channels)
        return Dynamic(
            onnx: [atoms.resolve(value.onnx[0]), channels] + window, net: window + [channels], tensor: tensor)
    }

    /// A literal as a layer that holds it.
    mutating func constant(_ literal: Literal) throws -> Dynamic {
        guard try literal.floats().allSatisfy(\.isFinite) else {
            throw OperatorProblem("a constant holds numbers that are not finite")
        }
        guard literal.count > 0 else { throw OperatorProblem("a constant holds no numbers") }
        let axes = literal.shape.map { atoms.axis($0) }
        let net = axes.isEmpty ? [[]] : axes
        let shape = atoms.extents(net)
        let tensor = layer(
            "Constant", [tuple(shape)], [], list: false,
            parameters: ["value": ImportedTensor(shape: shape, values: try literal.floats())])
        return Dynamic(onnx: axes, net: net, tensor: tensor)
    }
}

/// A node reads what an earlier one could not make.
struct FailedBefore: Error {}

/// A layer works on samples, but the batch is an axis like any other in this model.
struct SamplesApart: Error {}

/// A list as it is written.
func list(_ numbers: [Int]) -> String { "[\(numbers.map(String.init).joined(separator: ", "))]" }

/// Numbers that are alike as one, else as a tuple.
func pair(_ numbers: [Int]) -> String { Set(numbers).count == 1 ? String(numbers[0]) : tuple(numbers) }

/// A number as it is written.
func number(_ value: Float) -> String {
    if value.isFinite, value == value.rounded(), value.magnitude < 1e6 { return "\(Int(value)).0" }
    // The shortest text of the largest numbers would, read in double precision, be larger than float32's.
    return value.magnitude > 1e38 ? "\(Double(value))" : "\(value)"
}
