import IR

/// The weights of winograd.c: biases of all vectors, then for each group of channels `[place][panel][part of the kernel][channel slot][lane]`. `panels` are
/// those of one group.
func packWinograd(_ convolution: Convolution, form: WinogradForm, panels: BalancedCut, x: Layout, y: Layout) -> [Float]
{
    let groups = convolution.groups
    let columns = y.vectors * y.lanes
    let (slots, width) = (x.slots.count / groups, columns / groups)
    let filters = (0..<columns).map { $0 < y.slots.count ? y.slots[$0] : -1 }
    let plane = form.parts * slots * width
    let total = columns + groups * form.places * plane
    return [Float](unsafeUninitializedCapacity: total) { output, count in
        for (lane, filter) in filters.enumerated() {
            output.initializeElement(at: lane, to: filter < 0 ? 0 : convolution.bias?.values[filter] ?? 0)
        }
        for group in 0..<groups {
            let start = output.baseAddress! + columns + group * form.places * plane
            let channels = x.slots[group * slots..<(group + 1) * slots].map {
                $0 < 0 ? -1 : $0 % convolution.channelsPerGroup
            }
            for panel in 0..<panels.pieces {
                let first = (panel * panels.size - max(0, panel - panels.large)) * y.lanes
                let lanes = (panel < panels.large ? panels.size : panels.size - 1) * y.lanes
                let own = group * width + first..<group * width + first + lanes
                let transform = KernelTransform(convolution, form, Array(filters[own]))
                for part in 0..<form.parts {
                    for (k, channel) in channels.enumerated() {
                        let place = start + first * form.parts * slots + (part * slots + k) * lanes
                        transform.write(channel, part: part, to: place, plane: plane)
                    }
                }
            }
        }
        count = total
    }
}

/// G·g·Gᵀ for the filters of one panel, four at a time, rounded once.
private struct KernelTransform {
    let weights: Constant
    let kernel: Extent
    let form: WinogradForm
    let filters: [Int]
    /// Whether the filters follow one another.
    let isRun: Bool

    init(_ convolution: Convolution, _ form: WinogradForm, _ filters: [Int]) {
        (weights, kernel) = (convolution.weights, convolution.kernel)
        (self.form, self.filters) = (form, filters)
        isRun = filters.indices.allSatisfy { filters[$0] >= 0 && filters[$0] == filters[0] + $0 }
    }

    /// Writes the panel's lanes of one input channel at each place, `plane` floats apart; zeros where there is no channel.
    ///
    /// The places often lie in one set of the caches, so lanes are collected before they are written.
    func write(_ channel: Int, part: Int, to output: UnsafeMutablePointer<Float>, plane: Int) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: form.places * filters.count) { lanes in
            lanes.initialize(repeating: 0)
            if channel >= 0 {
                weights.values.withUnsafeBufferPointer { values in
                    for first in stride(from: 0, to: filters.count, by: 4) {
                        transform(values, channel, part, first, to: lanes)
                    }
                }
            }
            for place in 0..<form.places {
                let line = lanes.baseAddress! + place * filters.count
                (output + place * plane).initialize(from: line, count: filters.count)
            }
        }
    }

    /// Rows, then columns.
    private func transform(
        _ values: UnsafeBufferPointer<Float>, _ channel: Int, _ part: Int, _ first: Int,
        to lanes: UnsafeMutableBufferPointer<Float>
    ) {
        let (height, width) = (form.height, form.width)
        let row = part / width.parts * height.taps
        let column = part % width.parts * width.taps
        withUnsafeTemporaryAllocation(of: SIMD4<Double>.self, capacity: height.side * width.taps) { half in
            for c in 0..<width.taps {
                height.spread({ tap(values, row + $0, column + c, channel, first) }) { half[$0 * width.taps + c] = $1 }
            }
            for r in 0..<height.side {
                width.spread({ half[r * width.taps + $0] }) { c, value in
                    let at = (r * width.side + c) * filters.count + first
                    for lane in 0..<4 { lanes[at + lane] = Float(value[lane]) }
                }
            }
        }
    }

    /// One tap of four filters; zeros beyond the kernel.
    @inline(__always)
    private func tap(
        _ values: UnsafeBufferPointer<Float>, _ row: Int, _ column: Int, _ channel: Int, _ first: Int
    ) -> SIMD4<Double> {
        var taps = SIMD4<Double>()
        guard row < kernel.height, column < kernel.width else { return taps }
        let line = ((row * kernel.width + column) * weights.shape[2] + channel) * weights.shape[3]
        for lane in 0..<4 {
            let filter = isRun ? filters[0] + first + lane : filters[first + lane]
            if filter >= 0 { taps[lane] = Double(values[line + filter]) }
        }
        return taps
    }
}

extension WinogradAxis {
    /// The taps times the matrix G of Lavin & Gray 2016: the polynomial with the taps as coefficients at the points 0, 1, -1, 2, -2 and infinity
    /// (or without ±2), divided by what the transform of inputs leaves out.
    @inline(__always)
    fileprivate func spread(_ tap: (Int) -> SIMD4<Double>, _ body: (Int, SIMD4<Double>) -> Void) {
        if side == 1 { return body(0, tap(0)) }
        var (even, odd) = (SIMD4<Double>(), SIMD4<Double>())
        var (evenAtTwo, oddAtTwo) = (even, odd)
        var power = 1.0
        for t in 0..<taps {
            let value = tap(t)
            if t % 2 == 0 {
                even += value
                evenAtTwo += power * value
            } else {
                odd += value
                oddAtTwo += power * value
            }
            power *= 2
        }
        body(0, side == 6 ? tap(0) / 4 : tap(0))
        let ones = side == 6 ? -6.0 : 2
        body(1, (even + odd) / ones)
        body(2, (even - odd) / ones)
        if side == 6 {
            body(3, (evenAtTwo + oddAtTwo) / 24)
            body(4, (evenAtTwo - oddAtTwo) / 24)
        }
        body(side - 1, tap(taps - 1))
    }
}
