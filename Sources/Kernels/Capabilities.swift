import IR
import Target

/// What the kernels can do, for passes to ask.
public struct PlannerCapabilities: KernelCapabilities {
    let target: Target
    let precision: PlanOptions.Precision

    public init(target: Target, precision: PlanOptions.Precision = .fast) {
        (self.target, self.precision) = (target, precision)
    }

    public func judgeFusedSeparable(_ separable: Separable, inputShape: [Int]) -> Judgement {
        judgeSeparable(separable, inputShape: inputShape, target: target, precision: precision)
    }

    public func canFuseSeparable(_ separable: Separable, inputShape: [Int]) -> Bool { supportsSeparable(separable) }

    public func judgeFoldedUpsampling(
        _ convolution: Convolution, factor: Extent, inputShape: [Int], outputShape: [Int]
    ) -> Judgement {
        if precision == .strict {
            return Judgement(pays: false, reason: "sums of weights treat infinite cells otherwise")
        }
        if factor.height * factor.width > 4 {
            return Judgement(
                pays: false, reason: "each of its \(factor.height * factor.width) phases would be a kernel")
        }
        let winograd = winogradForm(for: convolution, input: inputShape, output: outputShape, lanes: target.lanes)
        return winograd.map { $0.saves(over: factor, of: convolution.kernel) } ?? false
            ? Judgement(pays: false, reason: "Winograd's algorithm needs fewer products")
            : Judgement(pays: true, reason: "taps that meet the same cell are added up at compile time")
    }

    /// Only Winograd's kernel pools: what it has in registers are whole windows.
    public func judgeFusedPooling(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        if precision == .strict { return Judgement(pays: false, reason: "precision is strict") }
        let map = convolution.mapShape(of: inputShape)
        if let reason = whyDirect(convolution, input: inputShape, output: map, lanes: target.lanes) {
            return Judgement(pays: false, reason: "it is not computed by Winograd's algorithm, for \(reason)")
        }
        guard convolution.dilation == .one, let pooling = convolution.pooling,
            WinogradForm.all(for: convolution.kernel).allSatisfy({ fitsWinogradTiles(pooling, $0) })
        else {
            return Judgement(pays: false, reason: "no tile holds its windows whole")
        }
        return Judgement(pays: true, reason: "its tiles hold whole windows")
    }

    public func judgeFusedPrologue(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        readsImageByRows(convolution, input: inputShape, target: target, precision: precision)
            ? Judgement(pays: true, reason: "an image of few channels is read row by row")
            : Judgement(pays: false, reason: "its kernel reads whole maps")
    }

    public func judgePhasesAsChannels(_ transposed: TransposedConvolution, outputShape: [Int]) -> Judgement {
        let (kernel, strides) = (transposed.kernel, transposed.strides)
        let phases = min(strides.height, outputShape[0]) * min(strides.width, outputShape[1])
        // A kernel for each phase runs two or three times as fast; but clang takes a fifth of a second for it.
        if phases <= 64 { return Judgement(pays: false, reason: "\(phases) kernels are few") }
        let isEven = [(kernel.height, strides.height), (kernel.width, strides.width)].allSatisfy {
            $0 <= $1 || $0 % $1 == 0
        }
        if precision == .strict && !isEven {
            return Judgement(pays: false, reason: "weights of zero would make NaN of infinite cells")
        }
        return Judgement(pays: true, reason: "else it would be \(phases) kernels")
    }

    public func judgeScaledWeights(_ convolution: Convolution, inputShape: [Int]) -> Judgement {
        if !convolution.isPointwise || convolution.epilogue.negativeSlope != nil {
            return Judgement(pays: false, reason: "no kernel scales its weights")
        }
        if precision == .strict {
            return Judgement(
                pays: false, reason: "an infinite factor would make NaN of weights that stand for no channel")
        }
        let pixels = Image(inputShape).positions
        return Judgement(
            pays: convolution.filters < pixels, reason: "it has \(convolution.filters) filters for \(pixels) pixels")
    }

    public var reordersLinearOperations: Bool { precision == .fast }

    public var hasScaledActivations: Bool { precision == .fast }

    public func supportsEpilogue(_ epilogue: Epilogue, of primitive: Primitive, inputShape: [Int]) -> Bool {
        guard case .matrixProduct = primitive, Image(inputShape).positions == 1 else { return true }
        return !epilogue.addsResidual && epilogue.negativeSlope == nil
            && (epilogue.first == .linear || epilogue.last == .linear)
    }

    public func supportsPadding(_ padding: Margins, of convolution: Convolution, inputShape: [Int]) -> Bool {
        min(padding.top, padding.bottom, padding.left, padding.right) >= 0
    }
}
