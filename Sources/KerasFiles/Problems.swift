/// What stands against an import, gathered so that everything is told at once: each reason with the layers it concerns.
struct Problems {
    private struct Reason: Hashable {
        var text: String
        var hint: String?
    }

    /// More than these no one reads.
    private static let mostLines = 100

    private var reasons: [Reason] = []
    private var layers: [Reason: Set<String>] = [:]
    /// The first layers of each reason, in order.
    private var shown: [Reason: [String]] = [:]

    var isEmpty: Bool { reasons.isEmpty }

    /// A reason that concerns a layer.
    mutating func add(_ text: String, layer: String, hint: String? = nil) {
        let reason = Reason(text: text, hint: hint)
        if layers[reason] == nil { reasons.append(reason) }
        guard layers[reason, default: []].insert(layer).inserted, layers[reason]!.count <= 8 else { return }
        shown[reason, default: []].append(layer)
    }

    /// A line for each reason: `there is no layer 'LSTM' in a .net file: 2 layers 'lstm', 'lstm_1'; what could be done`.
    var lines: [String] {
        let lines = reasons.prefix(Self.mostLines).map { reason in
            let names = shown[reason]!.map { "'\($0)'" }.joined(separator: ", ")
            let count = layers[reason]!.count
            let subject = count == 1 ? "layer \(names)" : "\(count) layers \(names)\(count > 8 ? ", …" : "")"
            return "\(reason.text): \(subject)" + (reason.hint.map { "; \($0)" } ?? "")
        }
        return lines + (reasons.count > Self.mostLines ? ["and \(reasons.count - Self.mostLines) more reasons"] : [])
    }
}
