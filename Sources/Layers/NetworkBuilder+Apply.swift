import Diagnostics
import Language
import Network

/// Applying layers: input counts, shape rules, shared weights.

extension NetworkBuilder {
    public mutating func apply(
        _ layer: LayerHandle, to tensors: [TensorHandle], variable: String?, at site: Site, log: inout DiagnosticLog
    ) -> [TensorHandle]? {
        guard nodes.count < maximumLayerCount else {
            reportLimit(at: site, log: &log)
            return nil
        }
        let record = layers[layer.index]
        let inputs = tensors.map { self.tensors[$0.index].shape }
        guard hasRightInputCount(record, tensors, at: site, log: &log) else { return nil }
        do {
            let outputs = try record.layer.outputShapes(for: inputs)
            let parameters = record.layer.parameters(for: inputs)
            try checkSizes(of: outputs, parameters, record.descriptor.name)
            guard agrees(parameters, with: record, inputs, at: site, log: &log) else { return nil }
            let node = Node(
                name: record.name, layer: record.layer, inputs: tensors.map { self.tensors[$0.index].id },
                outputShapes: outputs, parameters: parameters, range: site.range, trail: site.trail,
                blocks: site.blocks,
                line: source.line(of: site.range.start))
            return add(node, of: layer, reading: tensors, variable: variable)
        } catch {
            report(error, record, on: tensors, at: site, log: &log)
            return nil
        }
    }

    private mutating func add(
        _ node: Node, of layer: LayerHandle, reading inputs: [TensorHandle], variable: String?
    ) -> [TensorHandle] {
        let number = nodes.count
        nodes.append(node)
        nodeLayers.append(layer.index)
        if layers[layer.index].firstNode == nil { layers[layer.index].firstNode = number }
        for input in inputs { tensors[input.index].isUsed = true }
        let first = tensors.count
        for (output, shape) in node.outputShapes.enumerated() {
            let name = node.outputShapes.count == 1 ? variable : nil
            tensors.append(TensorRecord(id: TensorID(node: number, output: output), shape: shape, variable: name))
        }
        nodeTensors.append(Array(first..<tensors.count))
        return (first..<tensors.count).map(TensorHandle.init)
    }

    private func hasRightInputCount(
        _ record: LayerRecord, _ tensors: [TensorHandle], at site: Site, log: inout DiagnosticLog
    ) -> Bool {
        let accepted = record.descriptor.inputCount
        if accepted.contains(tensors.count) { return true }
        let expected = Self.inputCountText(accepted)
        log.error(
            "\(record.descriptor.name) is applied to \(expected), found \(tensors.count)", at: site.range,
            notes: site.trail)
        return false
    }

    /// "one tensor", "a list of at least 2 tensors".
    private static func inputCountText(_ count: ClosedRange<Int>) -> String {
        let (low, high) = (count.lowerBound, count.upperBound)
        if low == high { return low == 0 ? "no tensors" : low == 1 ? "one tensor" : "\(low) tensors" }
        guard high >= maximumLayerCount else { return "\(low) to \(high) tensors" }
        return low == 1 ? "at least one tensor" : "a list of at least \(low) tensors"
    }

    /// Whether a layer that was applied before needs the same weights again.
    private func agrees(
        _ parameters: [Parameter], with record: LayerRecord, _ inputs: [Shape], at site: Site, log: inout DiagnosticLog
    ) -> Bool {
        guard let first = record.firstNode, nodes[first].parameters != parameters else { return true }
        let before = nodes[first].inputs.map { nodes[$0.node].outputShapes[$0.output].description }.joined(
            separator: " and ")
        let now = inputs.map(\.description).joined(separator: " and ")
        var notes = [Note("it was applied to shape \(before) here", at: nodes[first].range)] + nodes[first].trail
        for (old, new) in zip(nodes[first].parameters, parameters) where old.shape != new.shape {
            notes.append(Note("its \(old.name) is \(old.shape) and would have to be \(new.shape)"))
        }
        log.error(
            "'\(record.name)' is applied to shape \(now) here, but its weights were made for \(before)", at: site.range,
            notes: notes + site.trail)
        return false
    }
}

// MARK: - Sizes

/// The most axes of a tensor, the batch aside: the generated interface describes up to eight.
private let maximumAxes = 7

/// Throws where a result or parameter is larger than any machine's memory; also where a layer let a size of zero through.
private func checkSizes(of outputs: [Shape], _ parameters: [Parameter], _ layer: String) throws(LayerError) {
    for shape in outputs {
        guard shape.rank <= maximumAxes else {
            throw LayerError("the result of \(layer) has \(shape.rank) axes; a tensor has at most \(maximumAxes)")
        }
        guard shape.dimensions.allSatisfy({ $0 > 0 }) else {
            throw LayerError("the result of \(layer) would be empty: \(shape)")
        }
        guard checkedElementCount(shape.dimensions) != nil else {
            throw LayerError("the result of \(layer), \(shape), has more than 2⁴⁰ elements")
        }
    }
    for parameter in parameters where checkedElementCount(parameter.shape.dimensions) == nil {
        throw LayerError("the \(parameter.name) of \(layer), \(parameter.shape), has more than 2⁴⁰ elements")
    }
    for parameter in parameters where parameter.shape.rank != 2 && parameter.initializer.isIdentity {
        throw LayerError(
            "the initializer 'identity' makes matrices only, and the \(parameter.name) is \(parameter.shape)",
            attribute: "\(parameter.name)_initializer")
    }
}

extension AttributeValue {
    fileprivate var isIdentity: Bool {
        switch self {
        case .string(let name), .call(let name, _): name == "identity"
        default: false
        }
    }
}

// MARK: - Reports

extension NetworkBuilder {
    /// A shape error: at the attribute that caused it, with the shapes that met and where each came from.
    private func report(
        _ error: any Error, _ record: LayerRecord, on inputs: [TensorHandle], at site: Site, log: inout DiagnosticLog
    ) {
        let mistake = error as? LayerError ?? LayerError("\(error)")
        let attributeRange = mistake.attribute.flatMap { record.attributeRanges[$0] }
        var notes = mistake.hint.map { [Note($0)] } ?? []
        for (position, input) in inputs.enumerated() {
            notes += origin(of: input, position: inputs.count > 1 ? position : nil, besides: site.trail)
        }
        if attributeRange != nil, record.site.range != site.range, !site.range.contains(record.site.range) {
            notes.append(Note("applied here", at: site.range))
        }
        log.error(mistake.message, at: attributeRange ?? site.range, notes: notes + site.trail)
    }

    /// Where a tensor that met others came from; of its trail, only what the site's own doesn't tell.
    func origin(of tensor: TensorHandle, position: Int?, besides trail: [Note]) -> [Note] {
        let record = tensors[tensor.index]
        let node = nodes[record.id.node]
        let subject = position.map { "input \($0 + 1)" } ?? "the input"
        let own = Note("\(subject) is \(record.shape), from \(node.type) '\(node.name)'", at: node.range)
        return [own] + node.trail.filter { !trail.contains($0) }
    }
}

extension SourceRange {
    func contains(_ other: SourceRange) -> Bool { start <= other.start && other.end <= end }
}
