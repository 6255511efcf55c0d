// What is known of the elements of a value from the operations that make it.
import IR

extension Editor {
    /// Whether no element can be below zero.
    func isNonNegative(_ value: ValueID) -> Bool {
        var pending = [value]
        // Followed backwards through operations that keep signs; a bounded walk, so that a long chain costs little.
        for _ in 0..<64 {
            guard let next = pending.popLast() else { return true }
            let operation = producer(of: next)
            if operation.primitive.isNonNegative { continue }
            guard operation.primitive.keepsSign else { return false }
            pending += operation.inputs
        }
        return pending.isEmpty
    }
}

extension Primitive {
    /// Whether the result is never negative, whatever the inputs.
    fileprivate var isNonNegative: Bool {
        if let epilogue {
            if epilogue.negativeSlope != nil { return false }
            if epilogue.last == .linear { return !epilogue.addsResidual && epilogue.first.isNonNegative }
            return epilogue.last.isNonNegative
        }
        return switch self {
        case .elementwise(let it): it.activation.isNonNegative
        case .softmax(_, let isLogarithmic): !isLogarithmic
        case .sparsemax: true
        default: false
        }
    }

    /// Whether the result is never negative if no input is.
    fileprivate var keepsSign: Bool {
        switch self {
        case .pooling, .reduction, .concatenation, .padding, .channelGather, .slice, .permutation, .reshape,
            .upsampling:
            true
        case .gather(let it): it.fill >= 0
        default: false
        }
    }
}

extension Activation {
    /// Whether the function is never negative.
    var isNonNegative: Bool {
        switch self {
        case .rectifier(let maximum, let slope, let threshold): slope == 0 && threshold >= 0 && maximum >= 0
        case .sigmoid, .hardSigmoid, .softplus, .exponential, .sparsePlus, .sparseSigmoid, .squareplus: true
        case .clip(let minimum, let maximum): minimum >= 0 && maximum >= 0
        case .elementary(let function): [.abs, .square, .sqrt, .rsqrt, .cosh, .arccos, .arccosh].contains(function)
        default: false
        }
    }
}
