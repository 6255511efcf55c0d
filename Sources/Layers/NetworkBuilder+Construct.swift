import Diagnostics
import Language
import Network

/// Constructing layers: names, tables, and what arguments mean together.

extension NetworkBuilder {
    public var layerNames: [String] { index.names }

    public func isLayer(_ name: String) -> Bool { index[name] != nil }

    public func acceptsString(layer: String, argument: String?, position: Int) -> Bool {
        guard let descriptor = index[layer]?.descriptor else { return true }
        if let argument {
            // A keyword that there is not gets its own report, whatever its value.
            return descriptor.attributes.first { $0.answers(to: argument) }?.type.acceptsStrings
                ?? !["input_shape", "batch_input_shape", "input_dim"].contains(argument)
        }
        return descriptor.attributes.indices.contains(position)
            ? descriptor.attributes[position].type.acceptsStrings : true
    }

    public func isInput(_ layer: LayerHandle) -> Bool { layers[layer.index].layer is InputLayer }

    public func isConstant(_ layer: LayerHandle) -> Bool { layers[layer.index].layer is ConstantLayer }

    /// An initialiser may be called as a layer is: `Constant(0.5)`.
    public func acceptsLayer(layer: String, argument: String?, position: Int) -> Bool {
        guard let attributes = index[layer]?.descriptor.attributes else { return true }
        let attribute =
            argument.map { name in attributes.first { $0.answers(to: name) } }
            ?? (attributes.indices.contains(position) ? attributes[position] : nil)
        return attribute?.type != .initializer
    }

    public func givesList(_ layer: LayerHandle) -> Bool { layers[layer.index].descriptor.givesList }

    public func inputShape(of layer: LayerHandle) -> [Int]? { layers[layer.index].inputShape }

    public mutating func construct(
        _ layer: String, arguments: [LayerArgument], at site: Site, log: inout DiagnosticLog
    ) -> LayerHandle? {
        guard let type = index[layer] else {
            let meant = closestMatch(to: layer, among: index.names).map { "; did you mean '\($0)'?" } ?? ""
            log.error("there is no layer '\(abbreviated(layer))'\(meant)", at: site.range, notes: site.trail)
            return nil
        }
        guard let bound = Layers.bind(arguments, to: type.descriptor, at: site, log: &log) else { return nil }
        return add(type, bound, at: site, log: &log)
    }

    public mutating func makeInput(shape: [Int], at site: Site, log: inout DiagnosticLog) -> TensorHandle? {
        let extents = LayerArgument(
            name: "shape", value: .tuple(shape.map(ArgumentValue.int)), range: site.range, valueRange: site.range)
        guard let input = construct("Input", arguments: [extents], at: site, log: &log) else { return nil }
        return apply(input, to: [], variable: nil, at: site, log: &log)?.first
    }

    /// Makes the layer and gives it its name.
    mutating func add(
        _ type: any LowerableLayer.Type, _ bound: BoundArguments, stem: String? = nil, at site: Site,
        log: inout DiagnosticLog
    ) -> LayerHandle? {
        guard layers.count < maximumLayerCount else {
            reportLimit(at: site, log: &log)
            return nil
        }
        do {
            let layer = try type.init(bound.attributes)
            let automatic = stem ?? type.descriptor.automaticName ?? snakeCase(type.descriptor.name)
            let record = LayerRecord(
                layer: layer, name: bound.name ?? names.next(automatic), isNamed: bound.name != nil, site: site,
                attributes: bound.attributes, attributeRanges: bound.ranges, inputShape: bound.inputShape)
            guard claimName(of: record, log: &log) else { return nil }
            layers.append(record)
            return LayerHandle(layers.count - 1)
        } catch let error as LayerError {
            let range = error.attribute.flatMap { bound.ranges[$0] } ?? site.range
            log.error(error.message, at: range, notes: (error.hint.map { [Note($0)] } ?? []) + site.trail)
        } catch {
            log.error("\(error)", at: site.range, notes: site.trail)
        }
        return nil
    }

    /// Keeps names different: two layers of one name would share their weights' names.
    private mutating func claimName(of record: LayerRecord, log: inout DiagnosticLog) -> Bool {
        guard let owner = owners[record.name] else {
            owners[record.name] = layers.count
            return true
        }
        let earlier = layers[owner]
        let line = source.line(of: earlier.site.range.start)
        let message =
            record.isNamed
            ? "the name '\(record.name)' is already taken, on line \(line)"
            : "the automatic name '\(record.name)' of this layer is already taken, on line \(line)"
        let first = Note(
            "\(earlier.isNamed ? "the" : "the automatic") name was given here first", at: earlier.site.range)
        log.error(message, at: record.site.range, notes: [first] + earlier.site.trail + record.site.trail)
        return false
    }

    /// Says once that the network is too large.
    mutating func reportLimit(at site: Site, log: inout DiagnosticLog) {
        guard !hasReportedLimit else { return }
        hasReportedLimit = true
        log.error("a network has at most \(maximumLayerCount) layers", at: site.range, notes: site.trail)
    }
}
