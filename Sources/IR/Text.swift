// Pieces of the dump and of messages.

/// `112×112×64`; `scalar` for no axes.
func text(_ shape: [Int]) -> String {
    shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "×")
}

func text(_ value: ValueID) -> String { "%\(value.index)" }

func text(_ extent: Extent) -> String { "\(extent.height)×\(extent.width)" }

/// Top, bottom, left, right.
func text(_ margins: Margins) -> String { "(\(margins.top),\(margins.bottom),\(margins.left),\(margins.right))" }

/// Shape, and the element where there is one only.
func text(_ constant: Constant) -> String {
    constant.values.count == 1 ? "[\(constant.values[0])]" : "[\(text(constant.shape))]"
}

/// `conv2d_3+bn (a.net:12)`: the layers, and the line of the first.
func text(_ origin: Origin, of file: String) -> String {
    guard let first = origin.layers.first else { return "" }
    let place = file.isEmpty ? "line \(first.line)" : "\(file):\(first.line)"
    return "\(origin.layers.map(\.name).joined(separator: "+")) (\(place))"
}

/// The activation's name, with parameters where they differ from the usual.
public func text(_ activation: Activation) -> String {
    switch activation {
    case .relu: "relu"
    case .relu6: "relu6"
    case .rectifier(let maximum, let slope, let threshold):
        "rectifier(maximum \(maximum), slope \(slope), threshold \(threshold))"
    case .elu(let alpha): "elu(\(alpha))"
    case .celu(let alpha): "celu(\(alpha))"
    case .clip(let minimum, let maximum): "clip(\(minimum), \(maximum))"
    case .power(let exponent): "power(\(exponent))"
    case .elementary(let function): function.rawValue
    default: "\(activation)"
    }
}
