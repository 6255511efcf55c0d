import IR
import Target

/// What the kernels can do, for passes to ask.
public struct PlannerCapabilities: KernelCapabilities {
    let target: Target

    public init(target: Target) { self.target = target }

    public func judgeFusedSeparable(depthwise: Convolution, pointwise: Convolution, inputShape: [Int]) -> Judgement {
        judgeSeparable(depthwise: depthwise, pointwise: pointwise, inputShape: inputShape, target: target)
    }

    public func canFuseSeparable(depthwise: Convolution, pointwise: Convolution, inputShape: [Int]) -> Bool {
        supportsSeparable(depthwise: depthwise, pointwise: pointwise)
    }

    public func supportsEpilogue(_ epilogue: Epilogue, of primitive: Primitive, inputShape: [Int]) -> Bool {
        guard case .matrixProduct = primitive, Image(inputShape).positions == 1 else { return true }
        return !epilogue.addsResidual && (epilogue.first == .linear || epilogue.last == .linear)
    }

    public func supportsPadding(_ padding: Margins, of convolution: Convolution, inputShape: [Int]) -> Bool {
        min(padding.top, padding.bottom, padding.left, padding.right) >= 0
    }
}
