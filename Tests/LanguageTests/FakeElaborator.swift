import Diagnostics
import Language

/// Stands for the world of layers: knows a few names, checks nothing, and writes down what it was asked.
struct FakeElaborator: Elaborator {
    /// One line for each question, in order.
    var journal: [String] = []
    var summary: ProgramSummary?
    var sites: [Site] = []
    private var layers: [(name: String, arguments: [LayerArgument])] = []
    private var tensors: [[Int]] = []
    private var modelCount = 0

    let layerNames = [
        "Activation", "Add", "AveragePooling2D", "BatchNormalization", "ChannelShuffle", "Concatenate", "Conv2D",
        "Conv2DTranspose", "Dense", "DepthwiseConv2D", "Dropout", "Flatten", "GlobalAveragePooling2D", "Input",
        "MaxPooling2D", "ReLU", "Softmax", "Split", "add", "concatenate",
    ]

    func isLayer(_ name: String) -> Bool { layerNames.contains(name) }

    func acceptsString(layer: String, argument: String?, position: Int) -> Bool {
        guard let argument else { return layer == "Activation" }
        return ["padding", "activation", "name", "kernel_initializer", "data_format"].contains(argument)
    }

    mutating func construct(
        _ layer: String, arguments: [LayerArgument], at site: Site, log: inout DiagnosticLog
    ) -> LayerHandle? {
        let text = arguments.map { ($0.name.map { "\($0)=" } ?? "") + Self.text($0.value) }.joined(separator: ", ")
        journal.append("\(layer)(\(text))")
        sites.append(site)
        if arguments.contains(where: { $0.name == "wrong" }) {
            log.error("unknown argument 'wrong'", at: site.range, notes: site.trail)
            return nil
        }
        layers.append((layer, arguments))
        return LayerHandle(layers.count - 1)
    }

    func givesList(_ layer: LayerHandle) -> Bool { layers[layer.index].name == "Split" }

    func isInput(_ layer: LayerHandle) -> Bool { layers[layer.index].name == "Input" }

    func inputShape(of layer: LayerHandle) -> [Int]? {
        for argument in layers[layer.index].arguments where argument.name == "input_shape" {
            return Self.integers(argument.value)
        }
        return nil
    }

    mutating func makeInput(shape: [Int], at site: Site, log: inout DiagnosticLog) -> TensorHandle? {
        journal.append("input \(shape)")
        return make(shape)
    }

    mutating func apply(
        _ layer: LayerHandle, to tensors: [TensorHandle], variable: String?, at site: Site, log: inout DiagnosticLog
    ) -> [TensorHandle]? {
        let (name, arguments) = layers[layer.index]
        let operands = tensors.map { "t\($0.index)" }.joined(separator: ", ")
        var results: [TensorHandle] = []
        switch name {
        case "Input":
            let shape = arguments.first { $0.name == nil || $0.name == "shape" }.map { Self.integers($0.value) } ?? []
            results = [
                make(
                    arguments.filter { $0.name == nil }.count > 1
                        ? arguments.flatMap { Self.integers($0.value) } : shape)
            ]
        case "Split":
            for _ in 0..<(Self.integers(arguments[0].value).first ?? 1) {
                results.append(make(self.tensors[tensors[0].index]))
            }
        case "Conv2D", "Dense":
            var shape = self.tensors[tensors[0].index]
            if let filters = arguments.first.flatMap({ Self.integers($0.value).first }), !shape.isEmpty {
                shape[shape.count - 1] = filters
            }
            results = [make(shape)]
        default: results = [make(self.tensors[tensors[0].index])]
        }
        let left = results.map { "t\($0.index)" }.joined(separator: ", ")
        journal.append("\(left) = \(name)#\(layer.index)(\(operands))" + (variable.map { " -> \($0)" } ?? ""))
        return results
    }

    mutating func arithmetic(
        _ operator: String, _ left: Operand, _ right: Operand, at site: Site, log: inout DiagnosticLog
    ) -> TensorHandle? {
        let result = make([])
        journal.append("t\(result.index) = \(Self.text(left)) \(`operator`) \(Self.text(right))")
        return result
    }

    mutating func bind(_ tensor: TensorHandle, to variable: String) {}

    func shape(of tensor: TensorHandle) -> [Int] { tensors[tensor.index] }

    mutating func constructModel(kind: String) -> String {
        modelCount += 1
        return "\(kind)_\(modelCount)"
    }

    mutating func call(
        inputs: [TensorHandle], outputs: [TensorHandle], on tensors: [TensorHandle], at site: Site,
        log: inout DiagnosticLog
    ) -> [TensorHandle]? {
        let results = outputs.map { make(shape(of: $0)) }
        journal.append(
            "\(Self.text(results)) = model(\(Self.text(inputs)) -> \(Self.text(outputs)))(\(Self.text(tensors)))")
        return results
    }

    mutating func finish(_ summary: ProgramSummary, log: inout DiagnosticLog) { self.summary = summary }

    private mutating func make(_ shape: [Int]) -> TensorHandle {
        tensors.append(shape)
        return TensorHandle(tensors.count - 1)
    }

    private static func text(_ tensors: [TensorHandle]) -> String {
        tensors.map { "t\($0.index)" }.joined(separator: ", ")
    }

    private static func text(_ operand: Operand) -> String {
        switch operand {
        case .tensor(let tensor): "t\(tensor.index)"
        case .number(let number): "\(number)"
        }
    }

    private static func integers(_ value: ArgumentValue) -> [Int] {
        switch value {
        case .int(let value): [value]
        case .list(let values), .tuple(let values): values.flatMap(integers)
        default: []
        }
    }

    static func text(_ value: ArgumentValue) -> String {
        switch value {
        case .none: "None"
        case .bool(let value): value ? "True" : "False"
        case .int(let value): "\(value)"
        case .float(let value): "\(value)"
        case .string(let value): "'\(value)'"
        case .list(let values): "[" + values.map(text).joined(separator: ", ") + "]"
        case .tuple(let values): "(" + values.map(text).joined(separator: ", ") + ")"
        case .symbol(let name, let arguments):
            name
                + (arguments.isEmpty
                    ? ""
                    : "(" + arguments.keys.sorted().map { "\($0)=\(text(arguments[$0]!))" }.joined(separator: ", ")
                        + ")")
        case .unsuitable(let text): "<\(text)>"
        }
    }
}

/// Runs a program against the fake; gives what it asked and the rendered diagnostics.
func run(
    _ text: String, definitions: [(name: String, value: String)] = [], errorLimit: Int = 20
) -> (elaborator: FakeElaborator, diagnostics: String) {
    run(Array(text.utf8), definitions: definitions, errorLimit: errorLimit)
}

func run(
    _ bytes: [UInt8], definitions: [(name: String, value: String)] = [], errorLimit: Int = 20
) -> (elaborator: FakeElaborator, diagnostics: String) {
    let source = SourceFile(name: "m.net", text: bytes)
    var elaborator = FakeElaborator()
    var log = DiagnosticLog()
    interpret(source, definitions: definitions, with: &elaborator, log: &log)
    return (elaborator, render(log.diagnostics, in: source, color: false, errorLimit: errorLimit))
}
