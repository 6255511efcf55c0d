/// Whether something is expected to pay, and why: a clause for people.
public struct Judgement: Hashable, Sendable {
    public var pays: Bool
    public var reason: String

    public init(pays: Bool, reason: String) {
        self.pays = pays
        self.reason = reason
    }
}

/// What passes may ask of the kernels: which fusions exist and pay. The kernels answer; the IR knows none.
public protocol KernelCapabilities: Sendable {
    /// Whether one kernel with what lies between in cache exists for a depthwise convolution and its neighbours, and is expected to be faster
    /// than to leave its last stage apart, or the expansion where there is no last one.
    func judgeFusedSeparable(_ separable: Separable, inputShape: [Int]) -> Judgement

    /// Whether the fused kernel exists at all, whatever its speed: what a forced fusion asks.
    func canFuseSeparable(_ separable: Separable, inputShape: [Int]) -> Bool

    /// Whether a convolution of an image enlarged by repetition is faster as a transposed one of the image itself, by kernels with fewer taps.
    func judgeFoldedUpsampling(
        _ convolution: Convolution, factor: Extent, inputShape: [Int], outputShape: [Int]
    ) -> Judgement

    /// Whether a convolution's kernel can do the pooling that it is given before it stores its map, and is expected to be faster than two kernels.
    func judgeFusedPooling(_ convolution: Convolution, inputShape: [Int]) -> Judgement

    /// Whether a convolution's kernel can compute its prologue as it reads an image, and is expected to be faster than two kernels.
    func judgeFusedPrologue(_ convolution: Convolution, inputShape: [Int]) -> Judgement

    /// Whether one convolution that makes the phases of a transposed one as channels is better than a kernel for each phase.
    func judgePhasesAsChannels(_ transposed: TransposedConvolution, outputShape: [Int]) -> Judgement

    /// Whether a convolution whose input is first multiplied by a factor for each channel should multiply its weights instead.
    func judgeScaledWeights(_ convolution: Convolution, inputShape: [Int]) -> Judgement

    /// Whether linear operations may change places or become one. An infinity may then reach other elements, or NaN take its place.
    var reordersLinearOperations: Bool { get }

    /// Whether functions have forms that take fewer multiplications and give a multiple of their result.
    var hasScaledActivations: Bool { get }

    /// Whether the primitive's kernel can end in this epilogue.
    func supportsEpilogue(_ epilogue: Epilogue, of primitive: Primitive, inputShape: [Int]) -> Bool

    /// Whether the convolution's kernel can take this padding as zeros around its input.
    func supportsPadding(_ padding: Margins, of convolution: Convolution, inputShape: [Int]) -> Bool
}

extension KernelCapabilities {
    public func judgeFusedSeparable(_ separable: Separable, inputShape: [Int]) -> Judgement {
        Judgement(pays: false, reason: "nothing is known of the kernels")
    }
    public func judgeFoldedUpsampling(
        _ convolution: Convolution, factor: Extent, inputShape: [Int], outputShape: [Int]
    ) -> Judgement {
        Judgement(pays: true, reason: "taps that meet the same cell are one")
    }
    public func judgeFusedPooling(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        Judgement(pays: false, reason: "nothing is known of the kernels")
    }
    public func judgeFusedPrologue(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        Judgement(pays: false, reason: "nothing is known of the kernels")
    }
    public func judgePhasesAsChannels(_ transposed: TransposedConvolution, outputShape: [Int]) -> Judgement {
        Judgement(pays: false, reason: "nothing is known of the kernels")
    }
    public func judgeScaledWeights(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        Judgement(pays: false, reason: "nothing is known of the kernels")
    }
    public var reordersLinearOperations: Bool { true }
    public var hasScaledActivations: Bool { false }
    public func canFuseSeparable(_ separable: Separable, inputShape: [Int]) -> Bool { true }
    public func supportsEpilogue(_ epilogue: Epilogue, of primitive: Primitive, inputShape: [Int]) -> Bool { true }
    public func supportsPadding(_ padding: Margins, of convolution: Convolution, inputShape: [Int]) -> Bool { true }
}

/// Kernels that can do everything and prefer nothing: for tests and for looking at passes alone.
public struct GenericCapabilities: KernelCapabilities {
    public init() {}
}
