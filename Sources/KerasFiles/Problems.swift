/// What stands against an import, gathered so that everything is told at once: each reason with the layers it concerns.
struct Problems {
    private var reasons: [(text: String, hint: String?, layers: [String])] = []

    var isEmpty: Bool { reasons.isEmpty }

    /// A reason that concerns a layer.
    mutating func add(_ text: String, layer: String, hint: String? = nil) {
        if let index = reasons.firstIndex(where: { $0.text == text && $0.hint == hint }) {
            if !reasons[index].layers.contains(layer) { reasons[index].layers.append(layer) }
        } else {
            reasons.append((text, hint, [layer]))
        }
    }

    /// A line for each reason: `LSTM is no layer of '.net': 2 layers, 'lstm', 'lstm_1'; what could be done`.
    var lines: [String] {
        reasons.map { reason in
            let shown = reason.layers.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
            let more = reason.layers.count > 8 ? ", …" : ""
            let count = reason.layers.count == 1 ? "layer" : "\(reason.layers.count) layers"
            return "\(reason.text): \(count) \(shown)\(more)" + (reason.hint.map { "; \($0)" } ?? "")
        }
    }
}
