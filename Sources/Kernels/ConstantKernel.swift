import IR
import Target

/// `y = value`: elements that are known when the code is made, written where operations read them.
package func constantKernel(_ value: Constant, y: Layout, target: Target) -> KernelInstance {
    let planes = y.order == .blocked ? y.vectors : 1
    let channels = value.shape.last ?? 1
    var weights: [Float] = []
    weights.reserveCapacity(planes * y.height * y.width * y.pixel)
    for plane in 0..<planes {
        for position in 0..<y.height * y.width {
            for channel in y.slots[(plane * y.lanes)...].prefix(y.pixel) {
                weights.append(channel < 0 ? 0 : value.values[position * channels + channel])
            }
        }
    }
    return KernelInstance(
        template: "constant",
        constants: [
            ("HEIGHT", .int(y.height)), ("RUN", .int(y.width * y.pixel)), ("Y_PLANE", .int(y.vector)),
            ("Y_ROW", .int(y.row)),
        ], weights: weights, items: planes * y.height, choice: "rows of \(y.width * y.pixel) weights")
}
