import IR
import Target

// From graph to plan: every value gets a place in memory, every operation becomes calls of kernels.
//
// Operations that only rename (reshape, channel shuffle and split, concatenation) get no call: their result is another view of memory that is
// there already. A concatenation's parts are written straight into its buffer; a shuffle is another order of the same slots, which consumers
// fold into their packed weights.

/// Chooses places and kernels for a graph.
///
/// Throws `PlanError` for an operation that no kernel supports.
public func makePlan(_ graph: Graph, target: Target, options: PlanOptions = PlanOptions()) throws -> Plan {
    var planner = Planner(graph: graph, target: target, options: options)
    for (position, operation) in graph.operations.enumerated() { try planner.plan(operation, at: position) }
    planner.copyRemainingOutputs()
    return planner.finish(batch: options.batch)
}

/// An operation that the kernels can't do.
public struct PlanError: Error, Sendable {
    public var message: String
    public var origin: Origin

    public init(_ message: String, origin: Origin) {
        self.message = message
        self.origin = origin
    }
}

/// Where a value lies, while offsets are still unknown.
struct Location: Hashable {
    enum Root: Hashable {
        case input(Int)
        case output(Int)
        case buffer(Int)
        /// A part of a concatenation's buffer, which is laid out once all its parts are known.
        case part(of: ValueID, index: Int)
    }
    var root: Root
    /// Floats from the first interior element of the root to this one's.
    var offset = 0
    var layout: Layout
    /// The value is the image of this layout, flattened row by row to a vector.
    var isFlattened = false
}

struct DraftCall {
    var instance: KernelInstance
    var reads: [Location]
    var writes: Location
}

struct DraftStep {
    var step: Step
    var calls: [DraftCall]
    var result: (value: ValueID, location: Location)?
}

/// The state of planning: one pass over the operations in order.
struct Planner {
    let graph: Graph
    let target: Target
    let options: PlanOptions
    let consumers: [ValueID: [Int]]
    let borders: [ValueID: Margins]
    /// The concatenation that a value is written into, and its position there.
    let parts: [ValueID: (whole: ValueID, index: Int)]
    var locations: [ValueID: Location] = [:]
    /// Where each concatenation lies, and how many vectors of slots each of its parts takes.
    var wholes: [ValueID: (home: Location, vectors: [Int])] = [:]
    var bufferLayouts: [Layout] = []
    var steps: [DraftStep] = []
    var remarks: [Plan.Remark] = []

    init(graph: Graph, target: Target, options: PlanOptions) {
        self.graph = graph
        self.target = target
        self.options = options
        consumers = graph.consumers()
        parts = concatenationParts(of: graph)
        borders = requiredBorders(of: graph, parts: parts, lanes: target.lanes, options: options)
    }

    var lanes: Int { target.lanes }

    func location(of value: ValueID) -> Location {
        guard let location = locations[value] else { preconditionFailure("%\(value.index) has no place yet") }
        return location
    }

    func operation(at position: Int) -> Operation { graph.operations[position] }

    // MARK: Destinations

    /// A place for a value that a kernel is about to write, with the given order of channels.
    mutating func destination(for value: ValueID, slots: [Int], mayInterleave: Bool) -> Location {
        let image = Image(graph[value].shape)
        if mayInterleave, let output = soleOutput(value) {
            return Location(
                root: .output(output),
                layout: .interleaved(lanes: lanes, height: image.height, width: image.width, channels: image.channels))
        }
        let border = borders[value] ?? .zero
        let layout = Layout(
            .blocked, lanes: lanes, height: image.height, width: image.width, slots: slots, top: border.top,
            bottom: border.bottom, left: border.left, right: border.right)
        if let part = parts[value] { return Location(root: .part(of: part.whole, index: part.index), layout: layout) }
        return newBuffer(layout)
    }

    mutating func newBuffer(_ layout: Layout) -> Location {
        bufferLayouts.append(layout)
        return Location(root: .buffer(bufferLayouts.count - 1), layout: layout)
    }

    /// The first operand's place, where the result can overwrite it: nothing else reads it, nothing later its parts, and it is a buffer of its
    /// own with the border that the result needs.
    func inPlace(_ operation: Operation, _ x: Location) -> Location? {
        let source = operation.inputs[0]
        guard case .buffer(let buffer) = x.root, locations[source] == x, x.offset == 0, parts[operation.output] == nil,
            let readers = consumers[source], readers.count == 1, !graph.outputs.contains(source),
            x.layout == bufferLayouts[buffer],
            graph[source].shape == graph[operation.output].shape,
            borders[operation.output] ?? .zero == borders[source] ?? .zero,
            locations.allSatisfy({ $0.key == source || $0.value.root != x.root }),
            arePartsUnread(after: readers[0], of: source)
        else { return nil }
        return x
    }

    /// Whether no operation behind a position reads what was written straight into a concatenation's buffer: another concatenation, say, that copies it.
    private func arePartsUnread(after position: Int, of whole: ValueID) -> Bool {
        locations.allSatisfy { value, location in
            guard case .part(of: whole, index: _) = location.root else { return true }
            return !graph.outputs.contains(value) && (consumers[value] ?? []).allSatisfy { $0 < position }
                && arePartsUnread(after: position, of: value)
        }
    }

    /// The position among the outputs of a value that is one, once, and that nothing else reads.
    func soleOutput(_ value: ValueID) -> Int? {
        guard consumers[value] == nil, graph.outputs.filter({ $0 == value }).count == 1 else { return nil }
        return graph.outputs.firstIndex(of: value)
    }

