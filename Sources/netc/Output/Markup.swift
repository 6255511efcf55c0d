import Diagnostics

/// Text of the user or the machine as HTML shows it, in content as in attributes: no character begins a tag or ends a value, and none is
/// invisible or turns the direction of what follows.
func markup(_ text: String) -> String {
    printable(text).reduce(into: "") { result, character in
        switch character {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        default: result.append(character)
        }
    }
}
