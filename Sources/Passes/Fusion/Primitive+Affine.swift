// A scale and a shift for each channel, taken into weights and bias: after the product, or before it.
import IR

extension Primitive {
    /// The primitive whose result is `affine` of this one's, for those that accumulate and whose epilogue does nothing yet.
    func followed(by affine: Affine) -> Primitive? {
        guard epilogue == Epilogue() else { return nil }
        switch self {
        case .convolution(var it):
            let affine = affine.expanded(to: it.filters)
            it.weights = it.weights.multiplied(by: affine.scale)
            it.bias = affine.applied(toBias: it.bias)
            return .convolution(it)
        case .transposedConvolution(var it):
            let affine = affine.expanded(to: it.filters)
            it.weights = it.weights.multiplied(by: affine.scale, stride: it.weights.shape[3])
            it.bias = affine.applied(toBias: it.bias)
            return .transposedConvolution(it)
        case .matrixProduct(var it):
            let affine = affine.expanded(to: it.weights.shape[1])
            it.weights = it.weights.multiplied(by: affine.scale)
            it.bias = affine.applied(toBias: it.bias)
            return .matrixProduct(it)
        default: return nil
        }
    }

    /// The primitive that makes of x what this one makes of `affine` of x. Where there are zeros around the image a shift has no equivalent.
    func preceded(by affine: Affine, channels: Int) -> Primitive? {
        switch self {
        case .convolution(var it):
            guard !affine.hasShift || it.padding == .zero else { return nil }
            let affine = affine.expanded(to: channels)
            let (weights, bias) = it.preceded(by: affine)
            it.weights = weights
            it.bias = bias
            return .convolution(it)
        case .transposedConvolution(var it):
            guard !affine.hasShift else { return nil }
            it.weights = it.weights.multiplied(by: affine.expanded(to: channels).scale)
            return .transposedConvolution(it)
        case .matrixProduct(var it):
            guard it.weights.shape[0] % affine.scale.count == 0 else { return nil }
            let affine = affine.expanded(to: it.weights.shape[0])
            it.bias = it.bias.adding(it.weights.sums(over: affine.shift))
            it.weights = it.weights.multiplied(by: affine.scale, stride: it.weights.shape[1])
            return .matrixProduct(it)
        default: return nil
        }
    }
}

extension Affine {
    /// `scale·bias + shift`, none where that is zero.
    fileprivate func applied(toBias bias: Constant?) -> Constant? {
        guard bias != nil || hasShift else { return nil }
        let old = bias?.values.map(Double.init) ?? Array(repeating: 0, count: scale.count)
        let new = old.indices.map { old[$0] * scale[$0] + shift[$0] }
        return Constant(shape: [new.count], rounding: new)
    }
}

extension Constant? {
    /// A bias with something added, none where all is zero.
    fileprivate func adding(_ sums: [Double]) -> Constant? {
        guard sums.contains(where: { $0 != 0 }) else { return self }
        let old = self?.values.map(Double.init) ?? Array(repeating: 0, count: sums.count)
        return Constant(shape: [sums.count], rounding: zip(old, sums).map { $0 + $1 })
    }
}

extension Constant {
    /// For a matrix `[inputs, units]`: the sum over the inputs of `shift·weight`, for each unit.
    fileprivate func sums(over shift: [Double]) -> [Double] {
        var sums = Array(repeating: 0.0, count: shape[1])
        for (k, x) in shift.enumerated() where x != 0 {
            for unit in sums.indices { sums[unit] += x * Double(values[k * shape[1] + unit]) }
        }
        return sums
    }
}

extension Convolution {
    /// Weights and bias that take the affine function of each input channel in; there is no padding where it shifts.
    fileprivate func preceded(by affine: Affine) -> (weights: Constant, bias: Constant?) {
        let groupChannels = weights.shape[2]
        let groupFilters = filters / groups
        var weights = weights
        var sums = Array(repeating: 0.0, count: filters)
        for tap in 0..<kernel.height * kernel.width {
            for c in 0..<groupChannels {
                let row = (tap * groupChannels + c) * filters
                for f in 0..<filters {
                    let channel = f / groupFilters * groupChannels + c
                    let weight = Double(weights.values[row + f])
                    sums[f] += weight * affine.shift[channel]
                    weights.values[row + f] = Float(weight * affine.scale[channel])
                }
            }
        }
        return (weights, bias.adding(sums))
    }
}
