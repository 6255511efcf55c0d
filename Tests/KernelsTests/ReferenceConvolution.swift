import IR

/// The definition of a convolution as a loop, with a bound for float32 rounding: 2u(√K + 2)·Σ|w||x| before the epilogue.
func referenceConvolution(
    _ c: Convolution, _ x: TestTensor, _ residual: TestTensor?, _ output: Extent
) -> (values: [Double], bounds: [Double]) {
    var values: [Double] = []
    var bounds: [Double] = []
    let (perGroup, filtersPerGroup) = (c.weights.shape[2], c.filters / c.groups)
    for row in 0..<output.height {
        for column in 0..<output.width {
            for filter in 0..<c.filters {
                var sum = Double(c.bias?.values[filter] ?? 0)
                var size = abs(sum)
                for r in 0..<c.kernel.height {
                    for s in 0..<c.kernel.width {
                        let i = row * c.strides.height + r * c.dilation.height - c.padding.top
                        let j = column * c.strides.width + s * c.dilation.width - c.padding.left
                        guard (0..<x.layout.height).contains(i), (0..<x.layout.width).contains(j) else { continue }
                        for k in 0..<perGroup {
                            let weight = c.weights.values[
                                ((r * c.kernel.width + s) * perGroup + k) * c.filters + filter]
                            let product = Double(weight) * Double(x[i, j, filter / filtersPerGroup * perGroup + k])
                            sum += product
                            size += abs(product)
                        }
                    }
                }
                let added = residual.map { Double($0[row, column, filter]) } ?? 0
                values.append(apply(c.epilogue, sum, added, filter: filter))
                let depth = Double(c.kernel.height * c.kernel.width * perGroup)
                bounds.append(2 * unitRoundoff * (depth.squareRoot() + 2) * (size + abs(added)) + 1e-30)
            }
        }
    }
    return (values, bounds)
}

let unitRoundoff = 0x1p-24

func apply(_ epilogue: Epilogue, _ sum: Double, _ residual: Double, filter: Int) -> Double {
    let last = clip(epilogue.last, clip(epilogue.first, sum) + residual)
    return last < 0 ? last * (epilogue.negativeSlope.map { Double($0.values[filter]) } ?? 1) : last
}

/// The activations that the tests of convolutions use.
private func clip(_ activation: Activation, _ x: Double) -> Double {
    switch activation {
    case .rectifier(let maximum, _, _): min(max(x, 0), Double(maximum))
    default: x
    }
}
