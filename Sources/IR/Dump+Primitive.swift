// The attributes of each primitive as the dump shows them. What is as usual is left out.

extension Primitive {
    /// The words between the operands and the epilogue.
    var details: [String] {
        switch self {
        case .input(let position): ["\(position)"]
        case .constant(let it): [text(it)]
        case .convolution(let it): it.details
        case .transposedConvolution(let it): it.details
        case .matrixProduct(let it): named("weights", it.weights) + named("bias", it.bias)
        case .separable(let it): it.details
        case .pooling(let it): it.details
        case .reduction(let it): ["\(it.kind)"]
        case .elementwise(let it): it.details
        case .softmax(let axis, let isLogarithmic): ["axis \(axis)"] + (isLogarithmic ? ["logarithmic"] : [])
        case .concatenation(let axis): ["axis \(axis)"]
        case .padding(let margins): [text(margins)]
        case .channelGather(let map): [text(gather: map)]
        case .gather(let it):
            ["axis \(it.axis)", text(gather: it.indices)] + (it.fill == 0 ? [] : ["fill \(it.fill)"])
        case .slice(let axis, let start, let count): ["axis \(axis)", "\(start)..<\(start + count)"]
        case .permutation(let axes): ["(\(axes.map(String.init).joined(separator: ",")))"]
        case .reshape, .sparsemax, .matmul: []
        case .upsampling(let it): ["\(it.method)", text(it.factor)]
        case .resampling(let it): it.details
        case .momentNormalization(let it): it.details
        case .localResponse(let it): ["size \(it.size)", "alpha \(it.alpha)", "beta \(it.beta)", "bias \(it.bias)"]
        }
    }
}

extension Convolution {
    fileprivate var details: [String] {
        (scalesInput ? ["scaled"] : []) + [text(kernel)] + stride(strides) + dilated(dilation) + pad(padding)
            + ["groups \(groups)", "filters \(filters)"] + named("weights", weights) + named("bias", bias)
    }
}

extension Pooling {
    var details: [String] { ["\(kind)", text(window)] + stride(strides) + pad(padding) }
}

extension TransposedConvolution {
    fileprivate var details: [String] {
        [text(kernel)] + stride(strides) + dilated(dilation) + ["crop (\(cropTop),\(cropLeft))", "filters \(filters)"]
            + named("weights", weights) + named("bias", bias)
    }
}

extension Separable {
    fileprivate var details: [String] {
        var words = ["("]
        for (place, stage) in stages.enumerated() {
            words += stage.details
            // The last one's stands behind all.
            guard place < stages.count - 1 else { continue }
            for activation in [stage.epilogue.first, stage.epilogue.last] where activation != .linear {
                words += ["act", text(activation)]
            }
            words.append(";")
        }
        return words + [")"]
    }
}

extension Elementwise {
    fileprivate var details: [String] {
        var words: [String] = []
        if let combine { words.append("\(combine)") }
        words += named("scale", scale) + named("shift", shift)
        if activation != .linear { words += ["act", text(activation)] }
        return words + named("negative_slope", negativeSlope)
    }
}

extension Resampling {
    fileprivate var details: [String] {
        let taps = [rows, columns].map { $0.weights.map(\.count).max() ?? 0 }
        return ["taps \(taps[0])×\(taps[1])"] + (fill == 0 ? [] : ["fill \(fill)"])
    }
}

extension MomentNormalization {
    fileprivate var details: [String] {
        let over =
            switch span {
            case .position: "over channels"
            case .groups(let count): "over \(count) \(count == 1 ? "group" : "groups")"
            }
        let uncentred = (centresVariance ? [] : ["mean square"]) + (centresResult ? [] : ["not centred"])
        return [over, "epsilon \(epsilon)"] + (least > 0 ? ["least \(least)"] : []) + uncentred
            + named("scale", scale) + named("shift", shift)
    }
}

private func stride(_ extent: Extent) -> [String] { extent == .one ? [] : ["stride \(squeezed(extent))"] }
private func dilated(_ extent: Extent) -> [String] { extent == .one ? [] : ["dilation \(squeezed(extent))"] }
private func pad(_ margins: Margins) -> [String] { margins == .zero ? [] : ["pad \(text(margins))"] }
private func named(_ name: String, _ constant: Constant?) -> [String] {
    constant.map { [name + text($0)] } ?? []
}

/// `2` for 2×2.
private func squeezed(_ extent: Extent) -> String {
    extent.height == extent.width ? "\(extent.height)" : text(extent)
}

/// A range where the map is one, else a bounded number of channels.
private func text(gather map: [Int]) -> String {
    if map.count > 1, zip(map, map.dropFirst()).allSatisfy({ $1 == $0 + 1 }) {
        return "[\(map[0])..<\(map[0] + map.count)]"
    }
    let shown = map.prefix(12).map(String.init).joined(separator: ",")
    return map.count > 12 ? "[\(shown),…]" : "[\(shown)]"
}
