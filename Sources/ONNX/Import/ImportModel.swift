import Formats
import Import

/// What decides how a model is read.
public struct ONNXImportOptions: Sendable {
    /// The model's file name, for messages and the comment at the top.
    public var fileName: String
    /// Extents of dimensions that the model leaves open, by their names.
    public var dimensions: [String: Int] = [:]
    /// Order of the axes of images at inputs and outputs.
    public var layout = ImageLayout.nhwc
    /// Elements that nodes may make of constants, as such and as parameters, besides what the size of the file allows: VGG-19 of zeros
    /// takes half.
    public var constantElements = 1 << 29
    /// Opens a file of tensors beside the model; throws for one that lies elsewhere.
    public var externalFile: @Sendable (String) throws -> any ByteSource

    public init(fileName: String, externalFile: @escaping @Sendable (String) throws -> any ByteSource) {
        self.fileName = fileName
        self.externalFile = externalFile
    }
}

/// The newest operator set whose definitions are known.
let newestOperatorSet = 27
/// The oldest one.
let oldestOperatorSet = 6

/// Reads an ONNX model. Throws `ImportError` with everything that can't be imported.
public func importONNX(_ source: any ByteSource, _ options: ONNXImportOptions) throws -> ImportedModel {
    let (model, stored) = try readModelProto(source)
    let version = try operatorSet(of: model)
    guard model.hasGraph, !model.graph.node.isEmpty || !model.graph.output.isEmpty else {
        throw ImportError(["'\(sanitized(options.fileName))' is not an ONNX model: it has no graph"])
    }
    let reader = GraphReader(graph: model.graph, source: source, stored: stored, version: version, options: options)
    let shapes = try reader.inputShapes()
    if let batch = reader.batch(of: shapes) {
        do { return try reader.read(shapes, batch: batch) } catch is MixedBatch {}
    }
    do {
        return try reader.read(shapes, batch: nil)
    } catch is MixedBatch {
        throw ImportError(["the model mixes the samples of its batch with each other"])
    }
}

private func operatorSet(of model: Onnx_ModelProto) throws -> Int {
    let version = model.opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }.map { Int($0.version) }
    guard let version else { throw ImportError(["the file is not an ONNX model: it names no operator set"]) }
    guard (oldestOperatorSet...newestOperatorSet).contains(version) else {
        throw ImportError([
            "the model uses operator set \(version); \(oldestOperatorSet) to \(newestOperatorSet) are read"
                + " (onnx.version_converter converts models)"
        ])
    }
    return version
}

/// Reads one graph, as often as it takes.
private struct GraphReader {
    let graph: Onnx_GraphProto
    let source: any ByteSource
    let stored: [Int: StoredRange]
    let version: Int
    let options: ONNXImportOptions

    /// The public inputs: those that are no weights.
    private var inputs: [Onnx_ValueInfoProto] {
        let weights = Set(graph.initializer.map(\.name))
        return graph.input.filter { !weights.contains($0.name) }
    }

