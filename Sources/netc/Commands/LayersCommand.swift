import ArgumentParser
import Compiler
import Diagnostics
import Layers
import Network

/// `netc layers [NAME]`: the supported layers, or one of them in full.
struct LayersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers", abstract: "Lists the supported layers, or documents one.")

    @Argument(help: ArgumentHelp("A layer's name or alias.", valueName: "name"))
    var name: String?

    func run() throws {
        guard let name else { return try Console.write(listing) }
        guard let layer = descriptors.first(where: { $0.isCalled(name) }) else {
            let hint = suggestion(for: name, among: LayerIndex().names)
            throw CompilerError.usage(
                "there is no layer '\(name)'\(hint.isEmpty ? "; 'netc layers' lists them" : hint)")
        }
        try Console.write(layer.documentation)
    }

    private var descriptors: [LayerDescriptor] {
        layerRegistry.map { $0.descriptor }
    }

    private var listing: String {
        var table = TextTable([("Layer", .left), ("What it does", .left)])
        for layer in descriptors { table.append([layer.name, layer.summary]) }
        return table.text + "\n\(descriptors.count) layers; 'netc layers NAME' shows the arguments of one.\n"
    }
}

extension Attribute {
    fileprivate var takesActivation: Bool { if case .activation = type { true } else { false } }
}

extension LayerDescriptor {
    /// Whether a user who writes this name means this layer.
    func isCalled(_ name: String) -> Bool {
        ([self.name] + aliases).contains { $0.lowercased() == name.lowercased() }
    }

    /// The layer's whole documentation, from the table that the parser uses.
    var documentation: String {
        var text = signature + "\n\n    " + summary + "\n"
        if !aliases.isEmpty { text += "    Also called: \(aliases.joined(separator: ", ")).\n" }
        text += "\n" + formula.split(separator: "\n").map { "    \($0)\n" }.joined()
        text += "\nInputs: \(inputText).\n"
        if !attributes.isEmpty { text += "\n" + attributeTable }
        if attributes.contains(where: \.takesActivation) {
            text += "\nActivations:\n" + wrapped(activationNames)
            text += "\nand functions of keras.ops:\n" + wrapped(elementaryFunctionNames)
        }
        if !ignored.isEmpty { text += "\nAccepted and ignored, as they matter in training only:\n" + wrapped(ignored) }
        return text
    }

    private var inputText: String {
        switch (inputCount.lowerBound, inputCount.upperBound) {
        case (0, 0): "none"
        case (1, 1): "one tensor"
        case (let low, let high) where low == high: "a list of \(low) tensors"
        case (let low, let high) where high >= 1000: "a list of \(low) or more tensors"
        case (let low, let high): "a list of \(low) to \(high) tensors"
        }
    }

    private var signature: String {
        let arguments = attributes.map { attribute in
            attribute.defaultValue.map { "\(attribute.name)=\($0.literal)" } ?? attribute.name
        }
        return "\(name)(\(arguments.joined(separator: ", ")))"
    }

    private var attributeTable: String {
        var table = TextTable([("Argument", .left), ("Default", .left), ("Takes", .left), ("Meaning", .left)])
        for attribute in attributes {
            table.append([
                attribute.name, attribute.defaultValue?.literal ?? "required",
                attribute.expectation, attribute.summary,
            ])
        }
        return table.text
    }

    private func wrapped(_ words: [String]) -> String {
        var lines = [""]
        for word in words {
            if lines[lines.count - 1].count + word.count > 90 { lines.append("") }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "    " : ", ") + word
        }
        return lines.joined(separator: ",\n") + "\n"
    }
}