    /// Channels in order, padded to whole vectors.
    func naturalSlots(_ channels: Int) -> [Int] {
        Layout.blocked(lanes: lanes, height: 1, width: 1, channels: channels).slots
    }

    // MARK: Steps

    /// Records a step that writes `value` at `location`, with the zeroing of its border where it has one.
    mutating func emit(
        _ value: ValueID, at location: Location, title: String, calls: [DraftCall], inputs: [ValueID], weights: Int = 0,
        macs: Int = 0, products: Int? = nil, reasons: [String] = [], decision: Decision? = nil
    ) {
        locations[value] = location
        var calls = calls
        if location.layout.hasBorder {
            calls.append(
                DraftCall(instance: zeroBorderKernel(location.layout, target: target), reads: [], writes: location))
        }
        let shapes = inputs.map { describe(graph[$0].shape) }.joined(separator: ", ")
        let elements = inputs.reduce(graph[value].elementCount) { $0 + graph[$1].elementCount }
        let step = Step(
            calls: [], origin: graph[value].origin, title: title,
            shapes: shapes.isEmpty ? describe(graph[value].shape) : "\(shapes) → \(describe(graph[value].shape))",
            macs: macs, products: products, bytes: 4 * (elements + weights), result: nil, reasons: reasons,
            decision: decision)
        steps.append(DraftStep(step: step, calls: calls, result: (value, location)))
    }

    /// Records what a user may ask about the layers of a value.
    mutating func remark(_ value: ValueID, _ text: String) {
        remarks.append(Plan.Remark(layers: graph[value].origin.layers.map(\.name), text: text))
    }

    /// Records a step that copies a value to another place, and returns it.
    mutating func copy(_ value: ValueID, from source: Location, to target: Location, why: String) {
        let call = DraftCall(
            instance: copyKernel(x: source.layout, y: target.layout, target: self.target), reads: [source],
            writes: target)
        var calls = [call]
        if target.layout.hasBorder {
            calls.append(
                DraftCall(instance: zeroBorderKernel(target.layout, target: self.target), reads: [], writes: target))
        }
        let shape = describe(graph[value].shape)
        let step = Step(
            calls: [], origin: graph[value].origin, title: "copy: \(why)", shapes: "\(shape) → \(shape)", macs: 0,
            bytes: 8 * graph[value].elementCount, result: nil)
        steps.append(DraftStep(step: step, calls: calls, result: nil))
        remark(value, "copied: \(why)")
    }

    /// A blocked view of a value with the given slots and at least its required border, copied there where it is not so already.
    mutating func blocked(_ value: ValueID, slots: [Int]? = nil, why: String) -> Location {
        let location = location(of: value)
        let border = borders[value] ?? .zero
        if location.layout.order == .blocked, !location.isFlattened, slots == nil || location.layout.slots == slots!,
            location.layout.covers(border)
        {
            return location
        }
        let image = Image(graph[value].shape)
        let layout = Layout(
            .blocked, lanes: lanes, height: image.height, width: image.width,
            slots: slots ?? naturalSlots(image.channels),
            top: border.top, bottom: border.bottom, left: border.left, right: border.right)
        let copy = newBuffer(layout)
        self.copy(value, from: unflattened(value), to: copy, why: why)
        if slots == nil { locations[value] = copy }
        return copy
    }

    /// The place of a value as an image of its own shape: a flattened image is first copied to a plain vector.
    mutating func unflattened(_ value: ValueID) -> Location {
        let location = location(of: value)
        guard location.isFlattened else { return location }
        let vector = rowMajor(value, from: location)
        locations[value] = vector
        return vector
    }

    /// A value in Keras' own order, without borders, copied there where it is not so already.
    mutating func rowMajor(_ value: ValueID, from source: Location) -> Location {
        let layout = source.layout
        let channels = layout.slots.max()! + 1
        let plain = Layout.interleaved(
            lanes: lanes, height: layout.height, width: layout.width, channels: channels)
        var result = source
        if layout != plain {
            result = newBuffer(plain)
            copy(value, from: source, to: result, why: "to row-major order")
        }
        let image = Image(graph[value].shape)
        result.layout = .interleaved(lanes: lanes, height: image.height, width: image.width, channels: image.channels)
        result.isFlattened = false
        return result
    }

    // MARK: Outputs

    /// Copies to the caller's memory what no kernel could write there.
    mutating func copyRemainingOutputs() {
        for (index, value) in graph.outputs.enumerated() {
            let source = location(of: value)
            if source.root == .output(index) { continue }
            let image = Image(graph[value].shape)
            let form = source.isFlattened ? source.layout : nil
            let layout = Layout.interleaved(
                lanes: lanes, height: form?.height ?? image.height, width: form?.width ?? image.width,
                channels: form.map { $0.slots.max()! + 1 } ?? image.channels)
            let target = Location(root: .output(index), layout: layout)
            copy(value, from: source, to: target, why: "to the output '\(graph.outputNames[index])'")
            steps[steps.count - 1].result = (value, target)
        }
    }
}

/// A shape as height, width and channels: a vector is 1×1, a sequence has height 1.
struct Image: Hashable {
    var height, width, channels: Int

    init(_ shape: [Int]) {
        channels = shape.last ?? 1
        width = shape.count > 1 ? shape[shape.count - 2] : 1
        height = shape.dropLast(2).reduce(1, *)
    }
}

extension Layout {
    var hasBorder: Bool { top + bottom + left + right > 0 }

    func covers(_ border: Margins) -> Bool {
        top >= border.top && bottom >= border.bottom && left >= border.left && right >= border.right
    }
}

/// `112×112×32`, as people write shapes.
func describe(_ shape: [Int]) -> String { shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "×") }
