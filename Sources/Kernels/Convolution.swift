import IR
import Target

/// A convolution of any kernel size, strides, dilation and groups, one by one included. x must have the borders that the padding reaches
/// into; the residual's channels lie in the slots of y.
package func convolutionKernel(
    _ convolution: Convolution, x: Layout, y: Layout, residual: Layout?, target: Target,
    precision: PlanOptions.Precision = .fast, way: ConvolutionWay? = nil
) -> KernelInstance {
    checkOperands(convolution, x: x, y: y, residual: residual)
    let (geometry, clusters) = product(convolution, x: x, y: y, residual: residual, precision: precision)
    let weights = ProductWeights(
        weights: convolution.weights, bias: convolution.bias, groups: convolution.groups, epilogue: convolution.epilogue
    )
    return productKernel(geometry, weights, clusters: clusters, y: y, target: target, way: way)
}

extension KernelInstance {
    /// The kernel of a pointwise convolution whose input is scaled by factors in the order of its channels: directly, the weights are instead.
    func scalingInput() -> KernelInstance {
        var result = self
        if template == "strassen" {
            result.template = "scaled_strassen"
            result.choice += "; input scaled as sums are made of it"
            return result
        }
        precondition(template == "convolution")
        result.template = "scaled_convolution"
        result.scratch = weights.count
        result.choice += "; weights scaled before"
        return result
    }
}

/// The ways in which `convolutionKernel` can compute a convolution, the cheapest first.
func directWays(
    of convolution: Convolution, x: Layout, y: Layout, target: Target, precision: PlanOptions.Precision
) -> [ConvolutionWay] {
    let (geometry, clusters) = product(convolution, x: x, y: y, residual: nil, precision: precision)
    return tileChoices(geometry, clusters, target: target).map(\.way)
}

/// A convolution as a product of pixels and output channels.
private func product(
    _ convolution: Convolution, x: Layout, y: Layout, residual: Layout?, precision: PlanOptions.Precision
) -> (ProductGeometry, ChannelClusters) {
    var clusters = channelClusters(convolution, x: x, y: y, precision: precision)
    var geometry = geometry(of: convolution, x: x, y: y, residual: residual)
    if x.order == .interleaved, convolution.groups == 1, convolution.dilation.width == 1, !clusters.isIndexed {
        // A row of the kernel reads one run of memory.
        clusters.channels = [
            (0..<convolution.kernel.width).flatMap { column in
                x.slots.map { SummedChannel(column: column, channel: $0) }
            }
        ]
        clusters.origin = 0
        geometry.kernel.width = 1
    }
    geometry.x.origin += clusters.origin
    clusters.splitLastVectors(y: y, precision: precision)
    return (geometry, clusters)
}

/// The order of output channels that suits a grouped convolution: each group starts a new vector, unless several whole groups fill one and
/// may share it.
package func preferredOutputSlots(
    for convolution: Convolution, target: Target, precision: PlanOptions.Precision = .fast
) -> [Int] {
    let (lanes, size) = (target.lanes, convolution.filtersPerGroup)
    let natural = Layout.blocked(lanes: lanes, height: 1, width: 1, channels: convolution.filters).slots
    if convolution.groups == 1 || size % lanes == 0 { return natural }
    let padded = (size + lanes - 1) / lanes * lanes
    // Padding a narrow group would waste more than multiplying by zeros does.
    if precision == .fast, lanes % size == 0 || padded >= 2 * size { return natural }
    return (0..<convolution.groups).flatMap { group in
        (0..<padded).map { $0 < size ? group * size + $0 : -1 }
    }
}

private func geometry(of convolution: Convolution, x: Layout, y: Layout, residual: Layout?) -> ProductGeometry {
    let tapRow = convolution.dilation.height * x.row
    let tapColumn = convolution.dilation.width * x.pixel
    return ProductGeometry(
        output: Extent(y.height, y.width), kernel: convolution.kernel, tapRow: tapRow, tapColumn: tapColumn,
        x: .init(
            origin: -convolution.padding.top * x.row - convolution.padding.left * x.pixel,
            row: convolution.strides.height * x.row, pixel: convolution.strides.width * x.pixel, vector: x.vector),
        y: .init(y),
        residual: epilogueOperand(residual.map { .init($0) }, convolution.epilogue, lanes: y.lanes))
}

extension ProductGeometry.Image {
    /// The pixels of a layout one by one.
    init(_ layout: Layout) {
        self.init(origin: 0, row: layout.row, pixel: layout.pixel, vector: layout.vector)
    }
}

/// Checks what the planner must have arranged: borders as wide as the taps reach, and a residual like the output.
func checkOperands(_ convolution: Convolution, x: Layout, y: Layout, residual: Layout?) {
    let p = convolution.padding
    precondition(p.top <= x.top && p.left <= x.left, "x has no border for the padding")
    precondition(
        convolution.inputRows(for: y.height) - p.top <= x.height + x.bottom
            && convolution.inputColumns(for: y.width) - p.left <= x.width + x.right,
        "x has no border for the padding")
    precondition(x.lanes == y.lanes)
    precondition((residual != nil) == convolution.epilogue.addsResidual)
    if let residual {
        precondition(residual.height == y.height && residual.width == y.width && residual.slots == y.slots)
    }
}
