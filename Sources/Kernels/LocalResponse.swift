import IR
import Target

/// Whether `localResponseKernel` has code for the layouts: both hold the channels in order, and empty slots only behind them.
package func supportsLocalResponse(x: Layout, y: Layout) -> Bool {
    x.lanes == y.lanes && x.vectors == y.vectors
        && [x, y].allSatisfy { layout in
            layout.slots.indices.allSatisfy { layout.slots[$0] == ($0 < y.channels ? $0 : -1) }
                && layout.vectors == (y.channels + y.lanes - 1) / y.lanes
        }
}

/// Normalisation by the squares of neighbouring channels.
package func localResponseKernel(_ r: LocalResponse, x: Layout, y: Layout, target: Target) -> KernelInstance {
    precondition(supportsLocalResponse(x: x, y: y), "local response normalisation over permuted channels")
    // A wider window than all channels adds nothing.
    let before = min(r.before, y.channels)
    let behind = min(r.behind, y.channels)
    let constants: [(name: String, value: ConstantValue)] =
        [
            ("BEFORE", .int(before)), ("BEHIND", .int(behind)),
            ("CHANNELS_LEFT", .int(y.channels - (y.vectors - 1) * y.lanes)), ("WIDTH", .int(y.width)),
            ("VECTORS", .int(y.vectors)), ("Y_LANES", .int(y.lastLanes)), ("ALPHA", .float(r.alpha)),
            ("BETA", .float(r.beta)),
            ("BIAS", .float(r.bias)),
        ] + x.strideConstants("X") + y.strideConstants("Y")
    return KernelInstance(
        template: "local_response", constants: constants, items: y.height,
        scratch: before + y.vectors * y.lanes + behind,
        choice: "a pixel's squares in scratch memory")
}
