import Diagnostics
import Network

/// The names of inputs and outputs in the generated interface.

extension NetworkBuilder {
    /// A tensor's public name: its layer's explicit one, else the variable it was assigned to, else the automatic one.
    func publicName(of tensor: TensorID) -> String {
        let layer = layers[nodeLayers[tensor.node]]
        let variable = tensors[nodeTensors[tensor.node][tensor.output]].variable
        // One name can't tell the results of a layer that has several.
        let isOnlyResult = nodes[tensor.node].outputShapes.count == 1
        if layer.isNamed, isOnlyResult { return layer.name }
        return variable ?? automaticName(of: tensor)
    }

    private func automaticName(of tensor: TensorID) -> String {
        let node = nodes[tensor.node]
        return node.outputShapes.count == 1 ? node.name : "\(node.name)_\(tensor.output)"
    }

    private func hasVariableName(_ tensor: TensorID) -> Bool {
        let layer = layers[nodeLayers[tensor.node]]
        return !(layer.isNamed && nodes[tensor.node].outputShapes.count == 1)
            && tensors[nodeTensors[tensor.node][tensor.output]].variable != nil
    }

    /// Gives every public tensor its name; reports those that are the same identifier in C.
    ///
    /// Keras code calls everything `x`: where a variable's name is taken already, the automatic one takes its place. Names that were
    /// given on purpose and still clash are the user's to change.
    func namePublicTensors(_ publicTensors: inout [PublicTensor], log: inout DiagnosticLog) -> Bool {
        for index in publicTensors.indices { publicTensors[index].name = publicName(of: publicTensors[index].tensor) }
        let given = publicTensors.filter { !hasVariableName($0.tensor) }
        var taken = Set(given.map { macroName($0.name) })
        for index in publicTensors.indices where hasVariableName(publicTensors[index].tensor) {
            if !taken.insert(macroName(publicTensors[index].name)).inserted {
                publicTensors[index].name = automaticName(of: publicTensors[index].tensor)
            }
        }
        return reportClashes(publicTensors, log: &log)
    }

    private func reportClashes(_ publicTensors: [PublicTensor], log: inout DiagnosticLog) -> Bool {
        var owners: [String: PublicTensor] = [:]
        for tensor in publicTensors {
            guard let earlier = owners.updateValue(tensor, forKey: macroName(tensor.name)) else { continue }
            let line = source.line(of: nodes[earlier.tensor.node].range.start)
            log.error(
                "the names '\(earlier.name)' (line \(line)) and '\(tensor.name)' are the same identifier in C,"
                    + " \(macroName(tensor.name))",
                at: nodes[tensor.tensor.node].range,
                notes: [Note("'\(earlier.name)' is named here", at: nodes[earlier.tensor.node].range)])
        }
        return !log.hasErrors
    }
}

/// A name as it stands in the macros of the generated header: in capitals, with `_` for what C's identifiers don't hold.
package func macroName(_ name: String) -> String {
    String(
        name.unicodeScalars.map { scalar -> Character in
            guard scalar.isASCII else { return "_" }
            let character = Character(scalar)
            return character.isLetter || character.isNumber ? Character(character.uppercased()) : "_"
        })
}
