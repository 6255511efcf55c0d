import IR

// An elementwise operation as its parts: combination, affine function, activation, negative slope.
extension Elementwise {
    /// Whether it multiplies or adds constants.
    var isAffine: Bool { scale != nil || shift != nil }

    /// The affine part, for one channel or for all; the identity where there is none.
    var affine: Affine {
        let count = max(scale?.values.count ?? 1, shift?.values.count ?? 1)
        let one = Affine(
            scale: scale?.values.map(Double.init) ?? [1], shift: Array(repeating: 0, count: scale?.values.count ?? 1))
        let other = Affine(
            scale: Array(repeating: 1, count: shift?.values.count ?? 1), shift: shift?.values.map(Double.init) ?? [0])
        return one.expanded(to: count).followed(by: other)
    }

    /// The same without its affine part.
    var withoutAffine: Elementwise {
        Elementwise(combine: combine, activation: activation, negativeSlope: negativeSlope)
    }

    /// The same with another affine part, rounded; a scale of 1 and a shift of 0 are left out.
    func with(_ affine: Affine) -> Elementwise {
        var result = self
        let scales = affine.scale.contains { $0 != 1 }
        result.scale = scales ? Constant(shape: [affine.scale.count], rounding: affine.scale) : nil
        result.shift = affine.hasShift ? Constant(shape: [affine.shift.count], rounding: affine.shift) : nil
        return result
    }

    /// Whether the result equals the only input.
    var isIdentity: Bool {
        guard combine == nil, activation == .linear, negativeSlope == nil else { return false }
        return scale?.values.allSatisfy { $0 == 1 } ?? true && shift?.values.allSatisfy { $0 == 0 } ?? true
    }

    /// Whether there is nothing but an activation.
    var isActivation: Bool { combine == nil && !isAffine && negativeSlope == nil && activation != .linear }

    /// The slope of each channel's negative elements, where there is nothing else.
    func slopes(ofChannels channels: Int) -> Constant? {
        guard combine == nil, !isAffine, activation == .linear, let slope = negativeSlope else { return nil }
        if slope.values.count == 1 {
            return Constant(shape: [channels], values: Array(repeating: slope.values[0], count: channels))
        }
        return slope.shape == [channels] ? slope : nil
    }
}
