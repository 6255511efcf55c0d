import IR
import Target

/// Whether `poolingKernel` has code for the layouts: both hold the same channels in the same slots.
package func supportsPooling(x: Layout, y: Layout) -> Bool { x.lanes == y.lanes && x.hasSlots(of: y) }

/// Maximum or mean of windows, of which only the cells within the image count. x needs no border.
package func poolingKernel(_ p: Pooling, x: Layout, y: Layout, target: Target) -> KernelInstance {
    precondition(supportsPooling(x: x, y: y), "pooling to other slots")
    precondition(
        p.padding.top < p.window.height && p.padding.left < p.window.width
            && (y.height - 1) * p.strides.height - p.padding.top < x.height
            && (y.width - 1) * p.strides.width - p.padding.left < x.width, "a window outside the image")
    let whole = (0..<y.width).filter { column in
        let left = column * p.strides.width - p.padding.left
        return left >= 0 && left + p.window.width <= x.width
    }
    let begin = whole.first ?? 0
    let isPartial = [x, y].contains { $0.lastLanes < $0.lanes }
    let constants: [(name: String, value: ConstantValue)] =
        [
            ("IS_MAXIMUM", .int(p.kind == .maximum ? 1 : 0)), ("WINDOW_HEIGHT", .int(p.window.height)),
            ("WINDOW_WIDTH", .int(p.window.width)), ("STRIDE_HEIGHT", .int(p.strides.height)),
            ("STRIDE_WIDTH", .int(p.strides.width)), ("PADDING_TOP", .int(p.padding.top)),
            ("PADDING_LEFT", .int(p.padding.left)), ("X_HEIGHT", .int(x.height)), ("X_WIDTH", .int(x.width)),
            ("Y_HEIGHT", .int(y.height)), ("Y_WIDTH", .int(y.width)), ("WHOLE_BEGIN", .int(begin)),
            ("WHOLE_END", .int(begin + whole.count)), ("VECTORS", .int(y.vectors)),
            ("IS_PARTIAL", .int(isPartial ? 1 : 0)), ("X_LANES", .int(isPartial ? x.lastLanes : 0)),
            ("Y_LANES", .int(isPartial ? y.lastLanes : 0)),
        ] + x.strideConstants("X") + y.strideConstants("Y")
    return KernelInstance(
        template: "pooling", constants: constants, tables: [y.validTable], items: y.vectors * y.height,
        choice: "4 windows of a row at a time")
}