    /// The shapes of the inputs, by name. Dimensions that are open are asked for, all at once.
    func inputShapes() throws -> [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        var problems: [String] = []
        for input in inputs {
            let name = sanitized(input.name)
            guard input.type.hasTensorType, input.type.tensorType.hasShape else {
                problems.append(
                    "input '\(name)' has no shape (onnxsim or onnx.tools.update_model_dims can give it one)")
                continue
            }
            var shape: [Int] = []
            for (axis, dimension) in input.type.tensorType.shape.dim.enumerated() {
                let parameter =
                    dimension.hasDimParam && !dimension.dimParam.isEmpty ? dimension.dimParam : "\(input.name).\(axis)"
                if dimension.hasDimValue {
                    if dimension.dimValue < 1 { problems.append("axis \(axis) of input '\(name)' has no cells") }
                    shape.append(max(Int(dimension.dimValue), 1))
                } else if let extent = options.dimensions[parameter] {
                    shape.append(extent)
                } else {
                    problems.append(
                        "dimension \(axis) of input '\(name)' is open: give it with -D \(sanitized(parameter))=1,"
                            + " or another extent")
                    shape.append(1)
                }
            }
            if shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).overflow ? .max : $0 * $1 }) > 1 << 40 {
                problems.append("input '\(name)' of shape \(shape) is too large")
            }
            shapes[input.name] = shape
        }
        guard problems.isEmpty else { throw ImportError(problems) }
        return shapes
    }

    /// The extent of the first axis of all inputs, if it may be that of a batch.
    func batch(of shapes: [String: [Int]]) -> Int? {
        let leading = Set(shapes.values.map { $0.count > 1 ? $0[0] : 0 })
        return leading.count == 1 && leading.first! > 1 ? leading.first : nil
    }

    func read(_ shapes: [String: [Int]], batch: Int?) throws -> ImportedModel {
        var importer = Importer(options: options, batch: batch ?? 1)
        var problems: [String] = []
        for node in graph.node { for name in node.input { importer.readers[name, default: 0] += 1 } }
        for output in graph.output { importer.readers[output.name, default: 0] += 2 }
        readConstants(into: &importer, &problems)
        importer.allowConstants()
        let images = ImageInputs(graph)
        for input in inputs {
            let type = input.type.tensorType.elemType
            if type == TensorType.double || type == TensorType.float16 || type == TensorType.bfloat16 {
                importer.notes.append("input '\(sanitized(input.name))' becomes float32")
            } else if type != TensorType.float {
                // Indices and truth values are no inputs of a network that computes in floating point, but may be unread.
                if importer.readers[input.name] != nil { importer.values[input.name] = .failed }
                if importer.readers[input.name] != nil {
                    problems.append(
                        "input '\(sanitized(input.name))' has elements of type \(TensorType.name(type)); only"
                            + " floating-point inputs are supported")
                }
                continue
            }
            importer.declareInput(input.name, shapes[input.name]!, isBatched: batch != nil, images: images)
        }
        var unsupported: [(type: String, nodes: [String])] = []
        for (position, node) in graph.node.enumerated() where node.output.contains(where: { !$0.isEmpty }) {
            let label =
                node.name.isEmpty ? "\(node.opType) (node \(position))" : "\(node.opType) '\(sanitized(node.name))'"
            let domain = node.domain
            guard domain.isEmpty || domain == "ai.onnx", let function = operators[node.opType] else {
                let type = domain.isEmpty || domain == "ai.onnx" ? node.opType : "\(domain).\(node.opType)"
                if let index = unsupported.firstIndex(where: { $0.type == type }) {
                    unsupported[index].nodes.append(node.name)
                } else {
                    unsupported.append((type, [node.name]))
                }
                for output in node.output { importer.values[output] = .failed }
                continue
            }
            importer.source = node.name.isEmpty ? node.opType : node.name
            do {
                let wrapped = try OperatorNode(node, version: version)
                try importer.checkAllowance()
                for output in wrapped.outputs { importer.producers[output] = wrapped }
                if version < 7 { try importer.placeOperand(wrapped) }
                if try !importer.fold(wrapped) {
                    try function(&importer, wrapped)
                    try wrapped.checkThatAllWasRead()
                }
                try importer.checkResults(of: wrapped)
                for (index, output) in node.output.enumerated()
                where importer.values[output] == nil && importer.readers[output] != nil {
                    throw OperatorProblem("its output \(index) is not supported")
                }
            } catch let problem as OperatorProblem {
                problems.append("\(label): \(problem.message)" + (problem.hint.map { " (\($0))" } ?? ""))
                for output in node.output { importer.values[output] = .failed }
            } catch is FailedBefore {
                for output in node.output { importer.values[output] = .failed }
            } catch is SamplesApart {
                guard batch == nil else { throw MixedBatch() }
                problems.append("\(label): works on each sample of a batch that other nodes mix")
                for output in node.output { importer.values[output] = .failed }
            } catch let need as NeedsConstant {
                problems.append(
                    "\(label): needs '\(sanitized(need.input))' to be a constant, but it is an input of the model")
                for output in node.output { importer.values[output] = .failed }
            } catch let error as FormatError {
                problems.append("\(label): \(error)")
                for output in node.output { importer.values[output] = .failed }
            }
        }
        problems += unsupported.map { unsupportedOperator($0.type, $0.nodes) }
        if problems.isEmpty { try importer.declareOutputs(graph, &problems) }
        guard problems.isEmpty else { throw ImportError(problems) }
        for name in importer.program.removeUnused() {
            importer.notes.append("input '\(name)' is left out: no output depends on it")
        }
        importer.program.foldActivations()
        guard importer.program.statements.contains(where: { $0.type == "Input" }) else {
            throw ImportError(["no output depends on an input"])
        }
        importer.program.description =
            "\(sanitized(graph.name.isEmpty ? "A network" : graph.name)), from \(options.fileName)"
        let (text, parameters) = importer.program.written()
        return ImportedModel(text: text, parameters: parameters, notes: importer.notes, batch: batch)
    }

    /// What is said of an operator that is not supported: how often it occurs, where, and what could be done.
    private func unsupportedOperator(_ type: String, _ nodes: [String]) -> String {
        let named = nodes.filter { !$0.isEmpty }
        let places =
            named.prefix(3).map { "'\(sanitized($0))'" }.joined(separator: ", ") + (named.count > 3 ? ", …" : "")
        let times = nodes.count == 1 ? "once" : "\(nodes.count) times"
        let text =
            "operator \(sanitized(type)) is not supported; it occurs \(times)" + (places.isEmpty ? "" : ": \(places)")
        return text + (wayOut(of: type).map { " (\($0))" } ?? "")
    }

    private func wayOut(of type: String) -> String? {
        switch type {
        case "If", "Loop", "Scan":
            "branches and loops that do not depend on the input can be folded, by onnxsim for one"
        case "LSTM", "GRU", "RNN": "recurrence has no counterpart here"
        case _ where type.contains("Quantize") || type.hasPrefix("QLinear") || type.hasSuffix("Integer"):
            "export the model before it is quantised"
        case "NonMaxSuppression", "TopK", "ArgMax", "RoiAlign":
            "cut the model before its post-processing, with onnx.utils.extract_model"
        case _ where type.contains("."): "operators of other domains are their runtime's own"
        default: nil
        }
    }

    private func readConstants(into importer: inout Importer, _ problems: inout [String]) {
        for (index, tensor) in graph.initializer.enumerated() {
            do {
                importer.values[tensor.name] = .literal(
                    try literal(tensor, stored[index].map { ($0, source) }, options.externalFile))
            } catch {
                problems.append("tensor '\(sanitized(tensor.name))': \(error)")
                importer.values[tensor.name] = .failed
            }
        }
    }
}

extension Importer {
    /// Declares a public input: one of four axes, and what a layer of images reads, has its channels last, unless the model's own order is
    /// asked for, or has them there.
    mutating func declareInput(_ name: String, _ shape: [Int], isBatched: Bool, images: ImageInputs) {
        var onnx = shape.map { atoms.axis($0) }
        if isBatched { onnx[0] = [AtomTable.batch] }
        var net = Array(sampleAxes(onnx))
        let isMoved = images.contains(name) || net.count == 3 && !images.hasChannelsLast(name)
        if isMoved, options.layout == .nhwc, net.count > 1 { net = Array(net.dropFirst()) + [net[0]] }
        let tensor = program.append(
            Program.Statement(
                "Input", [Program.Argument(tuple(atoms.extents(net)))], inputs: [], name: publicName(name)))
        values[name] = .dynamic(Dynamic(onnx: onnx, net: net, tensor: tensor))
    }

    /// A name for C, the command line and `.net`, that no other input or output has.
    mutating func publicName(_ name: String) -> String {
        var stem = sanitized(name).replacing("/", with: "_")
        while stem.hasPrefix("_") { stem.removeFirst() }
        if stem.isEmpty { stem = "tensor" }
        let result = publicNames.unique(stem)
        if result != name { notes.append("'\(sanitized(name))' is called '\(result)'") }
        return result
    }

    /// Names the outputs. One that is an input, or named already, becomes a tensor of its own.
    mutating func declareOutputs(_ graph: Onnx_GraphProto, _ problems: inout [String]) throws {
        var named: Set<Program.Tensor> = []
        for output in graph.output {
            guard let value = values[output.name] else {
                problems.append("output '\(sanitized(output.name))' is made by no node")
                continue
            }
            var dynamic: Dynamic
            switch value {
            case .dynamic(let result): dynamic = result
            case .literal(let literal) where !literal.isIntegral:
                do {
                    dynamic = try constant(literal)
                } catch let problem as OperatorProblem {
                    problems.append("output '\(sanitized(output.name))': \(problem)")
                    continue
                }
            case .literal:
                problems.append("output '\(sanitized(output.name))' does not hold floating-point numbers")
                continue
            case .failed: continue
            }
            dynamic = try arranged(dynamic, publicOrder(dynamic))
            let isFree = named.insert(dynamic.tensor).inserted
            let statement = program.statements[dynamic.tensor.statement]
            if !isFree || statement.type == "Input" || statement.outputs > 1 {
                dynamic.tensor = layer("Activation", ["'linear'"], dynamic.tensor)
            }
            program.outputs.append((publicName(output.name), dynamic.tensor))
        }
    }

    /// The axes of an output: one of four axes has its channels last, another one where it has them there; else ONNX's own order.
    private func publicOrder(_ value: Dynamic) -> [Axis] {
        let sample = Array(sampleAxes(value.onnx))
        let last = Array(sample.dropFirst()) + sample.prefix(1)
        let isThere = sample.count > 1 && atoms.resolve(value.net).flatMap { $0 } == last.flatMap { $0 }
        let isLast = options.layout == .nhwc && (isThere || sample.count == 3)
        return isLast ? last : sample
    }
}
